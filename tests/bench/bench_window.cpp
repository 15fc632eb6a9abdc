// The window's costs that can be had without a display: building a frame of the fleet, and the texels of its block
// maps.
#include <benchmark/benchmark.h>

#include "app/panels/fleet.h"
#include "tests/app/panels_stage.h"

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
BENCHMARK(fleet_frame)->ArgNames({"workers", "moves"})->ArgsProduct({{4, 64}, {0, 1}})->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace blockyard::bench
