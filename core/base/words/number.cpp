#include "core/base/words/number.h"

#include <charconv>
#include <cmath>
#include <locale>
#include <sstream>
#include <string>

namespace blockyard {

#ifdef __cpp_lib_to_chars

std::size_t leading_number(std::string_view text, double& out) {
  const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), out);
  return trouble == std::errc() ? static_cast<std::size_t>(end - text.data()) : 0;
}

#else  // libc++ has no from_chars for double before 20

namespace {

bool digit(std::string_view text, std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '9'; }

// How far the longest number at the front goes; 0: there is none.
std::size_t number_size(std::string_view text) {
  std::size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
  std::size_t digits = 0;
  for (; digit(text, at); ++at) ++digits;
  if (at < text.size() && text[at] == '.' && (digits > 0 || digit(text, at + 1))) {
    for (++at; digit(text, at); ++at) ++digits;
  }
  if (digits == 0) return 0;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    std::size_t power = at + 1;
    if (power < text.size() && (text[power] == '+' || text[power] == '-')) ++power;
    if (digit(text, power)) {
      for (at = power; digit(text, at);) ++at;
    }
  }
  return at;
}

bool same_letters(std::string_view text, std::size_t at, std::string_view lower) {
  if (text.size() < at + lower.size()) return false;
  for (std::size_t i = 0; i < lower.size(); ++i) {
    if ((text[at + i] | 0x20) != lower[i]) return false;
  }
  return true;
}

}  // namespace

std::size_t leading_number(std::string_view text, double& out) {
  const std::size_t sign = !text.empty() && text[0] == '-' ? 1 : 0;
  for (const std::string_view word : {"infinity", "inf", "nan"}) {
    if (!same_letters(text, sign, word)) continue;
    out = word == "nan" ? std::nan("") : HUGE_VAL;
    if (sign > 0) out = -out;
    return sign + word.size();
  }
  const std::size_t size = number_size(text);
  if (size == 0) return 0;
  std::istringstream in{std::string(text.substr(0, size))};
  in.imbue(std::locale::classic());
  in >> out;
  return in.fail() ? 0 : size;
}

#endif

std::optional<double> finite_number(std::string_view text) {
  double out = 0;
  if (text.empty() || leading_number(text, out) != text.size() || !std::isfinite(out)) return std::nullopt;
  return out;
}

}  // namespace blockyard
