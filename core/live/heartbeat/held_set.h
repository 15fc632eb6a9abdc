// What heartbeat workers hold, in the terms of truth/: their sets of blocks become batches that a WorkerTruth takes, as
// an engine's stream does, so that trees, cells and views know of one kind of worker alone.
//
// Their hashes name a block's tokens and nothing of what precedes it. Where such a block stands in a tree is known only
// of chains that this router has tokenised itself (KnownChains); the others are loose: each stands alone under a root
// of its own, which no request has. Invariants: 1. a worker's WorkerTruth holds exactly the blocks of its set; 2. a
// block is in a chain only while all blocks before it were in the set as it was placed; 3. all follows from the calls
// alone.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/live/heartbeat/bodies.h"
#include "core/live/truth/flat_map.h"
#include "core/live/truth/kv_event.h"

namespace blockyard::live {

/// digest(−1) of loose blocks.
const Digest& loose_root();

/// Which chains their blocks were seen in: of each block the first, with its code and what precedes it.
class KnownChains {
 public:
  /// At most so many blocks; later ones are not learnt.
  static constexpr std::uint32_t kMost = 262'144;
  struct Entry {
    Code beat, code;
    std::uint32_t parent = kNone;
  };
  /// A chain without adapter and salt. Whether something was new.
  bool learn(std::span<const Code> codes, std::span<const Code> beats);
  /// kNone where it is not known.
  std::uint32_t find(const Code& beat) const { return by_beat_.find(beat); }
  const Entry& entry(std::uint32_t i) const { return entries_[i]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(entries_.size()); }

 private:
  std::vector<Entry> entries_;
  FlatMap<Code, CodeHash> by_beat_;
};

/// The set of one worker.
class HeldSet {
 public:
  /// The set is these from now on. The batch that brings a truth there; its number is left to the caller.
  KvBatch replace(std::span<const Digest> hashes, const KnownChains& known, std::uint32_t block_tokens);
  /// These leave it.
  KvBatch evict(std::span<const Digest> hashes);
  /// A chain has become known: its leading blocks that lie loose here find their place. Empty where none did.
  KvBatch place(std::span<const Code> beats, const KnownChains& known, std::uint32_t block_tokens);
  void clear() { held_.clear(); }

  bool has(const Code& beat) const { return held_.find(beat) != kNone; }
  std::size_t size() const { return held_.size(); }

 private:
  enum Place : std::uint32_t { kLoose, kInChain };
  void store(const Code& beat, std::uint32_t known_as, const KnownChains& known, std::uint32_t block_tokens,
             KvBatch& out);
  static void remove(const Code& beat, KvBatch& out);

  FlatMap<Code, CodeHash> held_;  // to a Place
};

}  // namespace blockyard::live
