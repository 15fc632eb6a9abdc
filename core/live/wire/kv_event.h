// What an engine's stream of KV events says, as read: the events of one batch, and why some were left out.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace blockyard::live {

/// Where a block lies. Only the GPU's are resident; the others are shown and count for nothing.
enum class Tier : std::uint8_t { kGpu, kCpu, kDisk, kExternal };
inline constexpr std::string_view kTierNames[] = {"GPU", "CPU", "DISK", "EXTERNAL"};
inline constexpr std::size_t kTiers = 4;

enum class KvOp : std::uint8_t { kStored, kRemoved, kCleared };
inline constexpr std::string_view kKvOpNames[] = {"stored", "removed", "cleared"};

/// Why an event is left out, in the order in which the reasons are tried.
enum class Drop : std::uint8_t {
  kUnknownKind,
  kMalformed,
  kForeignOwner,
  kRemote,
  kUnknownTier,
  kOtherGroup,
  kNoTokens,
  kUnaligned,
  kOwnParent,
  kOverLimit,
};
inline constexpr std::string_view kDropNames[] = {"unknown_kind", "malformed",   "foreign_owner", "remote",
                                                  "unknown_tier", "other_group", "no_tokens",     "unaligned",
                                                  "own_parent",   "over_limit"};
inline constexpr std::size_t kDrops = 10;
using DropCounts = std::array<std::uint64_t, kDrops>;

/// One event with the prompts' token ids. It does not leave the process: what is kept and recorded is a KvEvent.
struct WireEvent {
  KvOp op = KvOp::kCleared;
  std::vector<std::uint64_t> hashes;
  std::optional<std::uint64_t> parent;
  std::vector<std::uint32_t> tokens;
  std::uint32_t block_size = 0;
  Tier tier = Tier::kGpu;
  std::optional<std::int64_t> group;
  std::string adapter;  ///< its name, or its number where it has none
  std::string salt;
  /// Blocks that hang on more than text (images, embeddings): place in `hashes`, and the bytes of those keys.
  std::vector<std::pair<std::uint32_t, std::string>> marks;
};

struct WireBatch {
  double ts = 0;  ///< seconds, by the engine's clock; shown, never used
  std::optional<std::int64_t> rank;
  std::vector<WireEvent> events;
  DropCounts dropped{};
};

}  // namespace blockyard::live
