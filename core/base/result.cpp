#include "core/base/result.h"

#include <fmt/format.h>

#include <iterator>

namespace blockyard {
namespace {

std::string in_one_line(const std::string& text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    if (c == '\n') {
      out += "\\n";
    } else if (control) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

Error::Error(const std::string& text) : message(in_one_line(text)) {}

}  // namespace blockyard
