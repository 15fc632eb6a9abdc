// RoutedIndex: a view that no worker's messages feed, as most gateways keep it: whatever was routed to a worker is
// believed to be there, until it is too long ago (a time to live) or too much (a limit per worker). SPEC 5,
// `decisions`.
//
// It counts in edges of the radix tree. Why an edge is enough: a routing puts the chain's blocks at the end of the
// worker's order, last block first, so the blocks of an edge always stand together, and as they leave from the front,
// what is left of an edge is always its first blocks. Invariants: 1. a worker's order ascends in time; 2. listed are
// exactly the edges of which something is believed; 3. blocks of a worker ≤ the limit, where there is one. A value.
// The tree must outlive it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <unordered_map>
#include <vector>

#include "core/base/hash.h"
#include "core/base/ids.h"
#include "core/base/sim_time.h"
#include "core/cache/run_cache.h"
#include "core/prefix/radix.h"

namespace blockyard {

class RoutedIndex {
 public:
  static constexpr SimTime kNothingDue = std::numeric_limits<SimTime>::max();

  RoutedIndex() = default;
  RoutedIndex(std::uint32_t workers, const RadixTree* tree) : tree_(tree), orders_(workers) {}

  /// 0: no limit. Calls f(worker, piece) for what is too much by the new limit; what is too old leaves at expire().
  template <class F>
  void set_limits(SimTime ttl, std::uint32_t max_blocks, F f) {
    ttl_ = ttl;
    max_blocks_ = max_blocks;
    due_ = 0;
    for (WorkerId w = 0; w < orders_.size(); ++w) shrink(orders_[w], [&](const EdgePiece& p) { f(w, p); });
  }
  /// A request is routed to w: its chain is believed there from now on. What leaves for it is appended to `left`.
  void route(WorkerId w, EdgePath path, SimTime now, std::vector<EdgePiece>& left);
  /// No block leaves before this moment by its age alone.
  SimTime due() const { return ttl_ > 0 ? due_ : kNothingDue; }
  /// Calls f(worker, piece) for what leaves by now: blocks whose last routing is a time to live ago, or longer.
  template <class F>
  void expire(SimTime now, F f) {
    if (now < due()) return;
    due_ = kNothingDue;
    for (WorkerId w = 0; w < orders_.size(); ++w) {
      Order& order = orders_[w];
      while (order.head != kNone && now - order.nodes[order.head].at >= ttl_) {
        const Node node = order.nodes[order.head];
        remove(order, order.head);
        f(w, EdgePiece{node.edge, 0, node.blocks});
      }
      if (order.head != kNone) due_ = std::min(due_, order.nodes[order.head].at + ttl_);
    }
  }
  void clear(WorkerId w) { orders_[w] = {}; }

  /// Number of leading blocks of the chain that w is believed to hold.
  std::uint32_t overlap(WorkerId w, EdgePath path) const;
  /// Blocks that w is believed to hold.
  std::uint32_t blocks(WorkerId w) const { return orders_[w].blocks; }
  /// Calls f(edge, blocks) for them, those routed longest ago first.
  template <class F>
  void each(WorkerId w, F f) const {
    const Order& order = orders_[w];
    for (std::uint32_t i = order.head; i != kNone; i = order.nodes[i].next)
      f(order.nodes[i].edge, order.nodes[i].blocks);
  }
  void add_to(StateHash& hash, WorkerId w) const;
  /// Breaks (BY_CHECK) where an invariant does not hold.
  void check() const;

 private:
  struct Node {
    EdgeId edge = kNone;
    std::uint32_t blocks = 0;  // its first so many
    SimTime at = 0;            // of its last routing
    std::uint32_t prev = kNone;
    std::uint32_t next = kNone;
  };
  struct Order {
    std::vector<Node> nodes;
    std::vector<std::uint32_t> free;
    std::unordered_map<EdgeId, std::uint32_t> place;  // only ever looked up
    std::uint32_t head = kNone;
    std::uint32_t tail = kNone;
    std::uint32_t blocks = 0;
  };
  // Lets go of what is above the limit, oldest first, and calls f(piece) for it.
  template <class F>
  void shrink(Order& order, F f) {
    while (max_blocks_ > 0 && order.blocks > max_blocks_) {
      Node& oldest = order.nodes[order.head];
      const std::uint32_t gone = std::min(oldest.blocks, order.blocks - max_blocks_);
      const EdgePiece piece{oldest.edge, oldest.blocks - gone, oldest.blocks};
      if (gone == oldest.blocks) {
        remove(order, order.head);
      } else {
        oldest.blocks -= gone;
        order.blocks -= gone;
      }
      f(piece);
    }
  }
  static void unlink(Order& order, std::uint32_t i);
  static void append(Order& order, std::uint32_t i);
  static void remove(Order& order, std::uint32_t i);

  const RadixTree* tree_ = nullptr;
  SimTime ttl_ = 0;
  std::uint32_t max_blocks_ = 0;
  SimTime due_ = 0;  // a lower bound
  std::vector<Order> orders_;
};

}  // namespace blockyard
