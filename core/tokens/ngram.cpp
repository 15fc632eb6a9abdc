#include "core/tokens/ngram.h"

#include <algorithm>
#include <map>

#include "core/base/check.h"
#include "core/base/rng.h"
#include "core/tokens/sha256.h"

namespace blockyard {
namespace {

constexpr TokenId kBegin = (1U << 21) - 1;  // stands before the first token of a paragraph; no vocabulary goes so far

std::vector<std::string> paragraphs(const std::string& text) {
  std::vector<std::string> out;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = text.find("\n\n", at);
    if (end == std::string::npos) end = text.size();
    std::string part = text.substr(at, end - at);
    while (!part.empty() && part.back() == '\n') part.pop_back();
    if (!part.empty()) out.push_back(std::move(part));
    at = end;
    while (at < text.size() && text[at] == '\n') ++at;
  }
  return out;
}

TokenId draw(const NgramModel::Followers& next, Rng& rng) {
  std::uint64_t sum = 0;
  for (const auto& [token, count] : next) sum += count;
  std::uint64_t at = rng.below(sum);
  for (const auto& [token, count] : next) {
    if (at < count) return token;
    at -= count;
  }
  return next.back().first;
}

void put_u64(std::vector<std::uint8_t>& out, std::uint64_t v) {
  for (int i = 0; i < 8; ++i) out.push_back(static_cast<std::uint8_t>(v >> (8 * i)));
}

}  // namespace

std::uint64_t NgramModel::key_of(std::span<const TokenId> context) {
  std::uint64_t key = 1;  // tells contexts of zeros apart
  for (const TokenId t : context) key = key << 21 | t;
  return key;
}

NgramModel::NgramModel(const Tokenizer& tokenizer, const std::vector<std::string>& texts) {
  BY_CHECK(tokenizer.size() < kBegin, "a vocabulary of more than 2^21 entries");
  std::map<std::uint64_t, std::map<TokenId, std::uint32_t>> counts[kContext + 1];
  for (const std::string& text : texts) {
    for (const std::string& part : paragraphs(text)) {
      std::vector<TokenId> tokens{kBegin};
      const std::vector<TokenId> inner = tokenizer.encode(part);
      if (inner.empty()) continue;  // a vocabulary that has nothing for it
      tokens.insert(tokens.end(), inner.begin(), inner.end());
      tokens.push_back(kEnd);
      for (std::size_t i = 1; i < tokens.size(); ++i) {
        for (std::size_t n = 0; n <= std::min(kContext, i); ++n)
          ++counts[n][key_of(std::span(tokens).subspan(i - n, n))][tokens[i]];
      }
    }
  }
  for (std::size_t n = 0; n <= kContext; ++n) {
    for (const auto& [key, followers] : counts[n]) next_[n].emplace(key, Followers(followers.begin(), followers.end()));
  }
  BY_CHECK(!next_[0].empty(), "a model of no text");
}

const NgramModel::Followers& NgramModel::followers(std::span<const TokenId> last) const {
  for (std::size_t n = std::min(kContext, last.size());; --n) {
    const auto found = next_[n].find(key_of(last.subspan(last.size() - n)));
    if (found != next_[n].end()) return found->second;
    BY_CHECK(n > 0, "the empty context follows everything");
  }
}

std::vector<TokenId> NgramModel::answer(std::uint64_t seed, std::span<const TokenId> prompt, std::uint32_t most,
                                        std::uint32_t least) const {
  BY_CHECK(least >= 1 && least <= most, "an answer has at least one token");
  Rng rng(seed, RngPurpose::kAnswers);
  std::vector<TokenId> text(prompt.end() - static_cast<std::ptrdiff_t>(std::min(kContext, prompt.size())),
                            prompt.end());
  std::vector<TokenId> out;
  while (out.size() < most) {
    const TokenId drawn = draw(followers(text), rng);
    if (drawn == kEnd && out.size() >= least) break;
    if (drawn == kEnd) {  // the text ends as a paragraph ends: it goes on as one begins
      text = {kBegin};
      continue;
    }
    text.push_back(drawn);
    out.push_back(drawn);
  }
  return out;
}

std::uint64_t answer_seed(std::uint64_t seed, std::uint64_t request) {
  std::vector<std::uint8_t> bytes;
  put_u64(bytes, seed), put_u64(bytes, request);
  return digest_prefix(sha256(bytes));
}

std::uint64_t answer_seed(std::uint64_t seed, std::span<const TokenId> prompt) {
  std::vector<std::uint8_t> bytes;
  put_u64(bytes, seed);
  for (const TokenId t : prompt) {
    for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<std::uint8_t>(t >> (8 * i)));
  }
  return digest_prefix(sha256(bytes));
}

}  // namespace blockyard
