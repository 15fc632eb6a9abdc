#include "core/base/words/nearest.h"

#include <fmt/format.h>

#include <algorithm>

namespace blockyard {
namespace {

std::string folded(std::string_view word) {
  std::string out(word);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '-') c = '_';
  }
  return out;
}

}  // namespace

// Optimal string alignment: Levenshtein's table with swaps, of which the last three rows are kept.
std::size_t slips(std::string_view first, std::string_view second) {
  const std::string a = folded(first), b = folded(second);
  std::vector<std::size_t> before2, before(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) before[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({before[j] + 1, row[j - 1] + 1, before[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before2[j - 2] + 1);
    }
    before2 = before;
    before = row;
  }
  return before[b.size()];
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  constexpr std::size_t kLongest = 64;  // nobody mistypes more, and the table stays small
  if (word.empty() || word.size() > kLongest) return "";
  // One slip in a word of up to five letters, two in one of up to eight, and so on.
  const std::size_t most = std::max<std::size_t>(1, word.size() / 3);
  std::string best;
  std::size_t least = most + 1;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kLongest) continue;
    const bool begins = word.size() >= 3 && folded(candidate).starts_with(folded(word));
    const std::size_t n = begins ? 1 : slips(word, candidate);
    if (n < least && n < word.size()) least = n, best = candidate;
  }
  return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates,
                         std::string_view otherwise) {
  const std::string near = nearest(word, candidates);
  return near.empty() ? std::string(otherwise) : fmt::format("did you mean {}?", near);
}

}  // namespace blockyard
