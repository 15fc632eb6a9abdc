#include "core/live/record/request_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <unordered_map>

#include "core/tokens/sha256.h"

namespace blockyard::live {

void RequestTrace::add(const Record& record) {
  if (const auto* route = std::get_if<RouteRecord>(&record.body)) {
    if (!route->chain || requests_.contains(route->request)) return;
    Entry& e = requests_[route->request];
    e.arrival = record.t;  // until its end says better
    e.prompt_tokens = route->prompt_tokens;
    Digest digest = route->root;
    for (const Code& code : route->codes) {
      digest = chained(digest, code);
      e.blocks.push_back(digest_prefix(digest));
    }
  } else if (const auto* end = std::get_if<RequestRecord>(&record.body)) {
    const auto at = requests_.find(end->request);
    if (at == requests_.end()) return;
    if (end->arrival >= 0) at->second.arrival = end->arrival;
    at->second.output_tokens = end->output_tokens;
  }
}

std::string RequestTrace::text() const {
  std::vector<const Entry*> order;
  for (const auto& [number, e] : requests_) order.push_back(&e);
  std::stable_sort(order.begin(), order.end(), [](const Entry* a, const Entry* b) { return a->arrival < b->arrival; });
  std::unordered_map<std::uint64_t, std::size_t> ids;
  std::string out;
  for (const Entry* e : order) {
    fmt::format_to(std::back_inserter(out), R"({{"timestamp": {}.{:03})", e->arrival / 1000, e->arrival % 1000);
    if (e == order.front()) out += R"(, "format": "mooncake", "start": "zero")";
    fmt::format_to(std::back_inserter(out), R"(, "block_size": {}, "input_length": {}, "output_length": {}, "hash_ids": [)",
                   block_tokens_, e->prompt_tokens, e->output_tokens);
    for (std::size_t i = 0; i < e->blocks.size(); ++i) {
      const std::size_t id = ids.try_emplace(e->blocks[i], ids.size()).first->second;
      fmt::format_to(std::back_inserter(out), "{}{}", i == 0 ? "" : ", ", id);
    }
    out += "]}\n";
  }
  return out;
}

}  // namespace blockyard::live
