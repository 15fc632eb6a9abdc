// Expression: a condition on a record, as a person writes it: `predicted > hit and ttft_ms >= 500`.
//
// Fields, numbers, texts in quotes; + - * /, comparisons (= == != < <= > >=), and, or, not (also && || !), parentheses.
// Whoever has records names their fields; the expression is compiled once and tested on each record.
// Invariants: 1. types are checked as it is read, so a test cannot fail; 2. a comparison with a figure that the record
// does not have is false, whichever it is; 3. every error names the character where it is, counted from 1.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace blockyard {

/// A field of the records: its number there, and whether it is a text (else a figure).
struct ExpressionField {
  std::uint32_t index = 0;
  bool text = false;
};

/// Finds a field by name; an error says what there is instead (the position is put before it).
using FindField = std::function<Result<ExpressionField>(std::string_view name)>;

/// One record, as an expression asks it.
class ExpressionRecord {
 public:
  virtual ~ExpressionRecord() = default;
  /// Not a number (NaN) where the record has no such figure.
  virtual double figure(std::uint32_t index) const = 0;
  virtual std::string_view text(std::uint32_t index) const = 0;
};

class Expression {
 public:
  /// "at 11: expected a field, a number or a text". At most 4,096 characters.
  static Result<Expression> parse(std::string_view source, const FindField& find);

  bool test(const ExpressionRecord& record) const;
  const std::string& source() const { return source_; }

 private:
  enum class Op : std::uint8_t {
    kNumber,
    kFigure,
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,
    kNegate,
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
    kEqual,
    kUnequal,
    kTextEqual,
    kTextUnequal,
    kAnd,
    kOr,
    kNot
  };
  // Of a text comparison: which field or constant is on each side.
  struct TextSide {
    bool constant = false;
    std::uint32_t index = 0;  // of the field, or into texts_
  };
  struct Step {
    Op op = Op::kNumber;
    double number = 0;
    std::uint32_t index = 0;  // of the field
    TextSide left, right;
  };
  friend class ExpressionParser;

  std::string_view side(const TextSide& s, const ExpressionRecord& record) const {
    return s.constant ? std::string_view(texts_[s.index]) : record.text(s.index);
  }

  std::string source_;
  std::vector<Step> steps_;  // in the order of a stack machine; truths are 0 and 1
  std::vector<std::string> texts_;
};

}  // namespace blockyard
