#include "core/live/truth/codes.h"

#include <vector>

namespace blockyard::live {
namespace {

Code first_half(const Digest& d) {
  Code out;
  for (std::size_t i = 0; i < 8; ++i) {
    out.high = out.high << 8 | d[i];
    out.low = out.low << 8 | d[8 + i];
  }
  return out;
}

void put_code(std::uint8_t* to, const Code& code) {
  for (std::size_t i = 0; i < 8; ++i) {
    to[i] = static_cast<std::uint8_t>(code.high >> (56 - 8 * i));
    to[8 + i] = static_cast<std::uint8_t>(code.low >> (56 - 8 * i));
  }
}

std::optional<std::uint32_t> digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint32_t>(c - 'a' + 10);
  return std::nullopt;
}

}  // namespace

Code code_of(std::span<const std::uint32_t> tokens, std::string_view mark) {
  thread_local std::vector<std::uint8_t> bytes;
  bytes.resize(4 * tokens.size());
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    for (std::size_t b = 0; b < 4; ++b) bytes[4 * i + b] = static_cast<std::uint8_t>(tokens[i] >> (8 * b));
  }
  if (!mark.empty()) {
    bytes.push_back(0);
    bytes.insert(bytes.end(), mark.begin(), mark.end());
  }
  return first_half(sha256(bytes));
}

Digest root_digest(std::string_view adapter, std::string_view salt) {
  if (adapter.empty() && salt.empty()) return kRootDigest;
  std::vector<std::uint8_t> bytes(adapter.begin(), adapter.end());
  bytes.push_back(0);
  bytes.insert(bytes.end(), salt.begin(), salt.end());
  return sha256(bytes);
}

Digest chained(const Digest& before, const Code& code) {
  std::array<std::uint8_t, 48> bytes{};
  std::copy(before.begin(), before.end(), bytes.begin());
  put_code(bytes.data() + 32, code);
  return sha256(bytes);
}

std::string code_text(const Code& code) {
  std::array<std::uint8_t, 16> bytes{};
  put_code(bytes.data(), code);
  return to_hex(bytes);
}

std::optional<Code> parse_code(std::string_view text) {
  if (text.size() != 32) return std::nullopt;
  Code out;
  for (std::size_t i = 0; i < 32; ++i) {
    const auto d = digit(text[i]);
    if (!d) return std::nullopt;
    std::uint64_t& half = i < 16 ? out.high : out.low;
    half = half << 4 | *d;
  }
  return out;
}

}  // namespace blockyard::live
