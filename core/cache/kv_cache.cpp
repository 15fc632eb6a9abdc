#include "core/cache/kv_cache.h"

#include <algorithm>

#include "core/base/check.h"

namespace blockyard {
KvCache::KvCache(const Shape& shape, std::uint32_t ids, const RadixTree* tree, Rng rng)
    : tree_(tree),
      copies_(shape.copies),
      blocks_(shape.kind == CacheKind::kRuns ? 0 : shape.capacity, shape.kind == CacheKind::kRuns ? 0 : ids,
              shape.eviction, tree, rng, shape.copies) {
  if (shape.kind == CacheKind::kRuns) runs_.emplace(shape.capacity, tree);
}

std::uint32_t KvCache::hit(const BlockSequence& seq) const {
  if (runs_) return runs_->hit(tree_->path(seq.chain));
  return leading(seq, seq.prompt_blocks);
}

bool KvCache::fits(const BlockSequence& seq) const {
  return runs_ ? runs_->fits(tree_->path(seq.chain)) : blocks_.fits(seq.prompt());
}

void KvCache::acquire(const BlockSequence& seq, SimTime now) {
  if (runs_) {
    runs_->acquire(tree_->path(seq.chain), run_changes_);
  } else {
    blocks_.acquire(seq.prompt(), now, &block_changes_);
  }
}

void KvCache::release(const BlockSequence& seq, SimTime now) {
  if (runs_) {
    runs_->release(tree_->path(seq.chain));
  } else {
    blocks_.release(seq.prompt(), now);
  }
}

std::uint32_t KvCache::leading(const BlockSequence& seq, std::uint32_t limit) const {
  std::uint32_t hit = 0;
  bool whole = true;
  seq.each_run(0, limit, [&](Span run) {
    if (!whole) return;
    const std::uint32_t n = blocks_.resident().leading(run);
    hit += n;
    whole = n == run.count;
  });
  return hit;
}

Need KvCache::need(const BlockSequence& seq, const Holding& held, const Growth& to) const {
  Need n;
  if (copies_) {
    seq.each_run(held.blocks(), to.shared, [&](Span run) { n.own_idle += blocks_.idle().count(run); });
    n.slots = to.blocks - std::max(held.blocks(), to.shared);
    return n;
  }
  std::uint32_t k = held.named;
  seq.each_run(held.named, to.named, [&](Span run) {
    for (BlockId b = run.first; b < run.first + run.count; ++b, ++k) {
      const bool has_slot = k < held.blocks();  // one without identity, which becomes this block
      if (blocks_.resident().contains(b)) {
        if (blocks_.idle().contains(b)) ++n.own_idle;
        if (has_slot) ++n.given_back;
      } else if (!has_slot) {
        ++n.slots;
      }
    }
  });
  const std::uint32_t have = std::max(held.blocks(), std::max(held.named, to.named));
  if (to.blocks > have) n.slots += to.blocks - have;
  return n;
}

void KvCache::grow(const BlockSequence& seq, Holding& held, const Growth& to, SimTime now) {
  if (copies_) {
    seq.each_run(held.blocks(), to.shared, [&](Span run) {
      for (BlockId b = run.first; b < run.first + run.count; ++b) {
        const SlotId s = blocks_.slot_of(b);
        blocks_.ref_slot(s, now);
        held.slots.push_back(s);
      }
    });
    held.named = std::max(held.named, to.shared);
    while (held.blocks() < to.blocks) held.slots.push_back(blocks_.take(now, &block_changes_));
  }
  name(seq, held, to.named, now);
  while (held.blocks() < to.blocks) held.slots.push_back(blocks_.take(now, &block_changes_));
}

void KvCache::name(const BlockSequence& seq, Holding& held, std::uint32_t named, SimTime now) {
  if (named <= held.named) return;
  if (!copies_) return name_shared(seq, held, named, now);
  std::uint32_t k = held.named;
  seq.each_run(held.named, named, [&](Span run) {
    for (BlockId b = run.first; b < run.first + run.count; ++b) {
      blocks_.name(held.slots[k++], b, now, &block_changes_);
    }
  });
  held.named = named;
}

// A block that is resident already is shared: whoever has a slot for it gives that back.
void KvCache::name_shared(const BlockSequence& seq, Holding& held, std::uint32_t named, SimTime now) {
  const std::uint32_t from = held.named;
  const std::uint32_t had = held.blocks();
  held.slots.resize(std::max(had, named), kNone);
  std::vector<std::pair<std::uint32_t, BlockId>> missing;
  std::uint32_t k = from;
  // Residents first: what is about to be shared must not be evicted for what is about to be stored.
  seq.each_run(from, named, [&](Span run) {
    for (BlockId b = run.first; b < run.first + run.count; ++b, ++k) {
      if (!blocks_.resident().contains(b)) {
        missing.emplace_back(k, b);
        continue;
      }
      const SlotId s = blocks_.slot_of(b);
      blocks_.ref_slot(s, now);
      if (k < had) blocks_.give_back(held.slots[k]);
      held.slots[k] = s;
    }
  });
  for (const auto& [place, block] : missing) {
    if (place >= had) held.slots[place] = blocks_.take(now, &block_changes_);
    blocks_.name(held.slots[place], block, now, &block_changes_);
  }
  held.named = named;
}

void KvCache::release(Holding& held, SimTime now) {
  while (!held.slots.empty()) {
    const SlotId s = held.slots.back();
    held.slots.pop_back();
    if (held.slots.size() >= held.named) {
      blocks_.give_back(s);
    } else {
      blocks_.unref_slot(s, now);
    }
  }
  held.named = 0;
}

std::uint64_t KvCache::references() const {
  std::uint64_t refs = runs_ ? runs_->references() : 0;
  for (const SlotInfo& s : blocks_.slots()) refs += s.refs;
  return refs;
}

}  // namespace blockyard
