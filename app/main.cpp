// blockyard: the command line. Without a subcommand it starts the window, which is an executable of its own, so that a
// headless command loads nothing graphical.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "app/cli/parts/machine.h"
#include "app/cli/parts/options.h"
#include "app/platform/program.h"
#include "core/base/printable.h"

namespace {

using namespace blockyard::cli;

int open_window(const std::vector<std::string>& arguments) {
  const std::filesystem::path window = blockyard::program_folder() / "blockyard-window";
  if (!blockyard::can_run(window)) {
    return refuse(
        blockyard::Error::failure("this build has no window; `blockyard --help` lists the commands that need none"));
  }
  const std::string why = blockyard::become(window, arguments);
  return refuse(blockyard::Error::failure(fmt::format("{}: cannot be started: {}", window.string(), why)));
}

// The first word that is neither an option nor an option's value of the top level, if it names a subcommand.
bool names_command(const std::vector<std::string>& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--assets" || arguments[i] == "--max-memory") {
      ++i;
      continue;
    }
    if (!arguments[i].empty() && arguments[i][0] == '-') {
      if (arguments[i] == "--help" || arguments[i] == "-h" || arguments[i] == "--version") return true;
      continue;
    }
    for (const CommandRow& row : command_table()) {
      if (row.name == arguments[i]) return true;
    }
    return false;
  }
  return false;
}

// The last value that an option of all commands is given; "" where it is not.
std::string given(const std::vector<std::string>& arguments, const std::string& option) {
  std::string out;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == option && i + 1 < arguments.size()) out = arguments[i + 1];
    if (arguments[i].starts_with(option + "=")) out = arguments[i].substr(option.size() + 1);
  }
  return out;
}

int run_command_line(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  if (!names_command(arguments)) return open_window(arguments);
  prepare_process();

  CLI::App app{"Blockyard: see where every KV block lives. Without a command it opens the window: blockyard [SCENARIO]",
               "blockyard"};
  app.set_version_flag("--version", std::string("blockyard ") + BLOCKYARD_VERSION);
  app.require_subcommand(1);
  Context context;
  context.program = (blockyard::program_folder() / "blockyard").string();
  // Options of a subcommand are bound before parsing, so what all of them need is looked up here, wherever it stands.
  context.assets_dir = given(arguments, "--assets");
  std::string memory = given(arguments, "--max-memory");
  if (memory.empty()) memory = kUsualMemory;
  const std::uint64_t machine = machine_memory();
  context.most_memory = parse_memory(memory, machine).value_or(0);
  app.add_option("--assets", context.assets_dir,
                 "Folder of presets, scenarios and lessons (default: beside the program)");
  app.add_option(
         "--max-memory", memory,
         "What a run may take, e.g. 8GiB or 50% of the machine (default 75%); it is refused where it needs more")
      ->check([machine](const std::string& text) -> std::string {
        if (parse_memory(text, machine)) return {};
        return fmt::format("{} is not allowed; write a size such as 8GiB, 500MiB or 50%", blockyard::quoted_part(text));
      });
  app.fallthrough();

  std::function<int()> chosen;
  for (const CommandRow& row : command_table()) {
    CLI::App* command = app.add_subcommand(std::string(row.name), std::string(row.help));
    auto run = row.make(*command, context);
    command->callback([&chosen, run = std::move(run)] { chosen = run; });
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() != 0) return refuse(blockyard::Error{e.what()});
    return app.exit(e);  // --help, --version
  }
  hold_to_memory(context.most_memory);
  return chosen ? chosen() : kBadInput;
}

}  // namespace

int main(int argc, char** argv) {
  return with_last_words([argc, argv] { return finish_standard_output(run_command_line(argc, argv)); });
}
