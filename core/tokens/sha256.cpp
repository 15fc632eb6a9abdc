#include "core/tokens/sha256.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "core/base/check.h"

namespace blockyard {
namespace {

// Fetching the algorithm and making a context cost more than hashing 96 bytes, so both are kept, one pair a thread.
struct Sha256Context {
  std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm{EVP_MD_fetch(nullptr, "SHA256", nullptr), &EVP_MD_free};
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

template <std::size_t N>
void put_le(std::uint8_t* out, std::uint64_t value) {
  for (std::size_t i = 0; i < N; ++i) out[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

}  // namespace

Digest sha256(std::span<const std::uint8_t> bytes) {
  thread_local Sha256Context c;
  Digest out{};
  unsigned int length = 0;
  const bool ok = c.algorithm && c.context && EVP_DigestInit_ex2(c.context.get(), c.algorithm.get(), nullptr) == 1 &&
                  EVP_DigestUpdate(c.context.get(), bytes.data(), bytes.size()) == 1 &&
                  EVP_DigestFinal_ex(c.context.get(), out.data(), &length) == 1;
  BY_CHECK(ok && length == out.size(), "SHA-256 is not available");
  return out;
}

Digest block_digest(const Digest& previous, std::span<const std::uint32_t> tokens) {
  std::vector<std::uint8_t> bytes(previous.begin(), previous.end());
  bytes.resize(previous.size() + 4 * tokens.size());
  for (std::size_t i = 0; i < tokens.size(); ++i) put_le<4>(bytes.data() + previous.size() + 4 * i, tokens[i]);
  return sha256(bytes);
}

Digest trace_block_digest(const Digest& previous, std::uint64_t hash_id, std::uint32_t j) {
  std::array<std::uint8_t, 44> bytes{};
  std::copy(previous.begin(), previous.end(), bytes.begin());
  put_le<8>(bytes.data() + 32, hash_id);
  put_le<4>(bytes.data() + 40, j);
  return sha256(bytes);
}

std::uint64_t digest_prefix(const Digest& digest) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value |= static_cast<std::uint64_t>(digest[i]) << (8 * i);
  return value;
}

std::uint64_t token_block_key(std::span<const std::uint32_t> tokens) {
  std::vector<std::uint8_t> bytes(tokens.size() * 4);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    for (std::size_t b = 0; b < 4; ++b) bytes[i * 4 + b] = static_cast<std::uint8_t>(tokens[i] >> (8 * b));
  }
  return digest_prefix(sha256(bytes));
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(2 * bytes.size());
  for (const std::uint8_t b : bytes) {
    out += kDigits[b >> 4];
    out += kDigits[b & 15];
  }
  return out;
}

}  // namespace blockyard
