#include "core/live/record/base64.h"

#include <array>
#include <cstdint>

namespace blockyard::live {
namespace {

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr auto kValues = [] {
  std::array<std::uint8_t, 256> out{};
  for (auto& v : out) v = 64;
  for (std::size_t i = 0; i < kDigits.size(); ++i)
    out[static_cast<std::uint8_t>(kDigits[i])] = static_cast<std::uint8_t>(i);
  return out;
}();

}  // namespace

std::string base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t v = 0;
    for (std::size_t k = 0; k < 3; ++k)
      v = v << 8 | (i + k < bytes.size() ? static_cast<std::uint8_t>(bytes[i + k]) : 0U);
    const std::size_t have = bytes.size() - i;
    out += kDigits[v >> 18];
    out += kDigits[v >> 12 & 63];
    out += have > 1 ? kDigits[v >> 6 & 63] : '=';
    out += have > 2 ? kDigits[v & 63] : '=';
  }
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const bool last = i + 4 == text.size();
    std::uint32_t v = 0;
    std::size_t have = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const char c = text[i + k];
      const std::uint8_t digit = kValues[static_cast<std::uint8_t>(c)];
      if (digit < 64) {
        if (have != k) return std::nullopt;  // a digit behind padding
        ++have;
      } else if (c != '=' || !last || k < 2) {
        return std::nullopt;
      }
      v = v << 6 | (digit < 64 ? digit : 0U);
    }
    for (std::size_t k = 0; k + 1 < have; ++k) out += static_cast<char>(v >> (16 - 8 * k) & 255);
  }
  return out;
}

}  // namespace blockyard::live
