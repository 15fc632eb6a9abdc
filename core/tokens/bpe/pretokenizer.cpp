#include "core/tokens/bpe/pretokenizer.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include "core/base/check.h"
#include "core/tokens/bpe/normalizer.h"
#include "core/tokens/utf8.h"

namespace blockyard {
namespace {

// Unicode's White_Space, as the inside of a class. PCRE2's own \s takes U+180E too, which is no space since
// Unicode 6.3.
constexpr std::string_view kSpaces =
    R"(\x{9}-\x{d}\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000})";

std::string with_plain_spaces(const std::string& expression) {
  std::string out;
  bool in_class = false;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    const char c = expression[i];
    if (c == '\\' && i + 1 < expression.size()) {
      const char next = expression[++i];
      if (next == 's') {
        out += in_class ? std::string(kSpaces) : fmt::format("[{}]", kSpaces);
      } else if (next == 'S' && !in_class) {
        out += fmt::format("[^{}]", kSpaces);
      } else {
        out += c, out += next;
      }
      continue;
    }
    if (c == '[' && !in_class) in_class = true;
    if (c == ']' && in_class) in_class = false;
    out += c;
  }
  return out;
}

std::shared_ptr<void> compile(std::string_view expression, std::uint32_t options, std::string& trouble) {
  int error = 0;
  PCRE2_SIZE at = 0;
  pcre2_code* code =
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(expression.data()), expression.size(), options, &error, &at, nullptr);
  if (code == nullptr) {
    PCRE2_UCHAR text[256] = {};
    pcre2_get_error_message(error, text, sizeof text);
    trouble = fmt::format("{} at offset {}", reinterpret_cast<const char*>(text), at);
    return nullptr;
  }
  pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);  // where it cannot, matching is only slower
  return {code, [](void* p) { pcre2_code_free(static_cast<pcre2_code*>(p)); }};
}

struct Piece {
  std::string text;
  bool bytes = false;  // not valid UTF-8: no step looks at it
};

void push(std::vector<Piece>& out, std::string_view text) {
  if (!text.empty()) out.push_back({std::string(text), false});
}

void split(const PretokenizerStep& step, std::string_view text, std::vector<Piece>& out) {
  // Alternately what lies between and what matches; with `invert` the two change places.
  struct Part {
    std::string_view text;
    bool match;
  };
  std::vector<Part> parts;
  std::size_t at = 0;
  for (const Pattern::Match& m : step.pattern->find_all(text)) {
    if (m.begin > at) parts.push_back({text.substr(at, m.begin - at), step.invert});
    parts.push_back({text.substr(m.begin, m.end - m.begin), !step.invert});
    at = m.end;
  }
  if (at < text.size()) parts.push_back({text.substr(at), step.invert});

  std::string held;
  bool held_match = false;
  const auto flush = [&] {
    push(out, held);
    held.clear();
  };
  for (const Part& part : parts) {
    switch (step.behavior) {
      case SplitBehavior::kRemoved:
        if (!part.match) push(out, part.text);
        break;
      case SplitBehavior::kIsolated:
        push(out, part.text);
        break;
      case SplitBehavior::kMergedWithPrevious:
        if (!(part.match && !held.empty() && !held_match)) flush();
        held += part.text;
        held_match = part.match;
        break;
      case SplitBehavior::kMergedWithNext:
        if (!(!part.match && !held.empty() && held_match)) flush();
        held += part.text;
        held_match = part.match;
        break;
      case SplitBehavior::kContiguous:
        if (!held.empty() && held_match != part.match) flush();
        held += part.text;
        held_match = part.match;
        break;
    }
  }
  flush();
}

void metaspace(const PretokenizerStep& step, std::string_view text, bool first, std::vector<Piece>& out) {
  std::string marked = replace_all(text, " ", step.replacement);
  using Prepend = PretokenizerStep::Prepend;
  const bool prepend = step.prepend == Prepend::kAlways || (step.prepend == Prepend::kFirst && first);
  if (prepend && !marked.starts_with(step.replacement)) marked.insert(0, step.replacement);
  if (!step.split) return push(out, marked);
  for (std::size_t at = 0; at < marked.size();) {
    const std::size_t next = std::min(marked.find(step.replacement, at + 1), marked.size());
    push(out, std::string_view(marked).substr(at, next - at));
    at = next;
  }
}

void run(const PretokenizerStep& step, std::string_view text, bool first, std::vector<Piece>& out) {
  switch (step.kind) {
    case PretokenizerStep::Kind::kSplit:
      split(step, text, out);
      break;
    case PretokenizerStep::Kind::kPrefixSpace:
      // Every piece that does not begin with a space gets one.
      push(out, text.starts_with(' ') ? std::string(text) : " " + std::string(text));
      break;
    case PretokenizerStep::Kind::kMetaspace:
      metaspace(step, text, first, out);
      break;
  }
}

}  // namespace

Result<Pattern> Pattern::compile(const std::string& expression) {
  Pattern out;
  out.expression_ = expression;
  std::string trouble;
  out.code_ =
      blockyard::compile(with_plain_spaces(expression), PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C, trouble);
  if (out.code_ == nullptr) return Error{fmt::format("the pattern '{}' is not understood: {}", expression, trouble)};
  return out;
}

Pattern Pattern::literal(const std::string& text) {
  Pattern out;
  out.expression_ = text;
  std::string trouble;
  out.code_ = blockyard::compile(text, PCRE2_UTF | PCRE2_LITERAL, trouble);
  BY_CHECK(out.code_ != nullptr, "a literal pattern that does not compile");
  return out;
}

std::vector<Pattern::Match> Pattern::find_all(std::string_view text) const {
  std::vector<Match> out;
  const auto* code = static_cast<const pcre2_code*>(code_.get());
  pcre2_match_data* data = pcre2_match_data_create_from_pattern(code, nullptr);
  const auto* subject = reinterpret_cast<PCRE2_SPTR>(text.data());
  for (std::size_t at = 0; at < text.size();) {
    // The text is known to be valid: checking it again at each match would make this quadratic.
    if (pcre2_match(code, subject, text.size(), at, PCRE2_NO_UTF_CHECK, data, nullptr) < 0) break;
    const PCRE2_SIZE* v = pcre2_get_ovector_pointer(data);
    if (v[1] > v[0]) {
      out.push_back({v[0], v[1]});
      at = v[1];
    } else {
      at = v[1] + std::max<std::size_t>(1, utf8::sequence_length(text.substr(std::min(v[1], text.size() - 1))));
    }
  }
  pcre2_match_data_free(data);
  return out;
}

std::vector<std::string> pretokenize(const std::vector<PretokenizerStep>& steps, std::string_view text, bool first) {
  std::vector<Piece> pieces, next;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t valid = utf8::valid_length(text.substr(at));
    push(pieces, text.substr(at, valid));
    at += valid;
    std::size_t bad = at;
    while (bad < text.size() && utf8::sequence_length(text.substr(bad)) == 0) ++bad;
    if (bad > at) pieces.push_back({std::string(text.substr(at, bad - at)), true});
    at = bad;
  }
  for (const PretokenizerStep& step : steps) {
    next.clear();
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      if (pieces[i].bytes) {
        next.push_back(std::move(pieces[i]));
      } else {
        run(step, pieces[i].text, first && i == 0, next);
      }
    }
    pieces.swap(next);
  }
  std::vector<std::string> out;
  out.reserve(pieces.size());
  for (Piece& p : pieces) out.push_back(std::move(p.text));
  return out;
}

}  // namespace blockyard
