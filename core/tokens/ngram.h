// A small language model that decides how long an answer is, and which tokens it has (SPEC 3.1): an n-gram model of
// order 4 that backs off to shorter contexts (Katz 1987, without discounts) over the tokens of a corpus.
//
// Not good company, but words: an answer is text that a person can read, its length follows no formula, and a follow-up
// turn that quotes it finds its blocks. Invariants: 1. the same seed and prompt give the same answer, whatever else was
// asked; 2. an answer has at least one token and at most as many as were allowed; 3. the end mark is never part of it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/tokens/tokenizer.h"

namespace blockyard {

class NgramModel {
 public:
  static constexpr std::size_t kContext = 3;  ///< tokens that the next one depends on

  /// Counts what follows what. Paragraphs (what stands between empty lines) are utterances, each with an end.
  NgramModel(const Tokenizer& tokenizer, const std::vector<std::string>& texts);

  /// Tokens of an answer to this prompt, `least` … `most` of them (1 ≤ `least` ≤ `most`): where the model would end
  /// before that, it begins another paragraph.
  std::vector<TokenId> answer(std::uint64_t seed, std::span<const TokenId> prompt, std::uint32_t most,
                              std::uint32_t least = 1) const;

  /// What may follow these last tokens of a text, with how often it did; the longest context that is known. The end is
  /// kEnd.
  using Followers = std::vector<std::pair<TokenId, std::uint32_t>>;  // ascending by token
  const Followers& followers(std::span<const TokenId> last) const;
  static constexpr TokenId kEnd = 0xFFFFFFFF;

 private:
  static std::uint64_t key_of(std::span<const TokenId> context);
  std::unordered_map<std::uint64_t, Followers> next_[kContext + 1];  // by length of the context
};

/// The seed of one request's answer: from the scenario's seed and the request alone.
std::uint64_t answer_seed(std::uint64_t seed, std::uint64_t request);
/// From a seed and the prompt alone: no matter who is asked, or when.
std::uint64_t answer_seed(std::uint64_t seed, std::span<const TokenId> prompt);

}  // namespace blockyard
