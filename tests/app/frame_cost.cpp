// What a frame of the whole window costs: building every panel and filling the texels of the block maps, without
// simulation and without rasterising; and what a seek costs. Budgets are those of UX.md.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <random>

#include "window_stage.h"

namespace blockyard {
namespace {

std::string fleet(int workers, int capacity, int documents, int requests, double rate) {
  return fmt::format(R"({{"name": "cost", "seed": 3, "fleet": {{"workers": {}, "slots": 6}},
                         "cache": {{"capacity_blocks": {}}}, "router": {{"sync_ms": 5000}},
                         "workload": {{"type": "rag", "documents": {}, "requests": {}, "rate": {}}}}})",
                     workers, capacity, documents, requests, rate);
}

struct Cost {
  double median = 0, p95 = 0, worst = 0;
};

Cost cost_of(std::vector<double> ms) {
  std::sort(ms.begin(), ms.end());
  return {ms[ms.size() / 2], ms[ms.size() * 95 / 100], ms.back()};
}

// Frames at 60 Hz while the run plays at `speed`.
Cost playing(WindowStage& stage, double speed, int frames) {
  stage.session().apply(cmd::SetSpeed{speed});
  stage.session().apply(cmd::Play{});
  stage.ui().frames(5);
  std::vector<double> ms;
  for (int i = 0; i < frames; ++i) {
    stage.ui().frames(1);
    ms.push_back(stage.draw_ms());
  }
  stage.session().apply(cmd::Pause{});
  return cost_of(std::move(ms));
}

void report(const std::string& what, const Cost& c) {
  std::printf("[   cost   ] %-34s median %6.2f ms   p95 %6.2f ms   worst %6.2f ms\n", what.c_str(), c.median, c.p95,
              c.worst);
}

TEST(FrameCost, SixteenWorkersStayUnderEightMilliseconds) {
  WindowStage stage(fleet(16, 924, 400, 4000, 60));
  stage.seek(30'000'000);
  for (const char* tab : {"latency", "blocks", "requests", "load", "events"}) {
    stage.session().ui().bottom_tab = tab;
    const Cost c = playing(stage, 1, 60);
    report(fmt::format("16 x 924, {}", tab), c);
    EXPECT_LT(c.median, 8) << tab;
  }
  stage.session().ui().tree_mode = UiState::TreeMode::kDifference;
  stage.session().ui().tree_icicle = true;
  stage.session().apply(cmd::Select{SelectedRequest{500}});
  const Cost c = playing(stage, 4, 60);
  report("16 x 924, icicle, difference, 4x", c);
  EXPECT_LT(c.median, 8);
}

TEST(FrameCost, TwoHundredFiftySixWorkersStayUnderSixteenMilliseconds) {
  WindowStage stage(fleet(256, 4096, 6000, 7000, 900));
  stage.seek(7'000'000);
  for (const char* tab : {"latency", "load", "events"}) {
    stage.session().ui().bottom_tab = tab;
    const Cost c = playing(stage, 1, 40);
    report(fmt::format("256 x 4096, {}", tab), c);
    EXPECT_LT(c.median, 16) << tab;
  }
  stage.save("cost-256.png");
}

TEST(FrameCost, ASeekInTenThousandRequestsTakesLessThanATenthOfASecond) {
  WindowStage stage(fleet(16, 924, 400, 10'000, 80));
  const auto end = static_cast<double>(stage.session().player().frontier());
  std::mt19937 random(7);
  std::vector<double> ms;
  for (int i = 0; i < 60; ++i) {
    const auto t = static_cast<SimTime>(end * static_cast<double>(random() % 1000) / 1000);
    const auto began = std::chrono::steady_clock::now();
    stage.session().apply(cmd::Seek{t});
    ms.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count());
    ASSERT_EQ(stage.session().player().now(), t);
  }
  const Cost c = cost_of(std::move(ms));
  report("seek, 10,000 requests", c);
  EXPECT_LT(c.median, 100);
}

}  // namespace
}  // namespace blockyard
