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
#include "core/base/text.h"
#include "core/base/words/printable.h"
#include "core/live/calibrate/calibration.h"
#include "core/live/calibrate/recorded_points.h"
#include "core/live/fleet_file.h"
#include "core/live/record/recording.h"

namespace blockyard::cli {
namespace {

struct CalibrateArgs {
  std::string worker, from, out, report;
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

// By requests of its own, sent to the worker.
Result<live::CalibrationPoints> measured(const CalibrateArgs& args) {
  const auto fleet = live::parse_fleet("{}", {args.worker});
  if (!fleet) return fleet.error();
  if (fleet->workers.size() != 1) return Error{"one rank is calibrated at a time; leave ranks out"};
  net::ProbePlan plan = args.plan;
  plan.fleet = *fleet;
  if (plan.fleet.workers[0].address.host.empty()) return Error{"--worker: an address is needed, to send requests to"};
  const net::ProbeHands hands{
      [](std::size_t done, std::size_t of, const std::string& what) { note("{:4} of {}: {}\n", done + 1, of, what); },
      [] { return interrupted(); }};
  return net::measure(plan, hands);
}

// By those that were recorded.
Result<live::CalibrationPoints> recorded(const std::string& path) {
  auto recording = live::RecordingReader::open(path);
  if (!recording) return recording.error();
  live::LiveSession session((*recording)->fleet());
  live::RecordedPoints points;
  while (!interrupted()) {
    const auto record = (*recording)->next();
    if (!record) return record.error();
    if (!*record) break;
    points.see(**record, session);
    session.apply(**record);
  }
  if (interrupted()) return interruption();
  live::CalibrationPoints out = points.points(path);
  if (out.requests.empty())
    return Error{quoted_part(path) + ": holds no streamed request of a router; record one with `live --listen`"};
  return out;
}

int calibrate(const CalibrateArgs& args) {
  if (args.worker.empty() == args.from.empty()) return refuse(Error{"give either --worker or --from"});
  io::Outputs outputs;
  if (!args.from.empty()) outputs.reads("the recording", args.from);
  auto scenario = outputs.open("--out", args.out);
  if (!scenario) return refuse(scenario.error());
  io::OutputFile* report = nullptr;
  if (!args.report.empty()) {
    auto file = outputs.open("--report", args.report);
    if (!file) return refuse(file.error());
    report = *file;
  }
  const PolledInterrupts interrupts;
  const auto points = args.from.empty() ? measured(args) : recorded(args.from);
  if (!points) return refuse(points.error());
  const live::Calibration found = live::calibrate(*points);
  (*scenario)->write(live::calibrated_scenario_json(*points, found));
  if (report != nullptr) report->write(live::calibration_json(*points, found));
  for (const std::string& warning : found.warnings) note("blockyard: warning: {}\n", printable(warning));
  const std::string head = args.from.empty() ? fmt::format("{}, model {}; round trip {:.3g} ms", printable(points->worker),
                                                           printable(points->model), found.round_trip_ms)
                                             : fmt::format("From {}", printable(args.from));
  const std::string hidden =
      found.below_floor == 0 ? std::string()
                             : fmt::format("\n{} of the first line lie on the step's floor, and do not count for it.\n",
                                           counted(found.below_floor, "point"));
  return finish(outputs, fmt::format("{}\n\n{}\n{}{}", head, constants_text(found), fits_text(found), hidden));
}

}  // namespace

std::function<int()> make_calibrate(CLI::App& app) {
  auto args = std::make_shared<CalibrateArgs>();
  app.add_option("--worker", args->worker,
                 "The worker to measure (required without --from): URL[,events=tcp://HOST:PORT] [,replay=…] "
                 "[,engine=vllm|sglang|auto] as one word; its stream tells what it holds where its answers do not")
      ->type_name("SPEC");
  app.add_option("--from", args->from,
                 "Reckon from the requests of this recording of a router instead, 30 of a kind at least (required "
                 "without --worker)")
      ->type_name("FILE");
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
           {"blockyard live calibrate --worker http://127.0.0.1:8000 --out mine.json || echo 'no idle worker there'",
            "blockyard live --demo --headless --for 3 --record demo.jsonl",
            "blockyard live calibrate --from demo.jsonl --out mine.json"});
  return [args] { return calibrate(*args); };
}

}  // namespace blockyard::cli
