#include "core/workload/traces/record_fields.h"

#include <algorithm>
#include <cmath>

namespace blockyard {

namespace dom = simdjson::dom;

std::string shown(const dom::element& value) {
  std::string text = simdjson::minify(value);
  constexpr std::size_t kLongest = 40;
  if (text.size() > kLongest) {
    std::size_t cut = kLongest;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
    text = text.substr(0, cut) + "…";
  }
  return text;
}

std::optional<dom::element> field(const dom::object& object, std::string_view key) {
  dom::element value;
  if (object.at_key(key).get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

std::optional<double> number_of(const dom::element& value) {
  double d = 0;
  if (value.get(d) != simdjson::SUCCESS || !std::isfinite(d)) return std::nullopt;
  return d;
}

std::optional<std::uint32_t> stated_block_tokens(const dom::object& object, std::string_view key) {
  const auto value = field(object, key);
  const auto tokens = value ? number_of(*value) : std::nullopt;
  if (!tokens || !(*tokens >= 1 && *tokens <= 1U << 20U)) return std::nullopt;
  return static_cast<std::uint32_t>(*tokens);
}

std::uint64_t length_of(const dom::object& object, std::string_view key) {
  dom::array list;
  if (object.at_key(key).get(list) != simdjson::SUCCESS) return 0;
  std::uint64_t n = 0;
  for (auto it = list.begin(); it != list.end(); ++it) ++n;
  return n;
}

std::optional<std::string> text_of(const dom::element& value) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return std::string(text);
  std::int64_t whole = 0;
  if (value.get(whole) == simdjson::SUCCESS) return fmt::format("{}", whole);
  std::uint64_t large = 0;
  if (value.get(large) == simdjson::SUCCESS) return fmt::format("{}", large);
  double d = 0;
  if (value.get(d) == simdjson::SUCCESS && d == std::floor(d) && std::fabs(d) < 9e15)
    return fmt::format("{}", static_cast<std::int64_t>(d));
  return std::nullopt;
}

bool RecordFields::fail(std::string_view key, std::string_view what) {
  if (!error) {
    error = key.empty() ? Error{fmt::format("{}:{}: {}", path_, line_, what)}
                        : Error{fmt::format("{}:{}: {}: {}", path_, line_, key, what)};
  }
  return false;
}

bool RecordFields::refuse(std::string_view key, const dom::element& value, std::string_view allowed) {
  return fail(key, fmt::format("{} is not allowed; it must be {}", shown(value), allowed));
}

bool RecordFields::keys_once(const dom::object& object) {
  constexpr std::size_t kFew = 32;
  std::string_view seen[kFew];
  std::size_t n = 0;
  std::vector<std::string_view> many;
  for (const auto& [key, value] : object) {
    const std::string_view* const end = seen + std::min(n, kFew);
    const bool twice = std::find(static_cast<const std::string_view*>(seen), end, key) != end;
    if (twice) return fail(key, "stands twice in the object; once is allowed");
    if (n < kFew) {
      seen[n] = key;
    } else {
      many.push_back(key);
    }
    ++n;
  }
  std::sort(many.begin(), many.end());
  if (const auto at = std::adjacent_find(many.begin(), many.end()); at != many.end())
    return fail(*at, "stands twice in the object; once is allowed");
  return true;
}

bool RecordFields::number(std::string_view key, const dom::element& value, double least, double& out) {
  const auto d = number_of(value);
  if (!d) return refuse(key, value, "a number");
  if (!(*d >= least)) return refuse(key, value, fmt::format("{} or more", least));
  out = *d;
  return true;
}

bool RecordFields::tokens(std::string_view key, const dom::element& value, std::uint64_t least, std::uint32_t& out) {
  const auto d = number_of(value);
  if (!d || *d != std::floor(*d) || *d < static_cast<double>(least) || *d > static_cast<double>(kMostTraceTokens)) {
    return refuse(key, value, fmt::format("a whole number from {} to {}", least, kMostTraceTokens));
  }
  out = static_cast<std::uint32_t>(*d);
  return true;
}

bool RecordFields::id(RawTrace& trace, std::string_view key, const dom::element& value, std::uint64_t& out) {
  if (value.get(out) == simdjson::SUCCESS) return true;
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) {
    out = trace.id_of_text(text);
    return true;
  }
  double d = 0;
  constexpr double kExact = 9007199254740992.0;  // 2^53: above it a float does not say which whole number it is
  if (value.get(d) == simdjson::SUCCESS && d == std::floor(d) && d >= 0 && d <= kExact) {
    out = static_cast<std::uint64_t>(d);
    return true;
  }
  return refuse(key, value, "a whole number from 0 on, or a text");
}

bool RecordFields::ids(RawTrace& trace, std::string_view key, const dom::element& value,
                       std::vector<std::uint64_t>& out) {
  dom::array list;
  if (value.get(list) != simdjson::SUCCESS) return refuse(key, value, "a list of ids");
  out.clear();
  for (const dom::element item : list) {
    std::uint64_t one = 0;
    if (!id(trace, key, item, one)) return false;
    out.push_back(one);
  }
  return true;
}

bool RecordFields::ids_fit(std::string_view key, std::uint32_t prompt_tokens, std::uint32_t block_tokens,
                           bool ignore_extra, std::vector<std::uint64_t>& ids) {
  const std::uint64_t full = prompt_tokens / block_tokens;
  const std::uint64_t most = (std::uint64_t{prompt_tokens} + block_tokens - 1) / block_tokens;
  if (ids.size() < full) {
    return fail(key, fmt::format("{} ids are too few; {} tokens fill {} blocks of {} tokens", ids.size(), prompt_tokens,
                                 full, block_tokens));
  }
  if (ids.size() > most) {
    if (!ignore_extra) {
      return fail(key, fmt::format("{} ids are too many; {} tokens are {} blocks of {} tokens at most (to read on "
                                   "without the others: workload.ignore_extra_ids=true)",
                                   ids.size(), prompt_tokens, most, block_tokens));
    }
    ids.resize(most);
  }
  return true;
}

}  // namespace blockyard
