// What the subcommands share: exit statuses, finding assets, loading scenarios with --set and --trace, interruption.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/io/files.h"
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

/// Prints "blockyard: message" to standard error and returns the status: kFailed of a failure, else kBadInput.
int refuse(const Error& error);
int refuse(const Error& error, int status);

/// Prints to standard error, of which nothing is expected: where it is closed or full, nothing happens.
void note_text(const std::string& text);
template <class... Args>
void note(fmt::format_string<Args...> format, Args&&... args) {
  note_text(fmt::format(format, std::forward<Args>(args)...));
}

/// Ends a command that writes: hands its files to the system, prints the text to standard output (to standard error
/// where a file goes to standard output), and only then lets the files appear. The exit status.
int finish(io::Outputs& outputs, const std::string& printed);

/// Makes sure of what was printed to standard output; kFailed, with a line, where it did not get there.
int finish_standard_output(int status);

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
  /// Adds --set and --trace alone.
  void add_sets_to(CLI::App& app);
};

/// Adds --jobs, whose default is as many as there are cores.
void add_jobs(CLI::App& app, unsigned& jobs);
/// Adds --set.
void add_sets(CLI::App& app, std::vector<std::string>& sets);

/// The JSON text with every PATH=VALUE of --set put into it, in order.
Result<std::string> with_sets(std::string document, const std::vector<std::string>& sets);
/// The scenario that this makes. An error names the --set that is at fault, or `origin` where none is.
Result<Scenario> parse_with_sets(const std::string& document, const std::vector<std::string>& sets,
                                 const std::string& base_dir, const std::string& presets_dir,
                                 const std::string& origin);

/// Names the scenario's file and its trace as what the command reads.
void tell_inputs(io::Outputs& outputs, const ScenarioArgs& args, const Assets& assets, const Scenario& scenario);

/// Reads the scenario, applies --set and --trace. `sets` may name more PATH=VALUE (a sweep's cell).
Result<Scenario> load_scenario(const ScenarioArgs& args, const Assets& assets);

/// Runs what a program is for. Whatever nobody foresaw ends here: with a line and kFailed, and all unfinished files
/// gone with their owners.
int with_last_words(const std::function<int()>& program);

/// What main() does first. Closed standard streams are given a place where nothing is, so that no file takes theirs. A
/// signal that asks to end (SIGHUP, SIGINT, SIGQUIT, SIGTERM) removes what is unfinished and ends the program with a
/// line and kFailed; a closed pipe or a limit on file size is an error of the write, no signal.
void prepare_process();

/// While one lives, the first such signal only makes interrupted() true: for who looks at it and ends in good order.
class PolledInterrupts {
 public:
  PolledInterrupts();
  ~PolledInterrupts();
  PolledInterrupts(const PolledInterrupts&) = delete;
  PolledInterrupts& operator=(const PolledInterrupts&) = delete;
};
bool interrupted();
/// What a command says that was.
Error interruption();

/// True when standard error is a terminal: progress is shown there only.
bool progress_wanted();

}  // namespace blockyard::cli
