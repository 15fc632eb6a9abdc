// How a tokenizer cuts text into pieces that no token crosses: the pre-tokenizers of Hugging Face's tokenizer.json that
// the BPE family uses (Split, ByteLevel, Metaspace, Digits), in order. Patterns are compiled by PCRE2.
//
// Pieces are of bytes: what ByteLevel writes in its alphabet of 256 letters is left as the bytes that it stands for.
// Text need not be valid UTF-8: bytes that are not are a piece of their own. Invariant: without kMetaspace and
// SplitBehavior::kRemoved, the pieces one after another are the text (with a leading space where a step adds one).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace blockyard {

/// A compiled pattern; what it matches is asked of valid UTF-8 only.
class Pattern {
 public:
  /// A regular expression as the Rust and Oniguruma engines read it; `\s` and `\S` are Unicode's White_Space.
  static Result<Pattern> compile(const std::string& expression);
  /// The text itself.
  static Pattern literal(const std::string& text);

  struct Match {
    std::size_t begin = 0, end = 0;
  };
  /// As it was given to compile() or literal().
  const std::string& expression() const { return expression_; }
  /// Non-empty matches from left to right, in bytes.
  std::vector<Match> find_all(std::string_view text) const;

 private:
  Pattern() = default;
  std::string expression_;
  std::shared_ptr<void> code_;  // pcre2_code: immutable once compiled
};

enum class SplitBehavior { kRemoved, kIsolated, kMergedWithPrevious, kMergedWithNext, kContiguous };

struct PretokenizerStep {
  enum class Kind { kSplit, kPrefixSpace, kMetaspace };
  Kind kind = Kind::kSplit;
  std::shared_ptr<const Pattern> pattern;             ///< kSplit
  SplitBehavior behavior = SplitBehavior::kIsolated;  ///< kSplit
  bool invert = false;                                ///< kSplit: what does not match is what is split off
  std::string replacement;                            ///< kMetaspace: what stands for a space
  enum class Prepend { kNo, kFirst, kAlways } prepend = Prepend::kNo;  ///< kMetaspace
  bool split = true;  ///< kMetaspace: a piece begins with each replacement
};

/// The pieces, in order. `first` = this text begins the whole one (kMetaspace).
std::vector<std::string> pretokenize(const std::vector<PretokenizerStep>& steps, std::string_view text, bool first);

}  // namespace blockyard
