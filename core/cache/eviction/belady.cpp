// belady: the idle block whose next use is farthest (SPEC 4.1): a bound, since it knows what will come.
//
// Idle blocks by the edge of the radix tree they belong to (an edge's blocks share their next use), edges ordered by
// (farthest next use, nearest the front of the idle order).
#include <set>
#include <tuple>
#include <vector>

#include "core/base/check.h"
#include "core/cache/eviction/rows.h"

namespace blockyard::eviction {
namespace {

class Belady : public EvictionIndex {
 public:
  explicit Belady(const RadixTree* tree) : tree_(tree) {
    lists_.assign(tree == nullptr ? 1 : tree->edges().size() + 1, {});
    for (std::uint32_t e = 0; e + 1 < lists_.size(); ++e) lists_[e].next_use = tree->next_use(e, started_);
  }
  std::unique_ptr<EvictionIndex> clone() const override { return std::make_unique<Belady>(*this); }

  void request_started(const IdleOrder&, RequestId started) override {
    if (tree_ == nullptr || static_cast<std::int64_t>(started) <= started_) return;
    // Only what the skipped and the started requests use can have its next use change.
    const std::int64_t from = started_ + 1;
    started_ = started;
    for (auto r = static_cast<RequestId>(from); r <= started; ++r) {
      for (const EdgeId e : tree_->path(r)) {
        if (lists_[e].next_use == kNone || lists_[e].next_use > started) continue;
        const bool listed = lists_[e].head != kNone;
        if (listed) order_.erase(key(e));
        lists_[e].next_use = tree_->next_use(e, started_);
        if (listed) order_.insert(key(e));
      }
    }
  }

  void joined(const IdleOrder& idle, SlotId s) override {
    at_least(links_, idle.slots.size());
    const std::uint32_t l = list_of(idle.slots[s].block);
    List& list = lists_[l];
    links_[s] = {list.tail, kNone, l, joins_++};
    const bool first = list.tail == kNone;
    (first ? list.head : links_[list.tail].next) = s;
    list.tail = s;
    if (first) order_.insert(key(l));
  }

  void leaves(const IdleOrder&, SlotId s) override {
    const Link link = links_[s];
    List& list = lists_[link.list];
    const bool was_head = link.prev == kNone;
    if (was_head) order_.erase(key(link.list));
    (was_head ? list.head : links_[link.prev].next) = link.next;
    (link.next == kNone ? list.tail : links_[link.next].prev) = link.prev;
    if (was_head && list.head != kNone) order_.insert(key(link.list));
  }

  SlotId victim(const IdleOrder&, Rng&) override {
    BY_CHECK(!order_.empty(), "no idle block");
    return lists_[std::get<2>(*order_.begin())].head;
  }

 private:
  struct Link {
    SlotId prev = kNone;
    SlotId next = kNone;
    std::uint32_t list = kNone;
    std::uint64_t joined = 0;  // so many joined before
  };
  struct List {
    SlotId head = kNone;
    SlotId tail = kNone;
    RequestId next_use = kNone;
  };
  using Key = std::tuple<std::uint32_t, std::uint64_t, std::uint32_t>;  // (kNone − next use, joined, list)

  Key key(std::uint32_t list) const { return {kNone - lists_[list].next_use, links_[lists_[list].head].joined, list}; }
  std::uint32_t list_of(BlockId block) const {
    const EdgeId e = tree_ == nullptr ? kNone : tree_->edge_of(block);
    return e == kNone ? static_cast<std::uint32_t>(lists_.size() - 1) : e;
  }

  const RadixTree* tree_;
  std::int64_t started_ = -1;
  std::uint64_t joins_ = 0;
  std::vector<Link> links_;
  std::vector<List> lists_;  // one per edge, one more for blocks that no prompt holds
  std::set<Key> order_;
};

}  // namespace

const EvictionRow kBelady{
    .id = "belady",
    .label = "Belady (clairvoyant)",
    .help = "The idle block whose next use is farthest: a bound, not a policy one could run.",
    .needs_tree = true,
    .make = [](const RadixTree* tree) -> std::unique_ptr<EvictionIndex> { return std::make_unique<Belady>(tree); },
};

}  // namespace blockyard::eviction
