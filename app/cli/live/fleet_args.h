// The live fleet that a command line names: a fleet file, and workers in a word each.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/live/fleet_file.h"

namespace blockyard::cli {

/// Errors name the file. An empty `file`: none.
Result<live::LiveFleet> read_fleet(const std::string& file, const std::vector<std::string>& workers);

}  // namespace blockyard::cli
