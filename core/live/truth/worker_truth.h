// WorkerTruth: what one worker holds, by what its stream said, after all that has arrived. core/live/README.md,
// "Truth".
//
// It consumes batches in the order in which they are applied, live or from a recording, and nothing else: that is what
// makes a replay equal to the session that was recorded. Batches follow one another by number; a number that skips some
// means that they are lost, one that is not above the last means that the engine has started anew.
// Invariants: 1. an engine's block is there while the copies of any tier are; 2. a cell is taken exactly by the blocks
// with a copy on the GPU; 3. a unit block is resident while all engine's blocks that make it up have a copy on the GPU
// and its chain up to a root is known; 4. every placed block holds its node of the forest, and no other does.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/hash.h"
#include "core/live/truth/forest.h"
#include "core/live/truth/kv_event.h"

namespace blockyard::live {

inline constexpr std::uint32_t kMostCopies = 8;
inline constexpr std::uint32_t kMostEngineBlocks = 4'194'304;
inline constexpr std::uint32_t kMostOrphans = 65'536;

struct TruthRules {
  std::uint32_t block_tokens = 16;  ///< of a unit block
  bool clear_on_gap = false;        ///< `on_gap`: what is known is thrown away where batches are lost
  bool one_copy = false;            ///< `copies: "set"`: the first removal ends a block
};

/// A unit block that is resident from now on, or is no more. The node may be gone by now, and its number another's.
struct ResidentChange {
  NodeId node = kNone;     ///< kNone: nothing is resident any more
  std::uint64_t born = 0;  ///< which node it was (Forest::born)
  bool resident = false;
};

/// Totals since the session began.
struct StreamCounts {
  std::uint64_t batches = 0, replayed = 0, lost = 0, restarts = 0, unknown_removals = 0;
  DropCounts dropped{};
  std::array<std::uint64_t, 5> refused{};  // by Refusal
};

class WorkerTruth {
 public:
  WorkerTruth(Forest& forest, const TruthRules& rules) : forest_(&forest), rules_(rules) {}

  /// One batch. False: its blocks fit no unit block (`misfit()` tokens), and the worker is one without a stream from
  /// now on.
  bool apply(const KvBatch& batch);
  /// The engine's process was started anew, or is gone: nothing is known any more, and the next batch is a first one.
  void restarted();

  std::optional<std::uint64_t> last() const { return last_; }
  /// Blocks from before are unknown: the stream began in its middle, or batches are lost.
  bool partial() const { return partial_; }
  std::uint32_t misfit() const { return misfit_; }
  const StreamCounts& counts() const { return counts_; }

  /// Engine's blocks with a copy on the GPU.
  std::uint32_t engine_blocks() const { return tiers_[0]; }
  /// The most tokens that were ever on the GPU, in unit blocks, rounded up.
  std::uint32_t capacity_seen() const;
  /// Blocks whose place in the tree is not known.
  std::uint32_t orphans() const { return static_cast<std::uint32_t>(orphans_.size()); }
  /// Engine's blocks with a copy in this tier.
  std::uint32_t in_tier(Tier tier) const { return tiers_[static_cast<std::size_t>(tier)]; }
  /// Distinct unit blocks that are resident.
  std::uint32_t resident_blocks() const { return static_cast<std::uint32_t>(resident_.size()); }
  /// Unit blocks that became resident with the last batch.
  const std::vector<NodeId>& gained() const { return gained_; }
  bool resident(NodeId node) const { return resident_.find(node) != kNone; }
  template <class See>
  void each_resident(const See& see) const {
    resident_.each([&see](NodeId node, std::uint32_t) { see(node); });
  }
  /// From now on what becomes resident, or stops to be, is kept until it is forgotten, in the order in which it happened.
  void keep_changes() { keeps_changes_ = true; }
  const std::vector<ResidentChange>& changes() const { return changes_; }
  void forget_changes() { changes_.clear(); }
  /// A copy goes on with the copy of its forest.
  void move_to(Forest& forest) { forest_ = &forest; }

  /// The tokens of an engine's block, as the last store had them; 0 before the first.
  std::uint32_t block_size() const { return block_size_; }
  /// The hash in each cell; nothing in a free one.
  std::vector<std::optional<std::uint64_t>> cells() const;
  /// Everything that is known, in one number: equal exactly where the same is known.
  void add_to(StateHash& hash) const;

 private:
  // An engine's block, or one that is only known as the parent of others: then it has no copies.
  struct Block {
    std::uint64_t hash = 0;
    std::uint32_t parent = kNone;  // kNone: it has none, or needs it no more
    std::uint32_t first_child = kNone, next = kNone, before = kNone;
    NodeId node = kNone;      // placed: the last unit block that is complete at its end
    std::uint32_t units = 0;  // unit blocks that end in it
    std::uint32_t phase = 0;  // tokens of an unfinished unit block at its end
    std::uint32_t size = 0;   // tokens
    std::uint32_t cell = kNone;
    std::array<std::uint8_t, kTiers> copies{};
    bool placed = false;
    bool counted = false;  // its unit blocks are resident
    bool alive() const { return (copies[0] | copies[1] | copies[2] | copies[3]) != 0; }
  };
  struct Hash64 {
    std::uint64_t operator()(std::uint64_t v) const { return mix64(v); }
  };
  struct Orphan {
    std::uint64_t age = 0;
    std::vector<Code> codes;
  };

  void store(const KvEvent& e);
  void remove(const KvEvent& e);
  void clear();
  // What one block goes through.
  std::uint32_t get(std::uint64_t hash);
  void settle(std::uint32_t b, const KvEvent& e, std::optional<std::uint64_t> parent, std::span<const Code> codes);
  bool place(std::uint32_t b, const Digest& root, std::span<const Code> codes);
  void place_children(std::uint32_t b);
  void add_copy(std::uint32_t b, Tier tier);
  void take_copies(std::uint32_t b, Tier tier, std::uint8_t copies);
  void die(std::uint32_t b);
  void let_go(std::uint32_t b);
  void forget_oldest_orphan();
  // Children of a block, as a list.
  void link(std::uint32_t parent, std::uint32_t b);
  void unlink(std::uint32_t b);
  // What is resident.
  void gpu_changed(std::uint32_t b);
  void recount(std::uint32_t b);
  bool whole(std::uint32_t b) const;
  void count(std::uint32_t b, bool resident);
  bool small(const Block& b) const { return b.size % rules_.block_tokens != 0; }

  Forest* forest_;
  TruthRules rules_;
  std::optional<std::uint64_t> last_;
  bool partial_ = false;
  std::uint32_t misfit_ = 0;
  StreamCounts counts_;

  std::vector<Block> blocks_;
  std::vector<std::uint32_t> free_;
  FlatMap<std::uint64_t, Hash64> by_hash_;
  std::unordered_map<std::uint32_t, Orphan> orphans_;           // by block; alive and not placed
  std::deque<std::pair<std::uint64_t, std::uint32_t>> by_age_;  // oldest first; who is an orphan no more is passed over
  std::uint64_t next_age_ = 0;
  std::vector<NodeId> gained_;
  FlatMap<NodeId, Hash64> resident_;       // how many blocks make it so
  std::vector<std::uint32_t> free_cells_;  // a heap, the lowest first
  std::uint32_t cells_ = 0;
  std::vector<ResidentChange> changes_;
  bool keeps_changes_ = false;
  std::uint64_t most_tokens_ = 0;
  std::uint32_t alive_ = 0, block_size_ = 0;
  std::array<std::uint32_t, kTiers> tiers_{};
};

}  // namespace blockyard::live
