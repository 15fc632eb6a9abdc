// The worker by the clock: what it says was stored and removed is what it holds; its times are the engine's.
#include "core/standin/clocked_worker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/base/rng.h"
#include "core/cache/eviction.h"
#include "core/live/reading.h"
#include "core/live/truth/worker_truth.h"
#include "core/settings/setting.h"
#include "core/standin/kv_payload.h"

namespace blockyard::standin {
namespace {

using What = Happening::What;

Config config(EngineKind engine, std::uint32_t blocks) {
  Config c;
  c.fleet.engine = engine;
  c.fleet.slots = 2;
  c.cache.capacity_blocks = blocks;
  return c;
}

std::unique_ptr<ClockedWorker> worker(const Config& c) {
  auto w = ClockedWorker::make(c, 1);
  EXPECT_TRUE(w);
  return std::move(*w);
}

std::vector<std::uint32_t> tokens(std::uint32_t count, std::uint32_t seed) {
  std::vector<std::uint32_t> out;
  for (std::uint32_t i = 0; i < count; ++i) out.push_back(seed * 1000 + i);
  return out;
}

// Lets everything happen, step by step.
std::vector<Happening> run(ClockedWorker& w) {
  std::vector<Happening> out;
  while (w.due() != kNever) {
    w.advance(w.due());
    for (Happening& h : w.take()) out.push_back(std::move(h));
  }
  return out;
}

SimTime when(const std::vector<Happening>& all, What what, Ticket ticket, std::uint32_t count) {
  for (const Happening& h : all) {
    if (h.what == what && h.ticket == ticket && h.count == count) return h.t;
  }
  return -1;
}

TEST(ClockedWorker, SlotsTakesTheTimeOfSpec) {
  const auto w = worker(config(EngineKind::kSlots, 64));
  const auto a = w->add({tokens(40, 1), tokens(4, 9), ""}, 1'000'000);
  ASSERT_TRUE(a);
  auto all = w->take();
  const auto rest = run(*w);
  all.insert(all.end(), rest.begin(), rest.end());
  // Two blocks to compute: 5 + 2 × 2.5 ms; four tokens of 15 ms.
  EXPECT_EQ(when(all, What::kStarted, *a, 0), 1'000'000);
  EXPECT_EQ(when(all, What::kToken, *a, 0), 1'010'000);
  EXPECT_EQ(when(all, What::kToken, *a, 3), 1'055'000);
  EXPECT_EQ(when(all, What::kFinished, *a, 0), 1'070'000);
  EXPECT_EQ(w->resident().size(), 2U);
  // The same once more is a whole hit.
  const auto b = w->add({tokens(40, 1), tokens(1, 9), ""}, 2'000'000);
  all = w->take();
  EXPECT_EQ(when(all, What::kStarted, *b, 32), 2'000'000);
  EXPECT_EQ(when(run(*w), What::kToken, *b, 0), 2'000'500);
}

TEST(ClockedWorker, ContinuousGivesATokenAStep) {
  Config c = config(EngineKind::kContinuous, 64);
  c.latency.decode_per_seq_ms = 0;
  const auto w = worker(c);
  const auto a = w->add({tokens(40, 1), tokens(20, 9), ""}, 0);
  auto all = w->take();
  const auto rest = run(*w);
  all.insert(all.end(), rest.begin(), rest.end());
  const SimTime first = when(all, What::kToken, *a, 0);
  EXPECT_EQ(first, 15'000);  // the floor: 5 + 40 / 16 × 2.5 ms are less
  for (std::uint32_t n = 1; n < 20; ++n) EXPECT_EQ(when(all, What::kToken, *a, n), first + n * 15'000) << n;
  EXPECT_EQ(when(all, What::kFinished, *a, 0), first + 19 * 15'000);
  EXPECT_EQ(w->resident().size(), 3U);  // 40 + 19 computed tokens
  w->check();
}

TEST(ClockedWorker, TimeScaleScalesEverything) {
  auto w = ClockedWorker::make(config(EngineKind::kSlots, 64), 0.1);
  const auto a = (*w)->add({tokens(40, 1), tokens(4, 9), ""}, 0);
  EXPECT_EQ(when(run(**w), What::kFinished, *a, 0), 7'000);
}

// Whatever is a latency: all of them twice as long, at half the time, is the same worker.
TEST(ClockedWorker, TimeScaleScalesEverySettingOfLatency) {
  for (const EngineKind engine : {EngineKind::kSlots, EngineKind::kContinuous}) {
    Scenario plain, doubled;
    plain.config = config(engine, 64);
    for (const Setting& row : setting_table()) {
      if (row.section() == "latency") set_number(row, plain, *setting_number(row, plain) + 1);
    }
    doubled.config = plain.config;
    for (const Setting& row : setting_table()) {
      if (row.section() == "latency") set_number(row, doubled, *setting_number(row, plain) * 2);
    }
    const auto times = [](const Config& c, double scale) {
      auto w = ClockedWorker::make(c, scale);
      (*w)->add({tokens(40, 1), tokens(4, 9), ""}, 0);
      (*w)->add({tokens(32, 1), tokens(2, 8), ""}, 1000);
      std::vector<std::pair<SimTime, What>> out;
      for (const Happening& h : run(**w)) out.emplace_back(h.t, h.what);
      return out;
    };
    EXPECT_EQ(times(doubled.config, 0.5), times(plain.config, 1));
    EXPECT_NE(times(doubled.config, 1), times(plain.config, 1));
  }
}

TEST(ClockedWorker, WhoDoesNotFitIsToldBefore) {
  const auto w = worker(config(EngineKind::kSlots, 4));
  EXPECT_FALSE(w->misfit(64 + 15, 100));
  EXPECT_TRUE(w->misfit(80, 1));
  EXPECT_TRUE(w->misfit(0, 1));
  EXPECT_TRUE(w->misfit(std::size_t{1} << 40, 1));
  const auto c = worker(config(EngineKind::kContinuous, 4));  // and one block is never used
  EXPECT_FALSE(c->misfit(32, 17));
  EXPECT_TRUE(c->misfit(32, 18));
}

TEST(ClockedWorker, TheFutureIsNotKnown) {
  Config c = config(EngineKind::kSlots, 4);
  for (std::size_t i = 0; i < eviction_table().size(); ++i) {
    c.cache.eviction = static_cast<EvictionPolicy>(i);
    const auto w = ClockedWorker::make(c, 1);
    EXPECT_EQ(w.has_value(), !eviction_table()[i].needs_tree);
    if (!w) {
      EXPECT_NE(w.error().message.find(eviction_table()[i].id), std::string::npos);
    }
  }
}

TEST(ClockedWorker, SaltsShareNothing) {
  const auto w = worker(config(EngineKind::kSlots, 64));
  w->add({tokens(32, 1), tokens(1, 9), ""}, 0);
  run(*w);
  w->take();
  w->add({tokens(32, 1), tokens(1, 9), "mine"}, 1'000'000);
  const auto b = w->take();
  EXPECT_EQ(b.front().what, What::kStarted);
  EXPECT_EQ(b.front().count, 0U);
  run(*w);
  EXPECT_EQ(w->resident().size(), 4U);
}

TEST(ClockedWorker, ResetOnlyWhereNothingRuns) {
  const auto w = worker(config(EngineKind::kContinuous, 64));
  w->add({tokens(32, 1), tokens(5, 9), ""}, 0);
  EXPECT_FALSE(w->reset(1));
  run(*w);
  EXPECT_EQ(w->resident().size(), 2U);
  EXPECT_TRUE(w->reset(1'000'000));
  EXPECT_EQ(w->take().back().what, What::kCleared);
  EXPECT_TRUE(w->resident().empty());
}

// A law: whatever comes and goes, the stream alone, read as a live session reads it, says what the worker holds; and
// ids do not run out.
void holds_what_it_says(EngineKind engine, bool copies, bool async, PayloadForm form, std::uint64_t seed) {
  Config c = config(engine, 24);
  c.fleet.block_copies = copies;
  c.fleet.async_scheduling = async;
  c.fleet.max_batched_tokens = 64;
  c.fleet.max_num_seqs = 4;
  const auto w = worker(c);
  live::Forest forest;
  live::WorkerTruth truth(forest, {});
  live::StreamReading reading(16, false);
  Rng rng(seed, RngPurpose::kWorkload);
  std::map<Ticket, std::uint32_t> open;  // and tokens that came
  std::set<Ticket> over;
  std::uint64_t seq = 0;
  SimTime now = 0;
  const auto hear = [&] {
    const auto all = w->take();
    for (const Happening& h : all) {
      if (h.what == What::kToken) {
        ASSERT_TRUE(open.contains(h.ticket));
        ASSERT_EQ(h.count, open[h.ticket]++);
      }
      if (h.what == What::kFinished) {
        ASSERT_EQ(open.erase(h.ticket), 1U);
        over.insert(h.ticket);
      }
    }
    const std::string payload = kv_payload(all, 1.5, 16, form);
    if (!payload.empty()) {
      const live::KvBatch batch = reading.read(seq++, false, payload);
      ASSERT_EQ(batch.refused, live::Refusal::kNone);
      ASSERT_EQ(batch.dropped, live::DropCounts{});
      ASSERT_TRUE(truth.apply(batch));
    }
    ASSERT_EQ(truth.counts().unknown_removals, 0U);
    ASSERT_EQ(truth.orphans(), 0U);
    ASSERT_EQ(truth.resident_blocks(), w->resident().size());
    std::set<std::uint64_t> held, told;
    for (const auto* block : w->resident()) held.insert(block->hash);
    for (const auto& cell : truth.cells()) {
      if (cell) told.insert(*cell);
    }
    ASSERT_EQ(told, held);
  };
  for (int i = 0; i < 2000 && !::testing::Test::HasFatalFailure(); ++i) {
    now += static_cast<SimTime>(rng.below(20'000));
    const auto dice = rng.below(10);
    if (dice < 4 && open.size() < 12) {
      const auto prompt = tokens(1 + static_cast<std::uint32_t>(rng.below(150)), static_cast<std::uint32_t>(rng.below(3)));
      const auto answer = tokens(1 + static_cast<std::uint32_t>(rng.below(40)), 7);
      if (w->misfit(prompt.size(), answer.size())) continue;
      const auto ticket = w->add({prompt, answer, rng.below(8) == 0 ? "salt" : ""}, now);
      ASSERT_TRUE(ticket);
      open[*ticket] = 0;
    } else if (dice == 4 && !open.empty()) {
      const auto at = std::next(open.begin(), static_cast<std::ptrdiff_t>(rng.below(open.size())));
      const Ticket who = at->first;
      w->advance(now);
      hear();
      if (open.erase(who) > 0) w->leave(who, now);
    } else if (dice == 5 && rng.below(10) == 0) {
      w->reset(now);
    } else {
      w->advance(now);
    }
    hear();
    w->check();
  }
  while (w->due() != kNever) {
    w->advance(w->due());
    hear();
  }
  EXPECT_TRUE(open.empty());
  EXPECT_GT(over.size(), 100U);
  EXPECT_EQ(w->running() + w->waiting(), 0U);
}

TEST(ClockedWorker, HoldsWhatItSays) {
  std::uint64_t seed = 1;
  for (const PayloadForm form : {PayloadForm::kMap, PayloadForm::kArray}) {
    holds_what_it_says(EngineKind::kSlots, false, false, form, seed++);
    for (const bool copies : {false, true}) {
      for (const bool async : {false, true}) holds_what_it_says(EngineKind::kContinuous, copies, async, form, seed++);
    }
  }
}

}  // namespace
}  // namespace blockyard::standin
