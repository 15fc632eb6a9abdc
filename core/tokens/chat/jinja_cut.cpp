#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/tokens/chat/jinja_parts.h"

namespace blockyard::jinja {

std::vector<Piece> cut(const std::string& source) {
  std::vector<Piece> out;
  int line = 1;
  std::size_t at = 0;
  bool trim_next = false, drop_newline = false;
  const auto lines = [](std::string_view text) { return static_cast<int>(std::count(text.begin(), text.end(), '\n')); };
  while (at < source.size()) {
    std::size_t open = at;
    for (;; ++open) {
      open = source.find('{', open);
      if (open == std::string::npos || open + 1 >= source.size()) {
        open = source.size();
        break;
      }
      const char c = source[open + 1];
      if (c == '{' || c == '%' || c == '#') break;
    }
    std::string text = source.substr(at, open - at);
    const int text_line = line;
    line += lines(text);
    if (trim_next) text.erase(0, std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    if (drop_newline && !trim_next && text.starts_with('\n')) text.erase(0, 1);
    trim_next = drop_newline = false;
    if (open == source.size()) {
      out.push_back({Piece::Kind::kText, text, text_line});
      break;
    }
    const char kind = source[open + 1];
    const std::string close = kind == '{' ? "}}" : kind == '%' ? "%}" : "#}";
    const bool minus = open + 2 < source.size() && source[open + 2] == '-';
    if (minus) {
      text.erase(text.find_last_not_of(" \t\r\n") + 1);
    } else if (kind != '{') {  // lstrip_blocks: what stands before it on its line
      const std::size_t end = text.find_last_not_of(" \t");
      const bool fresh_line = end == std::string::npos ? out.empty() || at == 0 : text[end] == '\n';
      if (fresh_line) text.erase(end == std::string::npos ? 0 : end + 1);
    }
    out.push_back({Piece::Kind::kText, text, text_line});
    // The end, which a text in quotes may look like.
    std::size_t end = open + 2;
    char quote = 0;
    for (; end < source.size(); ++end) {
      const char c = source[end];
      if (kind != '#' && quote != 0) {
        if (c == '\\') ++end;
        if (c == quote) quote = 0;
        continue;
      }
      if (kind != '#' && (c == '\'' || c == '"')) quote = c;
      if (source.compare(end, 2, close) == 0) break;
    }
    if (end >= source.size()) throw Trouble{fmt::format("line {}: {{{} is not closed", line, kind)};
    std::string inner = source.substr(open + 2, end - open - 2);
    const int inner_line = line;
    line += lines(inner);
    if (minus) inner.erase(0, 1);
    if (inner.ends_with('-')) inner.pop_back(), trim_next = true;
    drop_newline = kind != '{';
    if (kind != '#') out.push_back({kind == '{' ? Piece::Kind::kPrint : Piece::Kind::kStatement, inner, inner_line});
    at = end + 2;
  }
  return out;
}

std::vector<Token> tokens_of(const Piece& piece) {
  std::vector<Token> out;
  const std::string& s = piece.text;
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  for (std::size_t i = 0; i < s.size();) {
    const char c = s[i];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++i;
    } else if (letter(c)) {
      const std::size_t from = i;
      while (i < s.size() && (letter(s[i]) || digit(s[i]))) ++i;
      out.push_back({Token::Kind::kName, s.substr(from, i - from)});
    } else if (digit(c)) {
      const std::size_t from = i;
      while (i < s.size() && (digit(s[i]) || (s[i] == '.' && i + 1 < s.size() && digit(s[i + 1])))) ++i;
      out.push_back({Token::Kind::kNumber, s.substr(from, i - from)});
    } else if (c == '\'' || c == '"') {
      std::string text;
      for (++i; i < s.size() && s[i] != c; ++i) {
        if (s[i] != '\\' || i + 1 >= s.size()) {
          text += s[i];
          continue;
        }
        const char e = s[++i];
        text += e == 'n' ? '\n' : e == 't' ? '\t' : e == 'r' ? '\r' : e;
      }
      ++i;
      out.push_back({Token::Kind::kText, text});
    } else {
      static constexpr std::array<std::string_view, 5> kTwo{"==", "!=", "<=", ">=", "//"};
      std::string sign(1, c);
      for (const std::string_view two : kTwo) {
        if (s.compare(i, 2, two) == 0) sign = two;
      }
      i += sign.size();
      out.push_back({Token::Kind::kSign, sign});
    }
  }
  out.push_back({});
  return out;
}

}  // namespace blockyard::jinja
