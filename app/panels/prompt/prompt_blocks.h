// A text in the prompt lab: its tokens, the full blocks that they make, each block's digest, and which of the digests
// are not those of the text before the last change.
//
// Pure: no drawing. Invariants: 1. digests has one entry a full block, each made of the one before it and the block's
// ids; 2. once a block is new, every block behind it is; 3. by the built-in tokenizer, the tokens' texts one after
// another are the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/tokens/sha256.h"
#include "core/tokens/tokenizer.h"

namespace blockyard {

class PromptBlocks {
 public:
  explicit PromptBlocks(std::uint32_t block_tokens = 16) : block_tokens_(block_tokens) {}

  /// Cuts another text. The digests of the text before stay known, for is_new().
  void set(const Tokenizer& tokenizer, const std::string& text) { set(tokenizer, tokenizer.encode(text)); }
  /// The same of tokens.
  void set(const Tokenizer& tokenizer, std::vector<TokenId> ids);
  /// Takes the text as one to begin with: nothing of it is new.
  void begin_here() { unchanged_ = full_blocks(), begins_here_ = true; }
  bool begins_here() const { return begins_here_; }

  std::uint32_t block_tokens() const { return block_tokens_; }
  const std::vector<TokenId>& ids() const { return ids_; }
  /// Text of token i, as it would stand inside a text.
  std::string_view token_text(std::size_t i) const {
    return std::string_view(pieces_).substr(begins_[i], begins_[i + 1] - begins_[i]);
  }
  std::size_t full_blocks() const { return digests_.size(); }
  /// Full blocks, and the rest where there is one.
  std::size_t parts() const { return (ids_.size() + block_tokens_ - 1) / block_tokens_; }
  const Digest& digest(std::size_t block) const { return digests_[block]; }
  /// Whether the full block has another digest than the one that stood there before the last change.
  bool is_new(std::size_t block) const { return block >= unchanged_; }
  /// Full blocks that are as they were before the last change.
  std::size_t unchanged() const { return unchanged_; }

 private:
  std::uint32_t block_tokens_;
  std::vector<TokenId> ids_;
  std::string pieces_;
  std::vector<std::size_t> begins_{0};  // of each token in pieces_, and the end
  std::vector<Digest> digests_;
  std::size_t unchanged_ = 0;
  bool begins_here_ = false;
};

}  // namespace blockyard
