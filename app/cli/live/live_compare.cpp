#include "app/cli/live/live_compare.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/live/live_parts.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/output_set.h"
#include "app/cli/parts/table.h"
#include "app/figures/emulated_figure.h"
#include "core/live/compare/comparison.h"

namespace blockyard::cli {
namespace {

struct CompareArgs {
  std::string recording, out;
  ScenarioArgs scenario;
  PictureArgs picture;
};

std::string table_of(const live::RealComparison& c) {
  std::vector<std::vector<std::string>> rows{{"", "requests", "off, median", "off, p95", "emulated is", "rank correlation"}};
  const auto add = [&rows](std::string name, const live::TimeErrors& e) {
    if (e.n == 0) return;
    rows.push_back({std::move(name), fmt::format("{}", e.n), fmt::format("{:.1f} %", 100 * e.median_off),
                    fmt::format("{:.1f} %", 100 * e.p95_off),
                    fmt::format("{:.1f} % {}", 100 * std::abs(e.median_signed), e.median_signed < 0 ? "faster" : "slower"),
                    e.spearman ? fmt::format("{:.3f}", *e.spearman) : std::string("-")});
  };
  add("time to first token", c.ttft);
  add("end to end", c.e2e);
  std::string out = text_table(rows);
  const std::size_t told = c.hits.equal + c.hits.longer + c.hits.shorter;
  out += told == 0 ? std::string("\nNo hit was told.\n")
                   : fmt::format("\nHits: {} of {} as they were, {} longer, {} shorter.\n", c.hits.equal, told,
                                 c.hits.longer, c.hits.shorter);
  if (c.rejected > 0) out += fmt::format("{} did not fit into the emulated worker.\n", counted(c.rejected, "request"));
  return out;
}

int compare(const CompareArgs& args, const Context& context) {
  const Assets assets(context.assets_dir);
  auto scenario = load_scenario(args.scenario, assets);
  if (!scenario) return refuse(scenario.error());
  OutputSet out(args.out);
  out.outputs().reads("the recording", args.recording);
  if (auto claimed = out.claim(); !claimed) return refuse(claimed.error());
  const PolledInterrupts interrupts;
  auto recording = live::RecordingReader::open(args.recording);
  if (!recording) return refuse(recording.error());
  live::LiveSession session((*recording)->fleet());
  live::Emulation emulation;
  const int status = feed(**recording, session, [&](const live::Record& r) { emulation.see(r, session); });
  if (status != kDone) return status;
  if (emulation.requests() == 0)
    return refuse(Error{quoted_part(args.recording) + ": holds no request whose tokens were known and that was served"});
  std::size_t rejected = 0;
  const auto pairs = emulation.run(scenario->config, &rejected);
  if (!pairs) return refuse(pairs.error());
  const live::RealComparison found = live::compare_with_real(*pairs, rejected);
  const std::string fleet = session.fleet().name;
  out.add("pairs.csv", live::pairs_csv(*pairs, session.fleet()));
  out.add("comparison.json", live::comparison_json(found, fleet, scenario->name));
  out.add({"emulated_against_real", emulated_against_real(*pairs, found, fleet, scenario->name)}, args.picture,
          assets.dir() + "/fonts");
  if (const int ended = out.finish(table_of(found)); ended != kDone) return ended;
  note("{} files in {}\n", out.size(), printable(args.out));
  return kDone;
}

}  // namespace

std::function<int()> make_live_compare(CLI::App& app, const Context& context) {
  auto args = std::make_shared<CompareArgs>();
  app.add_option("file", args->recording, "A recording of a router, plain or .gz")->required();
  app.add_option("--scenario", args->scenario.name,
                 "The scenario whose engine, latency and capacity the emulated workers have, as `live calibrate` writes "
                 "one: a name, or a file")
      ->required();
  add_sets(app, args->scenario.sets);
  app.add_option("--out", args->out, "Folder for pairs.csv, comparison.json and the picture")->type_name("DIR")->required();
  args->picture.add_to(app);
  end_help(app, {"blockyard live --demo --headless --for 3 --record demo.jsonl",
                 "blockyard live compare demo.jsonl --scenario live-demo --out real"});
  return [args, context] { return compare(*args, context); };
}

}  // namespace blockyard::cli
