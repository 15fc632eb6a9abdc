// A text in the prompt lab: its tokens, the full blocks that they make, each block's digest, and which of the digests
// are not those of the text before the last change.
//
// Pure: no drawing. Invariants: 1. the tokens' texts one after another are the text; 2. digests has one entry a full
// block, each made of the one before it and 16 ids; 3. once a block is new, every block behind it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/tokens/sha256.h"
#include "core/tokens/tokenizer.h"

namespace blockyard {

class PromptBlocks {
 public:
  static constexpr std::uint32_t kBlockTokens = 16;

  /// Cuts another text. The digests of the text before stay known, for is_new().
  void set(const Tokenizer& tokenizer, const std::string& text);

  const std::string& text() const { return text_; }
  const std::vector<TokenId>& ids() const { return ids_; }
  /// Text of token i, as bytes of the prompt.
  std::string_view token_text(std::size_t i) const {
    return std::string_view(text_).substr(begins_[i], begins_[i + 1] - begins_[i]);
  }
  std::size_t full_blocks() const { return digests_.size(); }
  /// Full blocks, and the rest where there is one.
  std::size_t parts() const { return (ids_.size() + kBlockTokens - 1) / kBlockTokens; }
  const Digest& digest(std::size_t block) const { return digests_[block]; }
  /// Whether the full block has another digest than the one that stood there before the last change.
  bool is_new(std::size_t block) const { return block >= unchanged_; }
  /// Full blocks that are as they were before the last change.
  std::size_t unchanged() const { return unchanged_; }

 private:
  std::string text_;
  std::vector<TokenId> ids_;
  std::vector<std::size_t> begins_{0};  // of each token in the text, and its end
  std::vector<Digest> digests_;
  std::size_t unchanged_ = 0;
};

}  // namespace blockyard
