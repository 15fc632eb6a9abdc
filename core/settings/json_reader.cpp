#include "core/settings/json_reader.h"

#include <algorithm>

#include "core/base/words/nearest.h"
#include "core/base/words/printable.h"
#include "core/base/words/range_text.h"
#include "core/settings/json_text.h"

namespace blockyard::io {
namespace {

std::string must_be(double low, double high) { return "it must be " + range_text(low, high); }

// JSON text of a value, cut where it is long.
std::string shown(const Json& value) {
  std::string text = dump_json(value);
  constexpr std::size_t kLongest = 60;
  if (text.size() > kLongest) {
    std::size_t cut = kLongest;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;  // not inside a UTF-8 character
    text = text.substr(0, cut) + "…";
  }
  return text;
}

// RFC 6901: ~ and / inside a key.
std::string escaped(std::string_view key) {
  std::string out;
  for (const char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

ObjectReader::ObjectReader(const Json& object, std::string pointer, std::optional<Error>& error, bool tolerant)
    : object_(object), pointer_(std::move(pointer)), error_(error), tolerant_(tolerant) {
  if (!object_.is_object() && !error_) {
    error_ = Error{
        fmt::format("{}: {} is not allowed; it must be an object", pointer_.empty() ? "/" : pointer_, shown(object_))};
  }
}

void ObjectReader::fail(std::string_view key, const std::string& what) {
  if (!error_) error_ = Error{fmt::format("{}/{}: {}", pointer_, quoted_part(escaped(key)), what)};
}

void ObjectReader::refuse(std::string_view key, const Json& value, const std::string& allowed) {
  fail(key, fmt::format("{} is not allowed; {}", shown(value), allowed));
}

const Json* ObjectReader::find(std::string_view key) {
  known_.insert(std::string(key));
  if (error_ || !object_.is_object()) return nullptr;
  const auto it = object_.find(std::string(key));
  return it == object_.end() ? nullptr : &*it;
}

bool ObjectReader::has(std::string_view key) { return object_.is_object() && object_.contains(std::string(key)); }

bool ObjectReader::is_null(std::string_view key) {
  const Json* v = find(key);
  return v != nullptr && v->is_null();
}

void ObjectReader::number(std::string_view key, double& out, double low, double high) {
  const Json* v = find(key);
  if (v == nullptr) return;
  if (!v->is_number()) return refuse(key, *v, "it must be a number");
  const double d = v->get<double>();
  if (!std::isfinite(d) || d < low || d > high) return refuse(key, *v, must_be(low, high));
  out = d;
}

void ObjectReader::integer(std::string_view key, std::uint32_t& out, std::uint64_t low, std::uint64_t high) {
  const Json* v = find(key);
  if (v == nullptr) return;
  const bool whole =
      v->is_number_integer() || (v->is_number_float() && std::floor(v->get<double>()) == v->get<double>());
  if (!v->is_number() || !whole) return refuse(key, *v, "it must be a whole number");
  const double d = v->get<double>();
  if (!(d >= static_cast<double>(low) && d <= static_cast<double>(high))) {
    return refuse(key, *v, must_be(static_cast<double>(low), static_cast<double>(high)));
  }
  out = static_cast<std::uint32_t>(d);
}

void ObjectReader::integer64(std::string_view key, std::uint64_t& out) {
  const Json* v = find(key);
  if (v == nullptr) return;
  if (!v->is_number_unsigned()) return refuse(key, *v, "it must be a whole number from 0 to 18446744073709551615");
  out = v->get<std::uint64_t>();
}

void ObjectReader::boolean(std::string_view key, bool& out) {
  const Json* v = find(key);
  if (v == nullptr) return;
  if (!v->is_boolean()) return refuse(key, *v, "it must be true or false");
  out = v->get<bool>();
}

void ObjectReader::string(std::string_view key, std::string& out) {
  const Json* v = find(key);
  if (v == nullptr) return;
  if (!v->is_string()) return refuse(key, *v, "it must be a string");
  out = v->get<std::string>();
}

void ObjectReader::choice(std::string_view key, std::size_t& out, const std::vector<std::string_view>& names) {
  const Json* v = find(key);
  if (v == nullptr) return;
  if (v->is_string()) {
    const auto it = std::find(names.begin(), names.end(), v->get<std::string>());
    if (it != names.end()) {
      out = static_cast<std::size_t>(it - names.begin());
      return;
    }
  }
  const std::string near = v->is_string() ? nearest(v->get<std::string>(), {names.begin(), names.end()}) : "";
  refuse(key, *v,
         fmt::format("{} one of {}", near.empty() ? "it must be" : fmt::format("did you mean {}? It must be", near),
                     fmt::join(names, ", ")));
}

void ObjectReader::numbers(std::string_view key, std::vector<double>& out, double low, double high) {
  const Json* v = find(key);
  if (v == nullptr) return;
  if (!v->is_array()) return refuse(key, *v, "it must be a list of numbers");
  out.clear();
  for (const Json& item : *v) {
    const bool good = item.is_number() && item.get<double>() >= low && item.get<double>() <= high;
    if (!good) return refuse(key, item, "each must be a number: " + must_be(low, high));
    out.push_back(item.get<double>());
  }
}

void ObjectReader::optional_number(std::string_view key, std::optional<double>& out, double low, double high) {
  const Json* v = find(key);
  if (v == nullptr) return;
  if (v->is_null()) {
    out.reset();
    return;
  }
  if (!v->is_number()) return refuse(key, *v, "it must be null or a number");
  double d = low;
  number(key, d, low, high);
  if (!error_) out = d;
}

void ObjectReader::object(std::string_view key, const std::function<void(ObjectReader&)>& read) {
  const Json* v = find(key);
  if (v == nullptr) return;
  ObjectReader inner(*v, fmt::format("{}/{}", pointer_, escaped(key)), error_, tolerant_);
  if (error_) return;
  read(inner);
  inner.finish();
}

void ObjectReader::objects(std::string_view key, const std::function<void(ObjectReader&)>& read) {
  const Json* v = find(key);
  if (v == nullptr) return;
  if (!v->is_array()) return refuse(key, *v, "it must be a list");
  for (std::size_t i = 0; i < v->size() && !error_; ++i) {
    ObjectReader inner((*v)[i], fmt::format("{}/{}/{}", pointer_, escaped(key), i), error_, tolerant_);
    if (error_) return;
    read(inner);
    inner.finish();
  }
}

void ObjectReader::members(std::string_view key, const std::function<void(const std::string&, const Json&)>& read) {
  const Json* v = find(key);
  if (v == nullptr) return;
  if (!v->is_object()) return refuse(key, *v, "it must be an object");
  for (const auto& [name, value] : v->items()) read(name, value);
}

void ObjectReader::finish() {
  if (error_ || tolerant_ || !object_.is_object()) return;
  for (const auto& [key, value] : object_.items()) {
    if (known_.contains(key)) continue;
    std::vector<std::string> allowed(known_.begin(), known_.end());
    const std::string near = nearest(key, allowed);
    fail(key, fmt::format("no such key; {} {}",
                          near.empty() ? "allowed are" : fmt::format("did you mean {}? There are", near),
                          fmt::join(allowed, ", ")));
    return;
  }
}

}  // namespace blockyard::io
