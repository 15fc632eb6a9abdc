// BlockCache: examples of SPEC 4.1, and every policy against a naive cache under random operations.
#include "core/cache/block_cache.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <list>
#include <map>
#include <optional>

namespace blockyard {
namespace {

constexpr std::uint32_t kIds = 64;

BlockCache make(std::uint32_t capacity, EvictionPolicy policy = EvictionPolicy::kLru, const RadixTree* tree = nullptr) {
  return BlockCache(capacity, kIds, policy, tree, Rng(1, RngPurpose::kEviction));
}

std::vector<Span> run(BlockId first, std::uint32_t count) { return {{first, count}}; }

TEST(BlockCache, TakesTheLowestFreeSlotThenTheTailOfTheOldest) {
  BlockCache cache = make(6);
  CacheChanges changes;
  cache.acquire(run(0, 3), 0, &changes);
  cache.acquire(run(10, 3), 0, &changes);
  EXPECT_EQ(cache.slot_of(0), 0U);
  EXPECT_EQ(cache.slot_of(12), 5U);
  cache.release(run(0, 3), 1);
  cache.release(run(10, 3), 2);
  changes.clear();
  cache.acquire(run(20, 4), 3, &changes);
  EXPECT_EQ(changes.evicted, (std::vector<BlockId>{2, 1, 0, 12})) << "the latest in a sequence goes first";
  EXPECT_EQ(cache.hit(run(10, 3)), 2U);
  cache.check();
}

TEST(BlockCache, NeverEvictsWhatItsOwnRequestHolds) {
  BlockCache cache = make(4);
  cache.acquire(run(0, 4), 0, nullptr);
  cache.release(run(0, 4), 1);
  const std::vector<Span> chain{{0, 2}, {30, 2}};
  ASSERT_TRUE(cache.fits(chain));
  CacheChanges changes;
  cache.acquire(chain, 2, &changes);
  EXPECT_EQ(changes.evicted, (std::vector<BlockId>{3, 2}));
  EXPECT_FALSE(cache.fits(run(40, 1)));
  EXPECT_TRUE(cache.fits(run(0, 2)));
}

// vLLM's documentation example (docs/design/prefix_caching.md, before PR 42656), ten blocks: the free queue is
// 7 8 9 4 3 2 6 5 1 0; a request that hits 0 1 2 and needs 5 more gets 7 8 9 4 3.
TEST(BlockCache, VllmDocumentationExample) {
  BlockCache cache = make(10);
  CacheChanges changes;
  const std::vector<BlockId> queue{7, 8, 9, 4, 3, 2, 6, 5, 1, 0};
  for (BlockId b = 0; b < 10; ++b) cache.acquire(run(b, 1), 0, nullptr);
  for (const BlockId b : queue) cache.release(run(b, 1), 1);
  const std::vector<Span> chain{{0, 3}, {20, 5}};
  cache.acquire(chain, 2, &changes);
  EXPECT_EQ(changes.evicted, (std::vector<BlockId>{7, 8, 9, 4, 3}));
  EXPECT_EQ(cache.idle_blocks(), 2U);
}

TEST(BlockCache, FlushDropsTheIdleAndKeepsTheRest) {
  BlockCache cache = make(8);
  cache.acquire(run(0, 3), 0, nullptr);
  cache.acquire(run(10, 3), 0, nullptr);
  cache.release(run(0, 3), 1);
  cache.flush_idle();
  EXPECT_EQ(cache.hit(run(0, 3)), 0U);
  EXPECT_EQ(cache.hit(run(10, 3)), 3U);
  EXPECT_EQ(cache.free_slots(), 5U);
  cache.check();
}

TEST(BlockCache, PartialBlocksCountAsInUseUntilTheyAreKnown) {
  BlockCache cache = make(2);
  std::vector<SlotId> held;
  cache.take(1, 0, nullptr, held);
  EXPECT_EQ(cache.in_use(), 1U);
  EXPECT_EQ(cache.resident().count(), 0U);
  cache.name(held, {5, 1}, 1, nullptr);
  EXPECT_EQ(cache.hit(run(5, 1)), 1U);
  cache.unref(held, 2);
  EXPECT_EQ(cache.idle_blocks(), 1U);
  held.clear();
  cache.take(1, 3, nullptr, held);
  cache.give_back(held[0]);
  EXPECT_EQ(cache.free_slots(), 1U);
  cache.check();
}

// What SPEC 4.1 says, written as plainly as possible: a list for the idle order, a scan for every victim.
class NaiveCache {
 public:
  NaiveCache(std::size_t capacity, EvictionPolicy policy) : capacity_(capacity), policy_(policy) {}

  bool fits(const std::vector<BlockId>& chain) const {
    std::size_t missing = 0, own_idle = 0;
    for (const BlockId b : chain) {
      missing += blocks_.contains(b) ? 0 : 1;
      own_idle += std::count(idle_.begin(), idle_.end(), b) > 0 ? 1 : 0;
    }
    return missing <= capacity_ - blocks_.size() + idle_.size() - own_idle;
  }
  std::vector<BlockId> acquire(const std::vector<BlockId>& chain, const RadixTree& tree, RequestId index) {
    started_ = std::max(started_, static_cast<std::int64_t>(index));
    std::vector<BlockId> evicted;
    for (const BlockId b : chain) {
      if (!blocks_.contains(b)) continue;
      Info& i = blocks_[b];
      if (i.refs++ == 0) idle_.remove(b);
      ++i.uses;
    }
    for (const BlockId b : chain) {
      if (blocks_.contains(b)) continue;
      if (blocks_.size() == capacity_) {
        const BlockId v = victim(tree);
        evicted.push_back(v);
        idle_.remove(v);
        blocks_.erase(v);
      }
      blocks_[b] = {1, 1, clock_++};
    }
    return evicted;
  }
  void release(const std::vector<BlockId>& chain) {
    for (auto b = chain.rbegin(); b != chain.rend(); ++b) {
      if (--blocks_[*b].refs == 0) idle_.push_back(*b);
    }
  }
  bool contains(BlockId b) const { return blocks_.contains(b); }

 private:
  struct Info {
    int refs;
    int uses;
    int stored;
  };
  BlockId victim(const RadixTree& tree) const {
    const auto rank = [&](BlockId b) -> double {
      const Info& i = blocks_.at(b);
      if (policy_ == eviction_policy("fifo")) return i.stored;
      if (policy_ == eviction_policy("lfu")) return i.uses;
      if (policy_ == eviction_policy("belady")) return -static_cast<double>(tree.next_use(tree.edge_of(b), started_));
      return 0;
    };
    BlockId best = idle_.front();
    for (const BlockId b : idle_) {
      if (rank(b) < rank(best)) best = b;
    }
    return best;
  }
  std::size_t capacity_;
  EvictionPolicy policy_;
  std::map<BlockId, Info> blocks_;
  std::list<BlockId> idle_;
  int clock_ = 0;
  std::int64_t started_ = -1;
};

class CacheAgainstNaive : public testing::TestWithParam<EvictionPolicy> {};

TEST_P(CacheAgainstNaive, EvictsTheSameBlocksUnderRandomRequests) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Rng rng(seed, RngPurpose::kTest);
    // A random tree of 8 branches of up to 8 blocks below a shared trunk of 4.
    std::vector<std::vector<Span>> chains;
    for (int i = 0; i < 80; ++i) {
      const auto branch = static_cast<BlockId>(rng.below(7));
      const auto trunk = static_cast<std::uint32_t>(1 + rng.below(4));
      std::vector<Span> chain{{0, trunk}};
      if (trunk == 4) chain.push_back({8 + branch * 8, static_cast<std::uint32_t>(1 + rng.below(8))});
      chains.push_back(chain);
    }
    const RadixTree tree = RadixTree::build(chains, kIds);
    const auto capacity = static_cast<std::uint32_t>(14 + rng.below(20));
    BlockCache real = make(capacity, GetParam(), &tree);
    NaiveCache naive(capacity, GetParam());
    std::vector<std::size_t> held;
    for (std::size_t i = 0; i < chains.size(); ++i) {
      std::vector<BlockId> blocks;
      for (const Span& r : chains[i]) {
        for (BlockId b = r.first; b < r.first + r.count; ++b) blocks.push_back(b);
      }
      const auto flat = [&](std::size_t k) {
        std::vector<BlockId> out;
        for (const Span& r : chains[k]) {
          for (BlockId b = r.first; b < r.first + r.count; ++b) out.push_back(b);
        }
        return out;
      };
      while (!held.empty() && (held.size() > 2 || !real.fits(chains[i]) || rng.below(2) == 0)) {
        const std::size_t k = rng.below(held.size());
        real.release(chains[held[k]], 0);
        naive.release(flat(held[k]));
        held.erase(held.begin() + static_cast<std::ptrdiff_t>(k));
      }
      ASSERT_EQ(real.fits(chains[i]), naive.fits(blocks));
      if (!real.fits(chains[i])) continue;
      CacheChanges changes;
      real.request_started(static_cast<RequestId>(i));
      real.acquire(chains[i], 0, &changes);
      ASSERT_EQ(changes.evicted, naive.acquire(blocks, tree, static_cast<RequestId>(i)))
          << "seed " << seed << " request " << i;
      held.push_back(i);
      real.check();
      for (BlockId b = 0; b < kIds; ++b) {
        ASSERT_EQ(real.resident().contains(b), naive.contains(b));
        ASSERT_EQ(real.slot_of(b) != kNone, naive.contains(b));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(AllDeterministic, CacheAgainstNaive,
                         testing::Values(EvictionPolicy::kLru, eviction_policy("fifo"), eviction_policy("lfu"),
                                         eviction_policy("belady")),
                         [](const auto& p) {
                           return std::string(eviction_table()[static_cast<std::size_t>(p.param)].id);
                         });

TEST(BlockCache, RandomEvictsOnlyIdleBlocksAndAllOfThemSooner) {
  std::vector<int> evicted(kIds, 0);
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    BlockCache cache(4, kIds, eviction_policy("random"), nullptr, Rng(seed, RngPurpose::kEviction));
    cache.acquire(run(0, 4), 0, nullptr);
    for (const BlockId b : {0U, 1U, 3U}) cache.release(run(b, 1), 0);
    CacheChanges changes;
    cache.acquire(run(20, 1), 0, &changes);
    ++evicted[changes.evicted[0]];
  }
  EXPECT_EQ(evicted[2], 0) << "in use";
  for (const BlockId b : {0U, 1U, 3U}) EXPECT_NEAR(evicted[b], 133, 45);
}

TEST(BlockCache, NextVictimsAreTheOnesThatGo) {
  for (const EvictionRow& row : eviction_table()) {
    BlockCache cache = make(6, eviction_policy(row.id));
    cache.acquire(run(0, 3), 0, nullptr);
    cache.acquire(run(10, 3), 0, nullptr);
    cache.release(run(10, 3), 0);
    cache.release(run(0, 3), 0);
    std::vector<BlockId> expected;
    for (const SlotId s : cache.next_victims(2)) expected.push_back(cache.slots()[s].block);
    CacheChanges changes;
    cache.acquire(run(20, 2), 1, &changes);
    EXPECT_EQ(changes.evicted, expected) << row.id;
  }
}

}  // namespace
}  // namespace blockyard
