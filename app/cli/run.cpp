// blockyard run: one scenario from beginning to end, its results to files and standard output.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "app/cli/command.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/options.h"
#include "app/cli/parts/table.h"
#include "core/base/words/printable.h"
#include "core/experiment/prepared.h"
#include "core/io/perfetto.h"
#include "core/io/receipts.h"
#include "core/io/results.h"

namespace blockyard::cli {
namespace {

struct RunArgs {
  ScenarioArgs scenario;
  std::string out, requests, events, decisions, perfetto;
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
  SimTime indifferent_until(const Simulation& sim) const override {
    SimTime until = kNever;
    for (const EventSink* s : sinks_) until = std::min(until, s->indifferent_until(sim));
    return until;
  }
  void on_event(const Event& e, const Simulation& sim) override {
    for (EventSink* s : sinks_) s->on_event(e, sim);
  }

 private:
  std::vector<EventSink*> sinks_;
};

// Runs to the end, showing progress on a terminal. False when interrupted.
bool run_all(Simulation& sim, EventSink* sink) {
  const PolledInterrupts polled;
  const bool progress = progress_wanted();
  constexpr int kChunk = 4096;
  std::uint64_t shown = 0;
  while (!sim.done()) {
    for (int i = 0; i < kChunk && sim.stride(sink); ++i) {
    }
    if (interrupted()) return false;
    const std::uint64_t percent = std::uint64_t{100} * sim.arrived() / std::max<std::size_t>(1, sim.records().size());
    if (progress && percent != shown) {
      note("\r{:3} % of {} requests have arrived", percent, sim.records().size());
      shown = percent;
    }
  }
  if (progress && shown != 0) note("\r{:60}\r", "");
  return true;
}

int run(const RunArgs& args, const Context& context) {
  const Assets assets(context.assets_dir);
  auto scenario = load_scenario(args.scenario, assets);
  if (!scenario) return refuse(scenario.error());
  // Every output is opened before the run and committed after it: a bad path costs no waiting and leaves nothing
  // behind.
  io::Outputs outputs;
  tell_inputs(outputs, args.scenario, assets, *scenario);
  io::OutputFile *out = nullptr, *requests = nullptr, *events = nullptr, *decisions = nullptr, *perfetto = nullptr;
  struct Wanted {
    const char* option;
    const std::string& path;
    io::OutputFile*& file;
  };
  for (const Wanted& wanted :
       {Wanted{"--out", args.out, out}, Wanted{"--requests", args.requests, requests},
        Wanted{"--events", args.events, events}, Wanted{"--decisions", args.decisions, decisions},
        Wanted{"--perfetto", args.perfetto, perfetto}}) {
    if (wanted.path.empty()) continue;
    auto opened = outputs.open(wanted.option, wanted.path);
    if (!opened) return refuse(opened.error());
    wanted.file = *opened;
  }
  scenario->most_memory = context.most_memory;
  auto prepared = prepare(*scenario);
  if (!prepared) return refuse(prepared.error());
  if (!(*prepared)->workload.read_as.empty()) note("blockyard: {}\n", (*prepared)->workload.read_as);
  for (const std::string& warning : (*prepared)->workload.warnings)
    note("blockyard: warning: {}\n", printable(warning));

  Simulation sim = (*prepared)->simulation();
  Fan fan;
  Series series;
  if (out != nullptr) fan.add(&series);
  std::optional<EventWriter> event_writer;
  if (events != nullptr) fan.add(&event_writer.emplace(*events));
  std::optional<ReceiptWriter> receipt_writer;
  if (decisions != nullptr) fan.add(&receipt_writer.emplace(*decisions));
  std::optional<PerfettoWriter> perfetto_writer;
  if (perfetto != nullptr) fan.add(&perfetto_writer.emplace(*perfetto));
  const bool listening = out != nullptr || events != nullptr || decisions != nullptr || perfetto != nullptr;
  if (!run_all(sim, listening ? &fan : nullptr)) return refuse(interruption());
  series.finish(sim);
  if (receipt_writer) receipt_writer->finish();
  if (perfetto_writer) perfetto_writer->finish(sim);

  const Summary summary = summarize(sim);
  if (out != nullptr) out->write(results_json(collect_results(*scenario, sim, series)));
  if (requests != nullptr) requests->write(requests_csv(sim));
  const std::string title = fmt::format("{} · {} · seed {}", quoted_part(scenario->name),
                                        policy_table()[scenario->config.router.strategy].label, scenario->config.seed);
  if (args.json) return finish(outputs, summary_json(summary) + "\n");
  const auto sessions = session_figures(sim);
  return finish(outputs, summary_table(title, summary, *scenario) + (sessions ? "\n" + session_table(*sessions) : ""));
}

}  // namespace

std::function<int()> make_run(CLI::App& app, const Context& context) {
  auto args = std::make_shared<RunArgs>();
  args->scenario.add_to(app, true);
  const auto output = [&app](const char* option, std::string& path, const char* what) {
    app.add_option(option, path, std::string(what) + " (default: not written)")->type_name("FILE");
  };
  output("--out", args->out, "results.json: the scenario as run, summary, workers, series; - is standard output");
  output("--requests", args->requests, "requests.csv: one row per request");
  output("--events", args->events, "events.jsonl: every event in the order it was handled");
  output("--decisions", args->decisions,
         "decisions.jsonl: one receipt per routing decision: candidates, what the strategy saw, scores, winner and "
         "tie-break, and "
         "what came of it; see `blockyard decisions`");
  output("--perfetto", args->perfetto, "A Chrome trace of the run, for ui.perfetto.dev");
  app.add_flag("--json", args->json, "Print the summary as JSON instead of tables");
  end_help(app, {"blockyard run first-look", "blockyard run first-look --set router.strategy=round_robin --json",
                 "blockyard run first-look --set fleet.workers=8 --out results.json --requests requests.csv"});
  return [args, context] { return run(*args, context); };
}

}  // namespace blockyard::cli
