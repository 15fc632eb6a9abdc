// The words of the workload `demo`: three contexts with four questions each, as they stand in the corpus, and prompts
// that nobody else has.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "core/base/result.h"
#include "core/workload/words/word_source.h"

namespace blockyard {

class DemoWords {
 public:
  static constexpr std::uint32_t kContexts = 3;
  static constexpr std::uint32_t kQuestions = 4;

  /// Reads corpus/written/contexts.txt of the assets: a line `Context: …` a context, below it a line
  /// `Question: … Answer: …` a question. `words` must outlive this.
  static Result<DemoWords> read(const WordSource& words);

  /// Question q of context c: the context, the question, and "Answer:".
  std::string prompt(std::uint32_t c, std::uint32_t q) const;
  /// The n-th prompt of its own: a letter of about the length of a context, written by the small model.
  std::string unique(std::uint32_t n) const;

 private:
  explicit DemoWords(const WordSource& words) : words_(&words) {}

  const WordSource* words_;
  std::array<std::string, kContexts> contexts_;
  std::array<std::array<std::string, kQuestions>, kContexts> questions_;
  std::uint32_t letter_tokens_ = 0;
};

}  // namespace blockyard
