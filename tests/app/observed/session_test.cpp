// A session on a recording, and on a fleet that keeps coming: its state is that of the records, whatever the way to it;
// what belongs to the simulator is refused with the reason.
#include <algorithm>

#include "../../core/live/small_recording.h"
#include "../session_stage.h"
#include "core/live/session.h"

namespace blockyard {
namespace {

class ObservedSession : public SessionTest {
 protected:
  static std::uint64_t hash_of(const Session& s) { return s.observed()->history().cursor().session().hash(); }
  // As `live --headless --replay` comes to it: the records one after the other.
  static std::uint64_t hash_at(SimTime t) {
    live::LiveSession session(small_fleet());
    for (const live::Record& r : small_records()) {
      if (r.t <= t) session.apply(r);
    }
    return session.hash();
  }
};

TEST_F(ObservedSession, IsWhatAHeadlessReplayComesTo) {
  Session s(options());
  ASSERT_TRUE(s.open_recording(small_recording(folder_.string()), false));
  const SimTime end = s.observed()->history().newest();
  EXPECT_EQ(hash_of(s), hash_at(0));
  for (const SimTime t : {end / 2, end / 3, end, SimTime{0}, end - 1}) {
    s.apply(cmd::Seek{t});
    EXPECT_EQ(hash_of(s), hash_at(t)) << t;
  }
  // Played at any speed it ends in the same.
  for (const double speed : {1.0, 16.0, kMaxSpeed}) {
    s.apply(cmd::Restart{});
    s.apply(cmd::SetSpeed{speed});
    for (int i = 0; i < 10'000 && s.playing(); ++i) s.update(1.0 / 60);
    EXPECT_FALSE(s.playing());
    EXPECT_EQ(hash_of(s), hash_at(end)) << speed;
  }
  s.apply(cmd::StepBackEvent{});
  EXPECT_LT(s.observed()->history().now(), end + 1);
  s.apply(cmd::SeekEnd{});
  EXPECT_EQ(s.observed()->history().now(), end);
}

TEST_F(ObservedSession, RefusesWhatBelongsToTheSimulator) {
  Session s(options());
  ASSERT_TRUE(s.open_recording(small_recording(folder_.string()), false));
  s.apply(cmd::Seek{5'000'000});
  const std::uint64_t before = hash_of(s);
  const std::vector<Command> all{cmd::Set{"router.strategy", std::string("random"), ""},
                                 cmd::ResetAll{},
                                 cmd::Undo{},
                                 cmd::Redo{},
                                 cmd::AddFault{0, true},
                                 cmd::SendPrompt{"hello", false, 1},
                                 cmd::SetArrivalRate{2},
                                 cmd::SaveScenario{},
                                 compare_strategies({1}),
                                 cmd::RunExperiment{},
                                 cmd::StartLesson{"", 0}};
  for (const Command& c : all) {
    while (!s.toasts().empty()) s.apply(cmd::DismissToast{s.toasts().front().id});
    s.apply(c);
    EXPECT_EQ(s.toasts().size(), 1U) << c.index();
    EXPECT_EQ(hash_of(s), before);
  }
}

TEST_F(ObservedSession, OpensAFileByWhatItHoldsAndGoesBackToScenarios) {
  Session s(options());
  ASSERT_TRUE(s.open({kSmall, "", ""}, false));
  const std::string path = small_recording(folder_.string());
  EXPECT_TRUE(is_recording(path));
  EXPECT_FALSE(is_recording(write("trace.jsonl", "{\"timestamp\": 0}\n")));
  s.apply(cmd::OpenFile{path});
  s.settle();
  ASSERT_NE(s.observed(), nullptr);
  EXPECT_EQ(s.scenario().name, "three of a kind");
  s.apply(cmd::OpenFile{write("broken.jsonl", "{\"blockyard_live\": 99}\n")});
  s.settle();
  ASSERT_NE(s.observed(), nullptr);  // what was open stays
  EXPECT_TRUE(std::any_of(s.toasts().begin(), s.toasts().end(), [](const Toast& t) { return t.error; }));
  s.apply(cmd::LoadScenario{"first-look"});
  settle(s);
  EXPECT_EQ(s.observed(), nullptr);
  EXPECT_TRUE(s.player().complete());
}

// Hands on the records up to its clock.
class Scripted final : public LiveSource {
 public:
  explicit Scripted(const SimTime& clock) : clock_(clock), fleet_(small_fleet()), records_(small_records()) {}
  const live::LiveFleet& fleet() const override { return fleet_; }
  std::string started() const override { return "2027-01-15T08:00:00.000Z"; }
  void take(const std::function<void(const live::Record&)>& give) override {
    for (; next_ < records_.size() && records_[next_].t <= clock_; ++next_) give(records_[next_]);
  }
  SimTime now() const override { return clock_; }
  std::optional<std::string> trouble() override { return {}; }

 private:
  const SimTime& clock_;
  live::LiveFleet fleet_;
  std::vector<live::Record> records_;
  std::size_t next_ = 0;
};

TEST_F(ObservedSession, FollowsAFleetPausesAndComesBackToNow) {
  SimTime clock = 0;
  Session s(options());
  s.watch(std::make_unique<Scripted>(clock));
  EXPECT_TRUE(s.playing() && s.wants_frames());
  const auto go_on = [&](SimTime to) {
    while (clock < to) {
      clock += 16'000;
      s.update(0.016);
    }
  };
  const History& history = s.observed()->history();
  go_on(4'000'000);
  EXPECT_TRUE(history.follows());
  EXPECT_EQ(hash_of(s), hash_at(clock));
  s.apply(cmd::Pause{});
  const SimTime stopped = history.now();
  go_on(8'000'000);
  EXPECT_EQ(history.now(), stopped);
  EXPECT_EQ(hash_of(s), hash_at(stopped));
  EXPECT_EQ(history.newest(), clock);  // the fleet goes on meanwhile
  s.apply(cmd::Seek{2'000'000});
  EXPECT_EQ(hash_of(s), hash_at(2'000'000));
  s.apply(cmd::Play{});
  s.apply(cmd::SetSpeed{1});
  go_on(9'000'000);
  EXPECT_FALSE(history.follows());  // the past is played, a second in a second
  EXPECT_NEAR(static_cast<double>(history.now()), 3e6, 1e5);
  s.apply(cmd::SetSpeed{kMaxSpeed});
  go_on(9'100'000);
  EXPECT_TRUE(history.follows());
  s.apply(cmd::StepBackEvent{});
  EXPECT_FALSE(s.playing());
  s.apply(cmd::SeekEnd{});
  EXPECT_TRUE(history.follows() && s.playing());
  go_on(30'000'000);
  EXPECT_EQ(hash_of(s), hash_at(clock));
}

}  // namespace
}  // namespace blockyard
