// What heartbeat workers post: the API of the router and workers in Python that this project started from.
// core/live/README.md, "Heartbeat workers". Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/live/truth/codes.h"

namespace blockyard::live {

/// Tokens of one block of theirs; fixed by their API.
inline constexpr std::uint32_t kBeatBlockTokens = 16;
inline constexpr std::size_t kLongestBeatText = 256;

/// /internal/heartbeat.
struct BeatPost {
  std::string worker;
  double load = 0;  ///< ms of work, at least 0
  std::optional<std::string> url;
};
/// /internal/sync.
struct SyncPost {
  std::string worker;
  std::vector<Digest> hashes;  ///< all that it holds, in the order of the body
};
/// /internal/eviction.
struct EvictPost {
  std::string worker;
  std::vector<Digest> hashes;
};
using HeartbeatPost = std::variant<BeatPost, SyncPost, EvictPost>;

enum class HeartbeatKind : std::uint8_t { kBeat, kSync, kEvict };

/// Why a body is refused, as JSON: {"detail":[{"loc":["body",FIELD],"msg":…,"type":…}]}.
struct BodyRefusal {
  std::string json;
};

/// A body of that kind; other keys are ignored. A hash that is not 64 lower-case hexadecimal digits stands as the
/// SHA-256 of its text: it can match no prompt.
std::variant<HeartbeatPost, BodyRefusal> read_heartbeat(std::string_view body, HeartbeatKind kind);

/// Their name of one block: the SHA-256 of "(t0, t1, …, t15)".
Digest beat_hash(std::span<const std::uint32_t> tokens);
/// Of each full block of these tokens.
std::vector<Digest> beat_hashes(std::span<const std::uint32_t> tokens);

/// 64 lower-case hexadecimal digits; nothing where it is not that.
std::optional<Digest> parse_digest(std::string_view hex);
/// The first 16 bytes: what sessions and recordings know a block by.
Code code_of_beat(const Digest& hash);

/// 1 to 64 of A-Z a-z 0-9 . _ -
bool is_worker_name(std::string_view name);

}  // namespace blockyard::live
