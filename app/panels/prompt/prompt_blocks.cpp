#include "app/panels/prompt/prompt_blocks.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/tokens/built_in.h"

namespace blockyard {

void PromptBlocks::set(const Tokenizer& tokenizer, const std::string& text) {
  const std::vector<Digest> before = std::move(digests_);
  text_ = text;
  ids_ = tokenizer.encode(text);
  begins_.assign(1, 0);
  begins_.reserve(ids_.size() + 1);
  for (const TokenId id : ids_) begins_.push_back(begins_.back() + tokenizer.text_of(id).size());
  BY_CHECK(begins_.back() == text_.size(), "tokens that are not the text");
  digests_ = chain_digests(ids_, kBlockTokens);
  const std::size_t both = std::min(before.size(), digests_.size());
  unchanged_ = static_cast<std::size_t>(
      std::mismatch(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(both), digests_.begin()).first -
      before.begin());
}

}  // namespace blockyard
