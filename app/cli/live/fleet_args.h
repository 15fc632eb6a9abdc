// The live fleet that a command line names: a fleet file, and workers in a word each.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/live/fleet_file.h"

namespace blockyard::cli {

/// What names a fleet on a command line.
struct FleetArgs {
  std::string fleet;  ///< a file
  std::vector<std::string> workers, sets;
  std::string listen, tokens;  ///< in place of the file's
};

/// The text of the fleet file; of none where `file` is empty: {}.
Result<std::string> fleet_text(const std::string& file);
/// The fleet of that text, or of what was made of it, with these workers; at least one, unless workers may join. Errors
/// name the file.
Result<live::LiveFleet> fleet_of(const std::string& text, const std::string& file,
                                 const std::vector<std::string>& workers);
/// The fleet that these name: of the file, or of this JSON text instead.
Result<live::LiveFleet> read_fleet(const FleetArgs& args, std::string json = "{}");

}  // namespace blockyard::cli
