#include "core/router/routed_index.h"

#include "core/base/check.h"

namespace blockyard {

void RoutedIndex::unlink(Order& order, std::uint32_t i) {
  const Node& n = order.nodes[i];
  (n.prev == kNone ? order.head : order.nodes[n.prev].next) = n.next;
  (n.next == kNone ? order.tail : order.nodes[n.next].prev) = n.prev;
}

void RoutedIndex::append(Order& order, std::uint32_t i) {
  Node& n = order.nodes[i];
  n.prev = order.tail;
  n.next = kNone;
  (order.tail == kNone ? order.head : order.nodes[order.tail].next) = i;
  order.tail = i;
}

void RoutedIndex::remove(Order& order, std::uint32_t i) {
  unlink(order, i);
  order.blocks -= order.nodes[i].blocks;
  order.place.erase(order.nodes[i].edge);
  order.nodes[i] = {};
  order.free.push_back(i);
}

void RoutedIndex::route(WorkerId w, EdgePath path, SimTime now, std::vector<EdgePiece>& left) {
  Order& order = orders_[w];
  for (std::size_t k = path.size(); k-- > 0;) {
    const EdgeId e = path[k];
    std::uint32_t i = 0;
    if (const auto it = order.place.find(e); it != order.place.end()) {
      i = it->second;
      unlink(order, i);
    } else {
      if (order.free.empty()) {
        i = static_cast<std::uint32_t>(order.nodes.size());
        order.nodes.emplace_back();
      } else {
        i = order.free.back();
        order.free.pop_back();
      }
      order.place.emplace(e, i);
    }
    Node& n = order.nodes[i];
    order.blocks += tree_->edge(e).count - n.blocks;
    n = {e, tree_->edge(e).count, now, kNone, kNone};
    append(order, i);
  }
  if (ttl_ > 0) due_ = std::min(due_, now + ttl_);
  shrink(order, [&left](const EdgePiece& p) { left.push_back(p); });
}

std::uint32_t RoutedIndex::overlap(WorkerId w, EdgePath path) const {
  const Order& order = orders_[w];
  std::uint32_t n = 0;
  for (const EdgeId e : path) {
    const auto it = order.place.find(e);
    if (it == order.place.end()) break;
    n += order.nodes[it->second].blocks;
    if (order.nodes[it->second].blocks < tree_->edge(e).count) break;
  }
  return n;
}

void RoutedIndex::add_to(StateHash& hash, WorkerId w) const {
  const Order& order = orders_[w];
  for (std::uint32_t i = order.head; i != kNone; i = order.nodes[i].next) {
    hash.add((std::uint64_t{order.nodes[i].edge} << 32) | order.nodes[i].blocks);
    hash.add(static_cast<std::uint64_t>(order.nodes[i].at));
  }
}

void RoutedIndex::check() const {
  for (const Order& order : orders_) {
    std::uint32_t blocks = 0;
    std::size_t listed = 0;
    SimTime before = 0;
    for (std::uint32_t i = order.head; i != kNone; i = order.nodes[i].next) {
      const Node& n = order.nodes[i];
      BY_CHECK(n.blocks > 0 && n.blocks <= tree_->edge(n.edge).count, "an edge is listed of which nothing is believed");
      BY_CHECK(n.at >= before, "a routing stands behind a later one");
      before = n.at;
      blocks += n.blocks;
      ++listed;
    }
    BY_CHECK(listed == order.place.size() && blocks == order.blocks, "the index miscounts its blocks");
    BY_CHECK(max_blocks_ == 0 || blocks <= max_blocks_, "the index holds more than its limit");
  }
}

}  // namespace blockyard
