// A cache as an observer hears of it: what is held, without references or an order of eviction.
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "core/cache/block_cache.h"

namespace blockyard {

void BlockCache::observe_stored(BlockId block, SimTime now) {
  BY_CHECK(free_count_ > 0, "no room for what is observed");
  std::vector<SlotId> held;
  take(1, now, nullptr, held);
  name(held, {block, 1}, now, nullptr);
  unref(held, now);
}

void BlockCache::observe_gone(BlockId block) {
  BY_CHECK(resident_.contains(block), "a block goes that is not there");
  drop(slot_of_[block]);
  ++evictions_;
}

void BlockCache::observe_used(BlockId block, bool more, SimTime now) {
  BY_CHECK(resident_.contains(block), "a block is used that is not there");
  if (more) return ref({block, 1}, now, nullptr);
  const SlotId slot = slot_of_[block];
  unref({&slot, 1}, now);
}

void BlockCache::grow(std::uint32_t capacity, std::uint32_t ids) {
  BY_CHECK(capacity >= this->capacity() && ids >= slot_of_.ids() && in_use() == 0 && second_copies_ == 0,
           "only a cache whose blocks are all idle grows");
  BlockCache out(capacity, ids, policy_, tree_, rng_, copies_);
  idle_order_.each([&](SlotId s) {
    const BlockId block = slots_[s].block;
    out.slots_[s] = slots_[s];
    out.free_words_[s >> 6] &= ~(1ULL << (s & 63));
    --out.free_count_;
    out.slot_of_.insert(block, s);
    out.resident_.insert(block);
    out.idle_.insert(block);
    out.idle_order_.push_back(s);
  });
  out.next_seq_ = next_seq_;
  out.evictions_ = evictions_;
  out.peak_ = peak_;
  out.rebuild_index();
  *this = std::move(out);
}

}  // namespace blockyard
