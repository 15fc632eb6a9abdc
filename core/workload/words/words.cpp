#include "core/workload/words/words.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/tokens/utf8.h"

namespace blockyard {

void Words::add_block(std::span<const TokenId> tokens) {
  BY_CHECK(tokens.empty() || tokens.size() == block_tokens_, "a block of another size");
  tokens_.insert(tokens_.end(), tokens.begin(), tokens.end());
  begins_.push_back(tokens_.size());
}

void Words::insert_rest(RequestId r, std::span<const TokenId> tokens) {
  BY_CHECK(r < rest_begins_.size(), "a place behind the end");
  const std::size_t at = rest_begins_[r];
  rests_.insert(rests_.begin() + static_cast<std::ptrdiff_t>(at), tokens.begin(), tokens.end());
  rest_begins_.insert(rest_begins_.begin() + r, at);
  for (std::size_t i = r + 1; i < rest_begins_.size(); ++i) rest_begins_[i] += tokens.size();
}

std::span<const TokenId> Words::block(BlockId b) const {
  if (b >= blocks()) return {};
  return {tokens_.data() + begins_[b], begins_[b + 1] - begins_[b]};
}

std::span<const TokenId> Words::rest(RequestId r) const {
  if (r + 1 >= rest_begins_.size()) return {};
  return {rests_.data() + rest_begins_[r], rest_begins_[r + 1] - rest_begins_[r]};
}

std::vector<TokenId> Words::tokens_of(Chain chain, std::size_t most) const {
  std::vector<TokenId> out;
  for (const Span& run : chain) {
    for (std::uint32_t i = 0; i < run.count && out.size() < most; ++i) {
      const std::span<const TokenId> tokens = block(run.first + i);
      out.insert(out.end(), tokens.begin(), tokens.end());
    }
  }
  if (out.size() > most) out.resize(most);
  return out;
}

std::string one_line(const std::string& text, std::size_t most) {
  std::string out;
  std::size_t characters = 0;
  bool space = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t n = utf8::sequence_length(std::string_view(text).substr(at));
    if (n == 0) {  // half a character: a block may end within one
      ++at;
      continue;
    }
    const utf8::CodePoint c = utf8::decode(std::string_view(text).substr(at));
    if (utf8::is_space(c.value)) {
      space = !out.empty();
    } else if (c.value >= 0x20 && c.value != 0x7F) {
      if (characters + (space ? 2 : 1) > most) {
        while (!out.empty() && characters + 1 > most) {
          while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xC0) == 0x80) out.pop_back();
          if (!out.empty()) out.pop_back();
          --characters;
        }
        return out + "…";
      }
      if (space) out += ' ', ++characters;
      space = false;
      out.append(text, at, n);
      ++characters;
    }
    at += n;
  }
  return out;
}

}  // namespace blockyard
