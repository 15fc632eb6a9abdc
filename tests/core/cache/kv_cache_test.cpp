// KvCache by holdings against the simplest model of a block pool: a list of copies, each with its references, searched
// from end to end. In slots and by stretches, with copies and without, under random operations.
#include "core/cache/kv_cache.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "core/prefix/prefix_tree.h"

namespace blockyard {
namespace {

// What SPEC 4.3 says, block by block, with no thought for cost.
class NaivePool {
 public:
  struct Copy {
    BlockId block = kNone;  // kNone: no identity yet
    int refs = 1;
    int named_at = 0;
    int idle_at = 0;
  };
  using Held = std::vector<int>;  // copies by number, in order of the sequence

  NaivePool(std::uint32_t capacity, bool copies) : free_(capacity), copies_allowed_(copies) {}

  // The copy that a lookup finds: of those there, the one that got its identity first.
  int find(BlockId block) const {
    int found = -1;
    for (const auto& [number, c] : all_) {
      if (c.block == block && (found < 0 || c.named_at < all_.at(found).named_at)) found = number;
    }
    return found;
  }
  void share(BlockId block, Held& held) {
    held.push_back(find(block));
    ++all_[held.back()].refs;
  }
  int take() {
    if (free_ > 0) {
      --free_;
    } else {
      int victim = -1;
      for (const auto& [number, c] : all_) {
        if (c.refs == 0 && (victim < 0 || c.idle_at < all_[victim].idle_at)) victim = number;
      }
      EXPECT_GE(victim, 0) << "nothing is idle";
      evicted.push_back(all_[victim].block);
      all_.erase(victim);
    }
    all_[++numbers_] = Copy{};
    return numbers_;
  }
  void name(int number, BlockId block) {
    all_[number].block = block;
    all_[number].named_at = ++clock_;
  }
  void release(Held& held) {
    while (!held.empty()) {
      Copy& c = all_[held.back()];
      if (c.block == kNone) {
        drop(held.back());
      } else if (--c.refs == 0) {
        c.idle_at = ++clock_;
      }
      held.pop_back();
    }
  }
  void drop(int number) {
    all_.erase(number);
    ++free_;
  }
  void flush_idle() {
    for (auto it = all_.begin(); it != all_.end();) {
      const bool idle = it->second.refs == 0;
      free_ += idle ? 1 : 0;
      it = idle ? all_.erase(it) : std::next(it);
    }
  }
  // The first blocks up to `to`: those resident are shared where nothing is stored twice, the others take slots.
  void grow(const std::vector<BlockId>& blocks, Held& held, std::uint32_t named, std::uint32_t shared, std::uint32_t to,
            std::uint32_t was_named) {
    while (held.size() < shared) share(blocks[held.size()], held);
    const std::size_t had = held.size();
    std::uint32_t from = std::max(was_named, shared);
    if (!copies_allowed_) {
      held.resize(std::max<std::size_t>(had, named), -1);
      for (std::uint32_t k = from; k < named; ++k) {
        const int there = find(blocks[k]);
        if (there < 0) continue;
        ++all_[there].refs;
        if (k < had) drop(held[k]);
        held[k] = there;
      }
      for (std::uint32_t k = from; k < named; ++k) {
        if (held[k] >= 0 && all_[held[k]].block == blocks[k]) continue;
        if (held[k] < 0) held[k] = take();
        name(held[k], blocks[k]);
      }
      while (held.size() < to) held.push_back(take());
      return;
    }
    while (held.size() < to) held.push_back(take());
    for (; from < named; ++from) name(held[from], blocks[from]);
  }
  std::uint32_t leading(const std::vector<BlockId>& blocks) const {
    std::uint32_t n = 0;
    while (n < blocks.size() && find(blocks[n]) >= 0) ++n;
    return n;
  }
  std::uint32_t free() const { return free_; }
  std::uint32_t idle() const {
    return static_cast<std::uint32_t>(
        std::count_if(all_.begin(), all_.end(), [](const auto& c) { return c.second.refs == 0; }));
  }
  std::uint64_t references() const {
    std::uint64_t n = 0;
    for (const auto& c : all_) n += static_cast<std::uint64_t>(c.second.refs);
    return n;
  }
  std::vector<BlockId> evicted;

 private:
  std::map<int, Copy> all_;
  std::uint32_t free_;
  bool copies_allowed_;
  int numbers_ = 0;
  int clock_ = 0;
};

struct Sequence {
  std::vector<Span> chain;
  std::vector<BlockId> blocks;
  BlockSequence view() const {
    const auto n = static_cast<std::uint32_t>(blocks.size());
    return {chain, n, n, kNone, kNone};
  }
};

std::vector<Sequence> random_sequences(Rng& rng, PrefixTree& prefixes) {
  std::vector<Sequence> out(25);
  for (Sequence& s : out) {
    PrefixTree::NodeId node = kNone;
    for (auto left = static_cast<std::uint32_t>(1 + rng.below(24)); left > 0;) {
      const std::uint32_t n = std::min(left, 5U);
      node = prefixes.extend(node, rng.below(2), n, s.chain);
      left -= n;
    }
    for (const Span& run : s.chain) {
      for (std::uint32_t k = 0; k < run.count; ++k) s.blocks.push_back(run.first + k);
    }
  }
  return out;
}

std::vector<BlockId> evicted_by(const KvCache& cache) {
  if (cache.has_slots()) return cache.block_changes().evicted;
  std::vector<BlockId> out;
  for (const Span& s : cache.span_changes().evicted) {
    for (BlockId b = s.first + s.count; b-- > s.first;) out.push_back(b);
  }
  return out;
}

class Holdings : public testing::TestWithParam<std::pair<CacheKind, bool>> {};

TEST_P(Holdings, DoWhatTheSimplestModelDoes) {
  const auto [kind, copies] = GetParam();
  struct Running {
    std::size_t sequence = 0;
    Holding held;
    NaivePool::Held naive;
  };
  std::uint64_t evictions = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed, RngPurpose::kTest);
    PrefixTree prefixes;
    const std::vector<Sequence> sequences = random_sequences(rng, prefixes);
    const auto capacity = static_cast<std::uint32_t>(10 + rng.below(60));
    KvCache cache({kind, capacity, EvictionPolicy::kLru, copies}, prefixes.size(), nullptr,
                  Rng(1, RngPurpose::kEviction));
    NaivePool naive(capacity, copies);
    std::vector<Running> running;
    for (int step = 0; step < 150; ++step) {
      cache.forget_changes();
      naive.evicted.clear();
      const std::uint64_t what = rng.below(50);
      if (what == 0) {
        cache.flush_idle();
        naive.flush_idle();
      } else if (what < 15 && !running.empty()) {  // one ends
        const std::size_t i = rng.below(running.size());
        cache.release(running[i].held, step);
        naive.release(running[i].naive);
        running.erase(running.begin() + static_cast<std::ptrdiff_t>(i));
      } else {  // one begins, or goes on
        const bool begins = running.empty() || rng.below(3) == 0;
        Running fresh;
        fresh.sequence = rng.below(sequences.size());
        Running& one = begins ? fresh : running[rng.below(running.size())];
        const Sequence& s = sequences[one.sequence];
        const auto all = static_cast<std::uint32_t>(s.blocks.size());
        const std::uint32_t hit = naive.leading(s.blocks);
        ASSERT_EQ(cache.leading(s.view(), all), hit);
        const std::uint32_t shared = begins ? hit : 0, has = std::max(shared, one.held.blocks());
        const auto blocks = std::min(all, has + static_cast<std::uint32_t>(rng.below(6)));
        // The last block may stay without identity, as a partial one does.
        const std::uint32_t named =
            std::max({one.held.named, shared, blocks - static_cast<std::uint32_t>(blocks > has ? rng.below(2) : 0)});
        const Growth to{shared, named, blocks};
        if (!cache.fits(cache.need(s.view(), one.held, to))) continue;
        const std::uint32_t was_named = one.held.named;
        cache.grow(s.view(), one.held, to, step);
        naive.grow(s.blocks, one.naive, named, shared, blocks, was_named);
        ASSERT_EQ(one.held.blocks(), one.naive.size());
        if (begins && one.held.blocks() > 0) running.push_back(std::move(fresh));
      }
      cache.check();
      ASSERT_EQ(evicted_by(cache), naive.evicted) << "step " << step;
      ASSERT_EQ(cache.free_slots(), naive.free());
      ASSERT_EQ(cache.idle_blocks(), naive.idle());
      ASSERT_EQ(cache.references(), naive.references()) << "Σ references";
      for (BlockId b = 0; b < prefixes.size(); ++b) ASSERT_EQ(cache.resident().contains(b), naive.find(b) >= 0) << b;
      evictions += naive.evicted.size();
    }
  }
  EXPECT_GT(evictions, 3000U) << "hardly anything is evicted";
}

INSTANTIATE_TEST_SUITE_P(Kinds, Holdings,
                         testing::Values(std::pair{CacheKind::kBlocks, false}, std::pair{CacheKind::kBlocks, true},
                                         std::pair{CacheKind::kSpans, false}, std::pair{CacheKind::kSpans, true}),
                         [](const auto& i) {
                           return std::string(i.param.first == CacheKind::kSpans ? "Stretches" : "Slots") +
                                  (i.param.second ? "WithCopies" : "");
                         });

}  // namespace
}  // namespace blockyard
