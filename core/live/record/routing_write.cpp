// Lines of the kinds that a router writes.
#include <iterator>

#include "core/live/record/line_parts.h"

namespace blockyard::live {
namespace {

void add_time(std::string& out, std::string_view key, SimTime t) {
  if (t >= 0) fmt::format_to(std::back_inserter(out), R"(,"{}":{})", key, t);
}

}  // namespace

void add_body(std::string& out, const RouteRecord& r) {
  const auto to = std::back_inserter(out);
  fmt::format_to(to, R"(,"w":{},"request":{},"attempt":{})", r.worker, r.request, r.attempt);
  if (r.chain) {
    fmt::format_to(to, R"(,"tokens":{},"codes":[)", r.prompt_tokens);
    add_codes(out, r.codes);
    out += ']';
    if (r.root != kRootDigest) fmt::format_to(to, R"(,"root":"{}")", to_hex(r.root));
    if (!r.beats.empty()) {
      out += R"(,"beats":[)";
      add_codes(out, r.beats);
      out += ']';
    }
  }
  out += R"(,"strategy":)";
  add_text(out, r.strategy);
  out += R"(,"workers":[)";
  for (std::size_t i = 0; i < r.sights.size(); ++i) {
    const WorkerSight& s = r.sights[i];
    fmt::format_to(to, "{}[{},{},", i == 0 ? "" : ",", s.routable ? 1 : 0, s.overlap);
    add_number(out, s.load);
    fmt::format_to(to, ",{},{},{},{},{}]", s.waiting, s.in_use, s.active, s.active_blocks, s.pending_tokens);
  }
  out += R"(],"reason":)";
  add_text(out, r.reason);
}

void add_body(std::string& out, const RequestRecord& r) {
  const auto to = std::back_inserter(out);
  fmt::format_to(to, R"(,"request":{})", r.request);
  if (r.served) fmt::format_to(to, R"(,"served":{})", *r.served);
  fmt::format_to(to, R"(,"attempts":{},"http_status":{},"status":"{}")", r.attempts, r.http_status,
                 kOutcomeNames[static_cast<std::size_t>(r.outcome)]);
  add_time(out, "arrival_us", r.arrival);
  add_time(out, "routed_us", r.routed);
  add_time(out, "sent_us", r.sent);
  add_time(out, "head_us", r.head);
  add_time(out, "first_token_us", r.first_token);
  add_time(out, "finish_us", r.finish);
  fmt::format_to(to, R"(,"output_tokens":{})", r.output_tokens);
  if (r.told_prompt_tokens) fmt::format_to(to, R"(,"prompt_tokens":{})", *r.told_prompt_tokens);
  if (r.cached_tokens) fmt::format_to(to, R"(,"cached_tokens":{})", *r.cached_tokens);
  if (!r.generates) out += R"(,"generates":false)";
}

void add_body(std::string& out, const CommandRecord& r) {
  fmt::format_to(std::back_inserter(out), R"(,"command":"{}")", kCommandNames[static_cast<std::size_t>(r.command)]);
  if (r.whom) fmt::format_to(std::back_inserter(out), R"(,"whom":{})", *r.whom);
  if (r.command == CommandKind::kRouter) out += R"(,"router":)" + r.router;
  if (r.command == CommandKind::kAdd) out += R"(,"worker":)" + r.added;
}

}  // namespace blockyard::live
