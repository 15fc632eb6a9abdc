// blockyard live calibrate: measures one idle worker and writes the scenario that runs like it.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace blockyard::cli {

/// Adds the command to `live`, and returns what it does where it was given; an exit status.
std::function<int()> make_calibrate(CLI::App& calibrate);

}  // namespace blockyard::cli
