#include "app/cli/live/live_calibrate.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "app/cli/parts/checks.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/options.h"
#include "app/cli/parts/table.h"
#include "app/net/calibrate/probe.h"
#include "core/base/words/printable.h"
#include "core/live/calibrate/calibration.h"
#include "core/live/fleet_file.h"

namespace blockyard::cli {
namespace {

struct CalibrateArgs {
  std::string worker, out, report;
  net::ProbePlan plan;
};

std::string between_text(const std::optional<live::Interval>& i) {
  return i ? fmt::format("{:.4g} to {:.4g}", i->low, i->high) : std::string("default");
}

std::string constants_text(const live::Calibration& found) {
  std::vector<std::vector<std::string>> rows{{"constant", "ms", "95 %", ""}};
  for (const live::CalibratedConstant& c : found.constants)
    rows.push_back({"latency." + c.name, fmt::format("{:.4g}", c.value), between_text(c.interval), c.why});
  return text_table(rows, LastColumn::kNotes);
}

std::string fits_text(const live::Calibration& found) {
  std::vector<std::vector<std::string>> rows{{"line", "points", "R²", "median off", "p95 off", "fit"}};
  const auto add = [&](const char* name, const std::optional<live::LineFit>& fit) {
    if (!fit) return;
    rows.push_back({name, fmt::format("{}", fit->n), fmt::format("{:.4f}", fit->r2),
                    fmt::format("{:.1f} %", 100 * fit->median_residual),
                    fmt::format("{:.1f} %", 100 * fit->p95_residual),
                    std::string(live::fit_quality_name(fit->quality))});
  };
  add("TTFT over missing blocks", found.prefill);
  add("token interval over requests together", found.step);
  return text_table(rows);
}

int calibrate(const CalibrateArgs& args) {
  const auto fleet = live::parse_fleet("{}", {args.worker});
  if (!fleet) return refuse(fleet.error());
  if (fleet->workers.size() != 1) return refuse(Error{"one rank is calibrated at a time; leave ranks out"});
  net::ProbePlan plan = args.plan;
  plan.worker = fleet->workers[0];
  plan.health_path = fleet->health_path;
  if (plan.worker.address.host.empty()) return refuse(Error{"--worker: an address is needed, to send requests to"});
  io::Outputs outputs;
  auto scenario = outputs.open("--out", args.out);
  if (!scenario) return refuse(scenario.error());
  io::OutputFile* report = nullptr;
  if (!args.report.empty()) {
    auto file = outputs.open("--report", args.report);
    if (!file) return refuse(file.error());
    report = *file;
  }
  const PolledInterrupts interrupts;
  const net::ProbeHands hands{
      [](std::size_t done, std::size_t of, const std::string& what) { note("{:4} of {}: {}\n", done + 1, of, what); },
      [] { return interrupted(); }};
  const auto points = net::measure(plan, hands);
  if (!points) return refuse(points.error());
  const live::Calibration found = live::calibrate(*points);
  (*scenario)->write(live::calibrated_scenario_json(*points, found));
  if (report != nullptr) report->write(live::calibration_json(*points, found));
  for (const std::string& warning : found.warnings) note("blockyard: warning: {}\n", printable(warning));
  return finish(outputs,
                fmt::format("{}, model {}; round trip {:.3g} ms\n\n{}\n{}", printable(points->worker),
                            printable(points->model), found.round_trip_ms, constants_text(found), fits_text(found)));
}

}  // namespace

std::function<int()> make_calibrate(CLI::App& app) {
  auto args = std::make_shared<CalibrateArgs>();
  app.add_option("--worker", args->worker, "The worker to measure: URL[,name=…][,engine=vllm|sglang|auto]")
      ->type_name("SPEC")
      ->required();
  app.add_option("--out", args->out, "The scenario to write, which runs as it is; - is standard output")
      ->type_name("FILE")
      ->required();
  app.add_option("--report", args->report, "Also write points, fits and intervals as JSON (default: not written)")
      ->type_name("FILE");
  app.add_option("--model", args->plan.model, "Model to ask for (default: the first that the worker names)")
      ->type_name("NAME");
  app.add_option("--max-tokens", args->plan.max_tokens, "Tokens of the longest prompt")
      ->type_name("N")
      ->capture_default_str()
      ->check(whole(32, 1048576));
  app.add_option("--concurrency", args->plan.concurrency, "Most requests at the same time")
      ->type_name("N")
      ->capture_default_str()
      ->check(whole(1, 1024));
  app.add_option("--seed", args->plan.seed, "Seed of the prompts and of the resamples")
      ->type_name("N")
      ->capture_default_str();
  end_help(app,
           {"blockyard live calibrate --worker http://127.0.0.1:8000 --out mine.json || echo 'no idle worker there'"});
  return [args] { return calibrate(*args); };
}

}  // namespace blockyard::cli
