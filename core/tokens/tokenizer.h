// Tokenizer: text to token ids and back (SPEC 3.1): normaliser, added tokens, pre-tokenizer, byte-pair encoding,
// decoder.
//
// The built-in one and every tokenizer.json of the BPE family are the same class with other parts. A value that is not
// changed once it is made; any number of threads may use it. Invariants: 1. encode() gives the same ids for the same
// text everywhere; 2. where the vocabulary has all bytes and nothing is normalised, decode(encode(x)) = x for any
// bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/tokens/bpe/bpe.h"
#include "core/tokens/bpe/normalizer.h"
#include "core/tokens/bpe/pretokenizer.h"

namespace blockyard {

/// A token with a text of its own that is looked for before anything else: `<|im_start|>`.
struct AddedToken {
  TokenId id = 0;
  std::string content;
  bool single_word = false;    ///< only where no letter, digit or _ touches it
  bool strip_left = false;     ///< takes the white space before it
  bool strip_right = false;    ///< … and behind it
  bool in_normalized = false;  ///< looked for in the normalised text
  bool special = false;
};

/// One step from tokens back to bytes.
struct DecoderStep {
  enum class Kind { kReplace, kStripFirst };
  Kind kind = Kind::kReplace;
  std::string from, to;     ///< kReplace, in each token that is not an added one; kStripFirst: `from` is the character
  std::uint32_t count = 0;  ///< kStripFirst: at most so many at the beginning of the text
};

class Tokenizer {
 public:
  struct Parts {
    Bpe bpe{Bpe::Symbols::kBytes};
    std::vector<NormalizerStep> normalizer;
    std::vector<PretokenizerStep> pretokenizer;
    std::vector<DecoderStep> decoder;
    std::vector<AddedToken> added;
    std::vector<TokenId> before, behind;  ///< what the template of single sequences puts around a text
    std::string chat_template;            ///< "" where it has none
    std::string bos, eos;                 ///< texts of the tokens that templates name
  };

  Tokenizer(std::string name, Parts parts);

  /// The tokens of a text, without what the template of single sequences adds.
  std::vector<TokenId> encode(std::string_view text) const;
  /// The same with it: what an engine makes of a prompt.
  std::vector<TokenId> encode_single(std::string_view text) const;
  /// The bytes that the tokens stand for. An id that is no token stands for nothing.
  std::string decode(std::span<const TokenId> tokens) const;
  /// The bytes of one token as they would stand inside a text: for showing it.
  std::string text_of(TokenId token) const;

  /// "built-in", or the path it was read from.
  const std::string& name() const { return name_; }
  /// One more than the highest id.
  std::uint32_t size() const { return size_; }
  /// Id of an added token or a token of the vocabulary with this content, or −1.
  std::int64_t id_of(std::string_view content) const;
  const Parts& parts() const { return parts_; }

 private:
  void encode_plain(std::string_view text, bool first, std::vector<TokenId>& out) const;
  const AddedToken* added(TokenId id) const;
  struct Found {
    std::size_t begin, end;
    TokenId id;
  };
  std::vector<Found> find_added(std::string_view text, bool in_normalized) const;
  std::string piece_of(TokenId token) const;

  std::string name_;
  Parts parts_;
  std::uint32_t size_ = 0;
  bool added_normalized_ = false;
};

}  // namespace blockyard
