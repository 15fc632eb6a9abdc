// The live fleet that a command line names: a fleet file, and workers in a word each.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/live/fleet_file.h"

namespace blockyard::cli {

/// The text of the fleet file; of none where `file` is empty: {}.
Result<std::string> fleet_text(const std::string& file);
/// The fleet of that text, or of what was made of it, with these workers; at least one, unless workers may join. Errors
/// name the file.
Result<live::LiveFleet> fleet_of(const std::string& text, const std::string& file,
                                 const std::vector<std::string>& workers);
/// Both at once.
Result<live::LiveFleet> read_fleet(const std::string& file, const std::vector<std::string>& workers);

}  // namespace blockyard::cli
