// The part of Jinja that chat templates are written in: values, set, for, if, filters, tests, methods of texts.
//
// What it does not know (macros, imports, recursion) is an error that names it, and whoever asked lays the chat out
// plainly. White space is trimmed as Hugging Face does it (trim_blocks and lstrip_blocks on). A template comes from
// outside: depth and work are bounded, so none of them can hang or run away.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace blockyard::jinja {

/// A value; `discarded` stands for undefined.
using Value = nlohmann::ordered_json;

enum class Op {
  kLiteral,
  kName,
  kList,
  kDict,
  kAttribute,
  kIndex,
  kSlice,
  kCall,
  kFilter,
  kTest,
  kNot,
  kMinus,
  kAnd,
  kOr,
  kEqual,
  kUnequal,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kIn,
  kNotIn,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kFloorDivide,
  kModulo,
  kConcat,
  kChoose
};

struct Expression {
  Op op = Op::kLiteral;
  Value value;                 ///< kLiteral
  std::string name;            ///< kName, kAttribute, kFilter, kTest; of a call's keyword argument
  bool negated = false;        ///< kTest: is not
  std::vector<Expression> of;  ///< operands; kCall, kFilter, kTest: the object, then arguments; kDict: key, value …
};

struct Node {
  enum class Kind { kText, kPrint, kSet, kFor, kIf };
  Kind kind = Kind::kText;
  std::string text;    ///< kText; kSet, kFor: the variable; kFor over pairs: the first
  std::string second;  ///< kSet: attribute of a namespace; kFor over pairs: the second variable
  std::vector<Expression>
      of;  ///< kPrint, kSet, kFor (what, and which where given), kIf (one a branch with a condition)
  std::vector<std::vector<Node>> body;  ///< kFor: one (and one for nothing); kIf: one a branch, and one for else
};

/// Reads a template. Errors say what is not known, with its line.
Result<std::vector<Node>> parse(const std::string& text);

/// The text that comes of it. `variables` is an object.
Result<std::string> render(const std::vector<Node>& nodes, const Value& variables);

}  // namespace blockyard::jinja
