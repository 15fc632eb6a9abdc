// A shell text as simple commands: enough of the shell's grammar to read what people paste, and nothing of it is run.
#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "core/io/imports/import_parts.h"

namespace blockyard::imports {

Json Draft::number(double v) {
  if (v == std::floor(v) && std::abs(v) < 9e15) return static_cast<std::int64_t>(v);
  return v;
}

std::optional<double> read_number(std::string_view text) {
  double v = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), v);
  if (ec != std::errc() || end != text.data() + text.size() || !std::isfinite(v)) return {};
  return v;
}

Result<std::vector<Command>> read_commands(std::string_view text) {
  std::vector<Command> out(1);
  std::string word;
  bool in_word = false;
  std::size_t line = 1;
  const auto end_word = [&] {
    if (in_word) out.back().words.push_back(word);
    word.clear();
    in_word = false;
  };
  const auto begin_word = [&] {
    if (out.back().words.empty() && !in_word) out.back().line = line;
    in_word = true;
  };
  const auto end_command = [&] {
    end_word();
    if (!out.back().words.empty()) out.emplace_back();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\') {
      if (i + 1 < text.size() && text[i + 1] == '\r') ++i;
      if (i + 1 < text.size() && text[i + 1] == '\n') {
        end_word();
        ++line;
        ++i;
      } else if (i + 1 < text.size()) {
        begin_word();
        word += text[++i];
      }
    } else if (c == '\'' || c == '"') {
      begin_word();
      const std::size_t from = line;
      for (++i; i < text.size() && text[i] != c; ++i) {
        if (text[i] == '\n') ++line;
        if (c == '"' && text[i] == '\\' && i + 1 < text.size()) ++i;
        word += text[i];
      }
      if (i >= text.size()) return Error{fmt::format("line {}: a quote that is not closed", from)};
    } else if (c == '\n') {
      end_command();
      ++line;
    } else if (c == ';' || c == '&' || c == '|') {
      end_command();
    } else if (c == ' ' || c == '\t' || c == '\r') {
      end_word();
    } else if (c == '#' && !in_word) {
      while (i + 1 < text.size() && text[i + 1] != '\n') ++i;
    } else {
      begin_word();
      word += c;
    }
  }
  end_command();
  if (out.back().words.empty()) out.pop_back();
  return out;
}

bool any_word(const std::vector<std::string>& words, std::string_view part) {
  for (const std::string& w : words) {
    // The program's word, or the last part of its path: "sglang_router.launch_router", "/usr/bin/smg".
    const std::string_view name = std::string_view(w).substr(w.rfind('/') == std::string::npos ? 0 : w.rfind('/') + 1);
    if (name == part || (part.ends_with('.') && name.starts_with(part))) return true;
  }
  return false;
}

bool any_flag(const std::vector<std::string>& words, std::span<const std::string_view> begins) {
  for (const std::string& w : words) {
    for (const std::string_view b : begins) {
      if (w.starts_with(b)) return true;
    }
  }
  return false;
}

}  // namespace blockyard::imports
