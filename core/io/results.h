// Results of a run as files: results.json, requests.csv, events.jsonl (SPEC 8).
#pragma once

#include <string>

#include "core/experiment/run.h"
#include "core/io/files.h"
#include "core/metrics/series.h"
#include "core/metrics/summary.h"
#include "core/settings/scenario.h"
#include "core/sim/simulation.h"

namespace blockyard {

/// results.json: scenario as run, summary, workers, match lengths, series, distributions. Beyond SPEC 8 it has
/// "memory": the sum that gave the capacity, bytes of one GPU, null where the scenario gave it; "latency_constants":
/// whose those are; "sessions": what conversations came to, where there are some; and "distributions": of
/// ttft_hit_ms, ttft_miss_ms, e2e_hit_ms, e2e_miss_ms, queue_ms, each {"quantiles": 201 values at 0, 0.5 … 100 %,
/// "bins": [[k, requests], …]} with bin k covering [10^(k / 10), 10^((k + 1) / 10)) ms.
std::string results_json(const RunResults& results);

/// Reads results.json again. Errors name the file and what is missing. Presets are not needed: it says its capacity.
Result<RunResults> read_results(const std::string& path);

/// The summary alone, as results.json has it under "summary".
std::string summary_json(const Summary& summary, int indent = 2);

/// requests.csv: one row a request, in index order.
std::string requests_csv(const Simulation& sim);

/// Writes events.jsonl as the events come.
class EventWriter : public EventSink {
 public:
  explicit EventWriter(io::OutputFile& file) : file_(file) {}
  bool wants_decisions() const override { return true; }
  void on_event(const Event& event, const Simulation& sim) override;

 private:
  io::OutputFile& file_;
};

}  // namespace blockyard
