// TreeModel: the radix tree of a run as people look at it: chains of single children folded into one node, ends that a
// single request has gathered in one group, every node with a name; and how far each worker covers a node.
//
// Made once a run from the RadixTree; independent of time but for coverage() and Differences. Invariants: 1. every edge
// belongs to exactly one node that is not a group; 2. a parent stands before its children; 3. children are in order of
// requests, most first, a group last.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/panels/panel_text.h"
#include "app/panels/whose_belief.h"

namespace blockyard {

using NodeIndex = std::uint32_t;

struct TreeNode {
  EdgeId first = kNone;  ///< its edges: from `last` up the parents to `first`; kNone: a group of the nodes below it
  EdgeId last = kNone;
  NodeIndex parent = kNone;
  std::uint32_t level = 0;
  std::uint32_t depth = 0;   ///< blocks before it
  std::uint32_t blocks = 0;  ///< its own; of a group: of all its nodes
  std::uint32_t bottom = 0;  ///< blocks before the end of the deepest chain below it
  std::uint32_t requests = 0;
  std::uint32_t children_begin = 0;
  std::uint32_t children_count = 0;
  std::string label;
  bool group() const { return first == kNone; }
};

/// How far one worker covers a node, blocks.
struct Coverage {
  std::uint32_t believed = 0;
  std::uint32_t held = 0;     ///< or believed by the other router, where the difference is taken against one
  std::uint32_t phantom = 0;  ///< believed, not held
  std::uint32_t unknown = 0;  ///< held, not believed
  Coverage& operator+=(const Coverage& o);
};

class TreeModel {
 public:
  /// Makes it anew where the run is another one. True if it did.
  bool update(const FrameContext& ctx);

  std::span<const TreeNode> nodes() const { return nodes_; }
  const TreeNode& node(NodeIndex n) const { return nodes_[n]; }
  std::span<const NodeIndex> top() const { return top_; }
  std::span<const NodeIndex> children(NodeIndex n) const {
    return {children_.data() + nodes_[n].children_begin, nodes_[n].children_count};
  }
  /// The node that an edge belongs to.
  NodeIndex node_of(EdgeId edge) const { return edge < node_of_.size() ? node_of_[edge] : kNone; }
  std::uint32_t deepest() const { return deepest_; }
  std::uint64_t blocks() const { return blocks_; }
  std::uint32_t requests() const { return requests_; }
  /// Whose belief coverage() and Differences speak of, and against what.
  const BeliefSides& sides() const { return sides_; }
  void set_sides(const BeliefSides& sides) { sides_ = sides; }

  /// How far worker w covers a node at the cursor. O(blocks of the node / 64).
  Coverage coverage(const FrameContext& ctx, NodeIndex n, WorkerId w) const;
  /// The requests through a node that have arrived by now. O(log).
  std::uint32_t arrived(const FrameContext& ctx, NodeIndex n) const;

 private:
  NodeIndex add(const FrameContext& ctx, EdgeId first, NodeIndex parent, std::span<const std::vector<EdgeId>> below);
  std::string label_of(const FrameContext& ctx, const TreeNode& node) const;

  Moment run_;
  std::size_t edges_ = 0, ids_ = 0;  // of the radix tree that it was made from
  std::vector<TreeNode> nodes_;
  std::vector<NodeIndex> top_;
  std::vector<NodeIndex> children_;
  std::vector<NodeIndex> node_of_;
  std::uint32_t deepest_ = 0;
  std::uint64_t blocks_ = 0;
  std::uint32_t requests_ = 0;
  BeliefSides sides_;
};

/// Belief against truth (or against another router's belief) over all workers, by node, each with all that is below it.
struct Differences {
  std::vector<std::uint32_t> phantom, unknown;     ///< by node
  std::uint64_t all_phantom = 0, all_unknown = 0;  ///< also blocks that no prompt holds
  void update(const FrameContext& ctx, const TreeModel& tree);
  bool any(NodeIndex n) const { return n < phantom.size() && (phantom[n] > 0 || unknown[n] > 0); }
};

/// Hits so far by node: starts whose hit reached into it.
std::vector<std::uint32_t> hits_by_node(const FrameContext& ctx, const TreeModel& tree);

/// Nodes in the order of a table with these nodes open and this filter (empty: all). A node is shown if it or something
/// below it matches; what leads to a match is open.
std::vector<NodeIndex> flatten(const TreeModel& tree, const std::vector<char>& open, std::string_view filter,
                               const Differences* only_different);

/// The nodes that are open at first: the busiest, as long as they fit into about `rows` rows.
std::vector<char> open_at_first(const TreeModel& tree, std::size_t rows);

}  // namespace blockyard
