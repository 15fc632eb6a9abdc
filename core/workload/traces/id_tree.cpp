#include "core/workload/traces/id_tree.h"

#include "core/base/check.h"
#include "core/base/hash.h"

namespace blockyard {
namespace {

std::size_t slot_of(IdTree::Node parent, std::uint64_t id, std::size_t mask) {
  return mix64(id * 0x9e3779b97f4a7c15ULL + parent) & mask;
}

}  // namespace

IdTree::Node IdTree::extend(Node parent, std::uint64_t id) {
  // Conversations repeat what they said before: a node's first child is mostly the one made right behind it.
  const auto next = static_cast<Node>(parent == kNone ? 0 : parent + 1);
  if (next < ids_.size() && parents_[next] == parent && ids_[next] == id) return next;
  if (ids_.size() * 4 >= table_.size() * 3) grow();
  const std::size_t mask = table_.size() - 1;
  std::size_t slot = slot_of(parent, id, mask);
  for (; table_[slot] != kNone; slot = (slot + 1) & mask) {
    const Node n = table_[slot];
    if (ids_[n] == id && parents_[n] == parent) return n;
  }
  BY_CHECK(ids_.size() < kNone, "more than 2^32 distinct ids");
  const auto made = static_cast<Node>(ids_.size());
  table_[slot] = made;
  ids_.push_back(id);
  parents_.push_back(parent);
  return made;
}

void IdTree::grow() {
  table_.assign(table_.empty() ? 1024 : table_.size() * 2, kNone);
  const std::size_t mask = table_.size() - 1;
  for (std::size_t n = 0; n < ids_.size(); ++n) {
    std::size_t slot = slot_of(parents_[n], ids_[n], mask);
    while (table_[slot] != kNone) slot = (slot + 1) & mask;
    table_[slot] = static_cast<Node>(n);
  }
}

void IdTree::path(Node leaf, std::size_t depth, std::vector<std::uint64_t>& out) const {
  out.resize(depth);
  for (std::size_t i = depth; i-- > 0; leaf = parents_[leaf]) {
    BY_CHECK(leaf != kNone, "a path is longer than its node is deep");
    out[i] = ids_[leaf];
  }
}

IdTree::Node IdTree::above(Node node, std::size_t up) const {
  for (; up > 0 && node != kNone; --up) node = parents_[node];
  return node;
}

}  // namespace blockyard
