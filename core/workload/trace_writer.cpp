#include "core/workload/trace_writer.h"

#include <fmt/format.h>

#include <iterator>
#include <vector>

#include "core/base/check.h"

namespace blockyard {
namespace {

// µs as ms, with as many decimals as it takes.
void append_ms(std::string& out, SimTime us) {
  fmt::format_to(std::back_inserter(out), "{}", us / 1000);
  std::uint32_t rest = static_cast<std::uint32_t>(us % 1000);
  if (rest == 0) return;
  std::string digits = fmt::format("{:03}", rest);
  while (digits.back() == '0') digits.pop_back();
  out += '.';
  out += digits;
}

// Ids of the chain's blocks from `begin` to `end`, and `last` behind them unless it is kNone.
void append_ids(std::string& out, Chain chain, std::uint32_t begin, std::uint32_t end, std::uint64_t last) {
  const char* comma = "";
  std::uint32_t k = 0;
  for (const Span& run : chain) {
    for (std::uint32_t i = 0; i < run.count && k < end; ++i, ++k) {
      if (k < begin) continue;
      fmt::format_to(std::back_inserter(out), "{}{}", comma, run.first + i);
      comma = ", ";
    }
  }
  if (last != kNone) fmt::format_to(std::back_inserter(out), "{}{}", comma, last);
}

}  // namespace

std::string write_trace(const Workload& workload) {
  BY_CHECK(workload.closed.users == 0, "the arrivals of a closed loop follow from a simulation");
  std::vector<TraceEntry> entries;
  entries.reserve(workload.requests.size());
  for (RequestId r = 0; r < workload.requests.size(); ++r) entries.push_back({r, workload.requests[r].arrival});
  return write_trace(workload, entries);
}

std::string write_trace(const Workload& workload, std::span<const TraceEntry> entries) {
  std::string out;
  std::uint64_t partial = std::uint64_t{kNone} + 1;  // behind all block ids
  for (const TraceEntry& e : entries) {
    const Request& r = workload.requests[e.request];
    const Chain chain = workload.known_chain(r);
    out += R"({"timestamp": )";
    append_ms(out, e.arrival);
    fmt::format_to(std::back_inserter(out), R"(, "input_length": {}, "output_length": {}, "hash_ids": [)",
                   r.prompt_tokens, r.output_tokens);
    const bool cut = r.prompt_tokens % workload.block_tokens != 0;
    append_ids(out, chain, 0, r.prompt_blocks, cut ? partial++ : kNone);
    out += ']';
    if (r.known_blocks > r.prompt_blocks) {
      out += R"(, "output_hash_ids": [)";
      append_ids(out, chain, r.prompt_blocks, r.known_blocks, kNone);
      out += ']';
    }
    out += "}\n";
  }
  return out;
}

}  // namespace blockyard
