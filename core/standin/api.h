// What is asked of a stand-in and how it answers: the part of the OpenAI API and of vLLM's own that it serves. Pure: a
// body in, a request or an error out; tokens in, bytes out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/tokens/tokenizer.h"
#include "core/workload/words/word_source.h"

namespace blockyard::standin {

inline constexpr std::uint32_t kMostAnswer = 16;  ///< tokens of an answer for which nobody says how long it may be

/// An answer that is no answer.
struct ApiError {
  unsigned status = 400;
  std::string message, type = "BadRequestError", param;
  std::string json() const;
};

struct Generate {
  bool chat = false, stream = false, usage = false;
  std::vector<TokenId> prompt, answer;
  bool cut = false;  ///< the answer has all the tokens that were allowed
  std::string salt;
};

class Api {
 public:
  /// `words` must outlive it; its seed is the one of the answers.
  Api(const WordSource& words, std::string model) : words_(&words), model_(std::move(model)) {}

  const std::string& model() const { return model_; }
  /// /v1/completions and /v1/chat/completions. The answer is drawn at once: from seed and prompt alone.
  std::variant<Generate, ApiError> generate(std::string_view body, bool chat) const;
  /// /tokenize: the body of the answer.
  std::variant<std::string, ApiError> tokenize(std::string_view body) const;
  /// /v1/models.
  std::string models() const;

  /// The whole answer, not streamed.
  std::string whole(const Generate& g, std::string_view id, std::int64_t created, std::uint32_t cached) const;

  /// Events of a stream, `data: …` and an empty line each. A token's text is held back while it ends amid a character.
  struct Stream {
    std::string id;
    std::int64_t created = 0;
    std::uint32_t cached = 0;  ///< tokens
    std::string held;          ///< bytes that are no whole character yet
    bool began = false;
  };
  /// Token number `n` of the answer.
  std::string piece(const Generate& g, Stream& s, std::uint32_t n) const;
  /// What comes behind the last one.
  std::string tail(const Generate& g, Stream& s) const;

 private:
  const WordSource* words_;
  std::string model_;
};

}  // namespace blockyard::standin
