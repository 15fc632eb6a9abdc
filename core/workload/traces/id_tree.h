// IdTree: the hash ids of a trace as it is read: every distinct prefix of ids once, so that memory follows what is
// distinct and not how often it is repeated. It knows nothing of tokens; cut.cpp makes the workload's blocks of it.
//
// Invariants: 1. a node's parent has a smaller number; 2. the same list of ids always ends at the same node.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/ids.h"

namespace blockyard {

class IdTree {
 public:
  using Node = std::uint32_t;  ///< kNone is the root

  /// The node of `id` behind `parent`, made where it is new.
  Node extend(Node parent, std::uint64_t id);
  /// The ids from the root to `leaf`, which is that many below it, into `out` (replacing what it held).
  void path(Node leaf, std::size_t depth, std::vector<std::uint64_t>& out) const;
  /// The node `up` above this one; kNone where that is the root.
  Node above(Node node, std::size_t up) const;
  std::size_t size() const { return ids_.size(); }

 private:
  void grow();

  std::vector<std::uint64_t> ids_;
  std::vector<Node> parents_;
  std::vector<Node> table_;  // open addressing; kNone: empty
};

}  // namespace blockyard
