#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/tokens/chat/jinja_parts.h"

namespace blockyard::jinja {

const Value& undefined_value() {
  static const Value kUndefined(Value::value_t::discarded);
  return kUndefined;
}

bool truth(const Value& v) {
  if (is_undefined(v) || v.is_null()) return false;
  if (v.is_boolean()) return v.get<bool>();
  if (v.is_number()) return v.get<double>() != 0;
  if (v.is_string()) return !v.get_ref<const std::string&>().empty();
  return !v.empty();
}

namespace {

// As Python's json.dumps(ensure_ascii=False) writes it.
std::string dumps(const Value& v) {
  if (v.is_object() || v.is_array()) {
    std::string out = v.is_object() ? "{" : "[";
    bool first = true;
    for (const auto& [key, value] : v.items()) {
      if (!first) out += ", ";
      first = false;
      if (v.is_object()) out += Value(key).dump() + ": ";
      out += dumps(value);
    }
    return out + (v.is_object() ? "}" : "]");
  }
  if (is_undefined(v)) return "null";
  return v.dump(-1, ' ', false, Value::error_handler_t::replace);
}

enum class Side { kLeft = 1, kRight = 2, kBoth = 3 };
std::string strip(const std::string& text, const std::string& set, Side side) {
  std::size_t from = 0, to = text.size();
  if (static_cast<int>(side) & 1) from = std::min(text.find_first_not_of(set), text.size());
  if (static_cast<int>(side) & 2) {
    const std::size_t last = text.find_last_not_of(set);
    to = last == std::string::npos ? from : std::max(from, last + 1);
  }
  return text.substr(from, to - from);
}

std::string replaced(const std::string& text, const std::string& from, const std::string& to) {
  if (from.empty()) return text;
  std::string out;
  for (std::size_t at = 0;;) {
    const std::size_t found = text.find(from, at);
    out += text.substr(at, found - at);
    if (found == std::string::npos) return out;
    out += to;
    at = found + from.size();
    if (out.size() > kMostBytes) throw Trouble{"the text grows too long"};
  }
}

std::string cased(std::string text, bool upper) {
  for (char& c : text) {
    if (upper ? c >= 'a' && c <= 'z' : c >= 'A' && c <= 'Z') c = static_cast<char>(c ^ 0x20);
  }
  return text;
}

constexpr const char* kSpaces = " \t\n\r\v\f";

Value items(const Value& v) {
  Value out = Value::array();
  if (v.is_object()) {
    for (const auto& [key, item] : v.items()) out.push_back(Value::array({key, item}));
  }
  return out;
}

}  // namespace

std::string text_of(const Value& v) {
  if (is_undefined(v)) return "";
  if (v.is_string()) return v.get<std::string>();
  if (v.is_null()) return "None";
  if (v.is_boolean()) return v.get<bool>() ? "True" : "False";
  return dumps(v);
}

const Value& Arguments::at(std::size_t i) const { return i < plain.size() ? plain[i] : undefined_value(); }

std::string Arguments::text(std::size_t i, const char* fallback) const {
  return i < plain.size() && plain[i].is_string() ? plain[i].get<std::string>() : fallback;
}

std::int64_t whole(const Value& v, std::int64_t fallback) {
  if (v.is_boolean()) return v.get<bool>();
  return v.is_number() ? static_cast<std::int64_t>(v.get<double>()) : fallback;
}

Value attribute(const Value& v, const std::string& name) {
  if (!v.is_object()) return undefined_value();
  const auto found = v.find(name);
  return found == v.end() ? undefined_value() : *found;
}

Value index(const Value& v, const Value& at) {
  if (v.is_object() && at.is_string()) return attribute(v, at.get<std::string>());
  if (!at.is_number_integer()) return undefined_value();
  const auto size = static_cast<std::int64_t>(v.is_string() ? v.get_ref<const std::string&>().size() : v.size());
  std::int64_t i = at.get<std::int64_t>();
  if (i < 0) i += size;
  if (i < 0 || i >= size) return undefined_value();
  if (v.is_string()) return std::string(1, v.get_ref<const std::string&>()[static_cast<std::size_t>(i)]);
  return v.is_array() ? v[static_cast<std::size_t>(i)] : undefined_value();
}

Value slice(const Value& v, const Value& first, const Value& second, const Value& third) {
  if (!v.is_array() && !v.is_string()) return undefined_value();
  const auto size = static_cast<std::int64_t>(v.is_string() ? v.get_ref<const std::string&>().size() : v.size());
  const std::int64_t by = whole(third, 1);
  if (by == 0) throw Trouble{"a slice with step 0"};
  const auto bound = [&](const Value& at, std::int64_t fallback) {
    if (at.is_null() || is_undefined(at)) return fallback;
    std::int64_t i = whole(at, 0);
    if (i < 0) i += size;
    return by > 0 ? std::clamp<std::int64_t>(i, 0, size) : std::clamp<std::int64_t>(i, -1, size - 1);
  };
  const std::int64_t from = bound(first, by > 0 ? 0 : size - 1), to = bound(second, by > 0 ? size : -1);
  Value list = Value::array();
  std::string text;
  for (std::int64_t i = from; by > 0 ? i < to : i > to; i += by) {
    if (v.is_string()) {
      text += v.get_ref<const std::string&>()[static_cast<std::size_t>(i)];
    } else {
      list.push_back(v[static_cast<std::size_t>(i)]);
    }
  }
  return v.is_string() ? Value(text) : list;
}

bool contains(const Value& inner, const Value& outer) {
  if (outer.is_string()) return outer.get_ref<const std::string&>().find(text_of(inner)) != std::string::npos;
  if (outer.is_object()) return inner.is_string() && outer.contains(inner.get<std::string>());
  return outer.is_array() && std::find(outer.begin(), outer.end(), inner) != outer.end();
}

Value arithmetic(Op op, const Value& a, const Value& b) {
  if (!a.is_number() || !b.is_number()) throw Trouble{"arithmetic with what is no number"};
  const double x = a.get<double>(), y = b.get<double>();
  if ((op == Op::kDivide || op == Op::kFloorDivide || op == Op::kModulo) && y == 0) throw Trouble{"a division by 0"};
  const double r = op == Op::kAdd        ? x + y
                   : op == Op::kSubtract ? x - y
                   : op == Op::kMultiply ? x * y
                   : op == Op::kDivide   ? x / y
                   : op == Op::kModulo   ? x - y * std::floor(x / y)
                                         : std::floor(x / y);
  const bool integer = a.is_number_integer() && b.is_number_integer() && op != Op::kDivide && std::abs(r) < 9e15;
  return integer ? Value(static_cast<std::int64_t>(r)) : Value(r);
}

Value add(const Value& a, const Value& b) {
  if (a.is_string() && b.is_string()) return a.get<std::string>() + b.get<std::string>();
  if (a.is_array() && b.is_array()) {
    Value out = a;
    for (const Value& item : b) out.push_back(item);
    return out;
  }
  return arithmetic(Op::kAdd, a, b);
}

bool passes(const std::string& name, const Value& v) {
  if (name == "defined") return !is_undefined(v);
  if (name == "undefined") return is_undefined(v);
  if (name == "none") return v.is_null();
  if (name == "string") return v.is_string();
  if (name == "number") return v.is_number();
  if (name == "integer") return v.is_number_integer();
  if (name == "boolean") return v.is_boolean();
  if (name == "true") return v.is_boolean() && v.get<bool>();
  if (name == "false") return v.is_boolean() && !v.get<bool>();
  if (name == "mapping") return v.is_object();
  if (name == "iterable" || name == "sequence") return v.is_array() || v.is_object() || v.is_string();
  throw Trouble{fmt::format("the test '{}' is not known", name)};
}

Value filtered(const std::string& name, const Value& v, const Arguments& with) {
  if (name == "trim") return strip(text_of(v), with.text(0, kSpaces), Side::kBoth);
  if (name == "length" || name == "count")
    return v.is_string() ? Value(v.get_ref<const std::string&>().size()) : Value(is_undefined(v) ? 0 : v.size());
  if (name == "tojson") return dumps(v);
  if (name == "string") return text_of(v);
  if (name == "upper" || name == "lower") return cased(text_of(v), name == "upper");
  if (name == "safe") return v;
  if (name == "list") return v.is_array() ? v : Value::array();
  if (name == "int") return v.is_string() ? Value(std::atoll(v.get<std::string>().c_str())) : Value(whole(v, 0));
  if (name == "default" || name == "d") return is_undefined(v) || (truth(with.at(1)) && !truth(v)) ? with.at(0) : v;
  if (name == "first") return index(v, 0);
  if (name == "last") return index(v, -1);
  if (name == "replace") return replaced(text_of(v), with.text(0, ""), with.text(1, ""));
  if (name == "items") return items(v);
  if (name == "join") {
    std::string out;
    for (std::size_t i = 0; i < v.size(); ++i) out += (i > 0 ? with.text(0, "") : "") + text_of(v[i]);
    return out;
  }
  throw Trouble{fmt::format("the filter '{}' is not known", name)};
}

Value method(const std::string& name, const Value& v, const Arguments& with) {
  if (v.is_string()) {
    const std::string& text = v.get_ref<const std::string&>();
    if (name == "startswith") return text.starts_with(with.text(0, ""));
    if (name == "endswith") return text.ends_with(with.text(0, ""));
    if (name == "strip") return strip(text, with.text(0, kSpaces), Side::kBoth);
    if (name == "lstrip") return strip(text, with.text(0, kSpaces), Side::kLeft);
    if (name == "rstrip") return strip(text, with.text(0, kSpaces), Side::kRight);
    if (name == "upper" || name == "lower") return cased(text, name == "upper");
    if (name == "replace") return replaced(text, with.text(0, ""), with.text(1, ""));
    if (name == "split" && with.plain.size() == 1) {
      const std::string by = with.text(0, " ");
      Value out = Value::array();
      for (std::size_t at = 0; !by.empty();) {
        const std::size_t found = text.find(by, at);
        out.push_back(text.substr(at, found - at));
        if (found == std::string::npos) break;
        at = found + by.size();
      }
      return out;
    }
  }
  if (v.is_object()) {
    if (name == "items") return items(v);
    if (name == "get") {
      const Value found = attribute(v, with.text(0, ""));
      return is_undefined(found) ? with.plain.size() > 1 ? with.at(1) : Value(nullptr) : found;
    }
    if (name == "keys") {
      Value out = Value::array();
      for (const auto& [key, item] : v.items()) out.push_back(key);
      return out;
    }
  }
  throw Trouble{fmt::format("the method '{}' is not known", name)};
}

}  // namespace blockyard::jinja
