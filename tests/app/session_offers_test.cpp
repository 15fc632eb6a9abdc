// What a session keeps and offers: results of experiments, and traces before they run.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "app/session/files/trace_offer.h"
#include "core/metrics/rejections.h"
#include "session_stage.h"

namespace blockyard {
namespace {

class Kept : public SessionTest {
 protected:
  FrameContext look(Session& s) { return s.frame(any_look(), commands_); }
  static void run(Session& s, ExperimentWanted wanted) {
    s.apply(cmd::RunExperiment{std::move(wanted)});
    while (s.experimenting()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      s.update(0.01);
    }
  }
  // Requests of 2 to 3 trace blocks of 512 tokens, 300 ms apart; every `long_each`-th is of 60.
  std::string trace(int requests, int long_each) const {
    std::string lines;
    for (int i = 0; i < requests; ++i) {
      const int blocks = i % long_each == 0 ? 60 : 2 + i % 2;
      std::string ids;
      for (int b = 0; b < blocks; ++b) ids += (b > 0 ? ", " : "") + std::to_string(b == 0 ? 1 : 1000 * i + b);
      lines += R"({"timestamp": )" + std::to_string(i * 300) + R"(, "input_length": )" + std::to_string(blocks * 512) +
               R"(, "output_length": 9, "hash_ids": [)" + ids + "]}\n";
    }
    return write("mixed.jsonl", lines);
  }
  std::vector<Command> commands_;
};

TEST_F(Kept, ResultsOfAllKindsStayBesideEachOther) {
  Session s(options());
  ASSERT_TRUE(s.open({kSmall, "", ""}, false));
  run(s, ComparisonWanted{{0, 1}, 2});
  run(s, WaterfallWanted{});
  run(s, SweepWanted{{"fleet.workers=1,2,4"}});
  run(s, PicturesWanted{});
  run(s, ComparisonWanted{{0, 1, 2}, 1, {{"sync 1 s", {{"router.sync_ms", "1000"}}}}});
  const auto results = look(s).results;
  ASSERT_EQ(results.size(), 5U);
  const std::vector<std::size_t> kinds{2, 0, 3, 1, 2};
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ(results[i].kind, kinds[i]);
    EXPECT_FALSE(results[i].figures.empty()) << i;
    ASSERT_FALSE(results[i].table.rows.empty()) << i;
    for (const auto& row : results[i].table.rows) EXPECT_EQ(row.size(), results[i].table.head.size()) << i;
    for (std::size_t k = 0; k < i; ++k) EXPECT_NE(results[i].id, results[k].id);
  }
  EXPECT_EQ(results[0].table.rows.size(), 2U);
  EXPECT_EQ(results[2].table.rows.size(), 3U) << "a row a cell";
  EXPECT_EQ(results[4].table.rows.size(), 4U) << "a fleet that differs in another setting is a row as well";
  EXPECT_NE(results[4].title, results[0].title);
  // A failure keeps what there was, and adds nothing.
  run(s, SweepWanted{{"fleet.workers=1,0"}});
  EXPECT_NE(look(s).experiment->trouble, "");
  EXPECT_EQ(look(s).results.size(), 5U);
  const std::uint64_t second = look(s).results[1].id;
  s.apply(cmd::RenameResult{second, "before the change"});
  EXPECT_EQ(look(s).results[1].title, "before the change");
  s.apply(cmd::RemoveResult{second});
  s.apply(cmd::RemoveResult{123456});
  EXPECT_EQ(look(s).results.size(), 4U);
  for (const ExperimentState& r : look(s).results) EXPECT_NE(r.id, second);
}

TEST_F(Kept, ATraceIsOfferedWithAFleetThatFits) {
  Session s(options());
  ASSERT_TRUE(s.open({kSmall, "", ""}, false));
  const std::uint64_t before = s.player().cursor().digest();
  s.apply(cmd::OpenFile{trace(40, 4)});
  s.settle();
  const TraceOffer* offer = look(s).offer;
  ASSERT_NE(offer, nullptr);
  EXPECT_EQ(s.player().cursor().digest(), before) << "nothing has changed yet";
  EXPECT_EQ(offer->file, "mixed.jsonl");
  EXPECT_NE(offer->recognised.find("read as"), std::string::npos);
  EXPECT_NE(offer->recognised.find("40 requests"), std::string::npos) << offer->recognised;
  EXPECT_EQ(offer->info.requests, 40U);
  EXPECT_EQ(offer->info.span, 39 * 300'000);
  EXPECT_EQ(offer->as_set.fit, 30U) << "200 blocks of 16 tokens hold 6 trace blocks";
  ASSERT_TRUE(offer->proposed.has_value());
  EXPECT_EQ(offer->proposed->fit, 40U);
  // Left alone, it is gone.
  s.apply(cmd::CancelLoad{});
  EXPECT_EQ(look(s).offer, nullptr);
  EXPECT_EQ(s.scenario().name, "small");
  EXPECT_TRUE(s.ui().recent.empty());
  s.apply(cmd::TakeOffer{true});
  EXPECT_EQ(s.scenario().name, "small") << "what is not offered cannot be taken";
}

// What the card promises is what the run then does.
TEST_F(Kept, TheRunTakesAsManyRequestsAsTheOfferSaid) {
  for (const bool proposed : {true, false}) {
    for (const int long_each : {3, 4, 7}) {
      Session s(options());
      ASSERT_TRUE(s.open({kSmall, "", ""}, false));
      s.apply(cmd::OpenFile{trace(30, long_each)});
      s.settle();
      const TraceOffer offer = *look(s).offer;
      s.apply(cmd::TakeOffer{proposed});
      EXPECT_EQ(look(s).offer, nullptr);
      ASSERT_EQ(s.player().cursor().workload().requests.size(), 30U);
      settle(s);
      s.apply(cmd::Seek{1'000'000'000'000});
      s.settle();
      ASSERT_EQ(s.player().cursor().arrived(), 30U);
      const std::uint32_t fit = proposed ? offer.proposed->fit : offer.as_set.fit;
      EXPECT_EQ(30U - rejections_of(s.player().cursor()).rejected, fit);
      EXPECT_NE(s.ui().recent[0].find("mixed.jsonl"), std::string::npos);
    }
  }
}

TEST_F(Kept, AnotherFileTakesTheOffersPlace) {
  Session s(options());
  ASSERT_TRUE(s.open({kSmall, "", ""}, false));
  s.apply(cmd::OpenFile{trace(10, 4)});
  s.settle();
  s.apply(cmd::LoadScenario{"first-look"});
  s.settle();
  EXPECT_EQ(look(s).offer, nullptr);
  EXPECT_NE(s.scenario().name, "small");
  ASSERT_TRUE(s.offer(*open_document(trace(10, 4), BLOCKYARD_ASSETS))) << "as a program starts with one";
  EXPECT_NE(look(s).offer, nullptr);
  EXPECT_FALSE(s.offer(*open_document(write("bad.jsonl", "{\"timestamp\": 1}\n"), BLOCKYARD_ASSETS)));
}

TEST_F(Kept, AMessageOutlivesASlowFrame) {
  Session s(options());
  ASSERT_TRUE(s.open({kSmall, "", ""}, false));
  s.notify("saved");
  s.update(60);  // nobody has seen it yet
  EXPECT_EQ(s.toasts().size(), 1U);
  for (int i = 0; i < 60; ++i) s.update(0.2);
  EXPECT_TRUE(s.toasts().empty());
}

}  // namespace
}  // namespace blockyard
