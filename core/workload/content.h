// ContentTree: gives generated prompts their chains of dense block ids.
//
// A prompt is a list of segments: pieces of content by name, each a number of tokens. Two blocks are the same exactly
// when they, and all before them, are made of the same tokens of the same contents: so a block that straddles a
// document and a question is shared by those who ask the same question. The blocks that lie inside one segment are
// walked as one. Invariants: 1. the tree that comes out names a block by its own id with j = 0: what a written trace
// says, so that digests agree after a replay; 2. ids are handed out in order of first sight.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/prefix/prefix_tree.h"
#include "core/workload/workload.h"

namespace blockyard {

/// `tokens` tokens from the beginning of the content of that name.
struct Segment {
  std::uint64_t content = 0;
  std::uint32_t tokens = 0;
};

class ContentTree {
 public:
  /// Appends to an empty tree, which must outlive this.
  ContentTree(PrefixTree& tree, std::uint32_t block_tokens) : tree_(tree), block_tokens_(block_tokens) {
    tree_.name_blocks_by_id();
  }

  /// The first `blocks` full blocks of the segments one after another; they must hold that many.
  void walk(std::span<const Segment> segments, std::uint32_t blocks, std::vector<Span>& chain);

 private:
  PrefixTree& tree_;
  std::uint32_t block_tokens_;
};

}  // namespace blockyard
