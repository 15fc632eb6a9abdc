// Words are counted once; a pair knows the words that it may occur in, so that a merge touches those alone.
#include "core/tokens/bpe/train.h"

#include <map>
#include <set>
#include <unordered_map>

#include "core/base/check.h"

namespace blockyard {
namespace {

// What Llama 3 cuts by.
constexpr const char* kWords =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

struct Word {
  std::vector<TokenId> tokens;
  std::int64_t count = 0;
};

std::uint64_t key_of(TokenId left, TokenId right) { return std::uint64_t{left} << 32 | right; }

// How often each pair occurs, and in which words it may.
class Pairs {
 public:
  void add(const Word& word, std::uint32_t index, std::int64_t sign) {
    for (std::size_t i = 0; i + 1 < word.tokens.size(); ++i) {
      Pair& p = pairs_[key_of(word.tokens[i], word.tokens[i + 1])];
      p.count += sign * word.count;
      if (sign > 0) p.words.insert(index);
    }
  }
  /// The pair that occurs most often, of several the one with the lowest ids; false where none occurs twice.
  bool best(std::uint64_t& key) const {
    std::int64_t most = 1;
    for (const auto& [k, p] : pairs_) {
      if (p.count > most || (p.count == most && most > 1 && k < key)) most = p.count, key = k;
    }
    return most > 1;
  }
  std::set<std::uint32_t> take_words(std::uint64_t key) {
    std::set<std::uint32_t> words = std::move(pairs_[key].words);
    return words;
  }
  void drop(std::uint64_t key) { pairs_.erase(key); }

 private:
  struct Pair {
    std::int64_t count = 0;
    std::set<std::uint32_t> words;
  };
  std::unordered_map<std::uint64_t, Pair> pairs_;
};

void join(Word& word, TokenId left, TokenId right, TokenId joined) {
  std::vector<TokenId> out;
  for (std::size_t i = 0; i < word.tokens.size(); ++i) {
    if (i + 1 < word.tokens.size() && word.tokens[i] == left && word.tokens[i + 1] == right) {
      out.push_back(joined);
      ++i;
    } else {
      out.push_back(word.tokens[i]);
    }
  }
  word.tokens = std::move(out);
}

}  // namespace

Tokenizer train_tokenizer(const std::vector<std::string>& texts, std::uint32_t entries, const std::string& name) {
  BY_CHECK(entries > 256, "a byte-level vocabulary has at least the bytes and the end mark");
  Tokenizer::Parts parts;
  PretokenizerStep words_step;
  words_step.pattern = std::make_shared<Pattern>(Pattern::compile(kWords).value());
  parts.pretokenizer.push_back(words_step);
  for (unsigned b = 0; b < 256; ++b)
    (void)parts.bpe.add_token(b, std::string(1, static_cast<char>(static_cast<unsigned char>(b)))).has_value();

  std::map<std::string, std::int64_t> counts;
  for (const std::string& text : texts) {
    for (std::string& piece : pretokenize(parts.pretokenizer, text, true)) ++counts[std::move(piece)];
  }
  std::vector<Word> words;
  Pairs pairs;
  for (const auto& [text, count] : counts) {
    Word word{{}, count};
    for (const char c : text) word.tokens.push_back(static_cast<unsigned char>(c));
    pairs.add(word, static_cast<std::uint32_t>(words.size()), 1);
    words.push_back(std::move(word));
  }

  TokenId next = 256;
  for (std::uint64_t key = 0; next + 1 < entries && pairs.best(key);) {
    const auto left = static_cast<TokenId>(key >> 32), right = static_cast<TokenId>(key & 0xFFFFFFFF);
    std::string bytes = std::string(parts.bpe.bytes(left)) + std::string(parts.bpe.bytes(right));
    // Two ways to the same bytes make one token: the second pair joins to it without a new id.
    const auto known = parts.bpe.find(bytes);
    const TokenId joined = known ? *known : next;
    if (!known) {
      const auto added = parts.bpe.add_token(next++, std::move(bytes));
      BY_CHECK(added.has_value(), "a token that is there already");
    }
    const auto merged = parts.bpe.add_merge(parts.bpe.bytes(left), parts.bpe.bytes(right));
    BY_CHECK(merged.has_value(), "a merge of tokens that are not there");
    for (const std::uint32_t w : pairs.take_words(key)) {
      pairs.add(words[w], w, -1);
      join(words[w], left, right, joined);
      pairs.add(words[w], w, 1);
    }
    pairs.drop(key);
  }
  parts.added.push_back({next, kEndMark, false, false, false, false, true});
  return Tokenizer(name, std::move(parts));
}

}  // namespace blockyard
