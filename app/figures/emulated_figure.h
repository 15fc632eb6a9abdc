// The picture of an emulation beside what really happened. Pure.
#pragma once

#include <string>
#include <vector>

#include "app/plot/data/plot.h"
#include "core/live/compare/comparison.h"

namespace blockyard {

/// Four panels: time to first token and end to end, emulated over real, with the diagonal and a band of ± 20 %; and the
/// distributions of both. `pairs` as comparison was made from.
Figure emulated_against_real(const std::vector<live::RequestPair>& pairs, const live::RealComparison& comparison,
                             const std::string& fleet, const std::string& scenario);

}  // namespace blockyard
