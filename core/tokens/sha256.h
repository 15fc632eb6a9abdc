// SHA-256 block digests: the identity of a KV block (SPEC 3 and 5.1). Computed only where a policy or the screen asks.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace blockyard {

using Digest = std::array<std::uint8_t, 32>;

/// digest(−1) of SPEC 3: 32 zero bytes.
inline constexpr Digest kRootDigest{};

/// SHA-256 of the bytes, by OpenSSL's EVP with the algorithm fetched once.
Digest sha256(std::span<const std::uint8_t> bytes);

/// digest(k) = SHA-256(digest(k−1) ‖ token ids, each 4 bytes little-endian).
Digest block_digest(const Digest& previous, std::span<const std::uint32_t> tokens);

/// digest(k) = SHA-256(digest(k−1) ‖ hash_id, 8 bytes LE ‖ j, 4 bytes LE): a block that comes from a trace.
Digest trace_block_digest(const Digest& previous, std::uint64_t hash_id, std::uint32_t j);

/// The first 8 bytes, little-endian: a point on the ring of prefix_hash.
std::uint64_t digest_prefix(const Digest& digest);

/// The first 8 bytes of the SHA-256 of the ids, 4 bytes little-endian each: names a block of these tokens behind
/// whatever precedes it.
std::uint64_t token_block_key(std::span<const std::uint32_t> tokens);

/// Lower-case hexadecimal.
std::string to_hex(std::span<const std::uint8_t> bytes);

}  // namespace blockyard
