#include "core/live/wire/metrics_text.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

#include "core/base/words/number.h"

namespace blockyard::live {
namespace {

bool is_name(char c, bool first) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' || (!first && c >= '0' && c <= '9');
}

// One line, from its left to its right.
class Line {
 public:
  explicit Line(std::string_view text) : rest_(text) {}

  void blanks() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\t' || rest_[0] == '\r')) rest_.remove_prefix(1);
  }
  bool at_end() const { return rest_.empty(); }
  bool take(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string_view name() {
    std::size_t n = 0;
    while (n < rest_.size() && is_name(rest_[n], n == 0)) ++n;
    return part(n);
  }
  std::string_view word() {
    std::size_t n = 0;
    while (n < rest_.size() && rest_[n] != ' ' && rest_[n] != '\t' && rest_[n] != '\r') ++n;
    return part(n);
  }
  // A text in quotes, in which \\, \" and \n stand for others.
  bool quoted(std::string& out) {
    if (!take('"')) return false;
    while (!rest_.empty() && rest_[0] != '"') {
      char c = rest_[0];
      rest_.remove_prefix(1);
      if (c == '\\' && !rest_.empty()) {
        c = rest_[0] == 'n' ? '\n' : rest_[0];
        rest_.remove_prefix(1);
      }
      out += c;
    }
    return take('"');
  }

 private:
  std::string_view part(std::size_t n) {
    const std::string_view out = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return out;
  }
  std::string_view rest_;
};

std::optional<double> number(std::string_view word) {
  if (!word.empty() && word[0] == '+') word.remove_prefix(1);
  if (word.empty() || word[0] == '+') return std::nullopt;
  double out = 0;
  if (leading_number(word, out) != word.size()) return std::nullopt;
  return out;
}

bool is_time(std::string_view word) {
  std::int64_t out = 0;
  const auto [end, trouble] = std::from_chars(word.data(), word.data() + word.size(), out);
  return trouble == std::errc() && end == word.data() + word.size();
}

std::optional<MetricSample> sample(Line line) {
  MetricSample out;
  line.blanks();
  out.name = line.name();
  if (out.name.empty()) return std::nullopt;
  line.blanks();
  if (line.take('{')) {
    line.blanks();
    while (!line.take('}')) {
      const std::string_view name = line.name();
      line.blanks();
      if (name.empty() || !line.take('=')) return std::nullopt;
      line.blanks();
      auto& label = out.labels.emplace_back(name, std::string());
      if (!line.quoted(label.second)) return std::nullopt;
      line.blanks();
      if (line.take(',')) {
        line.blanks();
      } else if (!line.take('}')) {
        return std::nullopt;
      } else {
        break;
      }
    }
    line.blanks();
  }
  const auto value = number(line.word());
  if (!value) return std::nullopt;
  out.value = *value;
  line.blanks();
  if (line.at_end()) return out;
  const bool time = is_time(line.word());
  line.blanks();
  if (!time || !line.at_end()) return std::nullopt;
  return out;
}

}  // namespace

const std::string* MetricSample::label(std::string_view label_name) const {
  for (const auto& [name_here, value_here] : labels) {
    if (name_here == label_name) return &value_here;
  }
  return nullptr;
}

MetricsPage parse_metrics(std::string_view text) {
  MetricsPage page;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos || line[first] == '#') continue;
    if (auto found = sample(Line(line))) {
      page.samples.push_back(std::move(*found));
    } else {
      ++page.bad_lines;
    }
  }
  return page;
}

}  // namespace blockyard::live
