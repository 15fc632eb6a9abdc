// Belief: what a router believes the workers' caches to hold; the only door to it. Behind it are sets of blocks
// (BlockSet: anything can be taken out, and looked at block by block), edges of the radix tree (RunViews: cheaper,
// where views only gain whole chains or are replaced whole), or an index of the router's own decisions (RoutedIndex).
// Which of them it is changes no answer.
//
// Nothing but messages carries truth here (sim/ delivers them), except under the oracle view, whose mirror() is told of
// every change at once. Invariants: 1. a chain's overlap is the number of its leading blocks that are believed; 2. what
// a view `decisions` believes is exactly what its index lists. A value; the workload's tree must outlive it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/hash.h"
#include "core/base/ids.h"
#include "core/base/sim_time.h"
#include "core/cache/block_cache.h"
#include "core/cache/run_cache.h"
#include "core/cache/span_cache.h"
#include "core/prefix/block_set.h"
#include "core/prefix/radix.h"
#include "core/router/routed_index.h"
#include "core/router/run_views.h"
#include "core/settings/router_params.h"

namespace blockyard {

/// A prompt's full blocks, as blocks and as the edges that they make up (empty where there is no tree).
struct Prompt {
  Chain chain;
  EdgePath path;
};

/// What a worker holds, as it can be asked. One of the two is there.
struct Truth {
  const BlockSet* blocks = nullptr;
  const RunCache* runs = nullptr;
};

/// What a worker says that it holds, or lost and stored: in the terms that the router keeps its belief in.
struct Told {
  std::vector<Span> blocks;
  std::vector<Span> removed;
  std::vector<EdgeHead> heads;
};

/// How far a worker's view is from its cache.
struct Divergence {
  std::uint32_t phantom = 0;  ///< believed but gone, blocks
  std::uint32_t unknown = 0;  ///< held but not believed, blocks
};

class Belief {
 public:
  /// What a belief needs to know of the world that it is about.
  struct World {
    std::uint32_t workers = 0;
    std::uint32_t ids = 0;            ///< block ids of the workload
    const RadixTree* tree = nullptr;  ///< nullptr: by blocks alone, and no view `decisions`
    bool runs = false;                ///< caches are kept by runs: nobody asks block by block
  };

  Belief() = default;
  Belief(const RouterConfig& config, const World& world);
  /// From now on by these settings (view, speculation, limits). Turning to `decisions` begins with an empty index.
  void obey(const RouterConfig& config);

  /// Sets all W: leading blocks of the prompt that each worker is believed to hold. Not for an oracle by blocks.
  void overlaps(const Prompt& prompt, std::span<std::uint32_t> overlap) const;
  std::uint32_t overlap(WorkerId w, const Prompt& prompt) const;

  /// A request was routed to w: it joins the view, where the settings say so.
  void routed(WorkerId w, const Prompt& prompt, SimTime now);
  /// Lets go of what is too long ago. Call at every moment that is looked at.
  void expire(SimTime now) {
    if (index_ && now >= index_->due()) drop_expired(now);
  }
  /// What worker w would say in a sync, in the terms that hear_sync() reads.
  void list(const Truth& truth, Told& told) const;
  void hear_sync(WorkerId w, const Told& told, SimTime sent);
  void hear_report(WorkerId w, const Told& told);
  /// A sync that arrives as it is sent, where this router alone listens: costs what has changed since the last, in
  /// either of them, or what is in them where the cache is kept in slots (`runs` and `spans` are nullptr: it holds
  /// `blocks`). False (and nothing done) where this view is kept in no such way.
  bool sync_in_place(WorkerId w, RunCache* runs, SpanCache* spans, const BlockSet& blocks, SimTime now);
  /// An oracle by edges: w's cache has changed.
  void mirror(WorkerId w, RunCache* runs);
  /// By blocks: room for so many block ids, not less than before; what is believed stays.
  void grow(std::uint32_t ids);
  /// By blocks: w is believed to hold this one, or not.
  void set_block(WorkerId w, BlockId block, bool held) { held ? sets_[w].insert(block) : sets_[w].erase(block); }
  /// Worker w lost everything.
  void clear(WorkerId w, SimTime now);

  /// Whether overlaps() can answer: not where an oracle must ask the workers themselves.
  bool answers() const { return !oracle() || mirrors(); }
  /// Whether it is told of every change of a cache at once.
  bool mirrors() const { return keeping_ == Keeping::kMirror; }
  /// When the view of w was last replaced.
  SimTime told_at(WorkerId w) const { return told_at_[w]; }
  /// The blocks of w's view. Not where caches are kept by runs.
  const BlockSet& blocks(WorkerId w) const;
  /// How many blocks it believes w to hold.
  std::uint32_t count(WorkerId w) const;
  Divergence divergence(WorkerId w, const Truth& truth) const;

  void add_to(StateHash& hash, WorkerId w) const;
  /// Breaks (BY_CHECK) where an invariant does not hold.
  void check() const;

 private:
  enum class Keeping : std::uint8_t { kBlocks, kEdges, kMirror };
  bool oracle() const { return view_ == ViewMode::kOracle; }
  bool decisions() const { return view_ == ViewMode::kDecisions; }
  void drop_expired(SimTime now);
  Span span_of(const EdgePiece& p) const { return {world_.tree->edge(p.edge).first + p.from, p.count()}; }

  World world_;
  Keeping keeping_ = Keeping::kBlocks;
  ViewMode view_ = ViewMode::kSynced;
  bool speculates_ = true;
  std::vector<BlockSet> sets_;  // by blocks
  // By blocks, of worker w: what joined its set since the last sync in place; everywhere: it changed otherwise.
  struct Gained {
    std::vector<Span> spans;
    bool everywhere = true;
  };
  std::vector<Gained> gained_;
  std::optional<RunViews> edges_;     // by edges
  std::optional<RoutedIndex> index_;  // view decisions; by blocks, sets_ follow it
  std::vector<SimTime> told_at_;
  std::vector<EdgePiece> left_;  // scratch
};

}  // namespace blockyard
