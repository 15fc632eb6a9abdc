// The window's costs that can be had without a display: building a frame of the fleet, and the texels of its block
// maps.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "app/panels/fleet/fleet.h"
#include "core/base/rng.h"
#include "core/tokens/built_in.h"
#include "tests/app/panels/panels_stage.h"
#include "tests/app/window_stage.h"

namespace blockyard::bench {
namespace {

// One frame of the fleet panel with all its block maps of 924 blocks. Arguments: workers; 1: simulated time moves, so
// that maps are painted and handed over anew (the time of moving is not counted).
void fleet_frame(benchmark::State& state) {
  const bool moves = state.range(1) != 0;
  PanelStage stage("{\"fleet\": {\"workers\": " + std::to_string(state.range(0)) +
                       "}, \"workload\": {\"type\": \"rag\", \"requests\": 4000, \"rate\": 40}}",
                   1600, 1000);
  FleetPanel panel;
  stage.show(panel);
  double ms = 20'000;
  stage.seek(ms);
  stage.frames(3);
  for (auto _ : state) {
    if (moves) {
      state.PauseTiming();
      ms = ms < 90'000 ? ms + 16 : 20'000;
      stage.seek(ms);
      state.ResumeTiming();
    }
    stage.frames(1);
  }
}

std::string fleet(std::int64_t workers, std::int64_t capacity) {
  const std::int64_t requests = workers > 64 ? 7000 : 4000;
  return fmt::format(R"({{"name": "cost", "seed": 3, "fleet": {{"workers": {}, "slots": 6}},
                         "cache": {{"capacity_blocks": {}}}, "router": {{"sync_ms": 5000}},
                         "workload": {{"type": "rag", "documents": 1000, "requests": {}, "rate": {}}}}})",
                     workers, capacity, requests, workers > 64 ? 900 : 60);
}

// One frame of the whole window while the run plays: every panel and the texels of the block maps; neither simulation
// nor rasterising. Arguments: workers, blocks a worker.
void window_frame(benchmark::State& state) {
  WindowStage stage(fleet(state.range(0), state.range(1)));
  stage.seek(7'000'000);
  stage.session().apply(cmd::Play{});
  stage.ui().frames(5);
  for (auto _ : state) {
    stage.ui().frames(1);
    state.SetIterationTime(stage.draw_ms() / 1000);
  }
}
BENCHMARK(window_frame)
    ->ArgNames({"workers", "blocks"})
    ->Args({16, 924})
    ->Args({256, 4096})
    ->Iterations(60)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

// The timeline dragged: to anywhere in a run of 10,000 requests on 16 workers.
void window_seek(benchmark::State& state) {
  WindowStage stage(
      R"({"fleet": {"workers": 16, "slots": 6}, "workload": {"type": "rag", "requests": 10000, "rate": 80}})");
  Rng rng(7, RngPurpose::kTest);
  const auto end = static_cast<std::uint64_t>(stage.session().player().frontier());
  for (auto _ : state) stage.session().apply(cmd::Seek{static_cast<SimTime>(rng.below(end))});
}
BENCHMARK(window_seek)->Unit(benchmark::kMillisecond);

// A letter typed into the prompt lab, near the front of a prompt of some so many tokens (0), or a change in its middle
// (1): the frame that cuts it anew, asks tree, workers and strategies, and draws. Beside a run of 0.5 M distinct
// blocks.
void lab_letter(benchmark::State& state) {
  WindowStage stage(fmt::format(
      R"({{"fleet": {{"workers": {}}}, "workload": {{"type": "rag", "documents": 4000, "document_tokens": 4800,
          "requests": 6000, "rate": 60}}}})",
      state.range(2)));
  stage.seek(60'000'000);
  UiState& ui = stage.session().ui();
  ui.prompt_open = true;
  std::string text;
  for (std::size_t i = 0; text.size() < static_cast<std::size_t>(state.range(0)) * 33 / 10; ++i)
    text += fmt::format("Sentence {} tells something of its own. ", i);
  ui.prompt_text = text;
  stage.ui().frames(3);
  stage.ui().click(stage.anchor("prompt-lab/prompt").center());
  stage.ui().frames(2);
  for (auto _ : state) {
    if (state.range(1) == 0) {
      stage.ui().type("x");
    } else {
      text[text.size() / 2] = text[text.size() / 2] == 'x' ? 'y' : 'x';
      ui.prompt_text = text;
      stage.ui().frames(1);
    }
    state.SetIterationTime(stage.draw_ms() / 1000);
    stage.ui().frames(1);
  }
  const Tokenizer tokenizer = open_tokenizer(kBuiltInTokenizer, BLOCKYARD_ASSETS).value();
  state.counters["tokens"] = static_cast<double>(tokenizer.encode(text).size());
  state.counters["blocks_of_run"] = stage.session().player().cursor().workload().tree.size();
}
BENCHMARK(lab_letter)
    ->ArgNames({"tokens", "middle", "workers"})
    ->ArgsProduct({{2'000, 100'000}, {0, 1}, {16}})
    ->Args({2'000, 1, 64})
    ->Iterations(20)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

BENCHMARK(fleet_frame)->ArgNames({"workers", "moves"})->ArgsProduct({{4, 64}, {0, 1}})->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace blockyard::bench
