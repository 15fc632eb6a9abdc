// What the kinds of record share as they are read from a line and written to one. Private to record/.
#pragma once

#include <fmt/format.h>

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/live/heartbeat/bodies.h"
#include "core/live/record/record.h"
#include "core/live/truth/codes.h"
#include "core/settings/json_text.h"

namespace blockyard::live {

using Json = nlohmann::ordered_json;

// The fields of a line; the first trouble is kept and everything after it does nothing.
class LineReader {
 public:
  explicit LineReader(const Json& object) : object_(object) {}
  const std::string& trouble() const { return trouble_; }
  void fail(std::string_view key, std::string_view wanted) {
    if (trouble_.empty()) trouble_ = fmt::format("{} must be {}", key, wanted);
  }
  const Json* find(std::string_view key) const {
    const auto at = object_.find(std::string(key));
    return at == object_.end() ? nullptr : &*at;
  }
  std::uint64_t whole(std::string_view key, std::uint64_t most) {
    const Json* v = find(key);
    if (v == nullptr || !v->is_number_unsigned() || v->get<std::uint64_t>() > most) {
      fail(key, fmt::format("a whole number up to {}", most));
      return 0;
    }
    return v->get<std::uint64_t>();
  }
  double number(std::string_view key) {
    const Json* v = find(key);
    const auto out = v == nullptr ? std::nullopt : real(*v);
    if (!out) fail(key, "a number");
    return out.value_or(0);
  }
  std::string_view text(std::string_view key) {
    const Json* v = find(key);
    if (v == nullptr || !v->is_string()) {
      fail(key, "a text");
      return {};
    }
    return v->get_ref<const std::string&>();
  }
  /// A time in µs; −1 where the line has none.
  SimTime time(std::string_view key) {
    if (find(key) == nullptr) return -1;
    return static_cast<SimTime>(whole(key, static_cast<std::uint64_t>(std::numeric_limits<SimTime>::max())));
  }
  bool truth(std::string_view key) {
    const Json* v = find(key);
    if (v == nullptr || !v->is_boolean()) fail(key, "true or false");
    return v != nullptr && v->is_boolean() && v->get<bool>();
  }
  std::optional<Digest> digest(std::string_view key) {
    const auto out = parse_digest(text(key));
    if (!out) fail(key, "64 hexadecimal digits");
    return out;
  }
  std::size_t choice(std::string_view key, std::span<const std::string_view> names) {
    const std::string_view word = text(key);
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == word) return i;
    }
    fail(key, fmt::format("one of {}", fmt::join(names, ", ")));
    return 0;
  }
  static std::optional<double> real(const Json& v) {
    if (v.is_number()) return v.get<double>();
    if (v == "inf") return std::numeric_limits<double>::infinity();
    if (v == "-inf") return -std::numeric_limits<double>::infinity();
    if (v == "nan") return std::numeric_limits<double>::quiet_NaN();
    return std::nullopt;
  }

 private:
  const Json& object_;
  std::string trouble_;
};

// Of the kinds that a router writes.
void read_body(LineReader& in, RouteRecord& r);
void read_body(LineReader& in, RequestRecord& r, std::uint32_t workers);
void read_body(LineReader& in, CommandRecord& r, std::uint32_t workers);
void read_body(LineReader& in, BeatRecord& r);
void read_body(LineReader& in, SyncRecord& r);
void read_body(LineReader& in, EvictRecord& r);
void add_body(std::string& out, const RouteRecord& r);
void add_body(std::string& out, const RequestRecord& r);
void add_body(std::string& out, const CommandRecord& r);
void add_body(std::string& out, const BeatRecord& r);
void add_body(std::string& out, const SyncRecord& r);
void add_body(std::string& out, const EvictRecord& r);

void add_number(std::string& out, double v);
void add_text(std::string& out, std::string_view text);
/// The codes of a list, null for one that is none.
void add_codes(std::string& out, std::span<const Code> codes);

}  // namespace blockyard::live
