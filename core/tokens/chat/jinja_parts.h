// Inside of the Jinja subset: the pieces of a template, the words of an expression, and what values can do. Private to
// core/tokens/jinja_*.cpp.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/tokens/chat/jinja.h"

namespace blockyard::jinja {

/// Why a template is refused; never leaves parse() and render().
struct Trouble {
  std::string why;
};

/// Texts grow no longer than this.
inline constexpr std::size_t kMostBytes = 64ULL << 20;

struct Piece {
  enum class Kind { kText, kPrint, kStatement };
  Kind kind;
  std::string text;
  int line;
};
/// The pieces in order, with the white space trimmed that the signs ask for. Comments are left out.
std::vector<Piece> cut(const std::string& source);

struct Token {
  enum class Kind { kEnd, kName, kText, kNumber, kSign };
  Kind kind = Kind::kEnd;
  std::string text;
};
/// Words and signs of an expression or statement; an end is the last.
std::vector<Token> tokens_of(const Piece& piece);

/// Arguments of a call, filter or method.
struct Arguments {
  std::vector<Value> plain;
  std::map<std::string, Value> named;
  const Value& at(std::size_t i) const;
  std::string text(std::size_t i, const char* fallback) const;
};

const Value& undefined_value();
inline bool is_undefined(const Value& v) { return v.is_discarded(); }
/// As Python sees it: empty, zero, none and undefined are false.
bool truth(const Value& v);
/// As Jinja prints it.
std::string text_of(const Value& v);
std::int64_t whole(const Value& v, std::int64_t fallback);
Value attribute(const Value& v, const std::string& name);
Value index(const Value& v, const Value& at);
Value slice(const Value& v, const Value& first, const Value& second, const Value& third);
bool contains(const Value& inner, const Value& outer);
Value add(const Value& a, const Value& b);
Value arithmetic(Op op, const Value& a, const Value& b);
bool passes(const std::string& test, const Value& v);
Value filtered(const std::string& filter, const Value& v, const Arguments& with);
Value method(const std::string& name, const Value& v, const Arguments& with);

}  // namespace blockyard::jinja
