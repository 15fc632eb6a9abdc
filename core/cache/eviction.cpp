#include "core/cache/eviction.h"

#include <algorithm>
#include <array>
#include <bit>

#include "core/base/check.h"

namespace blockyard {
namespace {

constexpr std::array<EvictionRow, 5> kTable{{
    {EvictionPolicy::kLru, "lru", "LRU",
     "The idle block that was released longest ago; of one request, its last block first."},
    {EvictionPolicy::kFifo, "fifo", "FIFO",
     "The idle block that took its slot first, however often it was used since."},
    {EvictionPolicy::kLfu, "lfu", "LFU", "The idle block with the fewest acquisitions since it took its slot."},
    {EvictionPolicy::kBelady, "belady", "Belady (clairvoyant)",
     "The idle block whose next use is farthest: a bound, not a policy one could run."},
    {EvictionPolicy::kRandom, "random", "Random", "Any idle block, uniformly."},
}};

template <class V>
void at_least(V& v, std::size_t n) {
  if (v.size() < n) v.resize(std::max(n, v.size() * 2));
}

}  // namespace

std::span<const EvictionRow> eviction_table() { return kTable; }

void FifoIndex::stored(std::span<const SlotInfo> slots, SlotId s) {
  // Blocks that were dropped and not evicted leave their entries behind.
  if (queue_.size() > 2 * slots.size() + 64) std::erase_if(queue_, [&](const Entry& e) { return !there(slots, e); });
  queue_.push_back({slots[s].store_seq, s});
}

void FifoIndex::join(std::span<const SlotInfo> slots, SlotId s) {
  if (s >= passed_.size() || passed_[s] != slots[s].store_seq) return;
  passed_[s] = 0;
  heap_.push_back({slots[s].store_seq, s});
  std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
}

SlotId FifoIndex::victim(std::span<const SlotInfo> slots) {
  const auto pass_over = [&](const Entry& e) {
    at_least(passed_, slots.size());
    passed_[e.slot] = e.store_seq;
  };
  while (!heap_.empty()) {
    const Entry e = heap_.front();
    const bool is_there = there(slots, e);
    if (is_there && slots[e.slot].refs == 0) return e.slot;
    if (is_there) pass_over(e);  // in use again
    std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
    heap_.pop_back();
  }
  for (; !queue_.empty(); queue_.pop_front()) {
    const Entry& e = queue_.front();
    if (!there(slots, e)) continue;
    if (slots[e.slot].refs == 0) return e.slot;
    pass_over(e);
  }
  BY_CHECK(false, "no idle block");
}

void LfuIndex::join(std::span<const SlotInfo> slots, SlotId s) {
  at_least(links_, slots.size());
  const std::uint32_t c = slots[s].uses;
  at_least(lists_, c + 1U);
  at_least(words_, c / 64 + 1U);
  List& list = lists_[c];
  links_[s] = {list.tail, kNone, c};
  (list.tail == kNone ? list.head : links_[list.tail].next) = s;
  list.tail = s;
  words_[c / 64] |= 1ULL << (c % 64);
}

void LfuIndex::leave(SlotId s) {
  const Link link = links_[s];
  List& list = lists_[link.list];
  (link.prev == kNone ? list.head : links_[link.prev].next) = link.next;
  (link.next == kNone ? list.tail : links_[link.next].prev) = link.prev;
  if (list.head == kNone) words_[link.list / 64] &= ~(1ULL << (link.list % 64));
}

SlotId LfuIndex::victim() const {
  for (std::size_t i = 0; i < words_.size(); ++i) {
    if (words_[i] != 0) return lists_[i * 64 + static_cast<std::size_t>(std::countr_zero(words_[i]))].head;
  }
  BY_CHECK(false, "no idle block");
}

void BeladyIndex::set_tree(const RadixTree* tree) {
  tree_ = tree;
  lists_.assign(tree == nullptr ? 1 : tree->edges().size() + 1, {});
  for (std::uint32_t e = 0; e + 1 < lists_.size(); ++e) lists_[e].next_use = tree->next_use(e, started_);
  order_.clear();
}

std::uint32_t BeladyIndex::list_of(BlockId block) const {
  const EdgeId e = tree_ == nullptr ? kNone : tree_->edge_of(block);
  return e == kNone ? static_cast<std::uint32_t>(lists_.size() - 1) : e;
}

BeladyIndex::Key BeladyIndex::key(std::span<const SlotInfo> slots, std::uint32_t list) const {
  return {kNone - lists_[list].next_use, slots[lists_[list].head].idle_seq, list};
}

void BeladyIndex::advance(RequestId started, std::span<const SlotInfo> slots) {
  if (tree_ == nullptr || static_cast<std::int64_t>(started) <= started_) return;
  // Only what the skipped and the started requests use can have its next use change.
  const std::int64_t from = started_ + 1;
  started_ = started;
  for (auto r = static_cast<RequestId>(from); r <= started; ++r) {
    for (const EdgeId e : tree_->path(r)) {
      if (lists_[e].next_use == kNone || lists_[e].next_use > started) continue;
      const bool listed = lists_[e].head != kNone;
      if (listed) order_.erase(key(slots, e));
      lists_[e].next_use = tree_->next_use(e, started_);
      if (listed) order_.insert(key(slots, e));
    }
  }
}

void BeladyIndex::join(std::span<const SlotInfo> slots, SlotId s) {
  at_least(links_, slots.size());
  const std::uint32_t l = list_of(slots[s].block);
  List& list = lists_[l];
  links_[s] = {list.tail, kNone, l};
  const bool first = list.tail == kNone;
  (first ? list.head : links_[list.tail].next) = s;
  list.tail = s;
  if (first) order_.insert(key(slots, l));
}

void BeladyIndex::leave(std::span<const SlotInfo> slots, SlotId s) {
  const Link link = links_[s];
  List& list = lists_[link.list];
  const bool was_head = link.prev == kNone;
  if (was_head) order_.erase(key(slots, link.list));
  (was_head ? list.head : links_[link.prev].next) = link.next;
  (link.next == kNone ? list.tail : links_[link.next].prev) = link.prev;
  if (was_head && list.head != kNone) order_.insert(key(slots, link.list));
}

SlotId BeladyIndex::victim() const {
  BY_CHECK(!order_.empty(), "no idle block");
  return lists_[std::get<2>(*order_.begin())].head;
}

void RandomIndex::join(SlotId s) {
  at_least(place_, s + 1U);
  place_[s] = static_cast<std::uint32_t>(idle_.size());
  idle_.push_back(s);
}

void RandomIndex::leave(SlotId s) {
  const SlotId last = idle_.back();
  idle_[place_[s]] = last;
  place_[last] = place_[s];
  idle_.pop_back();
}

}  // namespace blockyard
