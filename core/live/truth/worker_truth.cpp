#include "core/live/truth/worker_truth.h"

#include <algorithm>
#include <functional>

#include "core/base/check.h"

namespace blockyard::live {

bool WorkerTruth::apply(const KvBatch& batch) {
  gained_.clear();
  if (misfit_ != 0) return false;
  ++counts_.batches;
  if (batch.replayed) ++counts_.replayed;
  for (std::size_t i = 0; i < kDrops; ++i) counts_.dropped[i] += batch.dropped[i];
  const auto lose = [this](std::uint64_t n) {
    counts_.lost += n;
    partial_ = true;
    if (rules_.clear_on_gap) clear();
  };
  if (last_ && batch.seq <= *last_) {
    restarted();
  }
  if (!last_) {
    partial_ = batch.seq != 0;
  } else if (batch.seq - *last_ > 1) {
    lose(batch.seq - *last_ - 1);
  }
  last_ = batch.seq;
  if (batch.refused != Refusal::kNone) {
    ++counts_.refused[static_cast<std::size_t>(batch.refused)];
    lose(1);
    return true;
  }
  for (const KvEvent& e : batch.events) {
    if (e.op == KvOp::kCleared) {
      clear();
      partial_ = false;
    } else if (e.op == KvOp::kRemoved) {
      remove(e);
    } else if (e.block_size == 0 ||
               (e.block_size % rules_.block_tokens != 0 && rules_.block_tokens % e.block_size != 0)) {
      misfit_ = e.block_size;
      clear();
      return false;
    } else {
      store(e);
    }
  }
  return true;
}

void WorkerTruth::restarted() {
  if (last_) ++counts_.restarts;
  clear();
  last_.reset();
  partial_ = false;
}

void WorkerTruth::clear() {
  for (const Block& b : blocks_) {
    if (b.placed) forest_->drop(b.node);
  }
  blocks_.clear();
  free_.clear();
  by_hash_.clear();
  orphans_.clear();
  by_age_.clear();
  if (keeps_changes_ && !resident_.empty()) changes_.push_back({});
  resident_.clear();
  free_cells_.clear();
  cells_ = alive_ = 0;
  tiers_ = {};
}

void WorkerTruth::store(const KvEvent& e) {
  if (alive_ + e.hashes.size() > kMostEngineBlocks) {
    ++counts_.dropped[static_cast<std::size_t>(Drop::kOverLimit)];
    return;
  }
  block_size_ = e.block_size;
  const std::size_t each = std::max<std::size_t>(1, e.block_size / rules_.block_tokens);
  const bool coded = e.codes.size() == each * e.hashes.size();
  std::optional<std::uint64_t> parent = e.parent;
  if (parent == 0U) {  // no parent at all, as some write it, unless there is a block of that name
    const std::uint32_t zero = by_hash_.find(0);
    if (zero == kNone || !blocks_[zero].alive()) parent.reset();
  }
  for (std::size_t i = 0; i < e.hashes.size(); ++i) {
    const std::uint32_t b = get(e.hashes[i]);
    const bool itself = parent == e.hashes[i];
    if (!blocks_[b].placed && !(itself && blocks_[b].alive()))
      settle(b, e, parent, coded ? std::span(e.codes).subspan(i * each, each) : std::span<const Code>());
    add_copy(b, e.tier);
    parent = e.hashes[i];
  }
  while (orphans_.size() > kMostOrphans) forget_oldest_orphan();
}

void WorkerTruth::remove(const KvEvent& e) {
  for (const std::uint64_t hash : e.hashes) {
    const std::uint32_t b = by_hash_.find(hash);
    const std::uint8_t copies = b == kNone ? std::uint8_t{0} : blocks_[b].copies[static_cast<std::size_t>(e.tier)];
    if (copies == 0) {
      ++counts_.unknown_removals;
    } else {
      take_copies(b, e.tier, rules_.one_copy ? copies : std::uint8_t{1});
    }
  }
}

std::uint32_t WorkerTruth::get(std::uint64_t hash) {
  std::uint32_t b = by_hash_.find(hash);
  if (b != kNone) return b;
  if (free_.empty()) {
    b = static_cast<std::uint32_t>(blocks_.size());
    blocks_.emplace_back();
  } else {
    b = free_.back();
    free_.pop_back();
    blocks_[b] = Block();
  }
  blocks_[b].hash = hash;
  by_hash_.set(hash, b);
  return b;
}

// A block that is new, or has no place yet, gets the parent that this store names, and its place where that is known.
void WorkerTruth::settle(std::uint32_t b, const KvEvent& e, std::optional<std::uint64_t> parent,
                         std::span<const Code> codes) {
  unlink(b);
  blocks_[b].size = e.block_size;
  if (parent && *parent != blocks_[b].hash) link(get(*parent), b);
  if (!(parent && *parent == blocks_[b].hash) && place(b, e.root, codes)) {
    place_children(b);
    return;
  }
  Orphan& orphan = orphans_[b];
  orphan.codes.assign(codes.begin(), codes.end());
  if (orphan.age == 0) {
    orphan.age = ++next_age_;
    if (by_age_.size() > 4 * std::size_t{kMostOrphans}) {
      std::erase_if(by_age_, [this](const auto& a) {
        const auto found = orphans_.find(a.second);
        return found == orphans_.end() || found->second.age != a.first;
      });
    }
    by_age_.emplace_back(orphan.age, b);
  }
}

bool WorkerTruth::place(std::uint32_t b, const Digest& root, std::span<const Code> codes) {
  Block& block = blocks_[b];
  NodeId node = kNone;
  std::uint32_t phase = 0;
  if (block.parent == kNone) {
    node = forest_->root(root);
  } else if (blocks_[block.parent].placed) {
    node = blocks_[block.parent].node;
    phase = blocks_[block.parent].phase;
  } else {
    return false;
  }
  const std::uint32_t unit = rules_.block_tokens;
  const std::uint32_t end = small(block) ? phase + block.size : 0;
  const bool completes = end % unit == 0;
  const bool fits = small(block) ? end <= unit : phase == 0;
  const bool coded = !completes || (!codes.empty() &&
                                    std::none_of(codes.begin(), codes.end(), [](const Code& c) { return c.none(); }));
  if (!fits || !coded) {
    if (block.parent == kNone) forest_->have_gone(node);
    return false;
  }
  if (completes) {
    for (const Code& code : codes) node = forest_->child(node, code);
  }
  forest_->hold(node);
  block.node = node;
  block.units = completes ? static_cast<std::uint32_t>(codes.size()) : 0;
  block.phase = end % unit;
  block.placed = true;
  orphans_.erase(b);
  recount(b);
  return true;
}

// Orphans join behind it. Not those whose blocks are parts of a unit block: where in one they stand was not known when
// their codes were made.
void WorkerTruth::place_children(std::uint32_t b) {
  std::vector<std::uint32_t> open{b};
  while (!open.empty()) {
    const std::uint32_t at = open.back();
    open.pop_back();
    for (std::uint32_t c = blocks_[at].first_child; c != kNone; c = blocks_[c].next) {
      if (blocks_[c].placed || small(blocks_[c])) continue;
      const auto orphan = orphans_.find(c);
      if (orphan == orphans_.end()) continue;
      const std::vector<Code> codes = std::move(orphan->second.codes);
      if (place(c, kRootDigest, codes)) {
        open.push_back(c);
      } else {
        orphans_[c].codes = codes;
      }
    }
  }
}

void WorkerTruth::add_copy(std::uint32_t b, Tier tier) {
  const bool was_alive = blocks_[b].alive();
  std::uint8_t& copies = blocks_[b].copies[static_cast<std::size_t>(tier)];
  if (copies == kMostCopies) return;
  if (!was_alive) ++alive_;
  if (++copies > 1) return;
  ++tiers_[static_cast<std::size_t>(tier)];
  if (tier == Tier::kGpu) gpu_changed(b);
}

void WorkerTruth::take_copies(std::uint32_t b, Tier tier, std::uint8_t copies) {
  std::uint8_t& left = blocks_[b].copies[static_cast<std::size_t>(tier)];
  left = static_cast<std::uint8_t>(left - copies);
  if (left > 0) return;
  --tiers_[static_cast<std::size_t>(tier)];
  if (tier == Tier::kGpu) gpu_changed(b);
  if (!blocks_[b].alive()) die(b);
}

// Its last copy is gone. What comes behind it keeps its place, or waits for it to come back.
void WorkerTruth::die(std::uint32_t b) {
  --alive_;
  orphans_.erase(b);
  unlink(b);
  if (blocks_[b].placed) forest_->drop(blocks_[b].node);
  blocks_[b].placed = false;
  blocks_[b].node = kNone;
  blocks_[b].units = 0;
  for (std::uint32_t c = blocks_[b].first_child; c != kNone;) {
    const std::uint32_t next = blocks_[c].next;
    if (blocks_[c].placed && !small(blocks_[c])) unlink(c);  // with the last of them b itself may go
    c = next;
  }
  let_go(b);
}

// A block that has no copies is kept for its children alone.
void WorkerTruth::let_go(std::uint32_t b) {
  if (blocks_[b].alive() || blocks_[b].first_child != kNone || by_hash_.find(blocks_[b].hash) != b) return;
  by_hash_.erase(blocks_[b].hash);
  blocks_[b].placed = false;
  free_.push_back(b);
}

void WorkerTruth::forget_oldest_orphan() {
  while (true) {
    const auto [age, b] = by_age_.front();
    by_age_.pop_front();
    const auto found = orphans_.find(b);
    if (found == orphans_.end() || found->second.age != age) continue;
    const auto copies = blocks_[b].copies;  // it is gone with the last of them
    for (std::size_t t = 0; t < kTiers; ++t) {
      if (copies[t] > 0) take_copies(b, static_cast<Tier>(t), copies[t]);
    }
    return;
  }
}

void WorkerTruth::link(std::uint32_t parent, std::uint32_t b) {
  Block& p = blocks_[parent];
  blocks_[b].parent = parent;
  blocks_[b].before = kNone;
  blocks_[b].next = p.first_child;
  if (p.first_child != kNone) blocks_[p.first_child].before = b;
  p.first_child = b;
}

void WorkerTruth::unlink(std::uint32_t b) {
  Block& block = blocks_[b];
  const std::uint32_t parent = block.parent;
  if (parent == kNone) return;
  if (block.before == kNone) {
    blocks_[parent].first_child = block.next;
  } else {
    blocks_[block.before].next = block.next;
  }
  if (block.next != kNone) blocks_[block.next].before = block.before;
  block.parent = block.next = block.before = kNone;
  if (!blocks_[parent].alive()) let_go(parent);
}

void WorkerTruth::gpu_changed(std::uint32_t b) {
  Block& block = blocks_[b];
  if (block.copies[0] > 0) {
    if (free_cells_.empty()) {
      block.cell = cells_++;
    } else {
      std::pop_heap(free_cells_.begin(), free_cells_.end(), std::greater<>());
      block.cell = free_cells_.back();
      free_cells_.pop_back();
    }
    most_tokens_ = std::max(most_tokens_, std::uint64_t{tiers_[0]} * block_size_);
  } else {
    free_cells_.push_back(block.cell);
    std::push_heap(free_cells_.begin(), free_cells_.end(), std::greater<>());
    block.cell = kNone;
  }
  recount(b);
}

// Whether the unit blocks that end in it, or that it is a part of, are resident.
void WorkerTruth::recount(std::uint32_t b) {
  if (!small(blocks_[b])) {
    if (!blocks_[b].placed) return;
    if (blocks_[b].counted != (blocks_[b].copies[0] > 0)) count(b, !blocks_[b].counted);
    return;
  }
  std::vector<std::pair<std::uint32_t, std::uint32_t>> open{{b, 0}};  // and tokens behind b, which bound the walk
  while (!open.empty()) {
    const auto [at, behind] = open.back();
    open.pop_back();
    const Block& block = blocks_[at];
    if (block.units > 0 && block.counted != whole(at)) count(at, !block.counted);
    for (std::uint32_t c = block.first_child; c != kNone; c = blocks_[c].next) {
      if (!blocks_[c].placed || !small(blocks_[c]) || behind + blocks_[c].size >= rules_.block_tokens) continue;
      open.emplace_back(c, behind + blocks_[c].size);
    }
  }
}

// Whether all parts of the unit block that it completes are on the GPU.
bool WorkerTruth::whole(std::uint32_t b) const {
  std::uint32_t tokens = 0;
  while (b != kNone && blocks_[b].copies[0] > 0) {
    tokens += blocks_[b].size;
    if (tokens >= rules_.block_tokens) return tokens == rules_.block_tokens;
    b = blocks_[b].parent;
  }
  return false;
}

void WorkerTruth::count(std::uint32_t b, bool resident) {
  blocks_[b].counted = resident;
  NodeId node = blocks_[b].node;
  for (std::uint32_t i = 0; i < blocks_[b].units; ++i, node = forest_->parent(node)) {
    const std::uint32_t before = resident_.find(node) == kNone ? 0 : resident_.find(node);
    if (keeps_changes_ && before == (resident ? 0U : 1U)) changes_.push_back({node, forest_->born(node), resident});
    if (resident) {
      resident_.set(node, before + 1);
      if (before == 0) gained_.push_back(node);
    } else if (before > 1) {
      resident_.set(node, before - 1);
    } else {
      resident_.erase(node);
    }
  }
}

std::uint32_t WorkerTruth::capacity_seen() const {
  return static_cast<std::uint32_t>((most_tokens_ + rules_.block_tokens - 1) / rules_.block_tokens);
}

std::vector<std::optional<std::uint64_t>> WorkerTruth::cells() const {
  std::vector<std::optional<std::uint64_t>> out(cells_);
  by_hash_.each([&](std::uint64_t hash, std::uint32_t b) {
    if (blocks_[b].cell != kNone) out[blocks_[b].cell] = hash;
  });
  return out;
}

void WorkerTruth::add_to(StateHash& hash) const {
  hash.add(last_ ? *last_ + 1 : 0);
  hash.add(std::uint64_t{partial_} + 2 * std::uint64_t{misfit_});
  hash.add(counts_.batches);
  hash.add(counts_.replayed);
  hash.add(counts_.lost);
  hash.add(counts_.restarts);
  hash.add(counts_.unknown_removals);
  hash.add_all(std::span<const std::uint64_t>(counts_.dropped));
  hash.add_all(std::span<const std::uint64_t>(counts_.refused));
  std::vector<std::pair<std::uint64_t, std::uint32_t>> all;
  by_hash_.each([&](std::uint64_t name, std::uint32_t b) {
    if (blocks_[b].alive()) all.emplace_back(name, b);
  });
  std::sort(all.begin(), all.end());
  for (const auto& [name, b] : all) {
    const Block& block = blocks_[b];
    hash.add(name);
    hash.add(std::uint64_t{block.cell});
    hash.add_all(std::span<const std::uint8_t>(block.copies));
    hash.add(block.placed ? forest_->depth(block.node) + std::uint64_t{block.counted} : ~std::uint64_t{0});
    hash.add(block.placed ? forest_->code(block.node).low : 0);
  }
}

}  // namespace blockyard::live
