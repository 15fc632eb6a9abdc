// RouterView: what a router expects its workers to hold beyond what their streams have said: chains that it has sent
// there. What is believed of a worker is its truth and this.
//
// A block joins as its request is routed. It leaves when the stream says that it is there (from then on the truth
// counts), `ttl` after the last request that brought it has ended, or, at a worker without a stream, when so many newer
// blocks have come that it cannot hold it any more. Invariants: 1. every block here is held in the forest; 2. it
// follows from the calls and their times alone.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <unordered_map>
#include <vector>

#include "core/base/hash.h"
#include "core/base/ids.h"
#include "core/base/sim_time.h"
#include "core/live/truth/flat_map.h"
#include "core/live/truth/forest.h"

namespace blockyard::live {

class RouterView {
 public:
  RouterView(Forest& forest, std::size_t workers) : forest_(&forest), workers_(workers) {}

  /// The blocks of a chain as far as anybody knows them.
  std::vector<NodeId> known(const Digest& root, std::span<const Code> codes) const;
  /// Request `request` with this chain goes to w. `capacity`: blocks that a worker without a stream holds; 0: it has
  /// one. `already(node)`: the truth has it.
  template <class Already>
  void routed(std::uint64_t request, WorkerId w, const Digest& root, std::span<const Code> codes, std::size_t capacity,
              const Already& already) {
    NodeId node = forest_->root(root);
    std::vector<NodeId> chain;
    for (const Code& code : codes) chain.push_back(node = forest_->child(node, code));
    if (chain.empty()) return forest_->have_gone(node);
    begin(request, w);
    for (const NodeId n : chain) {
      if (!already(n)) believe(n);
    }
    forest_->have_gone(chain.back());  // where the truth had it until now, it is held there
    limit(w, capacity);
  }
  /// A worker has joined; its index is the next one.
  void join() { workers_.emplace_back(); }
  // What it expects of a worker has changed: it joined, or left. `born` tells which node of this number it was.
  struct Change {
    WorkerId worker = 0;
    NodeId node = kNone;
    std::uint64_t born = 0;
    bool joined = false;
  };
  /// From now on what changes is kept, until forget_changes().
  void keep_changes() { keeps_changes_ = true; }
  const std::vector<Change>& changes() const { return changes_; }
  void forget_changes() { changes_.clear(); }
  /// It has ended: what it brought is believed until then.
  void ended(std::uint64_t request, SimTime until);
  /// The stream of w says that the block is there.
  void confirmed(WorkerId w, NodeId node);
  /// w has lost everything.
  void clear(WorkerId w);
  /// Lets go of what is due.
  void expire(SimTime now);

  bool believed(WorkerId w, NodeId node) const { return workers_[w].stamp.find(node) != kNone; }
  std::uint32_t believed_blocks(WorkerId w) const { return static_cast<std::uint32_t>(workers_[w].stamp.size()); }
  template <class See>
  void each(WorkerId w, const See& see) const {
    workers_[w].stamp.each([&see](NodeId node, std::uint32_t) { see(node); });
  }
  void add_to(StateHash& hash) const;
  /// A copy goes on with the copy of its forest.
  void move_to(Forest& forest) {
    forest_ = &forest;
    now_ = nullptr;
  }

 private:
  struct Hash32 {
    std::uint64_t operator()(NodeId v) const { return mix64(v); }
  };
  struct Worker {
    FlatMap<NodeId, Hash32> stamp;                          // of the latest routing that brought it
    std::deque<std::pair<NodeId, std::uint32_t>> in_order;  // of one without a stream; older stamps are void
  };
  struct Brought {
    std::uint64_t request = 0;
    WorkerId worker = 0;
    std::uint32_t stamp = 0;
    std::vector<NodeId> nodes;
  };
  void begin(std::uint64_t request, WorkerId w);
  void believe(NodeId node);
  void limit(WorkerId w, std::size_t capacity);
  void forget(WorkerId w, NodeId node);
  void take_back(const Brought& b);
  void tell(WorkerId w, NodeId node, bool joined) {
    if (keeps_changes_) changes_.push_back({w, node, forest_->born(node), joined});
  }

  Forest* forest_;
  std::vector<Worker> workers_;
  std::unordered_map<std::uint64_t, Brought> open_;  // by request
  std::multimap<SimTime, Brought> due_;
  Brought* now_ = nullptr;  // what believe() adds to
  std::uint32_t next_stamp_ = 0;
  bool keeps_changes_ = false;
  std::vector<Change> changes_;
};

}  // namespace blockyard::live
