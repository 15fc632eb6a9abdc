// What the window's executable is given on the command line: read by itself, and beforehand by the command that starts
// it, so that a slip is said in a line instead of a window that does not open.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace blockyard::cli {

struct WindowArgs {
  std::string scenario, trace, assets, state;
  std::vector<std::string> sets;
  double scale = 0;  ///< 0: what the screen asks for

  // Of `blockyard live`, which starts the window so; they are not for people.
  std::string replay, live_fleet, record, listen, tokens, live_scenario = "live-demo";
  std::vector<std::string> live_workers, live_sets;
  std::optional<std::uint32_t> live_demo;  ///< stand-ins
  std::optional<std::uint64_t> live_seed;
  bool live = false, record_raw = false;
  double record_max_mib = 4096, speed = 0;  ///< speed 0: as it is

  void add_to(CLI::App& app);
};

}  // namespace blockyard::cli
