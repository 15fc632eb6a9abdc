// blockyard waterfall: from the best possible hit rate to what was achieved, cause by cause.
#include "core/experiment/waterfall.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/options.h"
#include "app/cli/parts/output_set.h"
#include "app/cli/parts/table.h"
#include "app/figures/waterfall_figure.h"
#include "core/base/text.h"
#include "core/base/words/printable.h"
#include "core/io/experiments/waterfall_file.h"

namespace blockyard::cli {
namespace {

struct WaterfallArgs {
  ScenarioArgs scenario;
  PictureArgs picture;
  std::string out;
  bool json = false;
};

std::string waterfall_table(const LossWaterfall& w) {
  std::vector<std::vector<std::string>> rows{{"step", "hit rate %", "lost", "tokens hit", "lost"}};
  for (std::size_t i = 0; i < w.steps.size(); ++i) {
    const WaterfallStep& s = w.steps[i];
    rows.push_back({s.label, fmt::format("{:.3f}", w.percent(static_cast<double>(s.hit_tokens))),
                    i == 0 ? "" : fmt::format("{:.3f}", w.percent(static_cast<double>(w.loss(i)))),
                    fmt::format("{}", s.hit_tokens), i == 0 ? "" : fmt::format("{}", w.loss(i))});
  }
  const std::string head = w.rejected_reason.empty() ? "" : fmt::format("REJECTED: {}.\n\n", w.rejected_reason);
  return fmt::format("{}{}Rates are over the {} prompt tokens of the requests that ran.\n", head, text_table(rows),
                     with_commas(w.prompt_tokens));
}

int waterfall(const WaterfallArgs& args, const Context& context) {
  const Assets assets(context.assets_dir);
  auto scenario = load_scenario(args.scenario, assets);
  if (!scenario) return refuse(scenario.error());
  scenario->most_memory = context.most_memory;
  OutputSet out(args.out);
  tell_inputs(out.outputs(), args.scenario, assets, *scenario);
  if (auto claimed = out.claim(); !claimed) return refuse(claimed.error());
  const PolledInterrupts polled;
  const bool shown = progress_wanted();
  const auto w = loss_waterfall(*scenario, interrupted, [shown](std::size_t done, std::size_t all) {
    if (shown) note("\r{} of {} steps", done, all);
  });
  if (shown) note("\r{:40}\r", "");
  if (!w && interrupted()) return refuse(interruption());
  if (!w) return refuse(w.error());
  const std::string json = waterfall_json(*w);
  out.add("waterfall.json", json);
  out.add({"loss_waterfall", loss_waterfall_figure(*w)}, args.picture, assets.dir() + "/fonts");
  const std::string table = fmt::format("{}\n\n{}", quoted_part(scenario->name), waterfall_table(*w));
  if (const int status = out.finish(args.json ? json : table); status != kDone) return status;
  note("{} files in {}\n", out.size(), printable(args.out));
  return kDone;
}

}  // namespace

std::function<int()> make_waterfall(CLI::App& app, const Context& context) {
  auto args = std::make_shared<WaterfallArgs>();
  args->scenario.add_to(app, true);
  app.add_option("--out", args->out, "Folder for waterfall.json and the plot")->type_name("DIR")->required();
  app.add_flag("--json", args->json, "Print waterfall.json instead of the table");
  args->picture.add_to(app);
  end_help(app, {"blockyard waterfall first-look --out lost", "blockyard waterfall first-look --out lost --json"});
  return [args, context] { return waterfall(*args, context); };
}

}  // namespace blockyard::cli
