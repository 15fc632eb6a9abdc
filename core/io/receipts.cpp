#include "core/io/receipts.h"

#include <fmt/format.h>

#include <array>
#include <iterator>

#include "core/base/check.h"
#include "core/router/signals.h"
#include "core/settings/json_reader.h"

namespace blockyard {
namespace {

std::string json_text(std::string_view text) {
  return io::Json(std::string(text)).dump(-1, ' ', false, io::Json::error_handler_t::replace);
}

void write_candidate(fmt::memory_buffer& out, const Decision& d, WorkerId w) {
  const auto at = std::back_inserter(out);
  const DecisionRow& row = d.rows[w];
  const WorkerFigures& f = row.seen;
  fmt::format_to(at,
                 "{{\"worker\":{},\"routable\":{},\"overlap\":{},\"true_overlap\":{},\"load\":{},\"true_load\":{},"
                 "\"load_age_ms\":{},\"waiting\":{},\"in_use\":{},\"active\":{},\"active_blocks\":{},"
                 "\"active_distinct\":{},\"fresh_blocks\":{},\"pending_tokens\":{}",
                 w, f.routable, f.overlap, row.true_overlap, f.load, row.true_load, us_to_ms(row.load_age), f.waiting,
                 f.in_use, f.active, f.active_blocks, f.active_distinct, f.fresh_blocks, f.pending_tokens);
  if (f.routable) {
    fmt::format_to(at, ",\"terms\":{{");
    for (std::size_t k = 0; k < d.why.terms.size(); ++k) {
      fmt::format_to(at, "{}{}:{}", k == 0 ? "" : ",", json_text(d.why.terms[k]), row.score.terms[k]);
    }
    fmt::format_to(at, "}}");
    if (!d.why.score_name.empty()) fmt::format_to(at, ",\"score\":{}", row.score.score);
    fmt::format_to(at, ",\"eligible\":{}", row.score.eligible);
  }
  fmt::format_to(at, "}}");
}

// All of a receipt but what came of it. `cursor`: where the router's cursor stood.
std::string open_line(const Event& e, const Simulation& sim, std::uint32_t attempt, WorkerId cursor) {
  const Decision& d = *e.decision;
  const Request& q = sim.request(e.request);
  const PolicyRow& policy = policy_table()[d.strategy];
  fmt::memory_buffer out;
  const auto at = std::back_inserter(out);
  fmt::format_to(at, "{{\"t_ms\":{},\"request\":{},\"attempt\":{},\"router\":{}", us_to_ms(e.t),
                 sim.input_index(e.request), attempt, d.router);
  if (q.session != kNone) {
    fmt::format_to(at, ",\"session\":{},\"turn\":{}", json_text(sim.workload().sessions[q.session]), q.turn);
  }
  fmt::format_to(at, ",\"prompt_tokens\":{},\"prompt_blocks\":{},\"strategy\":\"{}\",\"reads\":[", q.prompt_tokens,
                 d.chain_blocks, policy.id);
  bool first = true;
  for (const SignalRow& s : signal_table()) {
    if (!policy.reads(s.signal)) continue;
    fmt::format_to(at, "{}\"{}\"", first ? "" : ",", s.id);
    first = false;
  }
  fmt::format_to(at, "],\"worker\":{},\"reason\":{},\"tie\":", d.chosen, json_text(d.why.reason));
  if (came_to_a_tie(d.why)) {
    std::vector<WorkerId> among;
    for (WorkerId w = 0; w < d.rows.size(); ++w) {
      if (d.rows[w].score.eligible) among.push_back(w);
    }
    fmt::format_to(at, "{{\"among\":[{}],\"by\":\"cursor\",\"cursor\":{}}}", fmt::join(among, ","), cursor);
  } else {
    fmt::format_to(at, "null");
  }
  fmt::format_to(at, ",\"score\":{},\"better\":\"{}\",\"candidates\":[",
                 d.why.score_name.empty() ? std::string("null") : json_text(d.why.score_name),
                 d.why.lower_is_better ? "lower" : "higher");
  for (WorkerId w = 0; w < d.rows.size(); ++w) {
    if (w > 0) fmt::format_to(at, ",");
    write_candidate(out, d, w);
  }
  fmt::format_to(at, "],\"predicted\":{}", e.value);
  return fmt::to_string(out);
}

constexpr auto kFields = std::to_array<ReceiptField>({
    {"t_ms", "When the request was routed, ms of the run"},
    {"request", "Its index in the input"},
    {"attempt", "1, or more where a crash gave it back"},
    {"router", "The router that it came to"},
    {"worker", "The worker that it was sent to"},
    {"strategy", "The strategy that chose", true},
    {"session", "Its session; '' without one", true},
    {"turn", "Its turn in the session, from 1"},
    {"prompt_tokens", "Tokens of the prompt"},
    {"prompt_blocks", "Full blocks of the prompt"},
    {"tied", "Workers that the tie-break chose among; 0 where there was no tie"},
    {"predicted", "Leading blocks that the router believed the worker to hold"},
    {"hit", "Leading blocks that it held when the request started"},
    {"outcome", "'completed', or 'lost' in a crash", true},
    {"queue_ms", "From arrival to start"},
    {"ttft_ms", "From arrival to first token"},
    {"e2e_ms", "From arrival to last token"},
    {"overlap", "Leading blocks of the prompt that the router believes the worker to hold", false, true},
    {"true_overlap", "Those that it holds", false, true},
    {"load", "Its load as the router sees it", false, true},
    {"true_load", "Its load", false, true},
    {"load_age_ms", "How old the load is that the router sees", false, true},
    {"waiting", "Requests waiting there, as last told", false, true},
    {"in_use", "Blocks in use there, as last told", false, true},
    {"active", "Requests that the router sent there and that have not finished", false, true},
    {"active_blocks", "Blocks of their prompts, added up", false, true},
    {"active_distinct", "Different blocks of their prompts", false, true},
    {"fresh_blocks", "Blocks of this prompt that are not among those", false, true},
    {"pending_tokens", "Tokens to prefill there until the first token of each", false, true},
    {"score", "What the strategy made of it all", false, true},
});
static_assert(kFields[static_cast<std::size_t>(ReceiptFigure::kFirstOfCandidates)].of_candidates);
static_assert(!kFields[static_cast<std::size_t>(ReceiptFigure::kFirstOfCandidates) - 1].of_candidates);

}  // namespace

std::span<const ReceiptField> receipt_fields() { return kFields; }

Result<ExpressionField> find_receipt_field(std::string_view name, bool remembered) {
  constexpr auto kCount = static_cast<std::uint32_t>(kFields.size());
  constexpr std::array<std::string_view, 3> kPrefixes = {"chosen.", "min.", "max."};
  std::string there;
  for (std::uint32_t i = 0; i < kCount; ++i) {
    const ReceiptField& f = kFields[i];
    const bool unknown = remembered && (i == static_cast<std::uint32_t>(ReceiptFigure::kTied) ||
                                        i == static_cast<std::uint32_t>(ReceiptFigure::kStrategy) ||
                                        i == static_cast<std::uint32_t>(ReceiptFigure::kAttempt) || f.of_candidates);
    if (!f.of_candidates) {
      if (name == f.name && !unknown) return ExpressionField{i, f.text};
      if (!unknown) there += fmt::format("{}{}", there.empty() ? "" : ", ", f.name);
    }
    for (std::uint32_t k = 0; k < kPrefixes.size() && f.of_candidates; ++k) {
      if (!name.starts_with(kPrefixes[k]) || name.substr(kPrefixes[k].size()) != f.name) continue;
      if (!unknown) return ExpressionField{i + (k * kCount), false};
    }
    if (unknown && (name == f.name || name.ends_with(fmt::format(".{}", f.name)))) {
      return Error{fmt::format("{} is only known in the file that `run --decisions` writes", name)};
    }
    if (f.of_candidates && name == f.name) {
      return Error{fmt::format("{0} is a candidate's; write chosen.{0}, min.{0} or max.{0}", name)};
    }
  }
  return Error{fmt::format("no field {}; there are {}{}", name, there,
                           remembered ? "" : ", and those of candidates: chosen.load, min.load, max.load …")};
}

void ReceiptWriter::close(RequestId r, std::string_view outcome, const RequestRecord* record) {
  const auto it = under_way_.find(r);
  BY_CHECK(it != under_way_.end(), "what came of a routing that was never told");
  Pending& p = pending_[it->second - written_];
  under_way_.erase(it);
  const auto at = std::back_inserter(p.line);
  fmt::format_to(at, ",\"hit\":{}", p.hit < 0 ? std::string("null") : std::to_string(p.hit));
  fmt::format_to(at, ",\"outcome\":\"{}\"", outcome);
  if (record != nullptr) {
    fmt::format_to(at, ",\"queue_ms\":{},\"ttft_ms\":{},\"e2e_ms\":{}", us_to_ms(record->start - record->arrival),
                   us_to_ms(record->first_token - record->arrival), us_to_ms(record->finish - record->arrival));
  }
  p.line += "}\n";
  p.done = true;
  for (; !pending_.empty() && pending_.front().done; ++written_) {
    file_.write(pending_.front().line);
    pending_.pop_front();
  }
}

void ReceiptWriter::on_event(const Event& e, const Simulation& sim) {
  cursors_.resize(sim.routers().size(), 0);
  if (e.type == EventType::kFault && e.worker == kNone) cursors_[e.router] = 0;  // it starts anew
  if (e.type == EventType::kRoute) {
    std::uint32_t attempt = 1;
    if (const auto before = under_way_.find(e.request); before != under_way_.end()) {
      attempt = pending_[before->second - written_].attempt + 1;
      close(e.request, "lost", nullptr);
    }
    under_way_[e.request] = written_ + pending_.size();
    WorkerId& cursor = cursors_[e.router];
    pending_.push_back({open_line(e, sim, attempt, cursor), -1, attempt, false});
    cursor = sim.routers()[e.router].memory.cursor;
  } else if (e.type == EventType::kStart) {
    // The first start is the one that counts: a preempted request starts again.
    std::int64_t& hit = pending_[under_way_.at(e.request) - written_].hit;
    if (hit < 0) hit = e.value;
  } else if (e.type == EventType::kFinish) {
    close(e.request, "completed", &sim.records()[e.request]);
  }
}

void ReceiptWriter::finish() { BY_CHECK(pending_.empty() && under_way_.empty(), "a routing whose end was never told"); }

}  // namespace blockyard
