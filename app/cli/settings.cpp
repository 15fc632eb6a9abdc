// blockyard settings: the reference of a scenario, from the table that reads it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/options.h"
#include "app/cli/parts/table.h"
#include "core/settings/reference.h"

namespace blockyard::cli {
namespace {

void print_all(const std::vector<SettingEntry>& entries) {
  std::vector<std::vector<std::string>> rows{{"path", "default", "unit", "change", "what it is"}};
  for (const SettingEntry& e : entries) rows.push_back({e.path, e.value, e.unit, e.change, e.help});
  fmt::print(
      "{}\n`blockyard settings PATH` says more about one of them, or about a part such as router;\n"
      "`--example TYPE` prints a scenario for a type of workload, `--markdown` all of it as a page.\n",
      text_table(rows, LastColumn::kNotes));
}

void print_one(const SettingEntry& e) {
  fmt::print("{}: {}\n{}\n\n", e.path, e.label, e.help);
  std::vector<std::vector<std::string>> rows{
      {"  default", e.value}, {"  allowed", e.range}, {"  change", e.change}, {"  applies", e.applies}};
  if (!e.unit.empty()) rows.insert(rows.begin() + 1, {"  unit", e.unit});
  if (!e.null.empty()) rows.push_back({"  null", e.null});
  fmt::print("{}", text_table(rows, LastColumn::kNotes));
  if (e.choices.empty()) return;
  std::vector<std::vector<std::string>> choices;
  for (const ChoiceRow& c : e.choices) choices.push_back({fmt::format("  {}", c.id), std::string(c.help)});
  fmt::print("\n{}", text_table(choices, LastColumn::kNotes));
}

struct Args {
  std::string path;
  std::string example;
  bool json = false;
  bool markdown = false;
};

int show_example(const std::string& type) {
  std::string ids;
  for (std::size_t t = 0; t < workload_type_table().size(); ++t) {
    const std::string_view id = workload_type_table()[t].id;
    ids += fmt::format("{}{}", ids.empty() ? "" : ", ", id);
    if (id != type) continue;
    fmt::print("{}", example_scenario(static_cast<WorkloadType>(t)));
    return kDone;
  }
  return refuse(Error{fmt::format("--example: \"{}\" is not allowed; it must be one of {}", type, ids)});
}

int show(const Args& args) {
  if (!args.example.empty()) return show_example(args.example);
  const std::vector<SettingEntry> entries = args.path.empty() ? setting_entries() : setting_entries(args.path);
  if (entries.empty()) {
    const std::string near = nearest_setting(args.path);
    return refuse(
        Error{fmt::format("{}: no such setting; {}", args.path,
                          near.empty() ? "`blockyard settings` lists them" : fmt::format("did you mean {}?", near))});
  }
  if (args.json) {
    fmt::print("{}", entries_json(entries));
  } else if (args.markdown) {
    fmt::print("{}", entries_markdown(entries));
  } else if (entries.back().path == args.path) {
    // Several where types of workload have one each.
    for (const SettingEntry& e : entries) {
      if (&e != &entries[0]) fmt::print("\n");
      print_one(e);
    }
  } else {
    print_all(entries);
  }
  return kDone;
}

}  // namespace

std::function<int()> make_settings(CLI::App& app, const Context&) {
  auto args = std::make_shared<Args>();
  auto* path = app.add_option("path", args->path,
                              "One setting or one section, e.g. router.sync_ms or router (default: all of them)");
  auto* json = app.add_flag("--json", args->json, "Print JSON");
  auto* markdown = app.add_flag("--markdown", args->markdown, "Print a page of Markdown")->excludes(json);
  std::vector<std::string> types;
  for (const ChoiceRow& row : workload_type_table()) types.emplace_back(row.id);
  app.add_option("--example", args->example,
                 "Print a scenario with every key of this type of workload (default: no example)")
      ->type_name("TYPE")
      ->check(one_of(types))
      ->excludes(path, json, markdown);
  end_help(app, {"blockyard settings", "blockyard settings router.sync_ms", "blockyard settings --example chat"});
  return [args] { return show(*args); };
}

}  // namespace blockyard::cli
