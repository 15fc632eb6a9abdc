// WordSource: what makers of requests are lent where prompts are words: the tokenizer with its layout of chats, and the
// small model where it decides the answers (SPEC 3.1). WordLender opens it at first need, so that a workload without
// words costs nothing.
//
// For one thread: the model is counted at first need. What is learnt (the vocabulary, the counts of the model) depends
// on the files alone.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/tokens/chat/chat.h"
#include "core/tokens/ngram.h"
#include "core/tokens/tokenizer.h"

namespace blockyard {

/// What a scenario says about words.
struct WordSettings {
  std::string tokenizer = "built-in";
  std::string assets_dir;          ///< where the built-in tokenizer and the corpus lie
  bool model_answers = false;      ///< workload.answers is model
  std::uint32_t max_tokens = 100;  ///< of an answer of the model
  std::uint64_t seed = 0;
};

class WordSource {
 public:
  static Result<WordSource> open(const WordSettings& settings);

  const Tokenizer& tokenizer() const { return tokenizer_; }
  const ChatLayout& layout() const { return layout_; }
  const WordSettings& settings() const { return settings_; }
  /// Tokens of a prompt as an engine makes them: with what the tokenizer puts around a text.
  std::vector<TokenId> prompt(std::string_view text) const { return tokenizer_.encode_single(text); }
  /// Tokens of a chat. A template says itself what stands around it.
  std::vector<TokenId> chat(const std::vector<ChatMessage>& messages, bool ask) const;
  /// Why chats are laid out plainly though the tokenizer has a template; "" where they are not, or none was asked for.
  const std::string& note() const { return note_; }

  /// The small model's answer to request number `request`: at most `most` tokens (at least one).
  std::vector<TokenId> answer(std::uint64_t request, std::span<const TokenId> prompt, std::uint32_t most) const;
  /// Words of exactly so many tokens that go on from the prompt: for an answer of which only the length is known.
  std::vector<TokenId> words(std::uint64_t request, std::span<const TokenId> prompt, std::uint32_t tokens) const;

 private:
  WordSource(WordSettings settings, Tokenizer tokenizer)
      : settings_(std::move(settings)), tokenizer_(std::move(tokenizer)), layout_(tokenizer_) {}
  /// nullptr where the vocabulary has nothing for the corpus.
  const NgramModel* model() const;

  WordSettings settings_;
  Tokenizer tokenizer_;
  ChatLayout layout_;
  std::vector<std::string> corpus_;  // what the model is counted from, at first need
  mutable bool counted_ = false;
  mutable std::unique_ptr<const NgramModel> model_;
  mutable std::string note_;
};

class WordLender {
 public:
  explicit WordLender(WordSettings settings) : settings_(std::move(settings)) {}
  const WordSettings& settings() const { return settings_; }
  /// The same one every time. An error is why there is none.
  Result<const WordSource*> words();

 private:
  WordSettings settings_;
  std::optional<WordSource> source_;
  std::optional<Error> trouble_;
};

}  // namespace blockyard
