// lfu: the fewest acquisitions since the block took its slot (SPEC 4.1).
//
// One list per acquisition count, each in idle order, and a bitmap of the lists that are not empty.
#include <bit>
#include <vector>

#include "core/base/check.h"
#include "core/cache/eviction/rows.h"

namespace blockyard::eviction {
namespace {

class Lfu : public EvictionIndex {
 public:
  std::unique_ptr<EvictionIndex> clone() const override { return std::make_unique<Lfu>(*this); }

  void joined(const IdleOrder& idle, SlotId s) override {
    at_least(links_, idle.slots.size());
    const std::uint32_t c = idle.slots[s].uses;
    at_least(lists_, c + 1U);
    at_least(words_, c / 64 + 1U);
    List& list = lists_[c];
    links_[s] = {list.tail, kNone, c};
    (list.tail == kNone ? list.head : links_[list.tail].next) = s;
    list.tail = s;
    words_[c / 64] |= 1ULL << (c % 64);
  }

  void leaves(const IdleOrder&, SlotId s) override {
    const Link link = links_[s];
    List& list = lists_[link.list];
    (link.prev == kNone ? list.head : links_[link.prev].next) = link.next;
    (link.next == kNone ? list.tail : links_[link.next].prev) = link.prev;
    if (list.head == kNone) words_[link.list / 64] &= ~(1ULL << (link.list % 64));
  }

  SlotId victim(const IdleOrder&, Rng&) override {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if (words_[i] != 0) return lists_[i * 64 + static_cast<std::size_t>(std::countr_zero(words_[i]))].head;
    }
    BY_CHECK(false, "no idle block");
  }

 private:
  struct Link {
    SlotId prev = kNone;
    SlotId next = kNone;
    std::uint32_t list = kNone;
  };
  struct List {
    SlotId head = kNone;
    SlotId tail = kNone;
  };
  std::vector<Link> links_;
  std::vector<List> lists_;           // by count
  std::vector<std::uint64_t> words_;  // bit c: list c is not empty
};

}  // namespace

const EvictionRow kLfu{
    .id = "lfu",
    .label = "LFU",
    .help = "The idle block with the fewest acquisitions since it took its slot.",
    .make = make<Lfu>,
};

}  // namespace blockyard::eviction
