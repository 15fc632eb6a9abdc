// blockyard run: one scenario from beginning to end, its results to files and standard output.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "app/cli/command.h"
#include "app/cli/options.h"
#include "app/cli/table.h"
#include "core/experiment/prepared.h"
#include "core/io/perfetto.h"
#include "core/io/results.h"

namespace blockyard::cli {
namespace {

struct RunArgs {
  ScenarioArgs scenario;
  std::string out, requests, events, perfetto;
  bool json = false;
};

// Tells several listeners of each event.
class Fan : public EventSink {
 public:
  void add(EventSink* sink) { sinks_.push_back(sink); }
  bool wants_decisions() const override {
    for (const EventSink* s : sinks_) {
      if (s->wants_decisions()) return true;
    }
    return false;
  }
  bool wants_blocks() const override {
    for (const EventSink* s : sinks_) {
      if (s->wants_blocks()) return true;
    }
    return false;
  }
  void on_event(const Event& e, const Simulation& sim) override {
    for (EventSink* s : sinks_) s->on_event(e, sim);
  }

 private:
  std::vector<EventSink*> sinks_;
};

// Runs to the end, showing progress on a terminal. False when interrupted.
bool run_all(Simulation& sim, EventSink* sink) {
  const bool progress = progress_wanted();
  constexpr int kChunk = 4096;
  std::uint64_t shown = 0;
  while (!sim.done()) {
    for (int i = 0; i < kChunk && sim.step(sink); ++i) {
    }
    if (interrupted()) return false;
    const std::uint64_t percent = std::uint64_t{100} * sim.arrived() / std::max<std::size_t>(1, sim.records().size());
    if (progress && percent != shown) {
      fmt::print(stderr, "\r{:3} % of {} requests have arrived", percent, sim.records().size());
      shown = percent;
    }
  }
  if (progress && shown != 0) fmt::print(stderr, "\r{:60}\r", "");
  return true;
}

int run(const RunArgs& args, const Context& context) {
  catch_interrupts();
  const Assets assets(context.assets_dir);
  auto scenario = load_scenario(args.scenario, assets);
  if (!scenario) return refuse(scenario.error());
  auto prepared = prepare(*scenario);
  if (!prepared) return refuse(prepared.error());
  if (!(*prepared)->workload.read_as.empty()) fmt::print(stderr, "blockyard: {}\n", (*prepared)->workload.read_as);
  for (const std::string& warning : (*prepared)->workload.warnings)
    fmt::print(stderr, "blockyard: warning: {}\n", warning);

  // Every output is opened before the run and committed after it: a bad path costs no waiting and leaves nothing
  // behind.
  std::optional<io::OutputFile> out, requests, events, perfetto;
  for (auto [path, file] : {std::pair{&args.out, &out},
                            {&args.requests, &requests},
                            {&args.events, &events},
                            {&args.perfetto, &perfetto}}) {
    if (path->empty()) continue;
    auto opened = io::OutputFile::open(*path);
    if (!opened) return refuse(opened.error());
    *file = std::move(*opened);
  }

  Simulation sim = (*prepared)->simulation();
  Fan fan;
  Series series;
  if (out) fan.add(&series);
  std::optional<EventWriter> event_writer;
  if (events) fan.add(&event_writer.emplace(*events));
  std::optional<PerfettoWriter> perfetto_writer;
  if (perfetto) fan.add(&perfetto_writer.emplace(*perfetto));
  const bool listening = out || events || perfetto;
  if (!run_all(sim, listening ? &fan : nullptr)) return refuse(Error{"interrupted; nothing was written"}, kFailed);
  series.finish(sim);
  if (perfetto_writer) perfetto_writer->finish(sim);

  const Summary summary = summarize(sim);
  if (out) out->write(results_json(collect_results(*scenario, sim, series)));
  if (requests) requests->write(requests_csv(sim));
  for (auto* file : {&out, &requests, &events, &perfetto}) {
    if (*file) {
      if (auto ok = (*file)->flush(); !ok) return refuse(ok.error(), kFailed);
    }
  }
  for (auto* file : {&out, &requests, &events, &perfetto}) {
    if (*file) {
      if (auto ok = (*file)->commit(); !ok) return refuse(ok.error(), kFailed);
    }
  }
  if (args.json) {
    fmt::print("{}\n", summary_json(summary));
  } else {
    fmt::print("{}",
               summary_table(fmt::format("{} · {} · seed {}", scenario->name,
                                         policy_table()[scenario->config.router.strategy].label, scenario->config.seed),
                             summary));
  }
  return kDone;
}

}  // namespace

std::function<int()> make_run(CLI::App& app, const Context& context) {
  auto args = std::make_shared<RunArgs>();
  args->scenario.add_to(app, true);
  app.add_option("--out", args->out, "results.json: the scenario as run, summary, workers, series");
  app.add_option("--requests", args->requests, "requests.csv: one row a request");
  app.add_option("--events", args->events, "events.jsonl: every event in the order handled");
  app.add_option("--perfetto", args->perfetto, "A Chrome trace of the run, for ui.perfetto.dev");
  app.add_flag("--json", args->json, "Print the summary as JSON");
  return [args, context] { return run(*args, context); };
}

}  // namespace blockyard::cli
