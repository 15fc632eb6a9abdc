// Receipts of random fleets with several routers, restarts, crashes and sessions: one a routing, true to the records,
// and all of that occurs.
#include "core/io/receipts.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <map>

#include "core/io/files.h"
#include "tests/core/random_run.h"

namespace blockyard {
namespace {

// Counts what happened, beside the receipts that are written.
struct Watch : EventSink {
  explicit Watch(ReceiptWriter& to) : writer(to) {}
  bool wants_decisions() const override { return true; }
  void on_event(const Event& e, const Simulation& sim) override {
    writer.on_event(e, sim);
    if (e.type == EventType::kRoute) ++routings;
    if (e.type == EventType::kFault && e.worker == kNone) ++restarts;
    for (const RequestId r : sim.parked()) parked_at_a_router += !sim.routers()[sim.records()[r].router].up ? 1U : 0U;
  }
  ReceiptWriter& writer;
  std::uint64_t routings = 0, restarts = 0, parked_at_a_router = 0;
};

TEST(Receipts, AreOneARoutingAndTrueToTheRecords) {
  const std::string path = (std::filesystem::temp_directory_path() / "blockyard_receipts_test.jsonl").string();
  std::uint64_t routings = 0, lost = 0, restarts = 0, parked = 0, ties = 0, sessions = 0, of_later_routers = 0,
                false_hits = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = test::random_run(seed);
    Simulation sim = run->simulation();
    auto file = io::OutputFile::open(path);
    ASSERT_TRUE(file) << file.error().message;
    ReceiptWriter writer(*file);
    Watch watch(writer);
    sim.run(&watch);
    writer.finish();
    ASSERT_TRUE(file->commit());
    routings += watch.routings;
    restarts += watch.restarts;
    parked += watch.parked_at_a_router;

    auto reader = ReceiptReader::open(path);
    if (watch.routings == 0) continue;
    ASSERT_TRUE(reader) << reader.error().message;
    std::uint64_t read = 0;
    std::map<RequestId, std::uint32_t> completed;
    const auto figure = [&reader](ReceiptFigure f) {
      return (*reader)->fields().figure(static_cast<std::uint32_t>(f));
    };
    for (;;) {
      const auto more = (*reader)->next();
      ASSERT_TRUE(more) << more.error().message;
      if (!*more) break;
      ++read;
      const auto r = static_cast<RequestId>(figure(ReceiptFigure::kRequest));
      const RequestRecord& record = sim.records()[r];
      EXPECT_EQ(figure(ReceiptFigure::kRouter), record.router);
      if (record.router > 0) ++of_later_routers;
      if (figure(ReceiptFigure::kTied) > 1) ++ties;
      if (!(*reader)->fields().text(static_cast<std::uint32_t>(ReceiptFigure::kSession)).empty()) ++sessions;
      if ((*reader)->fields().text(static_cast<std::uint32_t>(ReceiptFigure::kOutcome)) == "lost") {
        ++lost;
        EXPECT_TRUE(std::isnan(figure(ReceiptFigure::kTtftMs)));
        continue;
      }
      ++completed[r];
      EXPECT_EQ(figure(ReceiptFigure::kAttempt), record.retries + 1.0);
      EXPECT_EQ(figure(ReceiptFigure::kWorker), record.worker);
      EXPECT_EQ(figure(ReceiptFigure::kPredicted), record.predicted);
      EXPECT_EQ(figure(ReceiptFigure::kHit), record.hit);
      EXPECT_EQ(figure(ReceiptFigure::kTtftMs), us_to_ms(record.first_token - record.arrival));
      if (record.predicted > record.hit) ++false_hits;
    }
    EXPECT_EQ(read, watch.routings);
    for (RequestId r = 0; r < sim.records().size(); ++r) {
      EXPECT_EQ(completed.count(r), sim.records()[r].status == RequestStatus::kCompleted ? 1U : 0U);
    }
  }
  std::filesystem::remove(path);
  // All of it occurs.
  EXPECT_GT(routings, 5000U);
  EXPECT_GT(lost, 100U);
  EXPECT_GT(restarts, 50U);
  EXPECT_GT(parked, 50U);
  EXPECT_GT(ties, 500U);
  EXPECT_GT(sessions, 1000U);
  EXPECT_GT(of_later_routers, 500U);
  EXPECT_GT(false_hits, 100U);
}

}  // namespace
}  // namespace blockyard
