// A loss waterfall as waterfall.json, both ways.
#pragma once

#include <string>

#include "core/experiment/waterfall.h"

namespace blockyard {

std::string waterfall_json(const LossWaterfall& waterfall);
Result<LossWaterfall> read_waterfall(const std::string& path);
/// Whether a file's text is that of a waterfall.
bool is_waterfall(const std::string& text);

}  // namespace blockyard
