// Parsed by recursive descent, binding as Python does.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "core/tokens/chat/jinja_parts.h"

namespace blockyard::jinja {
namespace {

constexpr int kDeepest = 60;
constexpr std::size_t kMostTokens = 1000;  // of one expression: a chain of operators nests as deeply as it is long

class Parser {
 public:
  explicit Parser(const Piece& piece) : tokens_(tokens_of(piece)), line_(piece.line) {
    if (tokens_.size() > kMostTokens) fail("too long an expression");
  }

  Expression expression() {
    Deeper deeper(*this);
    Expression value = either();
    if (!name("if")) return value;
    Expression condition = either();
    Expression otherwise = literal(Value(Value::value_t::discarded));
    if (name("else")) otherwise = expression();
    return make(Op::kChoose, {std::move(condition), std::move(value), std::move(otherwise)});
  }
  std::string identifier() {
    if (next().kind != Token::Kind::kName) fail("a name is expected");
    return tokens_[at_++].text;
  }
  bool name(std::string_view word) { return take(Token::Kind::kName, word); }
  bool sign(std::string_view text) { return take(Token::Kind::kSign, text); }
  void need(std::string_view text) {
    if (!sign(text)) fail(fmt::format("'{}' is expected", text));
  }
  void end() {
    if (next().kind != Token::Kind::kEnd) fail(fmt::format("'{}' is not expected", next().text));
  }
  [[noreturn]] void fail(const std::string& why) const { throw Trouble{fmt::format("line {}: {}", line_, why)}; }

 private:
  struct Deeper {
    explicit Deeper(Parser& p) : parser(p) {
      if (++parser.depth_ > kDeepest) parser.fail("too deeply nested");
    }
    ~Deeper() { --parser.depth_; }
    Parser& parser;
  };
  const Token& next() const { return tokens_[at_]; }
  bool take(Token::Kind kind, std::string_view text) {
    if (next().kind != kind || next().text != text) return false;
    ++at_;
    return true;
  }
  static Expression make(Op op, std::vector<Expression> of) {
    Expression out;
    out.op = op;
    out.of = std::move(of);
    return out;
  }
  static Expression literal(Value value) {
    Expression out;
    out.value = std::move(value);
    return out;
  }

  Expression either() {
    Expression left = both();
    while (name("or")) left = make(Op::kOr, {std::move(left), both()});
    return left;
  }
  Expression both() {
    Expression left = negation();
    while (name("and")) left = make(Op::kAnd, {std::move(left), negation()});
    return left;
  }
  Expression negation() {
    Deeper deeper(*this);
    if (name("not")) return make(Op::kNot, {negation()});
    return comparison();
  }
  Expression comparison() {
    Expression left = sum();
    for (;;) {
      if (name("is")) {
        Expression test = make(Op::kTest, {});
        test.negated = name("not");
        test.name = identifier();
        test.of.push_back(std::move(left));
        left = std::move(test);
      } else if (name("in")) {
        left = make(Op::kIn, {std::move(left), sum()});
      } else if (next().kind == Token::Kind::kName && next().text == "not" && tokens_[at_ + 1].text == "in") {
        at_ += 2;
        left = make(Op::kNotIn, {std::move(left), sum()});
      } else {
        static constexpr std::array<std::pair<std::string_view, Op>, 6> kSigns{{{"==", Op::kEqual},
                                                                                {"!=", Op::kUnequal},
                                                                                {"<=", Op::kLessEqual},
                                                                                {">=", Op::kGreaterEqual},
                                                                                {"<", Op::kLess},
                                                                                {">", Op::kGreater}}};
        std::optional<Op> op;
        for (const auto& [text, candidate] : kSigns) {
          if (!op && sign(text)) op = candidate;
        }
        if (!op) return left;
        left = make(*op, {std::move(left), sum()});
      }
    }
  }
  Expression sum() {
    Expression left = product();
    for (;;) {
      if (sign("+")) {
        left = make(Op::kAdd, {std::move(left), product()});
      } else if (sign("-")) {
        left = make(Op::kSubtract, {std::move(left), product()});
      } else if (sign("~")) {
        left = make(Op::kConcat, {std::move(left), product()});
      } else {
        return left;
      }
    }
  }
  Expression product() {
    Expression left = unary();
    for (;;) {
      if (sign("*")) {
        left = make(Op::kMultiply, {std::move(left), unary()});
      } else if (sign("//")) {
        left = make(Op::kFloorDivide, {std::move(left), unary()});
      } else if (sign("/")) {
        left = make(Op::kDivide, {std::move(left), unary()});
      } else if (sign("%")) {
        left = make(Op::kModulo, {std::move(left), unary()});
      } else {
        return left;
      }
    }
  }
  Expression unary() {
    Deeper deeper(*this);
    if (sign("-")) return make(Op::kMinus, {unary()});
    return postfix(primary());
  }
  Expression primary() {
    const Token token = next();
    ++at_;
    if (token.kind == Token::Kind::kText) {
      std::string text = token.text;
      while (next().kind == Token::Kind::kText) text += tokens_[at_++].text;
      return literal(text);
    }
    if (token.kind == Token::Kind::kNumber)
      return literal(token.text.find('.') == std::string::npos ? Value(std::stoll(token.text.substr(0, 18)))
                                                               : Value(std::strtod(token.text.c_str(), nullptr)));
    if (token.kind == Token::Kind::kName) {
      if (token.text == "true" || token.text == "True") return literal(true);
      if (token.text == "false" || token.text == "False") return literal(false);
      if (token.text == "none" || token.text == "None") return literal(nullptr);
      Expression out = make(Op::kName, {});
      out.name = token.text;
      return out;
    }
    if (token.kind == Token::Kind::kSign && token.text == "(") {
      Expression inner = expression();
      need(")");
      return inner;
    }
    if (token.kind == Token::Kind::kSign && token.text == "[") {
      Expression list = make(Op::kList, {});
      while (!sign("]")) {
        list.of.push_back(expression());
        if (!sign(",") && !(next().kind == Token::Kind::kSign && next().text == "]")) fail("']' is expected");
      }
      return list;
    }
    if (token.kind == Token::Kind::kSign && token.text == "{") {
      Expression dict = make(Op::kDict, {});
      while (!sign("}")) {
        dict.of.push_back(expression());
        need(":");
        dict.of.push_back(expression());
        if (!sign(",") && !(next().kind == Token::Kind::kSign && next().text == "}")) fail("'}' is expected");
      }
      return dict;
    }
    fail(token.kind == Token::Kind::kEnd ? "something is missing" : fmt::format("'{}' is not expected", token.text));
  }
  void arguments(Expression& call) {
    while (!sign(")")) {
      std::string keyword;
      if (next().kind == Token::Kind::kName && tokens_[at_ + 1].text == "=" &&
          tokens_[at_ + 1].kind == Token::Kind::kSign) {
        keyword = identifier();
        need("=");
      }
      Expression value = expression();
      if (!keyword.empty()) {
        Expression named = make(Op::kDict, {std::move(value)});  // one operand: a keyword argument
        named.name = keyword;
        value = std::move(named);
      }
      call.of.push_back(std::move(value));
      if (!sign(",") && !(next().kind == Token::Kind::kSign && next().text == ")")) fail("')' is expected");
    }
  }
  Expression postfix(Expression value) {
    for (;;) {
      if (sign(".")) {
        Expression attribute = make(Op::kAttribute, {std::move(value)});
        attribute.name = identifier();
        value = std::move(attribute);
      } else if (sign("[")) {
        value = subscript(std::move(value));
      } else if (sign("(")) {
        Expression call = make(Op::kCall, {std::move(value)});
        arguments(call);
        value = std::move(call);
      } else if (sign("|")) {
        Expression filter = make(Op::kFilter, {std::move(value)});
        filter.name = identifier();
        if (sign("(")) arguments(filter);
        value = std::move(filter);
      } else {
        return value;
      }
    }
  }
  Expression subscript(Expression value) {
    const auto part = [&](std::string_view stop) {
      const bool here =
          next().kind == Token::Kind::kSign && (next().text == stop || next().text == ":" || next().text == "]");
      return here ? literal(nullptr) : expression();
    };
    Expression first = part(":");
    if (sign("]")) return make(Op::kIndex, {std::move(value), std::move(first)});
    need(":");
    Expression second = part(":");
    Expression step = literal(nullptr);
    if (sign(":")) step = part("]");
    need("]");
    return make(Op::kSlice, {std::move(value), std::move(first), std::move(second), std::move(step)});
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int line_, depth_ = 0;
};

class Builder {
 public:
  explicit Builder(std::vector<Piece> pieces) : pieces_(std::move(pieces)) {}

  // Up to one of the words, which is left where it is; "" = to the end.
  std::vector<Node> block(std::initializer_list<std::string_view> stops) {
    if (++depth_ > kDeepest) throw Trouble{"too deeply nested"};
    std::vector<Node> out;
    for (; at_ < pieces_.size(); ++at_) {
      const Piece& piece = pieces_[at_];
      Node node;
      if (piece.kind == Piece::Kind::kText) {
        if (piece.text.empty()) continue;
        node.text = piece.text;
      } else if (piece.kind == Piece::Kind::kPrint) {
        Parser p(piece);
        node.kind = Node::Kind::kPrint;
        node.of.push_back(p.expression());
        p.end();
      } else {
        Parser p(piece);
        const std::string word = p.identifier();
        for (const std::string_view stop : stops) {
          if (word == stop) {
            --depth_;
            return out;
          }
        }
        if (word == "generation" || word == "endgeneration") continue;  // marks the answers; changes no text
        statement(word, p, node);
      }
      out.push_back(std::move(node));
    }
    if (stops.size() > 0) throw Trouble{fmt::format("'{}' is missing at the end", *(stops.end() - 1))};
    --depth_;
    return out;
  }

 private:
  std::string stopped_at() const { return Parser(pieces_[at_]).identifier(); }

  void statement(const std::string& word, Parser& p, Node& node) {
    if (word == "set") {
      node.kind = Node::Kind::kSet;
      node.text = p.identifier();
      if (p.sign(".")) node.second = p.identifier();
      p.need("=");
      node.of.push_back(p.expression());
      p.end();
    } else if (word == "for") {
      node.kind = Node::Kind::kFor;
      node.text = p.identifier();
      if (p.sign(",")) node.second = p.identifier();
      if (!p.name("in")) p.fail("'in' is expected");
      // `x if y` would be taken for a choice: Jinja reads it as a condition on the elements.
      Expression over = p.expression();
      if (over.op == Op::kChoose) {
        node.of = {over.of[1], over.of[0]};
      } else {
        node.of.push_back(std::move(over));
      }
      p.end();
      ++at_;
      node.body.push_back(block({"else", "endfor"}));
      if (stopped_at() == "else") ++at_, node.body.push_back(block({"endfor"}));
    } else if (word == "if") {
      node.kind = Node::Kind::kIf;
      node.of.push_back(p.expression());
      p.end();
      for (;;) {
        ++at_;
        node.body.push_back(block({"elif", "else", "endif"}));
        const std::string stop = stopped_at();
        if (stop == "endif") break;
        if (stop == "else") {
          ++at_;
          node.body.push_back(block({"endif"}));
          break;
        }
        Parser condition(pieces_[at_]);
        condition.identifier();
        node.of.push_back(condition.expression());
        condition.end();
      }
    } else {
      p.fail(fmt::format("the statement '{}' is not known", word));
    }
  }

  std::vector<Piece> pieces_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

Result<std::vector<Node>> parse(const std::string& text) {
  try {
    return Builder(cut(text)).block({});
  } catch (const Trouble& trouble) {
    return Error{trouble.why};
  }
}

}  // namespace blockyard::jinja
