// What the subcommands share: exit statuses, finding assets, loading scenarios with --set and --trace, interruption.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/settings/scenario.h"
#include "core/workload/workload.h"

namespace CLI {
class App;
}

namespace blockyard::cli {

/// Exit statuses (SPEC 10).
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;    ///< the run failed
inline constexpr int kBadInput = 2;  ///< the input or the command was wrong

/// Prints "blockyard: message" to standard error and returns the status.
int refuse(const Error& error, int status = kBadInput);

/// Where presets/, scenarios/, lessons/ are: --assets, else beside the binary (../share/blockyard).
class Assets {
 public:
  explicit Assets(std::string override_dir);
  std::string presets() const { return dir_ + "/presets"; }
  std::string scenarios() const { return dir_ + "/scenarios"; }
  const std::string& dir() const { return dir_; }

 private:
  std::string dir_;
};

/// A scenario as the command line names it.
struct ScenarioArgs {
  std::string name;                ///< a file, or a scenario of assets/scenarios by name
  std::vector<std::string> sets;   ///< PATH=VALUE, in order
  std::vector<std::string> trace;  ///< --trace: replaces the workload by these files

  /// Adds SCENARIO, --set and --trace to a subcommand.
  void add_to(CLI::App& app, bool required);
};

/// Reads the scenario, applies --set and --trace. `sets` may name more PATH=VALUE (a sweep's cell).
Result<Scenario> load_scenario(const ScenarioArgs& args, const Assets& assets);

/// Installs handlers of SIGINT and SIGTERM that only set a flag; commands look at it and leave nothing half-written.
void catch_interrupts();
bool interrupted();

/// True when standard error is a terminal: progress is shown there only.
bool progress_wanted();

}  // namespace blockyard::cli
