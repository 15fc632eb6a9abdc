// Fleets side by side: the strategies of a comparison in lockstep, by synthetic hands.
#include <gtest/gtest.h>

#include "core/metrics/live.h"
#include "window_stage.h"

namespace blockyard {
namespace {

using compat::Key;

constexpr const char* kScenario = R"({"name": "side by side",
  "workload": {"type": "rag", "requests": 120, "rate": 8, "documents": 12}, "fleet": {"workers": 3}})";

class SideBySideTest : public testing::Test {
 protected:
  void open() {
    s_.seek(4'000'000);
    s_.ui().key(Key::C);
    s_.ui().frames(3);
  }
  std::vector<RunBeside> beside() {
    std::vector<Command> none;
    const FrameContext ctx = s_.session().frame(s_.ui().look(), none);
    return {ctx.compared.begin(), ctx.compared.end()};
  }
  bool drawn(const char* anchor) { return s_.ui().anchors().find(anchor) != nullptr; }
  WindowStage s_{kScenario};
};

TEST_F(SideBySideTest, FleetsStandBesideEachOtherUnderTheirDifferences) {
  EXPECT_TRUE(drawn("fleet/map"));
  open();
  for (const char* part : {"A/fleet/map/2", "B/fleet/map/2", "differences/Prefix hit rate", "A/strategy", "B/strategy"})
    EXPECT_TRUE(drawn(part)) << part;
  for (const char* part : {"kpis/Prefix hit rate", "fleet/map", "C/strategy"}) EXPECT_FALSE(drawn(part)) << part;
  EXPECT_FALSE(s_.anchor("A/fleet/map").overlaps(s_.anchor("B/fleet/map")));
  s_.save("side-by-side.png");
}

TEST_F(SideBySideTest, EveryRunIsAtTheCursorAndIsWhatTheStrategyAloneGives) {
  open();
  const std::uint32_t other = beside().at(0).strategy;
  WindowStage alone(kScenario);
  alone.session().apply(cmd::Set{"router.strategy", std::string(policy_table()[other].id), ""});
  alone.session().apply(cmd::Restart{});
  alone.session().settle();
  alone.session().apply(cmd::Pause{});
  for (const SimTime t : {SimTime{9'000'000}, SimTime{2'500'000}, SimTime{12'000'000}}) {
    s_.seek(t);
    alone.seek(t);
    EXPECT_EQ(beside().at(0).player->now(), t);
    EXPECT_EQ(beside().at(0).player->cursor().digest(), alone.session().player().cursor().digest()) << t;
    EXPECT_NE(s_.session().player().cursor().digest(), alone.session().player().cursor().digest()) << t;
  }
}

TEST_F(SideBySideTest, ABlockOfTheOtherFleetIsSelectedInAll) {
  open();
  const Rect map = s_.anchor("B/fleet/map/0");
  s_.ui().click(ImVec2(map.x + 3, map.y + 3));
  s_.ui().frames(2);
  const auto* block = std::get_if<SelectedBlock>(&s_.session().selection());
  ASSERT_NE(block, nullptr);
  EXPECT_EQ(block->block, beside().at(0).player->cursor().workers()[0].cache().slots()[0].block);
}

TEST_F(SideBySideTest, TheEvictionsOfEachFleetCanBeRead) {
  s_.session().apply(cmd::Set{"cache.capacity_blocks", 120.0, ""});
  s_.session().apply(cmd::Restart{});
  s_.session().settle();
  s_.session().apply(cmd::Pause{});
  open();
  s_.seek(14'000'000);
  s_.session().ui().open_bottom("hit_rate");
  s_.ui().frames(3);
  EXPECT_FALSE(drawn("bottom/evictions of C"));
  ASSERT_TRUE(s_.ui().click("bottom/evictions of B"));
  s_.ui().frames(3);
  const Player& b = *beside().at(0).player;
  std::size_t latest = b.events_at_cursor();
  while (latest-- > 0 && b.events()[latest].type != EventType::kEvict) {
  }
  ASSERT_LT(latest, b.events_at_cursor()) << "nothing is evicted: the test shows nothing";
  const LoggedEvent event = b.events()[latest];
  const Rect table = s_.anchor("bottom/evictions");
  s_.ui().click(ImVec2(table.x + table.w / 2, table.y + 34));
  s_.ui().frames(3);
  if (event.block == kNone) {
    EXPECT_EQ(s_.session().selection(), Selection{SelectedWorker{event.worker}});
  } else {
    EXPECT_EQ(s_.session().selection(), (Selection{SelectedBlock{event.block, event.worker}})) << "the latest of B";
  }
  ASSERT_TRUE(s_.ui().click("bottom/evictions of A"));
  s_.ui().frames(2);
  s_.ui().click(ImVec2(table.x + table.w / 2, table.y + 34));
  s_.ui().frames(3);
  const auto* own = std::get_if<SelectedEvent>(&s_.session().selection());
  ASSERT_NE(own, nullptr);
  EXPECT_EQ(s_.session().player().events()[own->index].type, EventType::kEvict);
}

// Requests and load of each fleet stand in a plot of their own, named as over the fleets, at the same times.
TEST_F(SideBySideTest, RequestsAndLoadAreThoseOfEveryFleet) {
  const auto csv = [&](const char* tab) {
    s_.session().ui().open_bottom(tab);
    s_.ui().frames(30);
    const std::string name = std::string("bottom/") + tab;
    s_.ui().click(s_.anchor(name).center(), 1);
    s_.ui().frames(2);
    EXPECT_TRUE(s_.ui().click("bottom/plot menu/Copy as CSV")) << tab;
    std::string copied;
    for (const Command& c : s_.commands()) {
      if (const auto* text = std::get_if<cmd::CopyText>(&c)) copied = text->text;
    }
    for (int i = 0; i < 3 && copied.empty(); ++i) {
      for (const Command& c : s_.session().take_effects()) {
        if (const auto* text = std::get_if<cmd::CopyText>(&c)) copied = text->text;
      }
      s_.ui().frames(1);
    }
    return copied;
  };
  s_.seek(4'000'000);
  for (const char* tab : {"requests", "load"}) {
    const std::string alone = csv(tab);
    EXPECT_EQ(alone.find("A · "), std::string::npos) << tab;
    EXPECT_NE(alone.find("worker-2"), std::string::npos) << tab;
  }
  open();
  for (const char* tab : {"requests", "load"}) {
    const std::string both = csv(tab);
    const std::size_t b = both.find("B · ");
    EXPECT_NE(both.find("A · Cache aware"), std::string::npos) << tab;
    ASSERT_NE(b, std::string::npos) << tab;
    EXPECT_NE(both.find("worker-2", b), std::string::npos) << tab << ": the workers of B";
  }
  // Another fleet in B's place shows at once, though time stands.
  s_.session().apply(cmd::SetCompare{{strategy_variant(find_policy("random"))}});
  s_.session().settle();
  s_.ui().frames(2);
  EXPECT_NE(csv("load").find("B · Random"), std::string::npos);
}

TEST_F(SideBySideTest, StrategiesAreChosenOverTheirFleets) {
  open();
  ASSERT_TRUE(s_.ui().click("B/strategy"));
  s_.ui().frames(2);
  ASSERT_TRUE(s_.ui().click("B/strategy/Least loaded"));
  s_.ui().frames(3);
  EXPECT_EQ(beside().at(0).strategy, find_policy("least_loaded"));
  const std::size_t changes = s_.session().player().changes().size();
  ASSERT_TRUE(s_.ui().click("A/strategy"));
  s_.ui().frames(2);
  EXPECT_FALSE(drawn("A/strategy/Least loaded")) << "it is beside the run already";
  ASSERT_TRUE(s_.ui().click("A/strategy/Random"));
  s_.ui().frames(3);
  EXPECT_EQ(s_.session().scenario().config.router.strategy, find_policy("random"));
  EXPECT_EQ(s_.session().player().changes().size(), changes + 1) << "in flight, with a mark";
  EXPECT_EQ(beside().at(0).strategy, find_policy("least_loaded"));
}

TEST_F(SideBySideTest, MoreAndFewerFleets) {
  open();
  ASSERT_TRUE(s_.ui().click("B/add"));
  s_.ui().frames(3);
  EXPECT_EQ(beside().size(), 2U);
  EXPECT_TRUE(drawn("C/fleet/map"));
  EXPECT_FALSE(drawn("C/add")) << "three are as many as can be told apart";
  ASSERT_TRUE(s_.ui().click("C/one"));
  s_.ui().frames(3);
  EXPECT_TRUE(drawn("fleet/map")) << "one fleet";
  EXPECT_EQ(beside().size(), 2U) << "the comparison goes on";
  ASSERT_TRUE(s_.ui().click("bottom/Fleets side by side"));
  s_.ui().frames(3);
  ASSERT_TRUE(s_.ui().click("B/close"));
  s_.ui().frames(3);
  EXPECT_EQ(beside().size(), 1U);
  ASSERT_TRUE(s_.ui().click("top/Compare"));
  s_.ui().frames(3);
  EXPECT_TRUE(beside().empty());
  EXPECT_TRUE(drawn("fleet/map"));
}

TEST_F(SideBySideTest, NothingIsSimulatedByLooking) {
  open();
  const auto digest = s_.session().player().cursor().digest();
  const auto other = beside().at(0).player->cursor().digest();
  for (const char* part : {"A/fleet/map/1", "B/fleet/map/1", "differences/Throughput"}) {
    s_.ui().move(s_.anchor(part).center());
    s_.ui().frames(40);
  }
  EXPECT_EQ(s_.session().player().cursor().digest(), digest);
  EXPECT_EQ(beside().at(0).player->cursor().digest(), other);
}

TEST(SideBySide, DrawsAtEverySize) {
  struct Size {
    int w, h;
    float scale;
  };
  for (const Size z : {Size{1280, 720, 1}, Size{3840, 2160, 2}, Size{640, 400, 1}, Size{1280, 720, 2}}) {
    WindowStage s(kScenario, z.w, z.h, z.scale, false);
    s.session().apply(compare_strategies({find_policy("round_robin"), find_policy("kv_cost")}));
    for (const SimTime t : {SimTime{0}, SimTime{5'000'000}, SimTime{90'000'000}}) s.seek(t);
    const Rect screen{0, 0, static_cast<float>(z.w), static_cast<float>(z.h)};
    for (const char* part : {"A/fleet/map", "B/fleet/map"}) EXPECT_TRUE(screen.contains(s.anchor(part))) << z.w << part;
    EXPECT_FALSE(s.anchor("A/fleet/map").overlaps(s.anchor("B/fleet/map"))) << z.w;
  }
}

}  // namespace
}  // namespace blockyard
