// A worker's truth: held against a naive model of its definition under random streams, and the corners by hand.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "core/live/reading.h"
#include "core/live/truth/worker_truth.h"

namespace blockyard::live {
namespace {

constexpr std::uint32_t kUnit = 8;
using Tokens = std::vector<std::uint32_t>;

// By the book: each block remembers all tokens up to its end, once its place is known; what is resident is found anew
// each time, by walking.
class Naive {
 public:
  struct Block {
    std::optional<std::uint64_t> parent;
    Tokens own;
    std::optional<Tokens> chain;
    std::map<Tier, int> copies;
  };

  void store(const WireEvent& e) {
    std::optional<std::uint64_t> parent = e.parent;
    if (parent == 0U && !blocks.contains(0)) parent.reset();
    for (std::size_t i = 0; i < e.hashes.size(); ++i) {
      const bool is_new = !blocks.contains(e.hashes[i]);
      Block& b = blocks[e.hashes[i]];
      if (!b.chain && (is_new || parent != e.hashes[i])) {
        b.parent = parent;
        const auto from = e.tokens.begin() + static_cast<std::ptrdiff_t>(i * e.block_size);
        b.own.assign(from, from + e.block_size);
        place(b, e.hashes[i]);
        if (b.chain) join();
      }
      b.copies[e.tier] = std::min(8, b.copies[e.tier] + 1);
      parent = e.hashes[i];
    }
  }
  void remove(const WireEvent& e) {
    for (const auto h : e.hashes) {
      const auto at = blocks.find(h);
      if (at == blocks.end() || at->second.copies[e.tier] == 0) {
        ++unknown;
        continue;
      }
      if (--at->second.copies[e.tier] > 0) continue;
      at->second.copies.erase(e.tier);
      std::erase_if(at->second.copies, [](const auto& c) { return c.second == 0; });
      if (at->second.copies.empty()) blocks.erase(at);
    }
  }
  std::set<Digest> resident() const {
    std::set<Digest> out;
    for (const auto& [hash, b] : blocks) {
      if (!b.chain || !on_gpu(hash)) continue;
      if (b.own.size() % kUnit == 0) {
        for (std::size_t end = b.chain->size() - b.own.size() + kUnit; end <= b.chain->size(); end += kUnit)
          out.insert(digest(*b.chain, end));
      } else if (b.chain->size() % kUnit == 0 && parts(b)) {
        out.insert(digest(*b.chain, b.chain->size()));
      }
    }
    return out;
  }
  std::size_t on_gpu() const {
    return static_cast<std::size_t>(
        std::count_if(blocks.begin(), blocks.end(), [&](const auto& b) { return on_gpu(b.first); }));
  }
  std::size_t orphans() const {
    return static_cast<std::size_t>(
        std::count_if(blocks.begin(), blocks.end(), [](const auto& b) { return !b.second.chain; }));
  }
  std::map<std::uint64_t, Block> blocks;
  std::uint64_t unknown = 0;

 private:
  void place(Block& b, std::uint64_t self) {
    Tokens before;
    if (b.parent) {
      const auto p = blocks.find(*b.parent);
      if (*b.parent == self || p == blocks.end() || !p->second.chain) return;
      before = *p->second.chain;
    }
    const std::size_t phase = before.size() % kUnit;
    if (b.own.size() % kUnit == 0 ? phase != 0 : phase + b.own.size() > kUnit) return;
    b.chain = before;
    b.chain->insert(b.chain->end(), b.own.begin(), b.own.end());
  }
  void join() {
    for (bool more = true; more;) {
      more = false;
      for (auto& [hash, b] : blocks) {
        if (b.chain || b.own.size() % kUnit != 0 || !b.parent) continue;
        place(b, hash);
        more |= b.chain.has_value();
      }
    }
  }
  bool on_gpu(std::uint64_t hash) const {
    const auto at = blocks.find(hash);
    if (at == blocks.end()) return false;
    const auto gpu = at->second.copies.find(Tier::kGpu);
    return gpu != at->second.copies.end() && gpu->second > 0;
  }
  bool parts(const Block& last) const {
    std::size_t tokens = last.own.size();
    for (const Block* b = &last; tokens < kUnit;) {
      if (!b->parent || !on_gpu(*b->parent)) return false;
      b = &blocks.at(*b->parent);
      tokens += b->own.size();
    }
    return tokens == kUnit;
  }
  static Digest digest(const Tokens& chain, std::size_t end) {
    if (end == 0) return kRootDigest;
    static std::map<Tokens, Digest> known;
    const auto [at, made] = known.try_emplace(Tokens(chain.begin(), chain.begin() + static_cast<std::ptrdiff_t>(end)));
    if (!made) return at->second;
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = end - kUnit; i < end; ++i) {
      for (int b = 0; b < 4; ++b) bytes.push_back(static_cast<std::uint8_t>(chain[i] >> (8 * b)));
    }
    const Digest code = sha256(bytes), before = digest(chain, end - kUnit);
    std::vector<std::uint8_t> both(before.begin(), before.end());
    both.insert(both.end(), code.begin(), code.begin() + 16);
    return at->second = sha256(both);
  }
};

std::set<Digest> resident(const WorkerTruth& truth, const Forest& forest) {
  std::set<Digest> out;
  truth.each_resident([&](NodeId n) { out.insert(forest.digest(n)); });
  return out;
}

WireEvent stored(std::vector<std::uint64_t> hashes, std::optional<std::uint64_t> parent, Tokens tokens) {
  WireEvent e;
  e.op = KvOp::kStored;
  e.block_size = static_cast<std::uint32_t>(tokens.size() / hashes.size());
  e.hashes = std::move(hashes);
  e.parent = parent;
  e.tokens = std::move(tokens);
  return e;
}
WireEvent removed(std::vector<std::uint64_t> hashes, Tier tier = Tier::kGpu) {
  WireEvent e;
  e.op = KvOp::kRemoved;
  e.hashes = std::move(hashes);
  e.tier = tier;
  return e;
}
Tokens same(std::size_t n, std::uint32_t token = 1) { return Tokens(n, token); }

// A truth with the reading before it, as a session has them.
struct Worker {
  explicit Worker(TruthRules rules = {kUnit}) : truth(forest, rules), normaliser(kUnit, rules.one_copy) {}
  bool feed(std::vector<WireEvent> events, std::optional<std::uint64_t> number = std::nullopt) {
    WireBatch batch;
    batch.events = std::move(events);
    seq = number.value_or(seq + 1);
    return truth.apply(normaliser.batch(seq, false, std::move(batch)));
  }
  Forest forest;
  WorkerTruth truth;
  Normaliser normaliser;
  std::uint64_t seq = ~std::uint64_t{0};
};

void random_stream(std::uint32_t block, std::uint32_t seed) {
  SCOPED_TRACE(testing::Message() << "blocks of " << block << ", seed " << seed);
  std::mt19937 rng(seed);
  Worker w;
  Naive naive;
  // Hashes of a few chains that share beginnings: a hash stands for the tokens up to it, as engines make them, but for
  // a few that lie.
  const auto pick = [&rng](std::uint64_t n) { return rng() % n; };
  std::map<Tokens, std::uint64_t> names;
  for (int step = 0; step < 300; ++step) {
    std::vector<WireEvent> events;
    const auto kind = pick(20);
    if (kind == 0 && pick(6) == 0) {
      WireEvent clear;
      events.push_back(clear);
      naive.blocks.clear();
    } else if (kind < 8 && !naive.blocks.empty()) {
      std::vector<std::uint64_t> hashes;
      for (std::uint64_t n = 1 + pick(4); n > 0; --n)
        hashes.push_back(pick(10) == 0
                             ? 1000 + pick(50)
                             : std::next(naive.blocks.begin(), static_cast<int>(pick(naive.blocks.size())))->first);
      events.push_back(removed(hashes, pick(4) == 0 ? Tier::kCpu : Tier::kGpu));
      naive.remove(events.back());
    } else {
      Tokens chain;
      const std::uint64_t from = pick(4), count = 1 + pick(4);
      for (std::uint64_t b = 0; b < from + count; ++b) {
        const auto token = static_cast<std::uint32_t>(pick(2));
        for (std::uint32_t i = 0; i < block; ++i) chain.push_back(token);
      }
      const auto name = [&](std::size_t blocks) {
        const Tokens upto(chain.begin(), chain.begin() + static_cast<std::ptrdiff_t>(blocks * block));
        return names.try_emplace(upto, names.size()).first->second;  // 0 among them
      };
      std::vector<std::uint64_t> hashes;
      for (std::uint64_t b = from; b < from + count; ++b) hashes.push_back(name(b + 1));
      std::optional<std::uint64_t> parent;
      if (from > 0) parent = name(from);
      if (pick(25) == 0) parent = pick(60);  // a lie
      if (parent && std::find(hashes.begin(), hashes.end(), *parent) != hashes.end()) continue;
      events.push_back(
          stored(hashes, parent, Tokens(chain.begin() + static_cast<std::ptrdiff_t>(from * block), chain.end())));
      events.back().tier = pick(5) == 0 ? Tier::kCpu : Tier::kGpu;
      naive.store(events.back());
    }
    ASSERT_TRUE(w.feed(std::move(events)));
    ASSERT_TRUE(resident(w.truth, w.forest) == naive.resident()) << "step " << step;
    ASSERT_EQ(w.truth.engine_blocks(), naive.on_gpu());
    ASSERT_EQ(w.truth.orphans(), naive.orphans());
    ASSERT_EQ(w.truth.counts().unknown_removals, naive.unknown);
    // Cells: exactly those on the GPU have one, and no free one lies below a taken one longer than until the next
    // store.
    std::size_t taken = 0;
    for (const auto& cell : w.truth.cells()) taken += cell.has_value();
    ASSERT_EQ(taken, naive.on_gpu());
  }
  w.feed({WireEvent()});
  EXPECT_EQ(w.forest.size(), 0U);  // identities that nobody holds are forgotten
  EXPECT_TRUE(w.truth.cells().empty());
}

TEST(WorkerTruth, IsWhatANaiveModelSays) {
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    random_stream(kUnit, seed);
    random_stream(3 * kUnit, seed);
    random_stream(kUnit / 2, seed);
    random_stream(1, seed);
  }
}

TEST(WorkerTruth, NumbersTellGapsAndRestarts) {
  Worker w;
  w.feed({stored({1}, {}, same(kUnit))}, 3);
  EXPECT_TRUE(w.truth.partial());
  w.feed({}, 4);
  EXPECT_EQ(w.truth.counts().lost, 0U);
  w.feed({}, 8);
  EXPECT_EQ(w.truth.counts().lost, 3U);
  EXPECT_EQ(w.truth.resident_blocks(), 1U);  // kept: an engine does not announce a block again while it stays
  w.feed({stored({2}, {}, same(kUnit, 2))}, 0);
  EXPECT_EQ(w.truth.counts().restarts, 1U);
  EXPECT_EQ(w.truth.engine_blocks(), 1U);
  EXPECT_FALSE(w.truth.partial());
  w.truth.apply(Normaliser::refused(1, false, Refusal::kDepth));
  EXPECT_EQ(w.truth.counts().refused[static_cast<std::size_t>(Refusal::kDepth)], 1U);
  EXPECT_EQ(w.truth.counts().lost, 4U);
  EXPECT_TRUE(w.truth.partial());
  w.feed({WireEvent()}, 2);
  EXPECT_FALSE(w.truth.partial());  // a cleared cache is known
}

TEST(WorkerTruth, MayBeClearedByAGap) {
  Worker w({kUnit, true, false});
  w.feed({stored({1}, {}, same(kUnit))}, 0);
  w.feed({}, 2);
  EXPECT_EQ(w.truth.engine_blocks(), 0U);
}

TEST(WorkerTruth, CountsCopiesToEightOrOne) {
  Worker many, one({kUnit, false, true});
  for (int i = 0; i < 12; ++i) {
    many.feed({stored({1}, {}, same(kUnit))});
    one.feed({stored({1}, {}, same(kUnit))});
  }
  one.feed({removed({1})});
  EXPECT_EQ(one.truth.engine_blocks(), 0U);
  for (int i = 0; i < 7; ++i) many.feed({removed({1})});
  EXPECT_EQ(many.truth.engine_blocks(), 1U);
  many.feed({removed({1})});
  EXPECT_EQ(many.truth.engine_blocks(), 0U);
  many.feed({removed({1})});
  EXPECT_EQ(many.truth.counts().unknown_removals, 1U);
}

TEST(WorkerTruth, AnAdapterASaltOrAnImageMakeAnotherBlock) {
  Worker w;
  auto plain = stored({1}, {}, same(kUnit)), adapter = stored({2}, {}, same(kUnit)),
       salt = stored({3}, {}, same(kUnit)), image = stored({4}, {}, same(kUnit)), again = stored({5}, {}, same(kUnit));
  adapter.adapter = "sql";
  salt.salt = "tenant";
  image.marks.emplace_back(0, "image");
  w.feed({plain, adapter, salt, image, again});
  EXPECT_EQ(w.truth.engine_blocks(), 5U);
  EXPECT_EQ(w.truth.resident_blocks(), 4U);  // the first and the last are the same
  w.feed({stored({6}, 3, same(kUnit))});     // a child has its parent's
  const NodeId root = w.forest.find_root(root_digest("", "tenant"));
  ASSERT_NE(root, kNone);
  const NodeId first = w.forest.find_child(root, code_of(same(kUnit)));
  ASSERT_NE(first, kNone);
  EXPECT_TRUE(w.truth.resident(w.forest.find_child(first, code_of(same(kUnit)))));
}

TEST(WorkerTruth, RefusesBlocksThatFitNoneOfOurs) {
  Worker w;
  EXPECT_FALSE(w.feed({stored({1}, {}, same(12))}));
  EXPECT_EQ(w.truth.misfit(), 12U);
  EXPECT_FALSE(w.feed({stored({1}, {}, same(kUnit))}));
  EXPECT_EQ(w.truth.engine_blocks(), 0U);
}

TEST(WorkerTruth, ForgetsTheOldestOrphans) {
  Worker w;
  std::vector<WireEvent> events;
  for (std::uint64_t i = 0; i < kMostOrphans + 10; ++i) events.push_back(stored({10 + i}, 5, same(kUnit)));
  w.feed(std::move(events));
  EXPECT_EQ(w.truth.orphans(), kMostOrphans);
  w.feed({removed({10}), removed({20})});
  EXPECT_EQ(w.truth.counts().unknown_removals, 1U);  // the first is forgotten, the eleventh is not
}

TEST(Forest, ForgetsWhatNobodyNames) {
  Forest f;
  const NodeId root = f.root(kRootDigest), a = f.child(root, {1, 1}), b = f.child(a, {2, 2});
  f.hold(b);
  EXPECT_EQ(f.size(), 3U);
  EXPECT_EQ(f.child(a, {2, 2}), b);
  EXPECT_EQ(f.digest(b), chained(chained(kRootDigest, {1, 1}), {2, 2}));
  f.drop(b);
  EXPECT_EQ(f.size(), 0U);
  EXPECT_EQ(f.find_root(kRootDigest), kNone);
}

TEST(FlatMap, IsAMap) {
  struct Weak {  // so that places run into one another
    std::uint64_t operator()(std::uint64_t k) const { return k % 7; }
  };
  FlatMap<std::uint64_t, Weak> flat;
  std::map<std::uint64_t, std::uint32_t> plain;
  std::mt19937 rng(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t key = rng() % 60;
    if (rng() % 2 == 0) {
      flat.set(key, static_cast<std::uint32_t>(i));
      plain[key] = static_cast<std::uint32_t>(i);
    } else {
      flat.erase(key);
      plain.erase(key);
    }
    ASSERT_EQ(flat.size(), plain.size());
    const std::uint64_t look = rng() % 60;
    ASSERT_EQ(flat.find(look), plain.contains(look) ? plain[look] : kNone);
  }
}

}  // namespace
}  // namespace blockyard::live
