// KvEvent and KvBatch: one batch of a worker's stream in the form that is applied, recorded and replayed. It holds no
// token ids: those of each unit block have become its code.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/live/truth/codes.h"
#include "core/live/wire/kv_event.h"
#include "core/live/wire/msgpack.h"

namespace blockyard::live {

struct KvEvent {
  KvOp op = KvOp::kCleared;
  std::vector<std::uint64_t> hashes;
  // Of a store:
  std::optional<std::uint64_t> parent;
  std::uint32_t block_size = 0;  ///< tokens of an engine's block
  /// Where an engine's block is n unit blocks: n for each hash, in order. Where it is a part of one: one for each hash,
  /// none() but where the hash completes a unit block.
  std::vector<Code> codes;
  Digest root = kRootDigest;  ///< digest(−1), where the chain begins here

  Tier tier = Tier::kGpu;
  std::optional<std::int64_t> group;
  bool operator==(const KvEvent&) const = default;
};

struct KvBatch {
  std::uint64_t seq = 0;
  bool replayed = false;  ///< it came by a replay, not by the stream itself
  double ts = 0;
  std::optional<std::int64_t> rank;
  std::vector<KvEvent> events;
  DropCounts dropped{};              ///< events of it that are left out
  Refusal refused = Refusal::kNone;  ///< the whole of it could not be read: it counts as lost
  bool operator==(const KvBatch&) const = default;
};

}  // namespace blockyard::live
