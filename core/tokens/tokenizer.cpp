#include "core/tokens/tokenizer.h"

#include <algorithm>
#include <unordered_map>

#include "core/tokens/utf8.h"

namespace blockyard {
namespace {

bool is_word_byte(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u >= 0x80 || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Ends of the white space that touches [begin, end).
std::size_t space_before(std::string_view text, std::size_t begin, std::size_t least) {
  while (begin > least) {
    std::size_t at = begin - 1;
    while (at > least && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
    if (utf8::sequence_length(text.substr(at)) != begin - at || !utf8::is_space(utf8::decode(text.substr(at)).value))
      break;
    begin = at;
  }
  return begin;
}
std::size_t space_behind(std::string_view text, std::size_t end) {
  while (end < text.size()) {
    const std::size_t n = utf8::sequence_length(text.substr(end));
    if (n == 0 || !utf8::is_space(utf8::decode(text.substr(end)).value)) break;
    end += n;
  }
  return end;
}

}  // namespace

Tokenizer::Tokenizer(std::string name, Parts parts) : name_(std::move(name)), parts_(std::move(parts)) {
  // The longest first: of several that begin at one place it is the one that counts.
  std::stable_sort(parts_.added.begin(), parts_.added.end(),
                   [](const AddedToken& a, const AddedToken& b) { return a.content.size() > b.content.size(); });
  size_ = static_cast<std::uint32_t>(parts_.bpe.size());
  for (const AddedToken& t : parts_.added) {
    size_ = std::max(size_, t.id + 1);
    added_normalized_ |= t.in_normalized;
  }
}

const AddedToken* Tokenizer::added(TokenId id) const {
  for (const AddedToken& t : parts_.added) {
    if (t.id == id) return &t;
  }
  return nullptr;
}

std::int64_t Tokenizer::id_of(std::string_view content) const {
  for (const AddedToken& t : parts_.added) {
    if (t.content == content) return t.id;
  }
  const auto found = parts_.bpe.find(content);
  return found ? static_cast<std::int64_t>(*found) : -1;
}

std::vector<Tokenizer::Found> Tokenizer::find_added(std::string_view text, bool in_normalized) const {
  std::vector<Found> out;
  std::array<bool, 256> begins{};
  for (const AddedToken& t : parts_.added) {
    if (t.in_normalized == in_normalized && !t.content.empty()) begins[static_cast<unsigned char>(t.content[0])] = true;
  }
  std::size_t least = 0;  // where the match before ended
  for (std::size_t at = 0; at < text.size();) {
    const AddedToken* hit = nullptr;
    if (begins[static_cast<unsigned char>(text[at])]) {
      for (const AddedToken& t : parts_.added) {
        if (t.in_normalized != in_normalized || !text.substr(at).starts_with(t.content) || t.content.empty()) continue;
        hit = &t;
        break;
      }
    }
    if (hit == nullptr) {
      ++at;
      continue;
    }
    std::size_t begin = at, end = at + hit->content.size();
    at = end;
    if (hit->single_word &&
        ((begin > 0 && is_word_byte(text[begin - 1])) || (end < text.size() && is_word_byte(text[end]))))
      continue;
    if (hit->strip_left) begin = space_before(text, begin, least);
    if (hit->strip_right) end = at = space_behind(text, end);
    out.push_back({begin, end, hit->id});
    least = end;
  }
  return out;
}

void Tokenizer::encode_plain(std::string_view text, bool first, std::vector<TokenId>& out) const {
  // Words come again and again: each is joined once a text.
  struct Words {
    std::unordered_map<std::string, std::vector<TokenId>> known;
    std::vector<TokenId> fresh;
  } words;
  const auto pieces = [&](std::string_view part, bool begins) {
    for (const std::string& piece : pretokenize(parts_.pretokenizer, part, begins)) {
      if (piece.size() > 64) {
        parts_.bpe.encode(piece, out);
        continue;
      }
      const auto [at, is_new] = words.known.try_emplace(piece);
      if (is_new) parts_.bpe.encode(piece, at->second);
      out.insert(out.end(), at->second.begin(), at->second.end());
    }
  };
  // What is normalised must be UTF-8; bytes that are not stay as they are.
  std::string normal;
  if (parts_.normalizer.empty()) {
    normal = text;
  } else {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t valid = utf8::valid_length(text.substr(at));
      if (valid > 0) normal += normalize(parts_.normalizer, text.substr(at, valid));
      at += valid;
      while (at < text.size() && utf8::sequence_length(text.substr(at)) == 0) normal += text[at++];
    }
  }
  if (!added_normalized_) return pieces(normal, first);
  std::size_t at = 0;
  const std::string_view view = normal;
  for (const Found& f : find_added(view, true)) {
    if (f.begin > at) pieces(view.substr(at, f.begin - at), first && at == 0);
    out.push_back(f.id);
    at = f.end;
  }
  if (at < view.size()) pieces(view.substr(at), first && at == 0);
}

std::vector<TokenId> Tokenizer::encode(std::string_view text) const {
  std::vector<TokenId> out;
  std::size_t at = 0;
  for (const Found& f : find_added(text, false)) {
    if (f.begin > at) encode_plain(text.substr(at, f.begin - at), at == 0, out);
    out.push_back(f.id);
    at = f.end;
  }
  if (at < text.size()) encode_plain(text.substr(at), at == 0, out);
  return out;
}

std::vector<TokenId> Tokenizer::encode_single(std::string_view text) const {
  std::vector<TokenId> out = parts_.before;
  const std::vector<TokenId> inner = encode(text);
  out.insert(out.end(), inner.begin(), inner.end());
  out.insert(out.end(), parts_.behind.begin(), parts_.behind.end());
  return out;
}

std::string Tokenizer::piece_of(TokenId token) const {
  if (const AddedToken* t = added(token)) return t->content;
  if (const int byte = parts_.bpe.byte_of(token); byte >= 0)
    return {static_cast<char>(static_cast<unsigned char>(byte))};
  std::string out(parts_.bpe.bytes(token));
  for (const DecoderStep& step : parts_.decoder) {
    if (step.kind == DecoderStep::Kind::kReplace) out = replace_all(out, step.from, step.to);
  }
  return out;
}

std::string Tokenizer::text_of(TokenId token) const { return piece_of(token); }

std::string Tokenizer::decode(std::span<const TokenId> tokens) const {
  std::string out;
  for (const TokenId token : tokens) out += piece_of(token);
  for (const DecoderStep& step : parts_.decoder) {
    if (step.kind != DecoderStep::Kind::kStripFirst) continue;
    for (std::uint32_t i = 0; i < step.count && out.starts_with(step.from); ++i) out.erase(0, step.from.size());
  }
  return out;
}

}  // namespace blockyard
