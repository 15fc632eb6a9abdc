// Loading, simulating, seeking: what a person waits for.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <filesystem>
#include <map>
#include <stdexcept>
#include <utility>

#include "core/metrics/live.h"
#include "core/replay/player.h"
#include "core/workload/traces/trace_reader.h"
#include "tests/bench/bench_inputs.h"

namespace blockyard::bench {

std::string trace_path() {
  const std::string path = std::string(BLOCKYARD_TRACES) + "/synthetic_trace.jsonl";
  return std::filesystem::exists(path) ? path : "";
}

const Prepared& prepared(std::uint32_t workers, std::uint32_t requests) {
  static std::map<std::pair<std::uint32_t, std::uint32_t>, std::unique_ptr<Prepared>> made;
  std::unique_ptr<Prepared>& place = made[{workers, requests}];
  if (place) return *place;
  // Requests come fast enough to keep the fleet busy: half a second of work each.
  const std::string workload = requests == 0
                                   ? "{\"type\": \"trace\", \"path\": \"" + trace_path() + "\"}"
                                   : "{\"type\": \"rag\", \"requests\": " + std::to_string(requests) +
                                         ", \"rate\": " + std::to_string(workers) +
                                         ", \"documents\": 1000, \"document_tokens\": 2048, \"prompt_tokens\": 256}";
  const auto scenario =
      parse_scenario("{\"cache\": {\"capacity_blocks\": 20000}, \"fleet\": {\"workers\": " + std::to_string(workers) +
                         "}, \"workload\": " + workload + "}",
                     "", std::string(BLOCKYARD_ASSETS) + "/presets");
  if (!scenario) throw std::runtime_error(scenario.error().message);
  auto ready = prepare(*scenario);
  if (!ready) throw std::runtime_error(ready.error().message);
  place = std::move(*ready);
  return *place;
}

std::uint64_t block_references(const Workload& workload) {
  std::uint64_t n = 0;
  for (const Request& r : workload.requests) n += r.prompt_blocks;
  return n;
}

namespace {

std::size_t heap_bytes() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

void load_trace(benchmark::State& state) {
  const std::string path = trace_path();
  if (path.empty()) return state.SkipWithError("no trace");
  std::size_t held = 0;
  double distinct = 0;
  for (auto _ : state) {
    const std::size_t before = heap_bytes();
    const auto workload = read_trace({path}, WorkloadSpec{}, {});
    const RadixTree tree = RadixTree::build(workload->prompt_chains(), workload->id_count());
    held = heap_bytes() - before;
    distinct = workload->tree.size();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(std::filesystem::file_size(path)));
  state.counters["MB_per_million_distinct"] = static_cast<double>(held) / distinct;
}
BENCHMARK(load_trace)->Unit(benchmark::kMillisecond);

void report(benchmark::State& state, const Workload& workload) {
  const auto n = static_cast<double>(state.iterations());
  state.counters["requests/s"] =
      benchmark::Counter(static_cast<double>(workload.requests.size()) * n, benchmark::Counter::kIsRate);
  state.counters["references/s"] =
      benchmark::Counter(static_cast<double>(block_references(workload)) * n, benchmark::Counter::kIsRate);
}

// Arguments: workers, requests (0: the trace).
void simulate(benchmark::State& state, ViewMode view, bool quiet) {
  const auto workers = static_cast<std::uint32_t>(state.range(0));
  const auto requests = static_cast<std::uint32_t>(state.range(1));
  if (requests == 0 && trace_path().empty()) return state.SkipWithError("no trace");
  if (requests >= 1'000'000 && !large()) return state.SkipWithError("needs --large");
  const Prepared& input = prepared(workers, requests);
  Config config = input.scenario.config;
  config.router.view = view;
  if (quiet) config.router.heartbeat = config.router.sync = 0;
  std::size_t held = 0;
  for (auto _ : state) {
    const std::size_t before = heap_bytes();
    Simulation sim = input.simulation(config);
    sim.run();
    held = heap_bytes() - before;
  }
  report(state, input.workload);
  state.counters["MB"] = static_cast<double>(held) / 1e6;
}
BENCHMARK_CAPTURE(simulate, defaults, ViewMode::kSynced, false)
    ->ArgNames({"workers", "requests"})
    ->ArgsProduct({{1, 4, 16, 64, 256}, {0, 100'000}})
    ->Args({64, 1'000'000})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(simulate, oracle, ViewMode::kOracle, true)
    ->ArgNames({"workers", "requests"})
    ->ArgsProduct({{1, 4, 16, 64, 256}, {0}})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(simulate, speculative, ViewMode::kSynced, true)
    ->ArgNames({"workers", "requests"})
    ->ArgsProduct({{1, 4, 16, 64, 256}, {0}})
    ->Unit(benchmark::kMillisecond);

// The window's way: every block in its slot. Argument: workers.
void simulate_by_blocks(benchmark::State& state) {
  if (trace_path().empty()) return state.SkipWithError("no trace");
  const Prepared& input = prepared(static_cast<std::uint32_t>(state.range(0)), 0);
  for (auto _ : state) {
    Simulation sim(input.scenario.config, input.workload, &input.tree);
    sim.run();
  }
  report(state, input.workload);
}
BENCHMARK(simulate_by_blocks)->ArgName("workers")->Arg(4)->Unit(benchmark::kMillisecond);

void generate(benchmark::State& state) {
  const auto requests = static_cast<std::uint32_t>(state.range(0));
  if (requests >= 1'000'000 && !large()) return state.SkipWithError("needs --large");
  const Scenario scenario = prepared(64, 1000).scenario;
  Scenario longer = scenario;
  longer.workload.requests = requests;
  std::size_t held = 0;
  double distinct = 0;
  for (auto _ : state) {
    const std::size_t before = heap_bytes();
    const auto made = prepare(longer);
    held = heap_bytes() - before;
    distinct = (*made)->workload.tree.size();
  }
  state.counters["requests/s"] = benchmark::Counter(
      static_cast<double>(requests) * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
  state.counters["MB_per_million_distinct"] = static_cast<double>(held) / distinct;
}
BENCHMARK(generate)->ArgName("requests")->Arg(10'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

// A run as the window computes it: engine continuous, every block in its slot, with live figures and checkpoints.
void compute_ahead(benchmark::State& state) {
  if (trace_path().empty()) return state.SkipWithError("no trace");
  const Prepared& input = prepared(static_cast<std::uint32_t>(state.range(0)), 0);
  Config config = input.scenario.config;
  config.fleet.engine = EngineKind::kContinuous;
  for (auto _ : state) {
    LiveMetrics live;
    Player player(config, input.workload, input.tree, &live);
    player.look_ahead_all();
  }
  report(state, input.workload);
}
BENCHMARK(compute_ahead)->ArgName("workers")->Arg(16)->Unit(benchmark::kMillisecond);

// Anywhere in a run whose whole length is computed, as a drag of the timeline does.
void seek(benchmark::State& state) {
  if (trace_path().empty()) return state.SkipWithError("no trace");
  const Prepared& input = prepared(4, 0);
  Player player(input.scenario.config, input.workload, input.tree);
  player.look_ahead_all();
  Rng rng(1, RngPurpose::kTest);
  const auto end = static_cast<std::uint64_t>(player.frontier());
  for (auto _ : state) player.seek(static_cast<SimTime>(rng.below(end)));
  state.counters["checkpoints"] = static_cast<double>(player.checkpoints());
}
BENCHMARK(seek)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace blockyard::bench
