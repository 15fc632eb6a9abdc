// Forest: the identities of all unit blocks that a live fleet knows, as trees of chains under one root for each
// adapter and salt. The counterpart of prefix/'s tree, which only grows: here blocks come and go for days.
//
// Invariants: 1. a node is there exactly while somebody holds it or has one of its children; 2. (parent, code) names
// one node; 3. a child's depth is its parent's and one. Numbers of nodes that are gone are given again.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/ids.h"
#include "core/live/truth/codes.h"
#include "core/live/truth/flat_map.h"

namespace blockyard::live {

using NodeId = std::uint32_t;

class Forest {
 public:
  /// The root of the chains whose digest(−1) this is. Made where it is not there; it stays while it has children.
  NodeId root(const Digest& digest);
  /// The block with this code behind `parent`. Made where it is not there; it must then be held, or have_gone() called.
  NodeId child(NodeId parent, const Code& code);
  /// The same without making it: kNone where it is not there.
  NodeId find_root(const Digest& digest) const;
  NodeId find_child(NodeId parent, const Code& code) const;

  void hold(NodeId node) { ++nodes_[node].holds; }
  /// One hold less; the node goes with its last one, unless it has children.
  void drop(NodeId node);
  /// Lets a node go that nobody ever held.
  void have_gone(NodeId node) { collect(node); }

  /// kNone of a root.
  NodeId parent(NodeId node) const { return nodes_[node].parent; }
  const Code& code(NodeId node) const { return nodes_[node].code; }
  /// 0 of a root, 1 of a first block.
  std::uint32_t depth(NodeId node) const { return nodes_[node].depth; }
  /// digest(k) of the block, O(depth) SHA-256.
  Digest digest(NodeId node) const;
  /// Which of all nodes that were ever made this is, from 1: numbers are given again, these are not.
  std::uint64_t born(NodeId node) const { return nodes_[node].born; }
  /// digest(−1) of the chains behind this root.
  const Digest& root_digest(NodeId root) const;
  /// Nodes that are there, roots among them.
  std::size_t size() const { return size_; }
  /// Bound of all numbers given so far.
  NodeId bound() const { return static_cast<NodeId>(nodes_.size()); }
  bool is_there(NodeId node) const { return nodes_[node].there; }

 private:
  struct Node {
    Code code;  // of a root: its place in roots_
    NodeId parent = kNone;
    std::uint32_t depth = 0;
    std::uint32_t holds = 0;
    std::uint32_t children = 0;
    bool there = false;
    std::uint64_t born = 0;
  };
  struct Key {
    NodeId parent = kNone;
    Code code;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::uint64_t operator()(const Key& k) const { return mix64(CodeHash()(k.code) + k.parent); }
  };
  NodeId make(NodeId parent, const Code& code, std::uint32_t depth);
  void collect(NodeId node);
  static Code code_of_root(const Digest& digest);

  std::vector<Node> nodes_;
  std::vector<NodeId> free_;
  std::vector<std::pair<NodeId, Digest>> roots_;  // few
  FlatMap<Key, KeyHash> by_key_;
  std::size_t size_ = 0;
  std::uint64_t made_ = 0;
};

}  // namespace blockyard::live
