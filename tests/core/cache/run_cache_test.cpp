// The caches and views by runs against those by blocks: alone under random operations, and as whole simulations of
// random scenarios, which must agree in every event, decision, figure and row.
#include "core/cache/run_cache.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/cache/block_cache.h"
#include "core/io/results.h"
#include "core/metrics/series.h"
#include "core/router/run_views.h"
#include "tests/core/how_many.h"
#include "tests/core/random_run.h"

namespace blockyard {
namespace {

// Random prompts over few contents, and their tree.
struct RandomChains {
  explicit RandomChains(Rng& rng) {
    for (int i = 0; i < 40; ++i) {
      std::vector<Span>& chain = chains.emplace_back();
      PrefixTree::NodeId node = kNone;
      for (auto left = static_cast<std::uint32_t>(rng.below(26)); left > 0;) {
        const std::uint32_t n = std::min(left, 5U);
        node = prefixes.extend(node, rng.below(3), n, chain);
        left -= n;
      }
    }
    tree = RadixTree::build(chains, prefixes.size());
  }
  PrefixTree prefixes;
  std::vector<std::vector<Span>> chains;
  RadixTree tree;
};

std::vector<BlockId> blocks_of(const RadixTree& tree, const std::vector<EdgePiece>& pieces, bool last_first) {
  std::vector<BlockId> out;
  for (const EdgePiece& p : pieces) {
    for (std::uint32_t k = 0; k < p.count(); ++k)
      out.push_back(tree.edge(p.edge).first + (last_first ? p.to - 1 - k : p.from + k));
  }
  return out;
}

TEST(RunCache, DoesWhatABlockCacheDoes) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed, RngPurpose::kTest);
    const RandomChains world(rng);
    const auto capacity = static_cast<std::uint32_t>(1 + rng.below(70));
    RunCache runs(capacity, &world.tree);
    BlockCache blocks(capacity, world.prefixes.size(), EvictionPolicy::kLru, nullptr, Rng(1, RngPurpose::kEviction));
    std::vector<RequestId> held;
    for (int step = 0; step < 200; ++step) {
      const auto r = static_cast<RequestId>(rng.below(world.chains.size()));
      const std::uint64_t what = rng.below(40);
      const BlockSet before = blocks.resident();
      if (what == 0) {
        runs.flush_idle();
        blocks.flush_idle();
      } else if (what == 1) {
        runs.clear();
        blocks.clear();
        held.clear();
      } else if (what < 20 && !held.empty()) {
        const std::size_t i = rng.below(held.size());
        runs.release(world.tree.path(held[i]));
        blocks.release(world.chains[held[i]], 0);
        held.erase(held.begin() + static_cast<std::ptrdiff_t>(i));
      } else {
        ASSERT_EQ(runs.fits(world.tree.path(r)), blocks.fits(world.chains[r]));
        if (!blocks.fits(world.chains[r])) continue;
        RunChanges by_runs;
        CacheChanges by_blocks;
        runs.acquire(world.tree.path(r), by_runs);
        blocks.acquire(world.chains[r], 0, &by_blocks);
        ASSERT_EQ(blocks_of(world.tree, by_runs.evicted, true), by_blocks.evicted);
        ASSERT_EQ(blocks_of(world.tree, by_runs.stored, false), by_blocks.stored);
        held.push_back(r);
      }
      runs.check();
      if (runs.changed() != nullptr) {
        for (EdgeId e = 0; e < world.tree.edges().size(); ++e) {
          const RadixEdge& edge = world.tree.edge(e);
          const bool told = std::find(runs.changed()->begin(), runs.changed()->end(), e) != runs.changed()->end();
          ASSERT_TRUE(told || before.count(Span{edge.first, edge.count}) == runs.held_of(e))
              << "a change that was not told";
        }
      }
      runs.forget_changes();
      ASSERT_EQ(runs.taken(), blocks.taken());
      ASSERT_EQ(runs.in_use(), blocks.in_use());
      ASSERT_EQ(runs.evictions(), blocks.evictions());
      ASSERT_EQ(runs.peak_taken(), blocks.peak_taken());
      for (RequestId i = 0; i < world.chains.size(); ++i)
        ASSERT_EQ(runs.hit(world.tree.path(i)), blocks.hit(world.chains[i]));
      BlockSet resident(world.prefixes.size());
      runs.each_held([&](EdgeId e, std::uint32_t n) { resident.insert(Span{world.tree.edge(e).first, n}); });
      ASSERT_EQ(resident, blocks.resident());
    }
  }
}

TEST(RunViews, HoldWhatSetsOfBlocksHold) {
  constexpr std::uint32_t kWorkers = 5;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed, RngPurpose::kTest);
    const RandomChains world(rng);
    RunViews views(kWorkers, &world.tree);
    std::vector<BlockSet> sets(kWorkers, BlockSet(world.prefixes.size()));
    std::vector<RunCache> caches(kWorkers, RunCache(30, &world.tree));
    for (int step = 0; step < 200; ++step) {
      const auto w = static_cast<WorkerId>(rng.below(kWorkers));
      const auto r = static_cast<RequestId>(rng.below(world.chains.size()));
      const std::uint64_t what = rng.below(40);
      const auto q = static_cast<RequestId>(rng.below(world.chains.size()));
      RunChanges changes;
      caches[w].acquire(world.tree.path(q), changes);
      caches[w].release(world.tree.path(q));
      if (what == 0) {
        views.clear(w);
        sets[w].clear();
      } else if (what == 1) {
        caches[w].flush_idle();
      } else if (what < 12) {
        views.sync(w, caches[w]);
        sets[w].clear();
        caches[w].each_held([&](EdgeId e, std::uint32_t n) { sets[w].insert(Span{world.tree.edge(e).first, n}); });
      } else if (what == 12) {  // a sync that was long under way: parts of edges as well
        std::vector<EdgeHead> heads;
        sets[w].clear();
        for (EdgeId e = 0; e < world.tree.edges().size(); ++e) {
          const std::uint64_t n = rng.below(world.tree.edge(e).count + 1);
          if (n == 0) continue;
          heads.push_back({e, static_cast<std::uint32_t>(n)});
          sets[w].insert(Span{world.tree.edge(e).first, static_cast<std::uint32_t>(n)});
        }
        views.replace(w, heads);
      } else {
        views.insert(w, world.tree.path(r));
        for (const Span& run : world.chains[r]) sets[w].insert(run);
      }
      std::vector<std::uint32_t> overlap(kWorkers);
      views.overlaps(world.tree.path(r), overlap);
      for (WorkerId v = 0; v < kWorkers; ++v) {
        ASSERT_EQ(overlap[v], sets[v].leading(world.chains[r]));
        ASSERT_EQ(views.overlap(v, world.tree.path(r)), overlap[v]);
        BlockSet believed(world.prefixes.size());
        std::uint32_t blocks = 0;
        views.each(v, [&](EdgeId e, std::uint32_t n) {
          believed.insert(Span{world.tree.edge(e).first, n});
          blocks += n;
        });
        ASSERT_EQ(believed, sets[v]);
        ASSERT_EQ(blocks, believed.count()) << "an edge listed twice";
      }
    }
  }
}

// Everything that a run tells and leaves, as text.
class Transcript : public EventSink {
 public:
  bool wants_decisions() const override { return true; }
  void on_event(const Event& e, const Simulation& sim) override {
    add(e.t, static_cast<int>(e.type), e.request, e.worker, e.value);
    for (const BlockId b : e.blocks) add(b);
    if (e.decision != nullptr) {
      for (const DecisionRow& row : e.decision->rows) add(row.seen.overlap, row.true_overlap, row.score.eligible);
      text += e.decision->why.reason;
    }
    for (WorkerId w = 0; w < sim.workers().size(); ++w) {
      const Divergence d = sim.divergence(w);
      add(d.phantom, d.unknown, sim.workers()[w].taken(), sim.workers()[w].in_use());
    }
    text += '\n';
  }
  template <class... T>
  void add(T... values) {
    ((text += std::to_string(values) + ' '), ...);
  }
  std::string text;
};

TEST(CachesByRuns, GiveTheSameRunsAsCachesByBlocks) {
  std::uint64_t evictions = 0;
  std::uint64_t views_by_runs = 0;
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = test::random_run(seed, EngineKind::kSlots);
    run->config.cache.eviction = EvictionPolicy::kLru;
    ASSERT_EQ(fastest_cache(run->config), CacheKind::kRuns);
    Simulation blocks(run->config, run->workload, &run->tree);
    Simulation runs(run->config, run->workload, &run->tree, CacheKind::kRuns);
    Transcript told[2];
    blocks.run(&told[0]);
    while (runs.step(&told[1])) runs.check_laws();
    ASSERT_EQ(told[0].text, told[1].text);
    ASSERT_EQ(requests_csv(blocks), requests_csv(runs));
    ASSERT_EQ(summary_json(summarize(blocks)), summary_json(summarize(runs)));

    Series silent;  // asks for no blocks, and nobody asks for decisions
    Simulation again(run->config, run->workload, &run->tree, CacheKind::kRuns);
    for (int i = 0; i < 20; ++i) again.step(&silent);
    Simulation copy = again;
    ASSERT_EQ(copy.digest(), again.digest());
    copy.run(&silent);
    ASSERT_EQ(copy.digest(), runs.digest()) << "copy, then run, is run";
    evictions += summarize(runs).evictions;
    views_by_runs += run->config.router.view == ViewMode::kSynced && run->config.router.reports == ReportMode::kOff;
  }
  EXPECT_GT(evictions, 1000U) << "the scenarios evict nothing";
  EXPECT_GT(views_by_runs, 100U) << "the scenarios keep no views by runs";
}

// Engine continuous: by stretches and by blocks, step by step and in leaps, in each of the sixteen settings of its
// switches.
TEST(CachesBySpans, GiveTheSameRunsAsCachesByBlocks) {
  std::uint64_t evictions = 0;
  std::uint64_t preemptions = 0;
  for (std::uint64_t seed = 0; seed < test::how_many(150); ++seed) {
    const auto run = test::random_run(seed, EngineKind::kContinuous);
    run->config.cache.eviction = EvictionPolicy::kLru;
    run->config.router.reports = ReportMode::kOff;
    for (unsigned mode = 0; mode < 16; ++mode) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", switches " + std::to_string(mode));
      FleetConfig& fleet = run->config.fleet;
      fleet.async_scheduling = (mode & 1U) != 0;
      fleet.block_copies = (mode & 2U) != 0;
      fleet.reserve_full_prompt = (mode & 4U) != 0;
      fleet.null_block = (mode & 8U) != 0;
      ASSERT_EQ(fastest_cache(run->config), CacheKind::kSpans);
      Simulation blocks(run->config, run->workload, &run->tree);
      Simulation spans(run->config, run->workload, &run->tree, CacheKind::kSpans);
      Transcript told[2];
      blocks.run(&told[0]);
      while (spans.step(&told[1])) spans.check_laws();
      ASSERT_EQ(told[0].text, told[1].text);
      ASSERT_EQ(requests_csv(blocks), requests_csv(spans));
      ASSERT_EQ(summary_json(summarize(blocks)), summary_json(summarize(spans)));

      Config stepping = run->config;
      stepping.fleet.skip_steps = false;
      for (const CacheKind kind : {CacheKind::kSpans, CacheKind::kBlocks}) {
        Simulation steps(stepping, run->workload, &run->tree, kind);
        steps.run();
        ASSERT_EQ(requests_csv(steps), requests_csv(spans)) << "step by step";
        ASSERT_EQ(summary_json(summarize(steps)), summary_json(summarize(spans))) << "step by step";
      }

      Simulation again(run->config, run->workload, &run->tree, CacheKind::kSpans);
      for (int i = 0; i < 20; ++i) again.step();
      Simulation copy = again;
      ASSERT_EQ(copy.digest(), again.digest());
      copy.run();
      ASSERT_EQ(copy.digest(), spans.digest()) << "copy, then run, is run";
      const Summary s = summarize(spans);
      evictions += s.evictions;
      preemptions += s.preemptions;
    }
  }
  EXPECT_GT(evictions, 1000U) << "the scenarios evict nothing";
  EXPECT_GT(preemptions, 1000U) << "the scenarios preempt nobody";
}

TEST(CachesByRuns, AreForLruAlone) {
  Config config;
  EXPECT_EQ(fastest_cache(config), CacheKind::kRuns);
  config.fleet.engine = EngineKind::kContinuous;
  EXPECT_EQ(fastest_cache(config), CacheKind::kSpans);
  config.router.reports = ReportMode::kAll;
  EXPECT_EQ(fastest_cache(config), CacheKind::kBlocks) << "reports tell single blocks";
  config.router.reports = ReportMode::kOff;
  for (const EngineKind engine : {EngineKind::kSlots, EngineKind::kContinuous}) {
    config.fleet.engine = engine;
    for (const EvictionRow& row : eviction_table()) {
      config.cache.eviction = eviction_policy(row.id);
      EXPECT_EQ(fastest_cache(config) != CacheKind::kBlocks, row.id == "lru") << row.id;
    }
  }
}

}  // namespace
}  // namespace blockyard
