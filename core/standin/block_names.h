// BlockNames: gives the blocks of prompts that come one after another, for days, their dense BlockIds, and takes the
// ids back. The counterpart of prefix/'s tree, which only grows: an engine's cache wants ids below a fixed bound.
//
// A block is known by the digest of its chain (SPEC 3: SHA-256 over its parent's digest and its tokens), under a salt
// by one that begins with it. Invariants: 1. an id is taken exactly while a request names its block or the cache holds
// a copy of it; 2. the same chain has the same id as long as it is taken; 3. the lowest free id is given next.
#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/hash.h"
#include "core/base/ids.h"
#include "core/tokens/sha256.h"

namespace blockyard::standin {

class BlockNames {
 public:
  /// A block as its engine tells of it.
  struct Block {
    Digest digest{};
    std::uint64_t hash = 0;               ///< the digest's last 8 bytes, big-endian
    std::optional<std::uint64_t> parent;  ///< hash of the block before; none of a first one
    std::string salt;                     ///< of a first block that has one
    std::vector<std::uint32_t> tokens;
    std::uint32_t named = 0;   ///< requests that hold it in their chain
    std::uint32_t copies = 0;  ///< that the cache was last seen to hold
  };

  explicit BlockNames(std::uint32_t most) : most_(most) {}

  /// Names the full blocks of these tokens, one more time each. Nothing where that would take more ids than there are.
  std::optional<std::vector<BlockId>> name(std::span<const std::uint32_t> tokens, std::uint32_t block_tokens,
                                           std::string_view salt);
  /// One naming less, of each.
  void let_go(std::span<const BlockId> chain);
  /// The cache holds so many copies of it now; returns how many it held before.
  std::uint32_t set_copies(BlockId id, std::uint32_t copies);

  const Block& operator[](BlockId id) const { return blocks_[id]; }
  std::uint32_t most() const { return most_; }
  std::uint32_t taken() const { return static_cast<std::uint32_t>(by_digest_.size()); }
  /// Bound of all ids given so far.
  BlockId bound() const { return static_cast<BlockId>(blocks_.size()); }

 private:
  struct DigestHash {
    std::size_t operator()(const Digest& d) const { return digest_prefix(d); }
  };
  void collect(BlockId id);

  std::uint32_t most_;
  std::vector<Block> blocks_;
  std::priority_queue<BlockId, std::vector<BlockId>, std::greater<>> free_;
  std::unordered_map<Digest, BlockId, DigestHash> by_digest_;
};

}  // namespace blockyard::standin
