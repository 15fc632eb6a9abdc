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
  std::string listening() const override { return fleet_.router.listen ? "http://127.0.0.1:1" : ""; }
  bool in_service() const override { return serves; }
  bool serves = false;
  void command(const live::CommandRecord& command) override { told.push_back(command); }
  std::vector<live::CommandRecord> told;
  // As its router: requests among the rest.
  void route() {
    fleet_.router.listen = live::ListenAddress{};
    for (std::size_t i = 40; i < records_.size(); i += 7) {
      live::RouteRecord route;
      route.request = i;
      route.chain = true;
      route.codes = {{i % 3, 1}, {i % 5, 2}};
      route.prompt_tokens = 40;
      route.strategy = "cache_aware";
      route.sights.resize(3, {true, 0, 1.0, 0, 0, 0, 0, 0});
      live::RequestRecord end;
      end.request = i;
      end.served = 0;
      end.arrival = end.sent = records_[i].t;
      end.first_token = end.finish = records_[i].t + 10;
      end.output_tokens = 3;
      const SimTime t = records_[i].t;
      records_.insert(records_.begin() + static_cast<std::ptrdiff_t>(i), {{t, route}, {t, end}});
    }
  }

 private:
  const SimTime& clock_;
  live::LiveFleet fleet_;
  std::vector<live::Record> records_;
  std::size_t next_ = 0;
};

TEST_F(ObservedSession, ARecordingBegunLateHoldsTheSessionFromItsStartAndEndsInOrder) {
  SimTime clock = 0;
  SessionOptions o = options();
  o.export_dir = folder_.string();
  Session s(o);
  s.watch(std::make_unique<Scripted>(clock));
  const auto go_on = [&](SimTime to) {
    while (clock < to) {
      clock += 16'000;
      s.update(0.016);
    }
  };
  go_on(5'000'000);
  s.apply(cmd::ToggleRecording{});
  const std::string path = s.observed()->recording();
  ASSERT_FALSE(path.empty());
  go_on(9'000'000);
  const std::uint64_t hash = s.observed()->history().newest_state().session().hash();
  const SimTime until = s.observed()->history().newest();
  s.apply(cmd::ToggleRecording{});
  EXPECT_TRUE(s.observed()->recording().empty());
  go_on(12'000'000);  // no longer in it
  auto recording = live::RecordingReader::open(path);
  ASSERT_TRUE(recording) << recording.error().message;
  live::LiveSession again((*recording)->fleet());
  SimTime last = 0;
  std::uint64_t before_end = 0;
  while (true) {
    const auto record = (*recording)->next();
    ASSERT_TRUE(record) << record.error().message;
    if (!*record) break;
    last = (*record)->t;
    if (std::holds_alternative<live::EndRecord>((*record)->body)) break;
    again.apply(**record);
    ++before_end;
  }
  EXPECT_TRUE((*recording)->ended());
  EXPECT_EQ(last, until);
  EXPECT_EQ(again.hash(), hash);
  EXPECT_GT(before_end, 50U);
}

TEST_F(ObservedSession, TellsTheRouterWhatToDoWhereItIsOneAndOnlyThere) {
  for (const bool routes : {true, false}) {
    SimTime clock = 0;
    Session s(options());
    auto made = std::make_unique<Scripted>(clock);
    Scripted* source = made.get();
    if (routes) source->route();
    s.watch(std::move(made));
    s.update(0.016);
    s.apply(cmd::Set{"router.strategy", std::string("round_robin"), ""});
    s.apply(cmd::DrainWorker{1, true});
    s.apply(cmd::DrainWorker{1, false});
    s.apply(cmd::DrainWorker{99, true});
    ASSERT_EQ(source->told.size(), routes ? 3U : 0U);
    if (!routes) {
      EXPECT_TRUE(s.toasts().back().error);
      continue;
    }
    EXPECT_EQ(source->told[0].command, live::CommandKind::kRouter);
    EXPECT_NE(source->told[0].router.find("round_robin"), std::string::npos);
    EXPECT_EQ(source->told[1].command, live::CommandKind::kDrain);
    EXPECT_EQ(source->told[1].whom, 1U);
    EXPECT_EQ(source->told[2].command, live::CommandKind::kResume);
    s.apply(cmd::Set{"router.strategy", std::string("no such one"), ""});
    EXPECT_TRUE(s.toasts().back().error);
    EXPECT_EQ(source->told.size(), 3U);
  }
}

TEST_F(ObservedSession, DoesNotLeaveARouterThatOthersDependOn) {
  SimTime clock = 0;
  SessionOptions o = options();
  o.export_dir = folder_.string();
  Session s(o);
  auto source = std::make_unique<Scripted>(clock);
  source->route();
  source->serves = true;
  s.watch(std::move(source));
  for (; clock < 25'000'000; clock += 16'000) s.update(0.016);
  const std::vector<Command> all{cmd::LoadScenario{"first-look"}, cmd::NextScenario{1},
                                 cmd::OpenFile{small_recording(folder_.string())}, cmd::StartLesson{"", 0}, cmd::WhatIf{}};
  for (const Command& c : all) {
    while (!s.toasts().empty()) s.apply(cmd::DismissToast{s.toasts().front().id});
    s.apply(c);
    s.settle();
    EXPECT_NE(s.observed(), nullptr) << c.index();
    ASSERT_EQ(s.toasts().size(), 1U) << c.index();
    EXPECT_NE(s.toasts().front().text.find("router"), std::string::npos);
  }
}

TEST_F(ObservedSession, TheRequestsThatWereSeenRunInTheSimulatorBesideWhatReallyHappened) {
  SimTime clock = 0;
  SessionOptions o = options();
  o.export_dir = folder_.string();
  Session s(o);
  auto source = std::make_unique<Scripted>(clock);
  source->route();
  s.watch(std::move(source));
  for (; clock < 25'000'000; clock += 16'000) s.update(0.016);
  const std::uint32_t seen = s.observed()->history().newest_state().arrived();
  ASSERT_GT(seen, 10U);
  const KeyFigures really = s.observed()->metrics().until(s.observed()->history().newest());
  s.apply(cmd::WhatIf{});
  settle(s);
  ASSERT_EQ(s.observed(), nullptr);
  EXPECT_EQ(s.player().cursor().records().size(), seen);
  ASSERT_NE(s.recorded(), nullptr);
  EXPECT_EQ(s.recorded()->figures.completed, really.completed);
  EXPECT_FALSE(s.recorded()->is_new) << "another strategy stands beside it";
  s.apply(cmd::LoadScenario{"first-look"});
  settle(s);
  EXPECT_EQ(s.recorded(), nullptr);
}

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
