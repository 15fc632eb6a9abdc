#include "core/live/truth/forest.h"

#include <algorithm>

#include "core/base/check.h"

namespace blockyard::live {

// A root is found like a block behind nothing, by the first half of its digest.
Code Forest::code_of_root(const Digest& digest) {
  Code out;
  for (std::size_t i = 0; i < 8; ++i) {
    out.high = out.high << 8 | digest[i];
    out.low = out.low << 8 | digest[8 + i];
  }
  return out;
}

NodeId Forest::find_root(const Digest& digest) const { return by_key_.find({kNone, code_of_root(digest)}); }

NodeId Forest::root(const Digest& digest) {
  const NodeId known = find_root(digest);
  if (known != kNone) return known;
  const NodeId made = make(kNone, code_of_root(digest), 0);
  roots_.emplace_back(made, digest);
  return made;
}

NodeId Forest::find_child(NodeId parent, const Code& code) const { return by_key_.find({parent, code}); }

NodeId Forest::child(NodeId parent, const Code& code) {
  const NodeId known = find_child(parent, code);
  if (known != kNone) return known;
  const NodeId made = make(parent, code, nodes_[parent].depth + 1);
  ++nodes_[parent].children;
  return made;
}

NodeId Forest::make(NodeId parent, const Code& code, std::uint32_t depth) {
  NodeId node = kNone;
  if (free_.empty()) {
    node = static_cast<NodeId>(nodes_.size());
    nodes_.emplace_back();
  } else {
    node = free_.back();
    free_.pop_back();
  }
  nodes_[node] = {code, parent, depth, 0, 0, true, ++made_};
  by_key_.set({parent, code}, node);
  ++size_;
  return node;
}

void Forest::drop(NodeId node) {
  BY_CHECK(nodes_[node].there && nodes_[node].holds > 0, "a block is dropped that nobody holds");
  --nodes_[node].holds;
  collect(node);
}

void Forest::collect(NodeId node) {
  while (node != kNone && nodes_[node].holds == 0 && nodes_[node].children == 0) {
    Node& n = nodes_[node];
    BY_CHECK(n.there, "a block goes twice");
    by_key_.erase({n.parent, n.code});
    if (n.parent == kNone) std::erase_if(roots_, [node](const auto& r) { return r.first == node; });
    n.there = false;
    free_.push_back(node);
    --size_;
    node = n.parent;
    if (node != kNone) --nodes_[node].children;
  }
}

const Digest& Forest::root_digest(NodeId root) const {
  const auto found = std::find_if(roots_.begin(), roots_.end(), [root](const auto& r) { return r.first == root; });
  BY_CHECK(found != roots_.end(), "a chain has no root");
  return found->second;
}

Digest Forest::digest(NodeId node) const {
  std::vector<NodeId> chain;
  for (; nodes_[node].parent != kNone; node = nodes_[node].parent) chain.push_back(node);
  Digest out = root_digest(node);
  for (auto at = chain.rbegin(); at != chain.rend(); ++at) out = chained(out, nodes_[*at].code);
  return out;
}

}  // namespace blockyard::live
