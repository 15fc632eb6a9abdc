#include "core/router/belief.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"

namespace blockyard {
namespace {

constexpr std::size_t kManyGained = 1024;  // from here on a sync goes over all

}  // namespace

Belief::Belief(const RouterConfig& config, const World& world) : world_(world), told_at_(world.workers, 0) {
  view_ = config.view;
  if (world.runs) {
    const bool whole = config.reports == ReportMode::kOff;  // reports take single blocks out of a view
    if (oracle()) {
      keeping_ = Keeping::kMirror;
    } else {
      keeping_ = decisions() || whole ? Keeping::kEdges : Keeping::kBlocks;
    }
    if (!decisions() && keeping_ != Keeping::kBlocks) edges_.emplace(world.workers, world.tree);
  } else {
    keeping_ = Keeping::kBlocks;
  }
  if (keeping_ == Keeping::kBlocks) sets_.assign(world.workers, BlockSet(world.ids));
  gained_.resize(sets_.size());
  view_ = decisions() ? ViewMode::kSynced : view_;  // so that obey() makes the index
  obey(config);
}

void Belief::obey(const RouterConfig& config) {
  const bool begins = config.view == ViewMode::kDecisions && !decisions();
  view_ = config.view;
  speculates_ = config.speculative_insert;
  if (!decisions()) {
    index_.reset();
    return;
  }
  BY_CHECK(world_.tree != nullptr, "a view of decisions needs the tree of the workload");
  if (begins) {
    index_.emplace(world_.workers, world_.tree);
    for (BlockSet& set : sets_) set.clear();
    for (Gained& g : gained_) g = {};
  }
  index_->set_limits(config.view_ttl, config.view_max_blocks, [this](WorkerId w, const EdgePiece& p) {
    if (!sets_.empty()) sets_[w].erase(span_of(p));
  });
}

void Belief::overlaps(const Prompt& prompt, std::span<std::uint32_t> overlap) const {
  if (edges_) return edges_->overlaps(prompt.path, overlap);
  for (WorkerId w = 0; w < overlap.size(); ++w) overlap[w] = this->overlap(w, prompt);
}

std::uint32_t Belief::overlap(WorkerId w, const Prompt& prompt) const {
  if (edges_) return edges_->overlap(w, prompt.path);
  if (!sets_.empty()) return sets_[w].leading(prompt.chain);
  return index_->overlap(w, prompt.path);
}

void Belief::routed(WorkerId w, const Prompt& prompt, SimTime now) {
  if (oracle()) return;
  if (index_) {
    left_.clear();
    index_->route(w, prompt.path, now, left_);
    if (sets_.empty()) return;
    for (const Span& run : prompt.chain) sets_[w].insert(run);
    for (const EdgePiece& p : left_) sets_[w].erase(span_of(p));
    return;
  }
  if (!speculates_) return;
  if (edges_) return edges_->insert(w, prompt.path);
  for (const Span& run : prompt.chain) sets_[w].insert(run);
  Gained& gained = gained_[w];
  if (gained.everywhere) return;
  gained.spans.insert(gained.spans.end(), prompt.chain.begin(), prompt.chain.end());
  if (gained.spans.size() < kManyGained) return;
  gained.spans.clear();
  gained.everywhere = true;
}

void Belief::drop_expired(SimTime now) {
  index_->expire(now, [this](WorkerId w, const EdgePiece& p) {
    if (!sets_.empty()) sets_[w].erase(span_of(p));
  });
}

void Belief::list(const Truth& truth, Told& told) const {
  if (mirrors() || decisions()) return;
  if (truth.runs == nullptr) {
    told.blocks = truth.blocks->runs();
  } else if (edges_) {
    truth.runs->each_held([&told](EdgeId e, std::uint32_t blocks) { told.heads.push_back({e, blocks}); });
  } else {
    truth.runs->each_held([&](EdgeId e, std::uint32_t blocks) {
      told.blocks.push_back({world_.tree->edge(e).first, blocks});
    });
  }
}

void Belief::hear_sync(WorkerId w, const Told& told, SimTime sent) {
  if (decisions()) return;
  if (edges_ && !mirrors()) edges_->replace(w, told.heads);
  if (!sets_.empty()) {
    sets_[w].assign(told.blocks);
    gained_[w] = {};
  }
  told_at_[w] = sent;
}

void Belief::hear_report(WorkerId w, const Told& told) {
  if (decisions() || sets_.empty()) return;
  gained_[w] = {};
  for (const Span& run : told.removed) sets_[w].erase(run);
  for (const Span& run : told.blocks) sets_[w].insert(run);
}

bool Belief::sync_in_place(WorkerId w, RunCache* runs, SpanCache* spans, const BlockSet& blocks, SimTime now) {
  if (spans != nullptr && !oracle() && !decisions()) {
    BlockSet& set = sets_[w];
    Gained& gained = gained_[w];
    if (spans->changed() == nullptr || gained.everywhere) {
      set.assign(spans->runs());
    } else {
      for (const std::vector<Span>* list : {spans->changed(), &std::as_const(gained.spans)}) {
        for (const Span& span : *list) {
          spans->each_stretch(span,
                              [&set](Span part, bool resident) { resident ? set.insert(part) : set.erase(part); });
        }
      }
    }
    gained.spans.clear();
    gained.everywhere = false;
    spans->forget_changes();
    told_at_[w] = now;
    return true;
  }
  if (runs == nullptr && spans == nullptr && !decisions()) {
    sets_[w].assign(blocks);
    gained_[w] = {};
    told_at_[w] = now;
    return true;
  }
  if (!edges_) return false;
  if (!mirrors()) edges_->sync(w, *runs);
  told_at_[w] = now;
  return true;
}

void Belief::mirror(WorkerId w, RunCache* runs) {
  if (mirrors()) edges_->sync(w, *runs);
}

void Belief::grow(std::uint32_t ids) {
  BY_CHECK(keeping_ == Keeping::kBlocks && ids >= world_.ids, "only a belief by blocks grows");
  world_.ids = ids;
  for (BlockSet& set : sets_) {
    BlockSet larger(ids);
    for (const Span& run : set.runs()) larger.insert(run);
    set = std::move(larger);
  }
}

void Belief::clear(WorkerId w, SimTime now) {
  if (!sets_.empty()) {
    sets_[w].clear();
    gained_[w] = {};
  }
  if (edges_ && !mirrors()) edges_->clear(w);
  if (index_) index_->clear(w);
  told_at_[w] = now;
}

const BlockSet& Belief::blocks(WorkerId w) const {
  BY_CHECK(!world_.runs, "there are no sets of blocks where caches are kept by runs");
  return sets_[w];
}

std::uint32_t Belief::count(WorkerId w) const {
  if (!sets_.empty()) return sets_[w].count();
  if (index_) return index_->blocks(w);
  std::uint32_t n = 0;
  if (edges_) edges_->each(w, [&n](EdgeId, std::uint32_t blocks) { n += blocks; });
  return n;
}

Divergence Belief::divergence(WorkerId w, const Truth& truth) const {
  if (oracle()) return {};
  if (truth.runs == nullptr) {
    const auto [phantom, unknown] = sets_[w].differences(*truth.blocks);
    return {phantom, unknown};
  }
  std::uint32_t common = 0;
  if (!sets_.empty()) {
    truth.runs->each_held([&](EdgeId e, std::uint32_t blocks) {
      common += sets_[w].count(Span{world_.tree->edge(e).first, blocks});
    });
  } else {
    const auto meet = [&](EdgeId e, std::uint32_t blocks) { common += std::min(blocks, truth.runs->held_of(e)); };
    index_ ? index_->each(w, meet) : edges_->each(w, meet);
  }
  return {count(w) - common, truth.runs->taken() - common};
}

void Belief::add_to(StateHash& hash, WorkerId w) const {
  hash.add_all(sets_.empty() ? std::span<const std::uint64_t>() : sets_[w].words());
  if (edges_) edges_->add_to(hash, w);
  if (index_) index_->add_to(hash, w);
}

void Belief::check() const {
  if (!index_) return;
  index_->check();
  for (WorkerId w = 0; w < sets_.size(); ++w) {
    BY_CHECK(sets_[w].count() == index_->blocks(w), "a view of decisions believes what its index does not list");
  }
}

}  // namespace blockyard
