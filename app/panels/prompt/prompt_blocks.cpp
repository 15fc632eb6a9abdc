#include "app/panels/prompt/prompt_blocks.h"

#include <algorithm>
#include <unordered_map>

#include "core/tokens/built_in.h"

namespace blockyard {

void PromptBlocks::set(const Tokenizer& tokenizer, std::vector<TokenId> ids) {
  const std::vector<Digest> before = std::move(digests_);
  begins_here_ = false;
  ids_ = std::move(ids);
  pieces_.clear();
  begins_.assign(1, 0);
  begins_.reserve(ids_.size() + 1);
  std::unordered_map<TokenId, std::string> known;
  for (const TokenId id : ids_) {
    const auto [at, fresh] = known.try_emplace(id);
    if (fresh) at->second = tokenizer.text_of(id);
    pieces_ += at->second;
    begins_.push_back(pieces_.size());
  }
  digests_ = chain_digests(ids_, block_tokens_);
  const std::size_t both = std::min(before.size(), digests_.size());
  unchanged_ = static_cast<std::size_t>(
      std::mismatch(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(both), digests_.begin()).first -
      before.begin());
}

}  // namespace blockyard
