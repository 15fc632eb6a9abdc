// A shell text as simple commands: enough of the shell's grammar to read what people paste, and nothing of it is run.
#include <fmt/format.h>

#include <cmath>

#include "core/io/imports/import_parts.h"

namespace blockyard::imports {

Json Draft::number(double v) {
  if (v == std::floor(v) && std::abs(v) < 9e15) return static_cast<std::int64_t>(v);
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

namespace {

// The command and its arguments of a container, as lists of texts; a text with spaces is a shell's.
void take_words(const Json& list, Command& out) {
  for (const Json& v : list) {
    const std::string word = v.is_string() ? v.get<std::string>() : std::string();
    if (word.find(' ') == std::string::npos) {
      if (!word.empty()) out.words.push_back(word);
    } else if (const auto inner = read_commands(word)) {
      for (const Command& c : *inner) out.words.insert(out.words.end(), c.words.begin(), c.words.end());
    }
  }
}

void find_commands(const Json& at, std::vector<Command>& out) {
  if (at.is_object()) {
    Command c;
    for (const char* key : {"command", "args"}) {
      const auto it = at.find(key);
      if (it != at.end() && it->is_array()) take_words(*it, c);
    }
    if (!c.words.empty()) out.push_back(std::move(c));
    for (const auto& [key, v] : at.items()) {
      if (key != "command" && key != "args") find_commands(v, out);
    }
  } else if (at.is_array()) {
    for (const Json& v : at) find_commands(v, out);
  }
}

}  // namespace

std::vector<Command> commands_in_lists(std::string_view yaml) {
  std::vector<Command> out;
  const auto documents = read_yaml(yaml);
  if (!documents) return out;
  for (const Json& d : *documents) {
    if (d.is_array() && !d.empty() && d[0].is_string()) {
      Command c;
      take_words(d, c);
      if (!c.words.empty()) out.push_back(std::move(c));
    } else {
      find_commands(d, out);
    }
  }
  return out;
}

bool any_word(const std::vector<std::string>& words, std::string_view part) {
  for (const std::string& w : words) {
    // The program's word, or the last part of its path: "sglang_router.launch_router", "/usr/bin/smg".
    std::string_view name = std::string_view(w).substr(w.rfind('/') == std::string::npos ? 0 : w.rfind('/') + 1);
    name = name.substr(0, name.find(':'));  // of an image: "sgl-model-gateway:latest"
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
