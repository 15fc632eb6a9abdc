// The table of subcommands: each is one file that adds itself to the parser and says what to run.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace blockyard::cli {

/// What every subcommand is given beside its own options.
struct Context {
  std::string assets_dir;         ///< --assets; empty: beside the binary
  std::string program;            ///< path of this binary
  std::uint64_t most_memory = 0;  ///< --max-memory, bytes
};

/// Adds options to `app` and returns what runs when the subcommand was chosen: its exit status.
using MakeCommand = std::function<int()> (*)(CLI::App& app, const Context& context);

struct CommandRow {
  std::string_view name;
  std::string_view help;
  MakeCommand make;
};

/// In the order of SPEC 10.
std::span<const CommandRow> command_table();

std::function<int()> make_run(CLI::App& app, const Context& context);
std::function<int()> make_compare(CLI::App& app, const Context& context);
std::function<int()> make_sweep(CLI::App& app, const Context& context);
std::function<int()> make_merge(CLI::App& app, const Context& context);
std::function<int()> make_experiment(CLI::App& app, const Context& context);
std::function<int()> make_plan(CLI::App& app, const Context& context);
std::function<int()> make_waterfall(CLI::App& app, const Context& context);
std::function<int()> make_decisions(CLI::App& app, const Context& context);
std::function<int()> make_report(CLI::App& app, const Context& context);
std::function<int()> make_reproduce(CLI::App& app, const Context& context);
std::function<int()> make_plot(CLI::App& app, const Context& context);
std::function<int()> make_policy(CLI::App& app, const Context& context);
std::function<int()> make_lessons(CLI::App& app, const Context& context);
std::function<int()> make_presets(CLI::App& app, const Context& context);
std::function<int()> make_settings(CLI::App& app, const Context& context);
std::function<int()> make_fidelity(CLI::App& app, const Context& context);
std::function<int()> make_trace(CLI::App& app, const Context& context);
std::function<int()> make_tokenize(CLI::App& app, const Context& context);
std::function<int()> make_tokenizer(CLI::App& app, const Context& context);
std::function<int()> make_workload(CLI::App& app, const Context& context);
#ifdef BLOCKYARD_WITH_LIVE
std::function<int()> make_live(CLI::App& app, const Context& context);
std::function<int()> make_standin(CLI::App& app, const Context& context);
#endif
#ifdef BLOCKYARD_WITH_GUI
std::function<int()> make_shot(CLI::App& app, const Context& context);
#endif

}  // namespace blockyard::cli
