#include "core/workload/words/demo_words.h"

#include <fmt/format.h>

#include <sstream>

#include "core/settings/scenario.h"
#include "core/workload/words/words.h"

namespace blockyard {
namespace {

constexpr std::uint64_t kLetters = std::uint64_t{1} << 32U;  // above the numbers of requests: letters are no answers

}  // namespace

Result<DemoWords> DemoWords::read(const WordSource& words) {
  const std::string path = words.settings().assets_dir + "/corpus/written/contexts.txt";
  const auto text = read_file(path);
  if (!text) return text.error();
  DemoWords out(words);
  std::uint32_t contexts = 0, questions = 0;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t answer = line.find(" Answer:");
    if (line.starts_with("Context: ") && contexts < kContexts) {
      out.contexts_[contexts++] = line;
      questions = 0;
    } else if (line.starts_with("Question: ") && answer != std::string::npos && contexts > 0 &&
               questions < kQuestions) {
      out.questions_[contexts - 1][questions++] = line.substr(0, answer) + " Answer:";
    }
  }
  for (std::uint32_t c = 0; c < kContexts; ++c) {
    if (out.contexts_[c].empty() || out.questions_[c].back().empty()) {
      return Error{fmt::format("{}: does not hold {} contexts of {} questions each", path, kContexts, kQuestions)};
    }
    out.letter_tokens_ += static_cast<std::uint32_t>(words.prompt(out.contexts_[c]).size()) / kContexts;
  }
  return out;
}

std::string DemoWords::prompt(std::uint32_t c, std::uint32_t q) const { return contexts_[c] + "\n" + questions_[c][q]; }

std::string DemoWords::unique(std::uint32_t n) const {
  const std::string begin = fmt::format("Letter {}.", n);
  const auto body = words_->words(kLetters + n, words_->prompt(begin), letter_tokens_);
  // The model may end within a character: what is no text is left out.
  const std::string text = one_line(words_->tokenizer().decode(body), body.size() * 64);
  return fmt::format("{} {}\nQuestion: What does letter {} ask for? Answer:", begin, text, n);
}

}  // namespace blockyard
