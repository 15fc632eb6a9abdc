// blockyard reproduce: published figures beside what this program finds in the same public traces.
#include "core/io/experiments/reproduce.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <system_error>

#include "app/cli/answers/answer_args.h"
#include "app/cli/command.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/options.h"
#include "app/cli/parts/table.h"
#include "core/base/text.h"
#include "core/base/words/nearest.h"
#include "core/base/words/printable.h"

namespace blockyard::cli {
namespace {

struct ReproduceArgs {
  std::string name, data = ".", format = "text";
};

int run_reproduce(const ReproduceArgs& args, const Context& context) {
  const Assets assets(context.assets_dir);
  const auto format = parse_table_format(args.format);
  if (!format) return refuse(format.error());
  const auto table = read_reproduce(assets.dir() + "/reproduce.json");
  if (!table) return refuse(table.error());
  if (args.name.empty()) {
    for (const ReproduceSet& set : table->sets) fmt::print("{:22} {}\n", set.name, set.about);
    return kDone;
  }
  std::vector<std::string> names{"all"};
  for (const ReproduceSet& set : table->sets) names.push_back(set.name);
  if (std::find(names.begin(), names.end(), args.name) == names.end()) {
    return refuse(Error{fmt::format("{}: nothing of that name is reproduced; {}", quoted_part(args.name),
                                    did_you_mean(args.name, names, "`blockyard reproduce` lists what is"))});
  }
  std::vector<PublishedFigure> wanted;
  for (const PublishedFigure& f : table->figures) {
    if (args.name == "all" || f.set == args.name) wanted.push_back(f);
  }
  if (std::error_code ignored; !std::filesystem::is_directory(args.data, ignored))
    return refuse(Error{fmt::format("--data {}: no such folder", quoted_part(args.data))});
  const auto rows = reproduce(wanted, args.data, assets.presets());
  if (!rows) return refuse(rows.error());
  std::vector<std::vector<std::string>> cells{{"Figure", "Source", "Published", "Ours", "Difference", ""}};
  std::set<std::string> missing;
  std::vector<std::string> why;
  bool wrong = false;
  for (const Reproduced& row : *rows) {
    const PublishedFigure& f = row.figure;
    const auto text = [](double v) { return fmt::format("{:.7g}", v); };
    if (!row.ours) missing.insert(fmt::format("{}: {}", f.file, f.get));
    const bool agrees = row.agrees();
    wrong = wrong || (row.ours && !agrees);
    cells.push_back({f.what, f.source, text(f.published), row.ours ? text(*row.ours) : "–",
                     row.ours ? fmt::format("{:+.4g}", *row.ours - f.published) : "–",
                     !row.ours       ? "no data"
                     : !agrees       ? "DIFFERS"
                     : f.why.empty() ? "agrees"
                                     : "see below"});
    if (row.ours && !f.why.empty()) why.push_back(fmt::format("{} ({}): {}", f.what, f.source, f.why));
  }
  std::string out =
      *format == TableFormat::kText ? text_table(cells, LastColumn::kNotes) : grid_text(cells, 2, *format);
  if (*format == TableFormat::kText || *format == TableFormat::kMarkdown) {
    if (!why.empty() || !missing.empty()) out += "\n";
    for (const std::string& line : why) out += line + "\n";
    for (const std::string& line : missing) out += fmt::format("Not at hand, {}\n", line);
  }
  fmt::print("{}", out);
  if (wrong) return refuse(Error::failure("a figure differs by more than it may"));
  return kDone;
}

}  // namespace

std::function<int()> make_reproduce(CLI::App& app, const Context& context) {
  auto args = std::make_shared<ReproduceArgs>();
  app.add_option("name", args->name, "Which figures, or all (default: list them)");
  app.add_option("--data", args->data, "Folder that holds the public traces; without a file, where to get it is said")
      ->type_name("DIR")
      ->capture_default_str();
  app.add_option("--format", args->format, fmt::format("How the table is printed: {}", listed(table_format_ids())))
      ->type_name("FORMAT")
      ->capture_default_str();
  end_help(app, {"blockyard reproduce", "blockyard reproduce all"});
  return [args, context] { return run_reproduce(*args, context); };
}

}  // namespace blockyard::cli
