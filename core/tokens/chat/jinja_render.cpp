// Walks the nodes with scopes of variables; what values can do stands in jinja_values.cpp.
#include <fmt/format.h>

#include <map>

#include "core/tokens/chat/jinja_parts.h"

namespace blockyard::jinja {
namespace {

constexpr std::size_t kMostSteps = 200'000;  // nodes and expressions: a template that wants more is refused

class Renderer {
 public:
  explicit Renderer(const Value& variables) { scopes_.push_back({}), root_ = &variables; }

  void run(const std::vector<Node>& nodes, std::string& out) {
    for (const Node& node : nodes) {
      step();
      switch (node.kind) {
        case Node::Kind::kText:
          out += node.text;
          break;
        case Node::Kind::kPrint:
          out += text_of(value(node.of[0]));
          break;
        case Node::Kind::kSet:
          assign(node);
          break;
        case Node::Kind::kFor:
          loop(node, out);
          break;
        case Node::Kind::kIf:
          branch(node, out);
          break;
      }
      if (out.size() > kMostBytes) throw Trouble{"the text grows too long"};
    }
  }

 private:
  using Scope = std::map<std::string, Value>;

  void step() {
    if (++steps_ > kMostSteps) throw Trouble{"the template does too much work"};
  }

  const Value* find(const std::string& name) const {
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
      if (const auto found = scope->find(name); found != scope->end()) return &found->second;
    }
    const auto found = root_->find(name);
    return found == root_->end() ? nullptr : &*found;
  }

  void assign(const Node& node) {
    Value v = value(node.of[0]);
    if (node.second.empty()) {
      scopes_.back()[node.text] = std::move(v);
      return;
    }
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
      const auto found = scope->find(node.text);
      if (found == scope->end()) continue;
      if (!found->second.is_object()) break;
      found->second[node.second] = std::move(v);
      return;
    }
    throw Trouble{fmt::format("'{}' is no namespace", node.text)};
  }

  void loop(const Node& node, std::string& out) {
    const Value over = value(node.of[0]);
    std::vector<Value> items;
    const auto offer = [&](Value item) {
      step();
      if (node.of.size() > 1) {
        scopes_.push_back({});
        bind(node, item);
        const bool wanted = truth(value(node.of[1]));
        scopes_.pop_back();
        if (!wanted) return;
      }
      items.push_back(std::move(item));
    };
    if (over.is_array()) {
      for (const Value& item : over) offer(item);
    } else if (over.is_object()) {
      for (const auto& [key, item] : over.items()) offer(Value(key));
    } else if (!is_undefined(over) && !over.is_null()) {
      throw Trouble{"what is looped over is no list"};
    }
    if (items.empty()) {
      if (node.body.size() > 1) run(node.body[1], out);
      return;
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
      scopes_.push_back({});
      bind(node, items[i]);
      scopes_.back()["loop"] = Value{{"index", i + 1},
                                     {"index0", i},
                                     {"first", i == 0},
                                     {"last", i + 1 == items.size()},
                                     {"length", items.size()},
                                     {"revindex", items.size() - i},
                                     {"revindex0", items.size() - i - 1}};
      if (i > 0) scopes_.back()["loop"]["previtem"] = items[i - 1];
      if (i + 1 < items.size()) scopes_.back()["loop"]["nextitem"] = items[i + 1];
      run(node.body[0], out);
      scopes_.pop_back();
    }
  }

  void bind(const Node& node, const Value& item) {
    if (node.second.empty()) {
      scopes_.back()[node.text] = item;
      return;
    }
    if (!item.is_array() || item.size() != 2) throw Trouble{"a pair is expected in a loop over two names"};
    scopes_.back()[node.text] = item[0];
    scopes_.back()[node.second] = item[1];
  }

  void branch(const Node& node, std::string& out) {
    for (std::size_t i = 0; i < node.of.size(); ++i) {
      if (truth(value(node.of[i]))) return run(node.body[i], out);
    }
    if (node.body.size() > node.of.size()) run(node.body.back(), out);
  }

  Arguments arguments(const Expression& e) {
    Arguments out;
    for (std::size_t i = 1; i < e.of.size(); ++i) {
      const Expression& a = e.of[i];
      if (a.op == Op::kDict && !a.name.empty()) {
        out.named[a.name] = value(a.of[0]);
      } else {
        out.plain.push_back(value(a));
      }
    }
    return out;
  }

  Value call(const Expression& e) {
    const Arguments with = arguments(e);
    if (e.of[0].op == Op::kAttribute) return method(e.of[0].name, value(e.of[0].of[0]), with);
    const std::string& name = e.of[0].name;
    if (name == "namespace") {
      Value out = Value::object();
      for (const auto& [key, v] : with.named) out[key] = v;
      return out;
    }
    if (name == "range") {
      const std::int64_t from = with.plain.size() > 1 ? whole(with.at(0), 0) : 0;
      const std::int64_t to = whole(with.at(with.plain.size() > 1 ? 1 : 0), 0);
      if (to - from > 1'000'000) throw Trouble{"too long a range"};
      Value out = Value::array();
      for (std::int64_t i = from; i < to; ++i) out.push_back(i);
      return out;
    }
    if (name == "raise_exception") throw Trouble{with.text(0, "it refuses this chat")};
    throw Trouble{fmt::format("the function '{}' is not known", name)};
  }

  Value value(const Expression& e) {
    step();
    switch (e.op) {
      case Op::kLiteral:
        return e.value;
      case Op::kName: {
        const Value* found = find(e.name);
        return found == nullptr ? undefined_value() : *found;
      }
      case Op::kList: {
        Value out = Value::array();
        for (const Expression& item : e.of) out.push_back(value(item));
        return out;
      }
      case Op::kDict: {
        Value out = Value::object();
        for (std::size_t i = 0; i + 1 < e.of.size(); i += 2) out[text_of(value(e.of[i]))] = value(e.of[i + 1]);
        return out;
      }
      case Op::kAttribute:
        return attribute(value(e.of[0]), e.name);
      case Op::kIndex:
        return index(value(e.of[0]), value(e.of[1]));
      case Op::kSlice:
        return slice(value(e.of[0]), value(e.of[1]), value(e.of[2]), value(e.of[3]));
      case Op::kCall:
        return call(e);
      case Op::kFilter:
        return filtered(e.name, value(e.of[0]), arguments(e));
      case Op::kTest:
        return passes(e.name, value(e.of[0])) != e.negated;
      case Op::kNot:
        return !truth(value(e.of[0]));
      case Op::kMinus:
        return arithmetic(Op::kSubtract, 0, value(e.of[0]));
      case Op::kAnd: {
        Value left = value(e.of[0]);
        return truth(left) ? value(e.of[1]) : left;
      }
      case Op::kOr: {
        Value left = value(e.of[0]);
        return truth(left) ? left : value(e.of[1]);
      }
      case Op::kEqual:
        return value(e.of[0]) == value(e.of[1]);
      case Op::kUnequal:
        return value(e.of[0]) != value(e.of[1]);
      case Op::kLess:
        return value(e.of[0]) < value(e.of[1]);
      case Op::kLessEqual:
        return value(e.of[0]) <= value(e.of[1]);
      case Op::kGreater:
        return value(e.of[0]) > value(e.of[1]);
      case Op::kGreaterEqual:
        return value(e.of[0]) >= value(e.of[1]);
      case Op::kIn:
        return contains(value(e.of[0]), value(e.of[1]));
      case Op::kNotIn:
        return !contains(value(e.of[0]), value(e.of[1]));
      case Op::kAdd:
        return add(value(e.of[0]), value(e.of[1]));
      case Op::kConcat:
        return text_of(value(e.of[0])) + text_of(value(e.of[1]));
      case Op::kChoose:
        return truth(value(e.of[0])) ? value(e.of[1]) : value(e.of[2]);
      case Op::kSubtract:
      case Op::kMultiply:
      case Op::kDivide:
      case Op::kFloorDivide:
      case Op::kModulo:
        return arithmetic(e.op, value(e.of[0]), value(e.of[1]));
    }
    return undefined_value();
  }

  std::vector<Scope> scopes_;
  const Value* root_;
  std::size_t steps_ = 0;
};

}  // namespace

Result<std::string> render(const std::vector<Node>& nodes, const Value& variables) {
  try {
    std::string out;
    Renderer(variables).run(nodes, out);
    return out;
  } catch (const Trouble& trouble) {
    return Error{trouble.why};
  }
}

}  // namespace blockyard::jinja
