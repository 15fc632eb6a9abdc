#include "core/cache/kv_cache.h"

#include <algorithm>

#include "core/base/check.h"

namespace blockyard {
KvCache::KvCache(const Shape& shape, std::uint32_t ids, const RadixTree* tree, Rng rng)
    : tree_(tree),
      copies_(shape.copies),
      blocks_(shape.kind == CacheKind::kBlocks ? shape.capacity : 0, shape.kind == CacheKind::kBlocks ? ids : 0,
              shape.eviction, tree, rng, shape.copies) {
  if (shape.kind == CacheKind::kRuns) runs_.emplace(shape.capacity, tree);
  if (shape.kind == CacheKind::kSpans) spans_.emplace(shape.capacity, ids, shape.copies);
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
    const std::uint32_t n = resident().leading(run);
    hit += n;
    whole = n == run.count;
  });
  return hit;
}

Need KvCache::need(const BlockSequence& seq, const Holding& held, const Growth& to) const {
  Need n;
  if (copies_) {
    seq.each_run(held.blocks(), to.shared, [&](Span run) { n.own_idle += idle().count(run); });
    n.slots = to.blocks - std::max(held.blocks(), to.shared);
    return n;
  }
  std::uint32_t k = held.named;
  seq.each_run(held.named, to.named, [&](Span run) {
    // The first of them have slots without identity, which become these blocks.
    const std::uint32_t have = k < held.blocks() ? std::min(run.count, held.blocks() - k) : 0;
    const Span rest{run.first + have, run.count - have};
    k += run.count;
    n.slots += rest.count;
    if (resident().count(run) == 0) return;
    n.own_idle += idle().count(run);
    n.given_back += resident().count(Span{run.first, have});
    n.slots -= resident().count(rest);
  });
  const std::uint32_t have = std::max(held.blocks(), std::max(held.named, to.named));
  if (to.blocks > have) n.slots += to.blocks - have;
  return n;
}

void KvCache::grow(const BlockSequence& seq, Holding& held, const Growth& to, SimTime now) {
  if (spans_) return grow_spans(seq, held, to);
  if (copies_) {
    seq.each_run(held.blocks(), to.shared, [&](Span run) { blocks_.ref(run, now, &held.slots); });
    held.named = std::max(held.named, to.shared);
    take_up_to(to.blocks, held, now);
  }
  name(seq, held, to.named, now);
  take_up_to(to.blocks, held, now);
}

void KvCache::take_up_to(std::uint32_t blocks, Holding& held, SimTime now) {
  if (held.blocks() < blocks) blocks_.take(blocks - held.blocks(), now, &block_changes_, held.slots);
}

void KvCache::name(const BlockSequence& seq, Holding& held, std::uint32_t named, SimTime now) {
  if (named <= held.named) return;
  if (spans_) return grow_spans(seq, held, {0, named, 0});
  if (!copies_) return name_shared(seq, held, named, now);
  const std::span<const SlotId> slots = held.slots;
  std::uint32_t k = held.named;
  seq.each_run(held.named, named, [&](Span run) {
    blocks_.name(slots.subspan(k, run.count), run, now, &block_changes_);
    k += run.count;
  });
  held.named = named;
}

// A block that is resident already is shared: whoever has a slot for it gives that back.
void KvCache::name_shared(const BlockSequence& seq, Holding& held, std::uint32_t named, SimTime now) {
  const std::uint32_t had = held.blocks();
  std::vector<SlotId>& slots = held.slots;
  // Residents first: what is about to be shared must not be evicted for what is about to be stored.
  own_.assign(slots.begin() + held.named, slots.end());  // without identity
  slots.resize(held.named);
  stretches_.clear();
  std::uint32_t k = held.named;
  seq.each_run(held.named, named, [&](Span run) {
    blocks_.resident().each_stretch(run, [&](Span part, bool there) {
      stretches_.push_back({part, there});
      if (there) {
        blocks_.ref(part, now, &slots);
        for (std::uint32_t i = k; i < std::min(k + part.count, had); ++i) blocks_.give_back(own_[i - held.named]);
      } else {
        slots.resize(slots.size() + part.count, kNone);
      }
      k += part.count;
    });
  });
  k = held.named;
  for (const Stretch& s : stretches_) {
    const std::uint32_t end = k + s.blocks.count;
    if (!s.resident) {
      taken_.clear();
      for (std::uint32_t i = k; i < std::min(end, had); ++i) taken_.push_back(own_[i - held.named]);
      const auto more = static_cast<std::uint32_t>(s.blocks.count - taken_.size());
      if (more > 0) blocks_.take(more, now, &block_changes_, taken_);
      std::copy(taken_.begin(), taken_.end(), slots.begin() + k);
      blocks_.name(taken_, s.blocks, now, &block_changes_);
    }
    k = end;
  }
  if (had > named) slots.insert(slots.end(), own_.begin() + (named - held.named), own_.end());
  held.named = named;
}

void KvCache::grow_spans(const BlockSequence& seq, Holding& held, const Growth& to) {
  if (!copies_) return share_or_name(seq, held, to);
  if (held.counted == 0) held.maker = spans_->new_maker();
  if (to.shared > held.counted) {
    seq.each_run(held.counted, to.shared, [&](Span run) { spans_->share(run, held.spans); });
    held.counted = held.named = to.shared;
  }
  if (to.blocks > held.counted) {
    spans_->take(to.blocks - held.counted, span_changes_);
    held.counted = to.blocks;
  }
  if (to.named <= held.named) return;
  seq.each_run(held.named, to.named,
               [&](Span run) { spans_->name(run, held.maker, held.spans, held.tail, span_changes_); });
  held.named = to.named;
}

// As name_shared(), by stretches: a block that is resident already is shared, before anything is evicted.
void KvCache::share_or_name(const BlockSequence& seq, Holding& held, const Growth& to) {
  const std::uint32_t had = held.counted;
  const std::uint32_t named = std::max(held.named, to.named);
  std::uint32_t k = held.named;
  std::uint32_t given_back = 0;
  std::uint32_t missing = 0;  // of those that have no slot yet
  stretches_.clear();
  const auto add = [&](Span blocks, bool resident) {
    const std::uint32_t have = k < had ? std::min(blocks.count, had - k) : 0;
    k += blocks.count;
    stretches_.push_back({blocks, resident});
    (resident ? given_back : missing) += resident ? have : blocks.count - have;
  };
  seq.each_run(held.named, named, [&](Span run) {
    if (resident().count(run) == 0) {
      add(run, false);
    } else {
      spans_->each_stretch(run, add);
    }
  });
  shared_.clear();
  for (const Stretch& s : stretches_) {
    if (s.resident) spans_->share(s.blocks, shared_);
  }
  if (given_back > 0) spans_->give_back(given_back);
  const std::uint32_t have = std::max(had, named);
  const std::uint32_t slots = missing + (to.blocks > have ? to.blocks - have : 0);
  if (slots > 0) spans_->take(slots, span_changes_);
  for (const Stretch& s : stretches_) {
    if (s.resident) {
      SpanCache::hold(held.spans, s.blocks, 0);
    } else {
      spans_->name(s.blocks, 0, held.spans, held.tail, span_changes_);
    }
  }
  held.named = named;
  held.counted = std::max(have, to.blocks);
}

void KvCache::release(Holding& held, SimTime now) {
  if (spans_) {
    if (held.counted > held.named) spans_->give_back(held.counted - held.named);
    spans_->release(held.spans);
    held.named = held.counted = 0;
    held.tail = kNone;
    return;
  }
  for (std::uint32_t k = held.blocks(); k-- > held.named;) blocks_.give_back(held.slots[k]);
  blocks_.unref(std::span<const SlotId>(held.slots).first(held.named), now);
  held.slots.clear();
  held.named = 0;
}

std::uint64_t KvCache::references() const {
  std::uint64_t refs = runs_ ? runs_->references() : spans_ ? spans_->references() : 0;
  for (const SlotInfo& s : blocks_.slots()) refs += s.refs;
  return refs;
}

}  // namespace blockyard
