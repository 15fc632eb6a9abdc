#include "core/workload/words/word_source.h"

#include <algorithm>

#include "core/tokens/built_in.h"

namespace blockyard {

Result<WordSource> WordSource::open(const WordSettings& settings) {
  auto tokenizer = open_tokenizer(settings.tokenizer, settings.assets_dir);
  if (!tokenizer) return tokenizer.error();
  WordSource out(settings, std::move(*tokenizer));
  auto corpus = read_corpus(settings.assets_dir + "/corpus");
  if (corpus) out.corpus_ = std::move(*corpus);
  if (settings.model_answers && !corpus) return corpus.error();
  if (settings.model_answers && out.model() == nullptr) {
    return Error{settings.tokenizer + ": has no tokens for the corpus, so there is no model that could answer"};
  }
  return out;
}

std::vector<TokenId> WordSource::chat(const std::vector<ChatMessage>& messages, bool ask) const {
  ChatText laid = layout_.text(messages, ask);
  if (note_.empty()) note_ = std::move(laid.note);
  return layout_.has_template() ? tokenizer_.encode(laid.text) : tokenizer_.encode_single(laid.text);
}

const NgramModel* WordSource::model() const {
  if (!counted_) {
    counted_ = true;
    const bool any = std::any_of(corpus_.begin(), corpus_.end(),
                                 [this](const std::string& text) { return !tokenizer_.encode(text).empty(); });
    if (any) model_ = std::make_unique<const NgramModel>(tokenizer_, corpus_);
  }
  return model_.get();
}

std::vector<TokenId> WordSource::answer(std::uint64_t request, std::span<const TokenId> prompt,
                                        std::uint32_t most) const {
  if (model() == nullptr) return std::vector<TokenId>(std::max(most, 1U), 0);
  return model()->answer(answer_seed(settings_.seed, request), prompt, most);
}

std::vector<TokenId> WordSource::words(std::uint64_t request, std::span<const TokenId> prompt,
                                       std::uint32_t tokens) const {
  if (tokens == 0) return {};
  if (model() == nullptr) return std::vector<TokenId>(tokens, 0);
  return model()->answer(answer_seed(settings_.seed, request), prompt, tokens, tokens);
}

Result<const WordSource*> WordLender::words() {
  if (trouble_) return *trouble_;
  if (!source_) {
    auto opened = WordSource::open(settings_);
    if (!opened) {
      trouble_ = opened.error();
      return *trouble_;
    }
    source_.emplace(std::move(*opened));
  }
  return &*source_;
}

}  // namespace blockyard
