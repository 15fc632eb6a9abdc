#include "core/live/heartbeat/bodies.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "core/live/routing/ask.h"
#include "core/settings/json_text.h"

namespace blockyard::live {
namespace {

namespace dom = simdjson::dom;

constexpr std::string_view kFieldOf[] = {"current_load", "active_hashes", "evicted_hashes"};

struct Trouble {
  std::string_view msg, type;
};
constexpr Trouble kMissing{"field required", "value_error.missing"};
constexpr Trouble kNull{"none is not an allowed value", "type_error.none.not_allowed"};
constexpr Trouble kNoText{"str type expected", "type_error.str"};
constexpr Trouble kNoNumber{"value is not a valid float", "type_error.float"};
constexpr Trouble kNegative{"ensure this value is greater than or equal to 0", "value_error.number.not_ge"};
constexpr Trouble kNoList{"value is not a valid list", "type_error.list"};
constexpr Trouble kTooLong{"ensure this value has at most 256 characters", "value_error.any_str.max_length"};
constexpr Trouble kNoName{"a worker_id has 1 to 64 of A-Z a-z 0-9 . _ -", "value_error.str.regex"};
constexpr Trouble kNoObject{"value is not a valid dict", "type_error.dict"};
constexpr Trouble kNoJson{"the body is not JSON, or nests too deep", "value_error.jsondecode"};

// All troubles of one body, each with its field.
class Troubles {
 public:
  void add(std::string_view field, const Trouble& t, std::optional<std::size_t> at = std::nullopt) {
    if (text_.size() > kEnough) return;
    text_ += fmt::format(R"({}{{"loc":["body"{}{}],"msg":"{}","type":"{}"}})", text_.empty() ? "" : ",",
                         field.empty() ? "" : fmt::format(",\"{}\"", field), at ? fmt::format(",{}", *at) : "", t.msg,
                         t.type);
  }
  bool none() const { return text_.empty(); }
  BodyRefusal refusal() const { return {"{\"detail\":[" + text_ + "]}"}; }

 private:
  static constexpr std::size_t kEnough = 4096;
  std::string text_;
};

// The value of a key, unless it is missing or null.
std::optional<dom::element> needed(const dom::object& object, std::string_view key, Troubles& troubles) {
  dom::element out;
  if (object.at_key(key).get(out) != simdjson::SUCCESS) {
    troubles.add(key, kMissing);
  } else if (out.is_null()) {
    troubles.add(key, kNull);
  } else {
    return out;
  }
  return std::nullopt;
}

std::string name_of(const dom::object& object, Troubles& troubles) {
  const auto v = needed(object, "worker_id", troubles);
  std::string_view name;
  if (!v) return {};
  if (v->get(name) != simdjson::SUCCESS) {
    troubles.add("worker_id", kNoText);
  } else if (!is_worker_name(name)) {
    troubles.add("worker_id", kNoName);
  }
  return std::string(name.substr(0, 64));
}

// A number, or a text that is one: the workers' own router took both.
double load_of(const dom::object& object, Troubles& troubles) {
  const auto v = needed(object, kFieldOf[0], troubles);
  if (!v) return 0;
  double out = 0;
  std::string_view text;
  bool good = v->get(out) == simdjson::SUCCESS;
  if (!good && v->get(text) == simdjson::SUCCESS) {
    const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), out);
    good = trouble == std::errc() && end == text.data() + text.size();
  }
  if (!good || !std::isfinite(out)) {
    troubles.add(kFieldOf[0], kNoNumber);
    return 0;
  }
  if (out < 0) troubles.add(kFieldOf[0], kNegative);
  return out == 0 ? 0 : out;  // and no −0
}

std::optional<std::string> url_of(const dom::object& object, Troubles& troubles) {
  dom::element v;
  std::string_view text;
  if (object.at_key("worker_url").get(v) != simdjson::SUCCESS || v.is_null()) return std::nullopt;
  if (v.get(text) != simdjson::SUCCESS) {
    troubles.add("worker_url", kNoText);
  } else if (text.size() > kLongestBeatText) {
    troubles.add("worker_url", kTooLong);
  }
  return std::string(text.substr(0, kLongestBeatText));
}

std::vector<Digest> hashes_of(const dom::object& object, std::string_view key, Troubles& troubles) {
  std::vector<Digest> out;
  const auto v = needed(object, key, troubles);
  if (!v) return out;
  dom::array list;
  if (v->get(list) != simdjson::SUCCESS) {
    troubles.add(key, kNoList);
    return out;
  }
  std::size_t i = 0;
  for (const dom::element e : list) {
    std::string_view text;
    if (e.get(text) != simdjson::SUCCESS) {
      troubles.add(key, e.is_null() ? kNull : kNoText, i);
    } else if (text.size() > kLongestBeatText) {
      troubles.add(key, kTooLong, i);
    } else if (const auto digest = parse_digest(text)) {
      out.push_back(*digest);
    } else {
      out.push_back(sha256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
    }
    ++i;
  }
  return out;
}

}  // namespace

std::variant<HeartbeatPost, BodyRefusal> read_heartbeat(std::string_view body, HeartbeatKind kind) {
  Troubles troubles;
  dom::parser parser;
  simdjson::padded_string text(body);
  dom::element document;
  if (text.size() == 0 || parser.allocate(text.size(), kDeepestBody) != simdjson::SUCCESS ||
      parser.parse(text).get(document) != simdjson::SUCCESS) {
    troubles.add("", kNoJson);
    return troubles.refusal();
  }
  dom::object object;
  if (document.get(object) != simdjson::SUCCESS) {
    troubles.add("", kNoObject);
    return troubles.refusal();
  }
  HeartbeatPost out;
  const std::string name = name_of(object, troubles);
  switch (kind) {
    case HeartbeatKind::kBeat: {
      const double load = load_of(object, troubles);
      out = BeatPost{name, load, url_of(object, troubles)};
      break;
    }
    case HeartbeatKind::kSync:
      out = SyncPost{name, hashes_of(object, kFieldOf[1], troubles)};
      break;
    case HeartbeatKind::kEvict:
      out = EvictPost{name, hashes_of(object, kFieldOf[2], troubles)};
      break;
  }
  if (!troubles.none()) return troubles.refusal();
  return out;
}

Digest beat_hash(std::span<const std::uint32_t> tokens) {
  std::string text = "(";
  for (std::size_t i = 0; i < tokens.size(); ++i)
    fmt::format_to(std::back_inserter(text), "{}{}", i == 0 ? "" : ", ", tokens[i]);
  text += ')';
  return sha256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::vector<Digest> beat_hashes(std::span<const std::uint32_t> tokens) {
  std::vector<Digest> out;
  for (std::size_t at = 0; at + kBeatBlockTokens <= tokens.size(); at += kBeatBlockTokens)
    out.push_back(beat_hash(tokens.subspan(at, kBeatBlockTokens)));
  return out;
}

std::optional<Digest> parse_digest(std::string_view hex) {
  if (hex.size() != 64) return std::nullopt;
  const auto high = parse_code(hex.substr(0, 32)), low = parse_code(hex.substr(32));
  if (!high || !low) return std::nullopt;
  const std::uint64_t parts[] = {high->high, high->low, low->high, low->low};
  Digest out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(parts[i / 8] >> (56 - 8 * (i % 8)));
  return out;
}

Code code_of_beat(const Digest& hash) {
  Code out;
  for (std::size_t i = 0; i < 8; ++i) {
    out.high = out.high << 8 | hash[i];
    out.low = out.low << 8 | hash[8 + i];
  }
  return out;
}

bool is_worker_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  });
}

}  // namespace blockyard::live
