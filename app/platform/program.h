// The program as the system sees it: where it lies, and another program started in its place. One body per system.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace blockyard {

/// The folder that the running program lies in; the current folder where the system does not tell.
std::filesystem::path program_folder();

/// Whether the file is there and may be run.
bool can_run(const std::filesystem::path& program);

/// Becomes the other program, which is given the arguments after its own name. Returns only where that failed, with the
/// reason.
std::string become(const std::filesystem::path& program, const std::vector<std::string>& arguments);

}  // namespace blockyard
