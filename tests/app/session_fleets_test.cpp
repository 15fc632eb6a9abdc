// A session that compares fleets, and what takes so long that a person may think better of it.
#include "tests/app/session_stage.h"

namespace blockyard {
namespace {

TEST_F(SessionTest, ComparesStrategiesAtOneTime) {
  Session s(options());
  ASSERT_TRUE(s.open({kSmall, "", ""}, false));
  s.apply(cmd::Seek{2'000'000});
  s.apply(cmd::Set{"router.sync_ms", 500.0, ""});
  s.apply(compare_strategies({find_policy("round_robin"), find_policy("least_loaded")}));
  s.apply(cmd::Seek{4'000'000});
  std::vector<Command> commands;
  const FrameContext ctx = s.frame(any_look(), commands);
  ASSERT_EQ(ctx.compared.size(), 2U);
  for (const RunBeside& run : ctx.compared) {
    EXPECT_EQ(run.player->now(), 4'000'000);
    EXPECT_EQ(run.player->cursor().config().router.strategy, run.strategy);
    EXPECT_EQ(run.player->cursor().config().router.sync, 500'000);
  }
  s.apply(cmd::Set{"fleet.slots", 2.0, ""});
  EXPECT_EQ(ctx.compared[0].player->cursor().config().fleet.slots, 2U);
}

TEST_F(SessionTest, ComparesAnySettingAndFollowsTheRunsOwn) {
  Session s(options());
  ASSERT_TRUE(s.open({kSmall, "", ""}, false));
  s.apply(cmd::Seek{1'000'000});
  s.apply(cmd::Set{"fleet.slots", 2.0, ""});
  s.apply(cmd::Seek{2'000'000});
  s.apply(cmd::SetCompare{{{"fast", {{"router.sync_ms", "500"}}}, {"wide", {{"fleet.workers", "7"}}}}});
  std::vector<Command> commands;
  const FrameContext ctx = s.frame(any_look(), commands);
  ASSERT_EQ(ctx.compared.size(), 2U);
  const Simulation& fast = ctx.compared[0].player->cursor();
  EXPECT_EQ(fast.config().router.sync, 500'000);
  EXPECT_EQ(fast.config().fleet.slots, 2U) << "the run's changes are its changes";
  EXPECT_EQ(ctx.compared[1].player->cursor().workers().size(), 7U);
  s.apply(cmd::Set{"router.sync_ms", 4000.0, ""});
  s.apply(cmd::Set{"fleet.slots", 3.0, ""});
  EXPECT_EQ(fast.config().router.sync, 500'000) << "its own setting stays";
  EXPECT_EQ(fast.config().fleet.slots, 3U);
  // It is what the settings alone would give.
  s.apply(cmd::Undo{});
  s.apply(cmd::Undo{});
  s.apply(cmd::Undo{});
  s.apply(cmd::Seek{4'000'000});
  Session alone(options());
  ASSERT_TRUE(alone.open({kSmall, "", ""}, false));
  alone.apply(cmd::Set{"router.sync_ms", 500.0, ""});
  alone.apply(cmd::Restart{});
  alone.settle();
  alone.apply(cmd::Seek{4'000'000});
  EXPECT_EQ(s.frame(any_look(), commands).compared[0].player->cursor().digest(), alone.player().cursor().digest());
  // What cannot be is told, and nothing is lost.
  for (const Variant& v : {Variant{"none", {{"fleet.workers", "0"}}}, Variant{"other", {{"seed", "9"}}}}) {
    const std::size_t told = s.toasts().size();
    s.apply(cmd::SetCompare{{v}});
    ASSERT_EQ(s.toasts().size(), told + 1);
    EXPECT_EQ(s.toasts().back().text.find(v.name), 0U) << s.toasts().back().text;
    EXPECT_EQ(s.frame(any_look(), commands).compared.size(), 2U);
  }
}

// Whatever A has done within a moment, no fleet beside it is further.
TEST_F(SessionTest, NoFleetBesideTheRunIsAheadOfIt) {
  constexpr const char* kBurst = R"({"name": "burst", "workload": {"type": "rag", "requests": 40, "documents": 5,
    "arrival": "closed", "users": 12}})";
  for (const char* text : {kSmall, kBurst}) {
    Session s(options());
    ASSERT_TRUE(s.open({text, "", ""}, false));
    s.apply(compare_strategies({find_policy("round_robin")}));
    std::vector<Command> commands;
    const auto other = [&]() -> const Simulation& {
      return s.frame(any_look(), commands).compared[0].player->cursor();
    };
    EXPECT_EQ(s.player().cursor().arrived(), 0U);
    EXPECT_EQ(other().arrived(), 0U) << "nothing has happened yet, nowhere";
    for (int i = 0; i < 60; ++i) {
      s.apply(cmd::StepEvent{});
      // In a closed loop a fleet that answers sooner is asked sooner.
      if (text == kSmall) {
        EXPECT_EQ(other().arrived(), s.player().cursor().arrived()) << i;
      }
      EXPECT_LE(other().now(), s.player().now());
    }
    for (int i = 0; i < 60; ++i) s.apply(cmd::StepBackEvent{});
    EXPECT_EQ(other().arrived(), 0U);
  }
}

class ImpatientTest : public SessionTest {
 protected:
  SessionOptions impatient() const {
    SessionOptions o = options();
    o.patience_ms = 0;
    o.frame_budget_ms = 0.01;
    return o;
  }
  static constexpr const char* kLong = R"({"name": "long",
    "workload": {"type": "rag", "requests": 4000, "rate": 20, "documents": 40}})";
  std::string message(Session& s) {
    std::vector<Command> commands;
    return std::string(s.frame(any_look(), commands).message);
  }
};

TEST_F(ImpatientTest, ALongSeekShowsItselfAndALaterOneTakesItsPlace) {
  Session s(impatient());
  ASSERT_TRUE(s.open({kLong, "", ""}, false));
  s.apply(cmd::Seek{150'000'000});
  ASSERT_EQ(s.going_to(), SimTime{150'000'000});
  EXPECT_TRUE(s.wants_frames());
  EXPECT_NE(message(s).find("Computing"), std::string::npos);
  s.update(0.01);
  EXPECT_EQ(s.player().now(), 0) << "the picture stays until it is there";
  s.apply(cmd::Seek{90'000'000});
  int slices = 0;
  for (; s.going_to() && slices < 100'000; ++slices) s.update(0.01);
  EXPECT_GT(slices, 1);
  EXPECT_EQ(s.player().now(), 90'000'000);
  Session at_once(options());
  ASSERT_TRUE(at_once.open({kLong, "", ""}, false));
  at_once.apply(cmd::Seek{90'000'000});
  EXPECT_EQ(s.player().cursor().digest(), at_once.player().cursor().digest());
  s.apply(cmd::Seek{160'000'000});
  if (s.going_to()) {
    s.apply(cmd::CancelLoad{});
    EXPECT_EQ(s.player().now(), 90'000'000);
    EXPECT_FALSE(s.going_to());
  }
}

TEST_F(ImpatientTest, ALongUndoIsOvertakenCancelledOrComesToTheSame) {
  Session s(impatient());
  ASSERT_TRUE(s.open({kLong, "", ""}, false));
  s.apply(compare_strategies({find_policy("round_robin")}));
  s.apply(cmd::Seek{100'000'000});
  s.settle();
  const std::uint64_t untouched = s.player().cursor().digest();
  s.apply(cmd::Set{"router.sync_ms", 500.0, ""});
  s.apply(cmd::Set{"fleet.slots", 2.0, ""});
  const std::uint64_t twice = s.player().cursor().digest();
  s.apply(cmd::Undo{});
  ASSERT_TRUE(s.going_to());
  EXPECT_EQ(s.player().cursor().digest(), twice) << "on screen until the other is there";
  s.apply(cmd::CancelLoad{});
  EXPECT_EQ(s.scenario().config.fleet.slots, 2U);
  s.apply(cmd::Undo{});
  s.apply(cmd::Undo{});  // overtakes the first
  s.settle();
  EXPECT_EQ(s.player().changes().size(), 0U);
  EXPECT_EQ(s.player().now(), 100'000'000);
  EXPECT_EQ(s.player().cursor().digest(), untouched);
  s.apply(cmd::Redo{});
  s.apply(cmd::Seek{110'000'000});  // where the redone run is to stand
  s.settle();
  EXPECT_EQ(s.player().changes().size(), 1U);
  EXPECT_EQ(s.player().now(), 110'000'000);
  s.apply(cmd::Redo{});
  s.settle();
  EXPECT_EQ(s.scenario().config.fleet.slots, 2U);
  std::vector<Command> commands;
  const FrameContext ctx = s.frame(any_look(), commands);
  ASSERT_EQ(ctx.compared.size(), 1U);
  EXPECT_EQ(ctx.compared[0].player->cursor().config().fleet.slots, 2U);
}

}  // namespace
}  // namespace blockyard
