// Model and GPU presets from JSON files, and what a scenario takes from them.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/model/presets.h"
#include "core/settings/scenario.h"

namespace blockyard {

/// Reads models.json and gpus.json of a folder. Errors name file, pointer and what is allowed.
Result<Presets> read_presets(const std::string& dir);

namespace io {

/// Sets config.cache.capacity_blocks: what the scenario says, else what model and GPU leave (SPEC 2). The presets are
/// read only where they are needed.
Result<void> fill_capacity(Scenario& scenario, const std::string& presets_dir);

}  // namespace io
}  // namespace blockyard
