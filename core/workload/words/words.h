// Words: the tokens behind a workload's blocks, where its prompts are words: what a block, a prefix or a whole prompt
// says. Owned by the workload; made with it, and never changed afterwards.
//
// Memory follows the distinct blocks and the number of requests, not the length of all prompts together. Invariants:
// 1. every block of the workload's tree has its tokens here, in order of the block ids, or none (content that has no
// words); 2. every request has what lies behind its known blocks: the rest of its prompt, and of its answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/prefix/block_sequence.h"
#include "core/tokens/tokenizer.h"

namespace blockyard {

class Words {
 public:
  Words(Tokenizer tokenizer, std::uint32_t block_tokens)
      : tokenizer_(std::move(tokenizer)), block_tokens_(block_tokens) {}

  const Tokenizer& tokenizer() const { return tokenizer_; }
  /// Blocks that were added: ids below it.
  BlockId blocks() const { return static_cast<BlockId>(begins_.size() - 1); }
  /// The block of the next id; no tokens: it has no words.
  void add_block(std::span<const TokenId> tokens);
  /// The next request's tokens behind its known blocks.
  void add_rest(std::span<const TokenId> tokens) {
    insert_rest(static_cast<RequestId>(rest_begins_.size() - 1), tokens);
  }
  /// The same as request `r`: those from there on move on.
  void insert_rest(RequestId r, std::span<const TokenId> tokens);

  /// Tokens of a block; empty where it has no words or is nobody's.
  std::span<const TokenId> block(BlockId b) const;
  std::span<const TokenId> rest(RequestId r) const;
  /// The tokens of a chain one after another, at most `most` of them.
  std::vector<TokenId> tokens_of(Chain chain, std::size_t most = ~std::size_t{0}) const;
  /// Memory that it takes without the tokenizer, bytes.
  std::uint64_t bytes() const {
    return (tokens_.capacity() + rests_.capacity()) * sizeof(TokenId) +
           (begins_.capacity() + rest_begins_.capacity()) * sizeof(std::size_t);
  }
  /// As they were written.
  std::string text(std::span<const TokenId> tokens) const { return tokenizer_.decode(tokens); }

 private:
  Tokenizer tokenizer_;
  std::uint32_t block_tokens_;
  std::vector<TokenId> tokens_;
  std::vector<std::size_t> begins_{0};  // of each block in tokens_, and the end
  std::vector<TokenId> rests_;
  std::vector<std::size_t> rest_begins_{0};
};

/// Words on one line of at most `most` characters: white space is one space, what does not print is left out, and … at
/// the end says that there was more.
std::string one_line(const std::string& text, std::size_t most);

}  // namespace blockyard
