#include "core/workload/trace_writer.h"

#include <fmt/format.h>

#include <iterator>
#include <string_view>
#include <vector>

#include "core/base/check.h"
#include "core/base/words/printable.h"

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

// Ids of the chain's blocks from `begin` to `end`.
void append_ids(std::string& out, Chain chain, std::uint32_t begin, std::uint32_t end) {
  const char* comma = "";
  std::uint32_t k = 0;
  for (const Span& run : chain) {
    for (std::uint32_t i = 0; i < run.count && k < end; ++i, ++k) {
      if (k < begin) continue;
      fmt::format_to(std::back_inserter(out), "{}{}", comma, run.first + i);
      comma = ", ";
    }
  }
}

// A text as JSON.
void append_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

// The pause after the turn before: as the loop has it where it is closed, else between the two arrivals.
SimTime think_before(const Workload& workload, const TraceEntry& e, SimTime last) {
  if (workload.closed.recorded) return workload.closed.think[e.request];
  if (workload.closed.users > 0) return workload.requests[e.request].arrival;
  return e.arrival - last;
}

}  // namespace

std::string write_trace(const Workload& workload) {
  BY_CHECK(workload.closed.users == 0, "the arrivals of a closed loop follow from a simulation");
  std::vector<TraceEntry> entries;
  entries.reserve(workload.requests.size());
  for (RequestId r = 0; r < workload.requests.size(); ++r) entries.push_back({r, workload.requests[r].arrival});
  return write_trace(workload, entries);
}

std::string write_words(const Workload& workload) {
  BY_CHECK(workload.closed.users == 0 && workload.words, "words that are not there, or at times that nobody knows");
  std::string out;
  for (const Request& r : workload.requests) {
    out += R"({"timestamp": )";
    append_ms(out, r.arrival);
    if (&r == workload.requests.data()) out += R"(, "start": "zero")";
    out += R"(, "prompt": )";
    append_text(out, as_utf8(workload.words->text(workload.prompt_words(r))));
    fmt::format_to(std::back_inserter(out), R"(, "output_tokens": {}}})", r.output_tokens);
    out += '\n';
  }
  return out;
}

std::string write_trace(const Workload& workload, std::span<const TraceEntry> entries) {
  std::string out;
  std::vector<SimTime> before(workload.sessions.size(), -1);  // arrival of the session's turn before
  for (const TraceEntry& e : entries) {
    const Request& r = workload.requests[e.request];
    const Chain chain = workload.known_chain(r);
    const bool first = &e == entries.data();
    out += R"({"timestamp": )";
    append_ms(out, e.arrival);
    // Times count from the run's beginning, not from the first request: the first line says so.
    if (first) out += R"(, "format": "mooncake", "start": "zero")";
    fmt::format_to(std::back_inserter(out),
                   R"(, "block_size": {}, "input_length": {}, "output_length": {}, "hash_ids": [)",
                   workload.block_tokens, r.prompt_tokens, r.output_tokens);
    append_ids(out, chain, 0, r.prompt_blocks);
    out += ']';
    if (r.known_blocks > r.prompt_blocks) {
      out += R"(, "output_hash_ids": [)";
      append_ids(out, chain, r.prompt_blocks, r.known_blocks);
      out += ']';
    }
    if (r.session != kNone) {
      out += R"(, "session_id": )";
      append_text(out, workload.sessions[r.session]);
      fmt::format_to(std::back_inserter(out), R"(, "turn": {})", r.turn);
      SimTime& last = before[r.session];
      if (last >= 0) {
        out += R"(, "delay": )";
        append_ms(out, think_before(workload, e, last));
      }
      last = e.arrival;
    }
    out += "}\n";
  }
  return out;
}

}  // namespace blockyard
