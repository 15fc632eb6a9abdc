// Byte-pair encoding (Gage 1994; Sennrich, Haddow and Birch 2016): a vocabulary of byte strings, and which two tokens
// become one, in which order.
//
// encode() starts from the smallest symbols of a piece and joins the pair of lowest rank, the leftmost of those, until
// none is left: what Hugging Face's `tokenizers` does. Symbols are bytes (GPT-2, Llama 3, Qwen), or characters, with
// one token a byte for those that the vocabulary lacks (Llama 2, Mistral). Invariants: 1. a merge joins two tokens of
// the vocabulary into a third; 2. no two tokens have the same bytes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace blockyard {

using TokenId = std::uint32_t;

class Bpe {
 public:
  enum class Symbols { kBytes, kCharacters };

  explicit Bpe(Symbols symbols) : symbols_(symbols) { byte_token_.fill(kNoToken); }

  /// Adds a token. An id or bytes that are there already, and ids above 2^24, are errors.
  Result<void> add_token(TokenId id, std::string bytes);
  /// This token stands for a single byte wherever no character of the vocabulary does (kCharacters).
  void set_byte_token(std::uint8_t byte, TokenId id) { byte_token_[byte] = id; }
  /// The pair becomes one token from here on; earlier merges go first. Parts must be in the vocabulary.
  Result<void> add_merge(std::string_view left, std::string_view right);
  /// What stands for a symbol that no token does; else it is left out. `fused`: once for several in a row.
  void set_unknown(TokenId id, bool fused) { unknown_ = id, fuse_unknown_ = fused; }
  /// A piece that is a token as a whole is not cut (Llama 3).
  void set_whole_first(bool yes) { whole_first_ = yes; }

  /// Appends the tokens of one piece.
  void encode(std::string_view piece, std::vector<TokenId>& out) const;

  std::optional<TokenId> find(std::string_view bytes) const;
  /// The bytes of a token; "" for an id that is none.
  std::string_view bytes(TokenId id) const { return id < bytes_.size() ? std::string_view(bytes_[id]) : ""; }
  /// The byte that a token of set_byte_token() stands for, or −1.
  int byte_of(TokenId id) const;
  bool has(TokenId id) const { return id < known_.size() && known_[id]; }
  /// One more than the highest id.
  std::size_t size() const { return bytes_.size(); }
  /// The pairs that are joined, first those of lower rank.
  std::vector<std::pair<TokenId, TokenId>> merges_in_order() const;

 private:
  static constexpr TokenId kNoToken = 0xFFFFFFFF;
  struct Merge {
    std::uint32_t rank;
    TokenId joined;
  };
  struct Hash {
    std::size_t operator()(std::uint64_t key) const {
      key ^= key >> 32;
      key *= 0x9E3779B97F4A7C15ULL;
      return static_cast<std::size_t>(key ^ key >> 29);
    }
  };
  const Merge* merge_of(TokenId left, TokenId right) const {
    const auto found = merges_.find(std::uint64_t{left} << 32 | right);
    return found == merges_.end() ? nullptr : &found->second;
  }
  void symbols_of(std::string_view piece, std::vector<TokenId>& out) const;
  void join_few(std::vector<TokenId>& symbols) const;
  void join_many(std::vector<TokenId>& symbols) const;

  Symbols symbols_;
  std::vector<std::string> bytes_;
  std::vector<bool> known_;
  std::unordered_map<std::string, TokenId> ids_;
  std::unordered_map<std::uint64_t, Merge, Hash> merges_;
  std::array<TokenId, 256> byte_token_;
  std::array<TokenId, 256> single_ = all_missing();  // tokens of one byte, looked up without hashing
  std::optional<TokenId> unknown_;
  bool fuse_unknown_ = false;
  bool whole_first_ = false;

  static std::array<TokenId, 256> all_missing() {
    std::array<TokenId, 256> out{};
    out.fill(kNoToken);
    return out;
  }
};

/// GPT-2's alphabet, in which byte-level vocabularies are written: each byte as one printable character. The bytes that
/// the letters stand for; nothing where a letter is not of the alphabet.
std::optional<std::string> from_byte_letters(std::string_view letters);
/// The other way round.
std::string to_byte_letters(std::string_view bytes);

}  // namespace blockyard
