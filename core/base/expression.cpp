// A recursive descent over the text, which writes the steps of a stack machine as it goes.
#include "core/base/expression.h"

#include <array>
#include <cctype>
#include <cmath>

#include "core/base/check.h"
#include "core/base/words/number.h"

namespace blockyard {

class ExpressionParser {
 public:
  ExpressionParser(std::string_view source, const FindField& find) : source_(source), find_(find) {}

  Result<Expression> parse() {
    constexpr std::size_t kLongest = 4096;
    if (source_.size() > kLongest) return Error{"is longer than 4096 characters"};
    out_.source_ = std::string(source_);
    const Value v = disjunction();
    if (!error_ && at_ < source_.size()) fail(at_, "expected and, or, a comparison or the end");
    if (!error_ && v.type != Type::kTruth) {
      fail(v.begin, "is no condition; compare it with something, as in predicted > hit");
    }
    if (error_) return *error_;
    return std::move(out_);
  }

 private:
  using Op = Expression::Op;
  enum class Type : std::uint8_t { kNumber, kText, kTruth };
  struct Value {
    Type type = Type::kNumber;
    std::size_t begin = 0;
    Expression::TextSide side;
  };

  void skip_space() {
    while (at_ < source_.size() && std::isspace(static_cast<unsigned char>(source_[at_])) != 0) ++at_;
  }

  // The place as a person counts: characters, of which UTF-8's continuation bytes are none.
  void fail(std::size_t byte, const std::string& what) {
    if (error_) return;
    std::size_t n = 1;
    for (std::size_t i = 0; i < byte && i < source_.size(); ++i) {
      n += (static_cast<unsigned char>(source_[i]) & 0xC0U) != 0x80U ? 1U : 0U;
    }
    error_ = Error{"at " + std::to_string(n) + ": " + what};
  }

  // Takes a sign if it stands here.
  bool take(std::string_view sign) {
    skip_space();
    if (source_.substr(at_, sign.size()) != sign) return false;
    at_ += sign.size();
    return true;
  }

  static bool of_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.'; }

  bool take_word(std::string_view word) {
    skip_space();
    if (source_.substr(at_, word.size()) != word) return false;
    if (at_ + word.size() < source_.size() && of_name(source_[at_ + word.size()])) return false;
    at_ += word.size();
    return true;
  }

  void add(Op op) {
    Expression::Step step;
    step.op = op;
    out_.steps_.push_back(step);
  }

  bool deeper() {
    constexpr int kDeepest = 100;
    if (depth_ >= kDeepest) {
      fail(at_, "parentheses and signs are nested more than 100 deep");
      return false;
    }
    ++depth_;
    return true;
  }

  Value require(Value v, Type type, const char* what) {
    if (v.type != type) fail(v.begin, what);
    return v;
  }

  static constexpr const char* kCondition = "is no condition; and, or and not stand between conditions";
  static constexpr const char* kFigure = "is no figure; only figures are added, multiplied and ordered";

  Value disjunction() {
    Value left = conjunction();
    while (!error_ && (take_word("or") || take("||"))) {
      require(left, Type::kTruth, kCondition);
      const Value right = conjunction();
      require(right, Type::kTruth, kCondition);
      add(Op::kOr);
    }
    return left;
  }

  Value conjunction() {
    Value left = negation();
    while (!error_ && (take_word("and") || take("&&"))) {
      require(left, Type::kTruth, kCondition);
      const Value right = negation();
      require(right, Type::kTruth, kCondition);
      add(Op::kAnd);
    }
    return left;
  }

  Value negation() {
    skip_space();
    const std::size_t begin = at_;
    const bool sign = source_.substr(at_, 1) == "!" && source_.substr(at_, 2) != "!=";
    if (!take_word("not") && !(sign && take("!"))) return comparison();
    if (!deeper()) return {};
    const Value v = negation();
    --depth_;
    require(v, Type::kTruth, kCondition);
    add(Op::kNot);
    return {Type::kTruth, begin, {}};
  }

  Value comparison() {
    const Value left = sum();
    struct Sign {
      std::string_view sign;
      Op op;
    };
    static constexpr std::array<Sign, 7> kSigns = {{{"<=", Op::kLessOrEqual},
                                                    {">=", Op::kGreaterOrEqual},
                                                    {"==", Op::kEqual},
                                                    {"!=", Op::kUnequal},
                                                    {"<", Op::kLess},
                                                    {">", Op::kGreater},
                                                    {"=", Op::kEqual}}};
    for (const Sign& s : kSigns) {
      if (error_ || !take(s.sign)) continue;
      const Value right = sum();
      if (error_) return left;
      const bool same = s.op == Op::kEqual || s.op == Op::kUnequal;
      if (left.type == Type::kText && right.type == Type::kText) {
        if (!same) fail(right.begin, "is a text; texts are compared with == or != only");
        Expression::Step step;
        step.op = s.op == Op::kEqual ? Op::kTextEqual : Op::kTextUnequal;
        step.left = left.side;
        step.right = right.side;
        out_.steps_.push_back(step);
      } else {
        const Value& odd = left.type == Type::kNumber ? right : left;
        if (left.type == Type::kText || right.type == Type::kText) {
          const Value& figure = left.type == Type::kText ? right : left;
          if (figure.type == Type::kNumber) fail(right.begin, "a text and a figure cannot be compared");
        }
        require(odd, Type::kNumber, "is a condition already; write and or or between conditions");
        add(s.op);
      }
      return {Type::kTruth, left.begin, {}};
    }
    return left;
  }

  Value sum() {
    Value left = product();
    for (;;) {
      const bool plus = !error_ && take("+");
      if (!plus && (error_ || !take("-"))) return left;
      require(left, Type::kNumber, kFigure);
      require(product(), Type::kNumber, kFigure);
      add(plus ? Op::kAdd : Op::kSubtract);
    }
  }

  Value product() {
    Value left = primary();
    for (;;) {
      const bool times = !error_ && take("*");
      if (!times && (error_ || !take("/"))) return left;
      require(left, Type::kNumber, kFigure);
      require(primary(), Type::kNumber, kFigure);
      add(times ? Op::kMultiply : Op::kDivide);
    }
  }

  Value primary() {
    skip_space();
    const std::size_t begin = at_;
    if (take("(")) {
      if (!deeper()) return {};
      Value v = disjunction();
      --depth_;
      if (!error_ && !take(")")) fail(at_, "expected )");
      v.begin = begin;
      return v;
    }
    if (take("-")) {
      if (!deeper()) return {};
      require(primary(), Type::kNumber, kFigure);
      --depth_;
      add(Op::kNegate);
      return {Type::kNumber, begin, {}};
    }
    if (at_ < source_.size() && (source_[at_] == '"' || source_[at_] == '\'')) return text();
    if (at_ < source_.size() && (std::isdigit(static_cast<unsigned char>(source_[at_])) != 0 || source_[at_] == '.')) {
      return number();
    }
    return field();
  }

  Value text() {
    const std::size_t begin = at_;
    const char quote = source_[at_++];
    const std::size_t end = source_.find(quote, at_);
    if (end == std::string_view::npos) {
      fail(begin, "this text has no end");
      return {};
    }
    Value v{Type::kText, begin, {true, static_cast<std::uint32_t>(out_.texts_.size())}};
    out_.texts_.emplace_back(source_.substr(at_, end - at_));
    at_ = end + 1;
    return v;
  }

  Value number() {
    const std::size_t begin = at_;
    Expression::Step step;
    const std::size_t size = leading_number(std::string_view(source_).substr(at_), step.number), stop = at_ + size;
    if (size == 0 || (stop < source_.size() && of_name(source_[stop]))) {
      fail(begin, "is no number that can be read; 500 and 0.25 are");
      return {};
    }
    at_ = stop;
    out_.steps_.push_back(step);
    return {Type::kNumber, begin, {}};
  }

  Value field() {
    const std::size_t begin = at_;
    while (at_ < source_.size() && of_name(source_[at_])) ++at_;
    const std::string_view name = source_.substr(begin, at_ - begin);
    if (name.empty()) {
      fail(begin, "expected a field, a number or a text in quotes");
      return {};
    }
    const Result<ExpressionField> found = find_(name);
    if (!found) {
      fail(begin, found.error().message);
      return {};
    }
    if (found->text) return {Type::kText, begin, {false, found->index}};
    Expression::Step step;
    step.op = Op::kFigure;
    step.index = found->index;
    out_.steps_.push_back(step);
    return {Type::kNumber, begin, {}};
  }

  std::string_view source_;
  const FindField& find_;
  std::size_t at_ = 0;
  int depth_ = 0;
  Expression out_;
  std::optional<Error> error_;
};

Result<Expression> Expression::parse(std::string_view source, const FindField& find) {
  return ExpressionParser(source, find).parse();
}

bool Expression::test(const ExpressionRecord& record) const {
  std::vector<double> stack;
  stack.reserve(steps_.size());
  const auto pop = [&stack] {
    const double v = stack.back();
    stack.pop_back();
    return v;
  };
  for (const Step& s : steps_) {
    if (s.op == Op::kNumber || s.op == Op::kFigure) {
      stack.push_back(s.op == Op::kNumber ? s.number : record.figure(s.index));
      continue;
    }
    if (s.op == Op::kTextEqual || s.op == Op::kTextUnequal) {
      stack.push_back((side(s.left, record) == side(s.right, record)) == (s.op == Op::kTextEqual) ? 1 : 0);
      continue;
    }
    const double right = pop();
    if (s.op == Op::kNegate || s.op == Op::kNot) {
      stack.push_back(s.op == Op::kNegate ? -right : (right == 0 ? 1 : 0));
      continue;
    }
    const double left = pop();
    const bool known = !std::isnan(left) && !std::isnan(right);
    const auto truth = [](bool yes) { return yes ? 1.0 : 0.0; };
    double v = 0;
    switch (s.op) {
      case Op::kAdd:
        v = left + right;
        break;
      case Op::kSubtract:
        v = left - right;
        break;
      case Op::kMultiply:
        v = left * right;
        break;
      case Op::kDivide:
        v = left / right;
        break;
      case Op::kLess:
        v = truth(left < right);
        break;
      case Op::kLessOrEqual:
        v = truth(left <= right);
        break;
      case Op::kGreater:
        v = truth(left > right);
        break;
      case Op::kGreaterOrEqual:
        v = truth(left >= right);
        break;
      case Op::kEqual:
        v = truth(known && left == right);
        break;
      case Op::kUnequal:
        v = truth(known && left != right);
        break;
      case Op::kAnd:
        v = truth(left != 0 && right != 0);
        break;
      case Op::kOr:
        v = truth(left != 0 || right != 0);
        break;
      default:
        BY_CHECK(false, "a step of an expression that is none");
    }
    stack.push_back(v);
  }
  BY_CHECK(stack.size() == 1, "an expression leaves one value");
  return stack[0] != 0;
}

}  // namespace blockyard
