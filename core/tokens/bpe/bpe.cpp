// Short pieces are joined by looking for the lowest rank again and again: quadratic, but of words. Long ones (a
// vocabulary of characters gets whole texts as one piece) keep their pairs in a heap; a pair whose parts have been
// joined with others meanwhile is recognised by its tokens and dropped.
#include "core/tokens/bpe/bpe.h"

#include <fmt/format.h>

#include <queue>

#include "core/tokens/utf8.h"

namespace blockyard {
namespace {

constexpr TokenId kHighestId = 1U << 24;
constexpr std::size_t kFew = 48;  // symbols: up to here scanning beats a heap

// Bytes that print as themselves; the others are moved to U+0100 and up, in order.
bool prints(unsigned byte) { return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE; }

struct Letters {
  std::array<char32_t, 256> letter{};
  std::array<int, 0x200> byte{};
  Letters() {
    byte.fill(-1);
    char32_t next = 0x100;
    for (unsigned b = 0; b < 256; ++b) {
      letter[b] = prints(b) ? b : next++;
      byte[letter[b]] = static_cast<int>(b);
    }
  }
};
const Letters& letters() {
  static const Letters kLetters;
  return kLetters;
}

}  // namespace

std::optional<std::string> from_byte_letters(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (utf8::sequence_length(text.substr(at)) == 0) return std::nullopt;
    const utf8::CodePoint c = utf8::decode(text.substr(at));
    if (c.value >= letters().byte.size() || letters().byte[c.value] < 0) return std::nullopt;
    out += static_cast<char>(static_cast<unsigned char>(letters().byte[c.value]));
    at += c.length;
  }
  return out;
}

std::string to_byte_letters(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) utf8::append(out, letters().letter[static_cast<unsigned char>(c)]);
  return out;
}

Result<void> Bpe::add_token(TokenId id, std::string bytes) {
  if (id >= kHighestId) return Error{fmt::format("the id {} is not allowed; it must be below {}", id, kHighestId)};
  if (has(id)) return Error{fmt::format("the id {} is there twice", id)};
  const auto [at, fresh] = ids_.emplace(bytes, id);
  if (!fresh) return Error{fmt::format("the token '{}' is there twice", bytes)};
  if (id >= bytes_.size()) bytes_.resize(id + 1), known_.resize(id + 1);
  known_[id] = true;
  if (bytes.size() == 1) single_[static_cast<unsigned char>(bytes[0])] = id;
  bytes_[id] = std::move(bytes);
  return {};
}

Result<void> Bpe::add_merge(std::string_view left, std::string_view right) {
  const auto l = find(left), r = find(right), both = find(std::string(left) + std::string(right));
  if (!l || !r || !both)
    return Error{
        fmt::format("the merge of '{}' and '{}' has a part or a result that is not in the vocabulary", left, right)};
  merges_.emplace(std::uint64_t{*l} << 32 | *r, Merge{static_cast<std::uint32_t>(merges_.size()), *both});
  return {};
}

std::optional<TokenId> Bpe::find(std::string_view bytes) const {
  const auto found = ids_.find(std::string(bytes));
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

std::vector<std::pair<TokenId, TokenId>> Bpe::merges_in_order() const {
  std::vector<std::pair<TokenId, TokenId>> out(merges_.size());
  for (const auto& [pair, merge] : merges_)
    out[merge.rank] = {static_cast<TokenId>(pair >> 32), static_cast<TokenId>(pair & 0xFFFFFFFF)};
  return out;
}

int Bpe::byte_of(TokenId id) const {
  for (unsigned b = 0; b < 256; ++b) {
    if (byte_token_[b] == id) return static_cast<int>(b);
  }
  return -1;
}

void Bpe::symbols_of(std::string_view piece, std::vector<TokenId>& out) const {
  bool was_unknown = false;
  const auto put_unknown = [&] {
    if (!unknown_) return;
    if (!(fuse_unknown_ && was_unknown)) out.push_back(*unknown_);
    was_unknown = true;
  };
  for (std::size_t at = 0; at < piece.size();) {
    std::size_t length = 1;
    TokenId token = kNoToken;
    if (symbols_ == Symbols::kCharacters) {
      length = std::max<std::size_t>(1, utf8::sequence_length(piece.substr(at)));
    }
    if (length == 1) {
      token = single_[static_cast<unsigned char>(piece[at])];
    } else if (const auto found = find(piece.substr(at, length))) {
      token = *found;
    }
    if (token != kNoToken) {
      out.push_back(token);
      was_unknown = false;
    } else {
      bool all = true;
      for (std::size_t i = 0; i < length; ++i)
        all &= byte_token_[static_cast<unsigned char>(piece[at + i])] != kNoToken;
      if (all) {
        for (std::size_t i = 0; i < length; ++i) out.push_back(byte_token_[static_cast<unsigned char>(piece[at + i])]);
        was_unknown = false;
      } else {
        put_unknown();
      }
    }
    at += length;
  }
}

void Bpe::join_few(std::vector<TokenId>& symbols) const {
  while (symbols.size() > 1) {
    const Merge* best = nullptr;
    std::size_t where = 0;
    for (std::size_t i = 0; i + 1 < symbols.size(); ++i) {
      const Merge* m = merge_of(symbols[i], symbols[i + 1]);
      if (m != nullptr && (best == nullptr || m->rank < best->rank)) best = m, where = i;
    }
    if (best == nullptr) return;
    symbols[where] = best->joined;
    symbols.erase(symbols.begin() + static_cast<std::ptrdiff_t>(where) + 1);
  }
}

void Bpe::join_many(std::vector<TokenId>& symbols) const {
  struct Pair {
    std::uint32_t rank, at;
    TokenId left, right, joined;
    bool operator<(const Pair& o) const { return rank != o.rank ? rank > o.rank : at > o.at; }  // the lowest on top
  };
  const auto n = static_cast<std::uint32_t>(symbols.size());
  std::vector<std::uint32_t> next(n), previous(n);
  for (std::uint32_t i = 0; i < n; ++i) next[i] = i + 1, previous[i] = i - 1;  // n and 2^32 − 1 end it
  std::priority_queue<Pair> queue;
  const auto offer = [&](std::uint32_t left) {
    if (left >= n || next[left] >= n) return;
    const Merge* m = merge_of(symbols[left], symbols[next[left]]);
    if (m != nullptr) queue.push({m->rank, left, symbols[left], symbols[next[left]], m->joined});
  };
  for (std::uint32_t i = 0; i + 1 < n; ++i) offer(i);
  while (!queue.empty()) {
    const Pair p = queue.top();
    queue.pop();
    const std::uint32_t right = next[p.at];
    if (symbols[p.at] != p.left || right >= n || symbols[right] != p.right) continue;
    symbols[p.at] = p.joined;
    symbols[right] = kNoToken;
    next[p.at] = next[right];
    if (next[right] < n) previous[next[right]] = p.at;
    offer(previous[p.at]);
    offer(p.at);
  }
  std::size_t kept = 0;
  for (const TokenId s : symbols) {
    if (s != kNoToken) symbols[kept++] = s;
  }
  symbols.resize(kept);
}

void Bpe::encode(std::string_view piece, std::vector<TokenId>& out) const {
  if (whole_first_) {
    if (const auto whole = find(piece)) {
      out.push_back(*whole);
      return;
    }
  }
  std::vector<TokenId> symbols;
  symbols.reserve(piece.size());
  symbols_of(piece, symbols);
  symbols.size() <= kFew ? join_few(symbols) : join_many(symbols);
  out.insert(out.end(), symbols.begin(), symbols.end());
}

}  // namespace blockyard
