// blockyard: the command line. Without a subcommand it starts the window, which is an executable of its own, so that a
// headless command loads nothing graphical.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/machine.h"
#include "app/cli/parts/options.h"
#include "app/cli/parts/window_args.h"
#include "app/platform/program.h"
#include "app/session/files/documents.h"
#include "core/base/words/nearest.h"
#include "core/base/words/printable.h"

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

// The first word that is neither an option nor the value of one of the window's; empty where there is none.
std::string first_word(const std::vector<std::string>& arguments) {
  static constexpr std::string_view kWithValue[] = {"--assets", "--max-memory", "--set",     "--trace",
                                                    "--state",  "--scale",      "--scenario"};
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (std::find(std::begin(kWithValue), std::end(kWithValue), arguments[i]) != std::end(kWithValue)) {
      ++i;
    } else if (arguments[i].empty() || arguments[i][0] != '-') {
      return arguments[i];
    }
  }
  return "";
}

// Whether this is for the commands, not for the window.
bool names_command(const std::vector<std::string>& arguments) {
  const std::string first = first_word(arguments);
  for (const CommandRow& row : command_table()) {
    if (row.name == first) return true;
  }
  for (const std::string& a : arguments) {
    if (a == "--help" || a == "-h" || a == "--version" || a == "-v") return true;
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

// Starts the window, unless what it is given cannot be meant: then a line says so, with or without a window.
int start_window(const std::vector<std::string>& arguments) {
  using blockyard::Error;
  CLI::App app{"", "blockyard"};
  dress(app);
  WindowArgs args;
  args.add_to(app);
  std::vector<std::string> names;
  for (const CommandRow& row : command_table()) names.emplace_back(row.name);
  const std::string word = first_word(arguments);
  const std::string assets = Assets(given(arguments, "--assets")).dir();
  const bool link = word.find("://") != std::string::npos;
  if (!arguments.empty() && arguments[0].starts_with('-')) {
    if (const auto unknown = unknown_word(app, arguments)) return refuse(*unknown);
  }
  if (!word.empty() && !link && !blockyard::is_trace_file(word) && !blockyard::scenario_path(word, assets)) {
    for (std::string& name : blockyard::scenario_names(assets)) names.push_back(std::move(name));
    return refuse(Error{fmt::format("there is no command, scenario or file {}; {}", blockyard::quoted_part(word),
                                    blockyard::did_you_mean(word, names, "`blockyard --help` lists the commands"))});
  }
  if (const auto unknown = unknown_word(app, arguments)) return refuse(*unknown);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // the last is taken first
  } catch (const CLI::ParseError& e) {
    return refuse(parse_trouble(app, e));
  }
  return open_window(arguments);
}

int run_command_line(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  if (!names_command(arguments)) return start_window(arguments);
  prepare_process();

  CLI::App app{
      "Blockyard: see where every KV block lives. Without a command it opens the window: blockyard [SCENARIO], with "
      "--trace FILE and --set PATH=VALUE as `blockyard run` has them.",
      "blockyard"};
  dress(app);
  app.set_version_flag("-v,--version", std::string("blockyard ") + BLOCKYARD_VERSION, "Print the version");
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
                 "Folder with presets, scenarios and lessons (default: the one beside the program)")
      ->type_name("DIR");
  app.add_option("--max-memory", memory,
                 "What a run may take, e.g. 8GiB or 50% of the machine; it is refused where it needs more")
      ->type_name("SIZE")
      ->default_str(std::string(kUsualMemory))
      ->check([machine](const std::string& text) -> std::string {
        if (parse_memory(text, machine)) return {};
        return fmt::format("{} is not allowed; write a size such as 8GiB, 500MiB or 50%", blockyard::quoted_part(text));
      });
  app.fallthrough();
  end_help(app, {"blockyard first-look", "blockyard run first-look", "blockyard run --help"});

  std::function<int()> chosen;
  for (const CommandRow& row : command_table()) {
    CLI::App* command = app.add_subcommand(std::string(row.name), std::string(row.help));
    auto run = row.make(*command, context);
    command->callback([&chosen, run = std::move(run)] { chosen = run; });
  }
  if (const auto unknown = unknown_word(app, arguments)) return refuse(*unknown);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() != 0) return refuse(parse_trouble(app, e));
    std::ostringstream text;  // --help, --version: printed as all else is, so that it is known why that fails
    app.exit(e, text, text);
    std::fputs(text.str().c_str(), stdout);
    return kDone;
  }
  hold_to_memory(context.most_memory);
  return chosen ? chosen() : kBadInput;
}

}  // namespace

int main(int argc, char** argv) {
  return with_last_words([argc, argv] { return finish_standard_output(run_command_line(argc, argv)); });
}
