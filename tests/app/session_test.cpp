// The session as a person uses it, without a window: commands in, state out.
#include "tests/app/session_stage.h"

namespace blockyard {
namespace {

TEST_F(SessionTest, PlaysSeeksAndSteps) {
  Session s(options());
  ASSERT_TRUE(s.open({kSmall, "", ""}, true));
  EXPECT_TRUE(s.playing());
  for (int i = 0; i < 30; ++i) s.update(1.0 / 60);
  EXPECT_EQ(s.player().now(), 500'000) << "30 frames of 1/60 s at 1 x";
  s.apply(cmd::SetSpeed{4});
  s.update(0.1);
  EXPECT_EQ(s.player().now(), 900'000);
  s.apply(cmd::StepEvent{});
  EXPECT_FALSE(s.playing());
  const SimTime there = s.player().now();
  const std::uint64_t digest = s.player().cursor().digest();
  s.apply(cmd::StepEvent{});
  s.apply(cmd::StepBackEvent{});
  EXPECT_EQ(s.player().now(), there);
  EXPECT_EQ(s.player().cursor().digest(), digest);
  s.apply(cmd::Seek{3'000'000});
  EXPECT_EQ(s.player().now(), 3'000'000);
  s.apply(cmd::Seek{0});
  EXPECT_EQ(s.player().newest(), 3'000'000);
  s.apply(cmd::SeekEnd{});
  EXPECT_EQ(s.player().now(), 3'000'000);
}

TEST_F(SessionTest, RunsToTheEndAtFullSpeedAndStartsAgain) {
  Session s(options());
  ASSERT_TRUE(s.open({kSmall, "", ""}, true));
  s.apply(cmd::SetSpeed{kMaxSpeed});
  for (int i = 0; i < 2000 && s.playing(); ++i) s.update(1.0 / 60);
  EXPECT_TRUE(s.player().cursor().done());
  EXPECT_FALSE(s.playing());
  s.apply(cmd::TogglePlay{});
  EXPECT_EQ(s.player().now(), 0);
  EXPECT_TRUE(s.playing());
}

TEST_F(SessionTest, ChangesInFlightAndTakesThemBack) {
  Session s(options());
  ASSERT_TRUE(s.open({kSmall, "", ""}, false));
  settle(s);
  const std::uint64_t untouched = s.player().frontier_state().digest();
  s.apply(cmd::Seek{2'000'000});
  s.apply(cmd::Set{"router.strategy", "round_robin", "Strategy"});
  EXPECT_EQ(s.player().now(), 2'000'000) << "the run goes on";
  ASSERT_EQ(s.player().changes().size(), 1U);
  EXPECT_EQ(s.player().changes()[0].label, "Strategy");
  s.apply(cmd::Set{"workload.rate", 16.0, ""});
  EXPECT_EQ(s.player().arrival_rate(), 2.0);
  s.apply(cmd::Seek{2'500'000});
  s.apply(cmd::Undo{});
  EXPECT_EQ(s.player().changes().size(), 1U);
  EXPECT_EQ(s.scenario().workload.rate, 8);
  s.apply(cmd::Undo{});
  EXPECT_EQ(s.player().now(), 2'500'000);
  settle(s);
  EXPECT_EQ(s.player().frontier_state().digest(), untouched);
  s.apply(cmd::Redo{});
  EXPECT_EQ(s.scenario().config.router.strategy, find_policy("round_robin"));
  EXPECT_EQ(s.player().changes().size(), 1U);
  s.apply(cmd::ResetSetting{"router.strategy"});
  EXPECT_EQ(s.scenario().config.router.strategy, find_policy("cache_aware"));
}

TEST_F(SessionTest, RestartsForWhatCannotChangeInFlight) {
  Session s(options());
  ASSERT_TRUE(s.open({kSmall, "", ""}, false));
  s.apply(cmd::Seek{2'000'000});
  s.apply(cmd::Set{"fleet.workers", 7.0, ""});
  s.settle();
  EXPECT_EQ(s.player().now(), 0);
  EXPECT_EQ(s.player().cursor().workers().size(), 7U);
  s.apply(cmd::Undo{});
  EXPECT_EQ(s.player().cursor().workers().size(), 4U);
  s.apply(cmd::Set{"workload.documents", 3.0, ""});
  s.settle();
  EXPECT_EQ(s.scenario().workload.documents, 3);
}

TEST_F(SessionTest, AFaultChangesTheFutureOnly) {
  Session s(options());
  ASSERT_TRUE(s.open({kSmall, "", ""}, false));
  s.apply(cmd::Seek{2'000'000});
  const std::uint64_t before = s.player().cursor().digest();
  s.apply(cmd::AddFault{1, true, 2'000'000, 500'000});
  EXPECT_EQ(s.player().now(), 2'000'000);
  EXPECT_EQ(s.player().cursor().digest(), before);
  s.apply(cmd::Seek{2'100'000});
  EXPECT_FALSE(s.player().cursor().workers()[1].up());
  EXPECT_EQ(s.scenario().config.faults.size(), 1U);
}

TEST_F(SessionTest, ARouterThatRestartsStaysWhatItIsWhenAFaultIsAdded) {
  Session s(options());
  ASSERT_TRUE(s.open({R"({"name": "routers", "router": {"replicas": 3}, "workload": {"requests": 40},
      "faults": [{"t_ms": 4000, "router": 2, "kind": "router_restart", "down_ms": 700}]})",
                      "", ""},
                     false));
  s.apply(cmd::Seek{2'000'000});
  s.apply(cmd::AddFault{1, true, 2'000'000, 500'000});
  const auto& faults = s.scenario().config.faults;
  ASSERT_EQ(faults.size(), 2U);
  const auto restart =
      std::find_if(faults.begin(), faults.end(), [](const Fault& f) { return f.kind == FaultKind::kRouterRestart; });
  ASSERT_NE(restart, faults.end());
  EXPECT_EQ(restart->router, 2U);
  EXPECT_EQ(restart->down, 700'000);
}

TEST_F(SessionTest, ARoutersConfigurationTakesThePlaceOfTheRunsOwn) {
  Session s(options());
  ASSERT_TRUE(s.open({kSmall, "", ""}, false));
  s.apply(cmd::OpenFile{write("epp.yaml",
                              "kind: EndpointPickerConfig\nplugins:\n- type: prefix-cache-affinity-filter\n"
                              "  parameters: {affinityThreshold: 0.6}\n- type: token-load-scorer\n")});
  s.settle();
  EXPECT_EQ(policy_table()[s.scenario().config.router.strategy].id, "llmd_sticky");
  EXPECT_EQ(s.scenario().config.router.params.sticky_ratio, 0.6);
  EXPECT_EQ(s.scenario().config.router.view, ViewMode::kDecisions);
  EXPECT_EQ(s.scenario().name, "small") << "the rest of the scenario stays";
  ASSERT_FALSE(s.toasts().empty());
  EXPECT_NE(s.toasts().back().text.find("Read as an EndpointPickerConfig"), std::string::npos);
  s.apply(cmd::OpenFile{write("bad.yaml", "a: b\n")});
  s.settle();
  EXPECT_TRUE(s.toasts().back().error);
  EXPECT_EQ(policy_table()[s.scenario().config.router.strategy].id, "llmd_sticky");
}

TEST_F(SessionTest, PastesARoutersConfigurationOrAPath) {
  Session s(options());
  ASSERT_TRUE(s.open({kSmall, "", ""}, false));
  const std::uint32_t before = s.scenario().config.router.strategy;
  for (const char* text : {"", " \n ", "no router at all", "/no/such/file.json"}) {
    s.apply(cmd::OpenText{text});
    s.settle();
    EXPECT_EQ(s.scenario().config.router.strategy, before) << text;
    EXPECT_TRUE(s.toasts().back().error) << text;
  }
  s.apply(cmd::OpenText{"python3 -m sglang_router.launch_server --model m --router-policy round_robin --dp-size 2\n"});
  s.settle();
  EXPECT_EQ(s.scenario().config.router.strategy, find_policy("round_robin"));
  EXPECT_FALSE(s.toasts().back().error);
  const std::string path = write("pasted.json", R"({"name": "pasted here"})");
  s.apply(cmd::OpenText{" " + path + "\n"});
  s.settle();
  EXPECT_EQ(s.scenario().name, "pasted here");
}

TEST_F(SessionTest, ErrorsAreToldAndTheRunStays) {
  Session s(options());
  ASSERT_TRUE(s.open({kSmall, "", ""}, false));
  s.apply(cmd::Seek{1'000'000});
  s.apply(cmd::Set{"router.sync_ms", -5.0, ""});
  ASSERT_EQ(s.toasts().size(), 1U);
  EXPECT_TRUE(s.toasts()[0].error);
  EXPECT_NE(s.toasts()[0].text.find("/router/sync_ms"), std::string::npos) << s.toasts()[0].text;
  s.apply(cmd::LoadScenario{"no-such-scenario"});
  s.apply(cmd::OpenFile{write("bad.jsonl", "{\"timestamp\": 1}\n")});
  s.settle();
  ASSERT_EQ(s.toasts().size(), 3U);
  EXPECT_NE(s.toasts()[2].text.find("bad.jsonl:1"), std::string::npos) << "which line: " << s.toasts()[2].text;
  s.apply(cmd::OpenFile{write("bad.json", "{\"router\": 3}")});
  s.settle();
  EXPECT_EQ(s.toasts().size(), 4U);
  EXPECT_EQ(s.player().now(), 1'000'000);
  EXPECT_EQ(s.scenario().name, "small");
  EXPECT_FALSE(s.open("no-such-scenario", true));
}

TEST_F(SessionTest, OpensATrace) {
  Session s(options());
  ASSERT_TRUE(s.open({kSmall, "", ""}, false));
  std::string lines;
  for (int i = 0; i < 20; ++i) {
    lines += R"({"timestamp": )" + std::to_string(i * 300) +
             R"(, "input_length": 700, "output_length": 9, "hash_ids": [1, )" + std::to_string(100 + i) + "]}\n";
  }
  s.apply(cmd::OpenFile{write("some.jsonl", lines)});
  s.settle();
  EXPECT_EQ(s.scenario().name, "small") << "it is offered first";
  s.apply(cmd::TakeOffer{false});
  EXPECT_EQ(s.toasts().size(), 0U) << s.toasts()[0].text;
  EXPECT_EQ(s.player().cursor().workload().requests.size(), 20U);
  EXPECT_TRUE(s.playing());
  s.apply(cmd::SetArrivalRate{2});
  EXPECT_EQ(s.player().arrival_rate(), 2.0);
  // It is a source of its own: among the recent files, and what a reset goes back to.
  ASSERT_FALSE(s.ui().recent.empty());
  EXPECT_NE(s.ui().recent[0].find("some.jsonl"), std::string::npos);
  s.apply(cmd::ResetAll{});
  s.settle();
  EXPECT_EQ(s.player().cursor().workload().requests.size(), 20U);
  EXPECT_EQ(s.player().arrival_rate(), 1.0);
  s.apply(cmd::Undo{});
  EXPECT_EQ(s.player().arrival_rate(), 2.0) << "even a reset can be taken back";
  UiState again;
  read_settings(settings_text(s.ui()), again);
  EXPECT_EQ(again.recent, s.ui().recent);
  Session other(options());
  EXPECT_TRUE(other.open(s.ui().recent[0], false)) << "a trace opens by its name alone";
}

TEST_F(SessionTest, TellsATraceFromAScenarioByWhatItHolds) {
  EXPECT_TRUE(is_trace_file("x.jsonl.xz"));
  EXPECT_TRUE(is_trace_file(write("array.json", "[{\"timestamp\": 0}]")));
  EXPECT_TRUE(is_trace_file(write("agent.json", R"({"id": "c", "hash_id_scope": "local", "requests": []})")));
  EXPECT_FALSE(is_trace_file(write("scenario.json", R"({"name": "x", "fleet": {"workers": 2}})")));
  EXPECT_FALSE(is_trace_file("thrash")) << "a name alone is a scenario's";
  EXPECT_TRUE(is_trace_file("./")) << "a folder is merged";
}

TEST_F(SessionTest, AScenarioThatIsBeingReadCanBeGivenUp) {
  Session s(options());
  ASSERT_TRUE(s.open({kSmall, "", ""}, false));
  s.apply(cmd::Seek{1'000'000});
  const std::uint64_t digest = s.player().cursor().digest();
  s.apply(cmd::CancelLoad{});
  EXPECT_TRUE(s.toasts().empty()) << "nothing to give up";
  s.apply(cmd::OpenFile{write("huge.json", R"({"name": "huge", "workload": {"type": "rag", "requests": 300000}})")});
  if (!s.loading()) GTEST_SKIP() << "it was read at once";
  s.apply(cmd::CancelLoad{});
  EXPECT_FALSE(s.loading());
  s.settle();
  for (int i = 0; i < 5; ++i) s.update(0.1);
  EXPECT_EQ(s.scenario().name, "small");
  EXPECT_EQ(s.player().cursor().digest(), digest);
}

TEST_F(SessionTest, StudiesTheSelectedRequest) {
  Session s(options());
  ASSERT_TRUE(s.open({kSmall, "", ""}, false));
  s.apply(cmd::Seek{3'000'000});
  s.apply(cmd::Select{SelectedRequest{2}});
  std::vector<Command> commands;
  ASSERT_NE(s.frame(any_look(), commands).study, nullptr);
  EXPECT_EQ(s.frame(any_look(), commands).study->used.request, 2U);
  s.apply(cmd::Seek{0});
  EXPECT_EQ(s.frame(any_look(), commands).study, nullptr) << "not there yet";
  EXPECT_EQ(selected_request(s.selection()), 2U) << "and still selected";
}

TEST_F(SessionTest, RemembersSettingsWhereItCan) {
  {
    Session s(options());
    ASSERT_TRUE(s.open({kSmall, "", "rag-demo"}, false));
    s.apply(cmd::SetTheme{false});
    s.apply(cmd::SetScale{1.5});
    EXPECT_EQ(s.take_effects().size(), 2U);
    s.apply(cmd::DismissFirstStart{});
  }
  Session again(options());
  EXPECT_FALSE(again.ui().dark);
  EXPECT_EQ(again.ui().scale, 1.5F);
  EXPECT_FALSE(again.ui().first_start);
  EXPECT_EQ(again.ui().last_scenario, "rag-demo");

  // A config folder that cannot be: one remark, no more.
  write("file", "");
  SessionOptions o = options();
  o.config_dir = (folder_ / "file/config").string();
  Session s(o);
  ASSERT_TRUE(s.open({kSmall, "", ""}, false));
  for (int i = 0; i < 24; ++i) {
    s.apply(cmd::SetTheme{i % 8 < 4});
    s.update(0.25);
  }
  EXPECT_EQ(s.toasts().size(), 1U);
  EXPECT_FALSE(s.toasts()[0].error);
}

TEST_F(SessionTest, SettingsSurviveNonsense) {
  UiState ui;
  for (const char* text : {"", "{", "[]", R"({"scale": "big", "theme": 3, "bottom_height": -4, "show_tree": 1})",
                           R"({"window": {"width": 900, "height": "nan", "maximized": 2}})",
                           R"({"window": {"width": -900, "height": 1e9}})", R"({"window": [640, 400]})"}) {
    read_settings(text, ui);
  }
  EXPECT_EQ(ui.scale, 0.0F);
  EXPECT_TRUE(ui.dark);
  EXPECT_TRUE(ui.show_tree);
  EXPECT_EQ(ui.window_width + ui.window_height, 0) << "both or none";
  EXPECT_FALSE(ui.window_maximized);
  read_settings(R"({"window": {"width": 1280, "height": 720, "maximized": true}})", ui);
  UiState again;
  read_settings(settings_text(ui), again);
  EXPECT_EQ(again.window_width, 1280);
  EXPECT_EQ(again.window_height, 720);
  EXPECT_TRUE(again.window_maximized);
}

TEST_F(SessionTest, SavesBesideWhatIsThere) {
  Session s(options());
  ASSERT_TRUE(s.open({kSmall, "", ""}, false));
  for (int i = 0; i < 2; ++i) {
    s.apply(cmd::SaveFile{"plot.csv", [](const std::string& path) {
                            std::ofstream(path) << "x";
                            return std::string();
                          }});
  }
  EXPECT_TRUE(fs::exists(folder_ / "out/plot.csv"));
  EXPECT_TRUE(fs::exists(folder_ / "out/plot-2.csv"));
  s.apply(cmd::SaveScenario{});
  ASSERT_TRUE(fs::exists(folder_ / "out/scenario.json"));
  Session other(options());
  EXPECT_TRUE(other.open((folder_ / "out/scenario.json").string(), false));
}

TEST_F(SessionTest, RestsWhenNothingHappens) {
  Session s(options());
  ASSERT_TRUE(s.open({kSmall, "", ""}, false));
  settle(s);
  EXPECT_FALSE(s.wants_frames());
  s.apply(cmd::Play{});
  EXPECT_TRUE(s.wants_frames());
}

TEST_F(SessionTest, KeepsBookmarksInOrder) {
  Session s(options());
  ASSERT_TRUE(s.open({kSmall, "", ""}, false));
  s.apply(cmd::Seek{2'000'000});
  s.apply(cmd::AddBookmark{});
  s.apply(cmd::Seek{1'000'000});
  s.apply(cmd::AddBookmark{"here"});
  ASSERT_EQ(s.bookmarks().size(), 2U);
  EXPECT_EQ(s.bookmarks()[0].label, "here");
  s.apply(cmd::RemoveBookmark{0});
  EXPECT_EQ(s.bookmarks()[0].label, "Bookmark 1");
}

TEST_F(SessionTest, ExperimentsEndAsFiguresAndTouchNothing) {
  Session session(options());
  ASSERT_TRUE(session.open({kSmall, "", ""}, false));
  session.apply(cmd::Seek{2'000'000});
  const std::uint64_t digest = session.player().cursor().digest();
  const Look& look = any_look();
  std::vector<Command> commands;
  EXPECT_EQ(session.frame(look, commands).experiment, nullptr);
  const auto figures_of = [&](ExperimentWanted wanted) {
    session.apply(cmd::RunExperiment{std::move(wanted)});
    EXPECT_TRUE(session.experimenting());
    EXPECT_TRUE(session.wants_frames()) << "progress has to be seen";
    while (session.experimenting()) session.update(0.01);
    return *session.frame(look, commands).experiment;
  };
  EXPECT_EQ(figures_of(WaterfallWanted{}).figures.size(), 1U);
  const auto pictures = figures_of(PicturesWanted{}).figures;
  ASSERT_EQ(pictures.size(), run_figure_table().size());
  for (std::size_t i = 0; i < pictures.size(); ++i) EXPECT_EQ(pictures[i].name, run_figure_table()[i].name);
  EXPECT_EQ(figures_of(ComparisonWanted{{0, 2}, 2}).figures.size(), 1U);
  EXPECT_EQ(figures_of(SweepWanted{{"fleet.workers=1,2", "router.strategy=random,lmetric"}}).figures.size(), 2U);
  EXPECT_NE(figures_of(SweepWanted{{"fleet.workers=1,0"}}).trouble.find("/fleet/workers"), std::string::npos);
  EXPECT_NE(figures_of(SweepWanted{{"fleet.workers"}}).trouble, "");
  session.apply(cmd::RunExperiment{SweepWanted{{"seed=1:500:1"}}});
  session.apply(cmd::StopExperiment{});
  EXPECT_FALSE(session.experimenting());
  EXPECT_EQ(session.frame(look, commands).experiment, nullptr);
  EXPECT_EQ(session.player().cursor().digest(), digest);
}

}  // namespace
}  // namespace blockyard
