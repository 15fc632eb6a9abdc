// The fleet: its arrangement from one worker to 256, its states and patterns, hovering and clicking, its cost.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "app/panels/fleet/fleet.h"
#include "panels_stage.h"

namespace blockyard {
namespace {

std::string rag(int workers, int slots, int capacity, double rate, const char* more = "") {
  return fmt::format(
      R"({{"seed": 7, "cache": {{"capacity_blocks": {}}}, "fleet": {{"workers": {}, "slots": {}}},
          "workload": {{"type": "rag", "rate": {}, "requests": {}}}{}}})",
      capacity, workers, slots, rate, static_cast<int>(rate * 60), more);
}

TEST(Fleet, ArrangementFillsItsAreaWithoutOverlap) {
  const Rect area{250, 200, 904, 410};
  for (const std::size_t workers : {1u, 2u, 3u, 4u, 5u, 8u, 12u, 16u, 24u, 32u, 48u, 64u, 100u, 128u, 256u}) {
    for (const std::uint32_t slots : {64u, 924u, 4096u}) {
      for (const float scale : {1.0f, 2.0f}) {
        const Rect scaled{area.x * scale, area.y * scale, area.w * scale, area.h * scale};
        const FleetGrid g = arrange_fleet(scaled, workers, slots, scale, FleetDetail::kAuto);
        EXPECT_LE(g.height, scaled.h + 1) << workers << " workers";
        EXPECT_EQ(g.fit.cell_w * g.fit.cell_h, std::floor(g.fit.cell_w) * std::floor(g.fit.cell_h));
        const auto cells = static_cast<std::uint32_t>(g.fit.shape.cols * g.fit.shape.rows * g.fit.shape.per_texel);
        EXPECT_GE(cells, slots);
        for (std::size_t i = 0; i < workers; ++i) {
          const Rect card = g.card(scaled, i);
          EXPECT_LE(card.right(), scaled.right() + 0.5f);
          const Rect room = g.map_room(card);
          EXPECT_LE(g.fit.width(), room.w + 0.5f);
          EXPECT_LE(g.fit.height(), room.h + 0.5f);
        }
      }
    }
  }
}

TEST(Fleet, ShrinksFromCardsToRowsToAHeatMap) {
  const Rect area{0, 0, 904, 410};
  const auto detail = [&](std::size_t n) { return arrange_fleet(area, n, 924, 1, FleetDetail::kAuto).detail; };
  EXPECT_EQ(detail(1), FleetDetail::kCards);
  EXPECT_EQ(detail(4), FleetDetail::kCards);
  EXPECT_EQ(detail(16), FleetDetail::kCards);
  EXPECT_EQ(detail(48), FleetDetail::kRows);
  EXPECT_EQ(detail(256), FleetDetail::kHeat);
  EXPECT_EQ(arrange_fleet(area, 4, 924, 1, FleetDetail::kAuto).columns, 2);
}

TEST(Fleet, SmallTilesAreAllMapAndKnowTheirRow) {
  const Rect area{0, 0, 904, 410};
  const FleetGrid g = arrange_fleet(area, 256, 924, 1, FleetDetail::kAuto);
  EXPECT_EQ(g.left, 0);
  EXPECT_GT(g.numbers, 0) << "the number of the first worker stands before each row";
  EXPECT_GE(g.card(area, 0).x, area.x + g.numbers);
  EXPECT_GE(g.fit.width(), 0.8f * g.card_w);
  EXPECT_EQ(256 % g.columns, 0) << "no places left over";
}

TEST(Fleet, WorkerMarksNeverTakeMoreThanTheirRoom) {
  Look look;
  for (const float scale : {1.0f, 2.0f}) {
    look.scale = scale;
    for (std::size_t workers = 1; workers <= 512; ++workers) {
      const float pitch = mark_pitch(look, workers, 104 * scale);
      EXPECT_GT(pitch, 0) << workers;
      EXPECT_LE(pitch, 12 * scale) << workers;
      EXPECT_LE(pitch * static_cast<float>(workers), 104 * scale + 0.01f) << workers;
    }
  }
}

TEST(Fleet, HoveringABlockSaysSoAndAClickSelectsIt) {
  PanelStage stage(rag(4, 4, 924, 8), 904, 440);
  FleetPanel panel;
  stage.show(panel);
  stage.seek(20'000);
  stage.frames(3);
  const std::uint64_t digest = stage.player().cursor().digest();
  const Rect* map = stage.ui().anchors().find("fleet/map/0");
  ASSERT_NE(map, nullptr);
  const ImVec2 point(map->x + 3, map->y + 3);  // slot 0
  stage.ui().move(point);
  stage.frames(2);
  const BlockId block = stage.player().cursor().workers()[0].cache().slots()[0].block;
  EXPECT_EQ(stage.hover(), (Selection{SelectedBlock{block, 0}}));
  stage.ui().click(point);
  EXPECT_EQ(stage.selection(), (Selection{SelectedBlock{block, 0}}));
  const Rect* card = stage.ui().anchors().find("fleet/worker-2");
  ASSERT_NE(card, nullptr);
  stage.ui().click(ImVec2(card->x + card->w / 2, card->y + 4));
  EXPECT_EQ(stage.selection(), (Selection{SelectedWorker{2}}));
  EXPECT_EQ(stage.player().cursor().digest(), digest);
}

TEST(Fleet, EvictionOrderIsWhatTheCacheWouldDo) {
  for (const EvictionRow& row : eviction_table()) {
    PanelStage stage(rag(2, 1, 400, 8, ""), 400, 300);
    stage.seek(30'000);
    Worker worker = stage.player().cursor().workers()[0];
    worker.set_eviction(eviction_policy(row.id));
    const KvCache& cache = worker.cache();
    const std::vector<SlotId> order = eviction_order(cache, 20);
    if (!row.foreseeable) {
      EXPECT_TRUE(order.empty()) << row.id;
      continue;
    }
    ASSERT_GT(cache.idle_blocks(), 20U);
    BlockCache real = cache.blocks();
    CacheChanges changes;
    std::vector<SlotId> held;
    real.take(real.free_slots() + 20, 0, &changes, held);
    ASSERT_EQ(order.size(), changes.evicted.size()) << row.id;
    for (std::size_t i = 0; i < order.size(); ++i)
      EXPECT_EQ(cache.slots()[order[i]].block, changes.evicted[i]) << row.id;
  }
}

TEST(Fleet, DrawsEverySize) {
  struct Case {
    const char* name;
    int workers, slots, capacity, w, h;
    float scale;
    bool dark;
  };
  const Case cases[] = {
      {"fleet_4", 4, 6, 924, 904, 440, 1, true},       {"fleet_4_light", 4, 6, 924, 904, 440, 1, false},
      {"fleet_4_small", 4, 6, 924, 712, 288, 1, true}, {"fleet_4_x2", 4, 6, 924, 1808, 880, 2, true},
      {"fleet_1", 1, 6, 924, 904, 440, 1, true},       {"fleet_16", 16, 4, 924, 904, 440, 1, true},
      {"fleet_48", 48, 4, 924, 904, 440, 1, true},     {"fleet_256", 256, 4, 4096, 904, 440, 1, true}};
  for (const Case& c : cases) {
    PanelStage stage(rag(c.workers, c.slots, c.capacity, 2.5 * c.workers), c.w, c.h, c.scale, c.dark);
    FleetPanel panel;
    stage.show(panel);
    stage.seek(30'000);
    for (RequestId r = stage.player().cursor().arrived(); r-- > 0;) {
      if (stage.player().cursor().records()[r].status != RequestStatus::kRunning) continue;
      stage.select(SelectedRequest{r});
      break;
    }
    stage.frames(3);
    for (int i = 0; i < 3; ++i) {
      stage.player().seek(stage.player().now() + 60'000);
      stage.frames(2);
    }
    stage.save(std::string("panel_") + c.name + ".png");
    EXPECT_GT(stage.ui().draw_data().TotalVtxCount, 100);
  }
}

TEST(Fleet, FaultsShow) {
  PanelStage stage(rag(4, 4, 924, 10,
                       R"(, "faults": [{"t_ms": 10000, "worker": 1, "kind": "crash", "restart_ms": 8000},
                                       {"t_ms": 14500, "worker": 2, "kind": "crash", "restart_ms": 9000}])"),
                   904, 440);
  FleetPanel panel;
  stage.show(panel);
  stage.seek(15'000);
  stage.frames(3);
  stage.save("panel_fleet_fault.png");
  EXPECT_FALSE(stage.player().cursor().workers()[1].up());
}

// What a frame costs is a benchmark's affair; here: it is drawn from what fits on the screen, not from blocks.
TEST(Fleet, AMillionBlocksAreOneTexture) {
  PanelStage stage(rag(256, 4, 4096, 600), 904, 440);
  FleetPanel panel;
  stage.show(panel);
  stage.seek(30'000);
  stage.frames(3);
  EXPECT_LT(stage.ui().draw_data().TotalVtxCount, 60'000);
}

}  // namespace
}  // namespace blockyard
