// BlockSet against std::set; PrefixTree and RadixTree by their laws.
#include "core/prefix/block_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "core/base/rng.h"
#include "core/prefix/prefix_tree.h"
#include "core/prefix/radix.h"

namespace blockyard {
namespace {

TEST(BlockSet, AgreesWithAPlainSetUnderRandomOperations) {
  constexpr std::uint32_t kIds = 9000;  // more than 64 words: both levels
  Rng rng(5, RngPurpose::kTest);
  BlockSet real(kIds);
  BlockSet before(kIds);
  std::set<BlockId> model;
  for (int step = 0; step < 3000; ++step) {
    const auto first = static_cast<BlockId>(rng.below(kIds));
    const Span run{first, static_cast<std::uint32_t>(1 + rng.below(std::min<std::uint64_t>(300, kIds - first)))};
    const std::uint64_t what = rng.below(4);
    if (step % 500 == 499) {
      real.clear();
      model.clear();
    } else if (what == 0) {
      real.insert(run);
      for (BlockId b = first; b < first + run.count; ++b) model.insert(b);
    } else if (what == 1) {
      real.erase(run);
      model.erase(model.lower_bound(first), model.lower_bound(first + run.count));
    } else {
      for (BlockId b = first; b < first + run.count; b += 1 + static_cast<BlockId>(rng.below(3))) {
        real.erase(b);
        model.erase(b);
      }
    }
    ASSERT_EQ(real.count(), model.size());
    std::uint32_t inside = 0;
    std::uint32_t leading = 0;
    bool broken = false;
    for (BlockId b = first; b < first + run.count; ++b) {
      ASSERT_EQ(real.contains(b), model.contains(b));
      inside += model.contains(b) ? 1 : 0;
      broken = broken || !model.contains(b);
      leading += broken ? 0 : 1;
    }
    ASSERT_EQ(real.count(run), inside);
    ASSERT_EQ(real.leading(run), leading);
    std::uint32_t stretches = 0, listed = 0;
    bool last = false;
    real.each_stretch(run, [&](Span part, bool in) {
      ASSERT_EQ(part.first, run.first + listed) << "stretches follow each other";
      ASSERT_EQ(real.count(part), in ? part.count : 0U) << "a stretch is in the set or not";
      ASSERT_TRUE(stretches == 0 || in != last) << "a stretch is as long as can be";
      last = in;
      listed += part.count;
      ++stretches;
    });
    ASSERT_EQ(listed, run.count);
    std::pair<std::uint32_t, std::uint32_t> differ;
    for (BlockId b = 0; b < kIds; ++b) {
      differ.first += before.contains(b) && !real.contains(b) ? 1U : 0U;
      differ.second += real.contains(b) && !before.contains(b) ? 1U : 0U;
    }
    ASSERT_EQ(before.differences(real), differ);
    before.assign(real);
    ASSERT_EQ(before, real);
    BlockSet again(kIds);
    again.assign(real.runs());
    ASSERT_EQ(again, real) << "runs() and assign() must be inverse";
  }
}

TEST(PrefixTree, SamePrefixSameIdOtherPrefixOtherId) {
  PrefixTree tree;
  std::vector<Span> a, b, c;
  auto node = tree.extend(kNone, 100, 32, a);
  tree.extend(node, 200, 10, a);
  node = tree.extend(kNone, 100, 32, b);
  tree.extend(node, 200, 32, b);  // the same content, seen cut short before
  node = tree.extend(kNone, 101, 32, c);
  tree.extend(node, 200, 10, c);  // the same content behind another prefix
  EXPECT_EQ(a, (std::vector<Span>{{0, 42}}));
  EXPECT_EQ(chain_length(b), 64U);
  EXPECT_EQ(b[0], (Span{0, 64})) << "ids go on where the cut was";
  EXPECT_EQ(c, (std::vector<Span>{{64, 42}}));
  EXPECT_EQ(tree.size(), 106U);
  EXPECT_EQ(tree.parent(0), kNone);
  EXPECT_EQ(tree.parent(42), 41U);
  EXPECT_EQ(tree.parent(64), kNone);
  EXPECT_EQ(tree.depth(63), 63U);
  EXPECT_EQ(tree.origin(50).key, 200U);
  EXPECT_EQ(tree.origin(50).j, 18U);
}

TEST(PrefixTree, ParentsHoldAcrossPiecesSeenLater) {
  PrefixTree tree;
  std::vector<Span> a, other, b;
  tree.extend(kNone, 1, 3, a);
  tree.extend(kNone, 2, 4, other);
  const auto node = tree.extend(kNone, 1, 8, b);
  tree.extend(node, 3, 1, b);
  EXPECT_EQ(b, (std::vector<Span>{{0, 3}, {7, 6}}));
  EXPECT_EQ(tree.parent(7), 2U);
  EXPECT_EQ(tree.depth(7), 3U);
  EXPECT_EQ(tree.depth(12), 8U);
  EXPECT_EQ(tree.digest(7), trace_block_digest(tree.digest(2), 1, 3));
}

TEST(RadixTree, EdgesAreWhollyInOrOutOfEveryChain) {
  const std::vector<std::vector<Span>> chains{{{0, 10}}, {{0, 4}, {10, 6}}, {{0, 7}}, {{16, 2}}, {}};
  const RadixTree tree = RadixTree::build(chains, 20);
  ASSERT_EQ(tree.edges().size(), 5U);  // 0–3, 4–6, 7–9, 10–15, 16–17
  for (RequestId r = 0; r < chains.size(); ++r) {
    std::uint32_t blocks = 0;
    EdgeId parent = kNone;
    for (const EdgeId e : tree.path(r)) {
      EXPECT_EQ(tree.edges()[e].parent, parent);
      EXPECT_EQ(tree.edges()[e].depth, blocks);
      blocks += tree.edges()[e].count;
      parent = e;
    }
    EXPECT_EQ(blocks, chain_length(chains[r]));
  }
  EXPECT_EQ(tree.edges()[0].requests, 3U);
  EXPECT_EQ(tree.next_use(0, -1), 0U);
  EXPECT_EQ(tree.next_use(0, 0), 1U);
  EXPECT_EQ(tree.next_use(0, 2), kNone);
  EXPECT_EQ(tree.edge_of(18), kNone);
}

}  // namespace
}  // namespace blockyard
