// What a tokenizer does to text before it looks for tokens: the normalisers of Hugging Face's tokenizer.json that the
// BPE family uses, in order.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace blockyard {

struct NormalizerStep {
  enum class Kind { kNfc, kPrepend, kReplace };
  Kind kind = Kind::kNfc;
  std::string from;  ///< kReplace: this text …
  std::string to;    ///< … becomes this; kPrepend: what is put before a text that is not empty
};

/// Runs the steps over valid UTF-8.
std::string normalize(const std::vector<NormalizerStep>& steps, std::string_view text);

/// `text` with each `from` replaced by `to`, from left to right.
std::string replace_all(std::string_view text, std::string_view from, std::string_view to);

}  // namespace blockyard
