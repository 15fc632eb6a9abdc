// blockyard policy: what a router elsewhere is configured with, as a scenario's router section.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/options.h"
#include "app/cli/parts/table.h"
#include "core/base/words/printable.h"
#include "core/io/files.h"
#include "core/io/imports/imported_policy.h"

namespace blockyard::cli {
namespace {

struct PolicyArgs {
  std::string file, out;
  bool json = false;
};

Result<std::string> read_input(const std::string& file) {
  if (file != "-") return read_file(file);
  std::string text;
  char buffer[4096];
  constexpr std::size_t kEnough = std::size_t{1} << 20U;  // more than is ever read
  for (std::size_t n = 1; n > 0 && text.size() < kEnough;) {
    n = std::fread(buffer, 1, sizeof buffer, stdin);
    text.append(buffer, n);
  }
  return text;
}

std::string id_of(ImportFate fate) {
  static constexpr const char* kIds[] = {"same", "otherwise", "not_here", "no_part"};
  return kIds[static_cast<std::size_t>(fate)];
}

std::string lines_text(const ImportedPolicy& policy) {
  constexpr std::size_t kWidest = 60;
  std::string out;
  for (const ImportFate fate : {ImportFate::kSame, ImportFate::kOtherwise, ImportFate::kNotHere, ImportFate::kNoPart}) {
    std::vector<std::vector<std::string>> rows;
    for (const ImportLine& line : policy.lines) {
      if (line.fate == fate) rows.push_back({"  " + line.from, line.what});
    }
    if (rows.empty()) continue;
    out += fmt::format("\n{}\n", fate_title(fate));
    std::size_t width = 0;
    for (const auto& row : rows) width = std::max(width, std::min(row[0].size(), kWidest));
    for (const auto& row : rows) out += fmt::format("{:<{}}  {}\n", row[0], width, row[1]);
  }
  return out;
}

int policy(const PolicyArgs& args) {
  const auto text = read_input(args.file);
  if (!text) return refuse(text.error());
  const auto imported = import_policy(*text);
  const std::string name = args.file == "-" ? "standard input" : args.file;
  if (!imported) return refuse(Error{fmt::format("{}: {}", name, imported.error().message)});
  io::Outputs outputs;
  outputs.reads("the configuration", args.file);
  if (!args.out.empty()) {
    auto file = outputs.open("--out", args.out);
    if (!file) return refuse(file.error());
    (*file)->write(imported->scenario + "\n");
  }
  if (args.json) {
    nlohmann::ordered_json out{{"read_as", imported->read_as},
                               {"scenario", nlohmann::ordered_json::parse(imported->scenario)},
                               {"lines", nlohmann::ordered_json::array()}};
    for (const ImportLine& line : imported->lines) {
      out["lines"].push_back({{"fate", id_of(line.fate)}, {"from", line.from}, {"what", line.what}});
    }
    return finish(outputs, out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  }
  return finish(outputs,
                fmt::format("{}\n\nRead as {}.\n{}", imported->scenario, imported->read_as, lines_text(*imported)));
}

}  // namespace

std::function<int()> make_policy(CLI::App& app, const Context&) {
  auto args = std::make_shared<PolicyArgs>();
  app.add_option("file", args->file,
                 "llm-d's EndpointPickerConfig (YAML, also inside a ConfigMap or Helm values), or a text file with the "
                 "command line of SGLang's or vLLM's router, the production stack's, or Dynamo's frontend; - reads "
                 "standard input")
      ->required();
  app.add_option("--out", args->out, "Write the section as a scenario that runs as it is (default: not written)")
      ->type_name("FILE");
  app.add_flag("--json", args->json, "Print the section and the remarks as JSON");
  end_help(app,
           {"echo 'python -m dynamo.frontend --router-mode kv --router-temperature 0.5' | blockyard policy - --out "
            "mine.json",
            "blockyard run mine.json"},
           "Prints the `router` section that means the same, then, line by line, what is the same, what is otherwise\n"
           "here, what has no counterpart here, and what has no part in the choice. A policy that no strategy here\n"
           "equals is an error that says so.");
  return [args] { return policy(*args); };
}

}  // namespace blockyard::cli
