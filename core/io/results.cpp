#include "core/io/results.h"

#include <fmt/format.h>

#include <iterator>

#include "core/base/version.h"
#include "core/io/results_value.h"
#include "core/metrics/rejections.h"
#include "core/settings/json_text.h"
#include "core/settings/scenario_json.h"

namespace blockyard {
namespace {

using io::Json;

Json spread_json(const std::optional<Spread>& s) {
  if (!s) return nullptr;
  return {{"mean", s->mean}, {"p50", s->p50}, {"p95", s->p95}, {"p99", s->p99}, {"max", s->max}};
}

Json goodput_json(const std::optional<Goodput>& g) {
  if (!g) return nullptr;
  return {{"requests", g->requests}, {"share", g->share}, {"requests_per_s", g->requests_per_s}};
}

Json saturation_json(const Saturation& s) {
  return {{"says", saturation_text(s)},     {"times", s.times()},
          {"offered_per_s", s.offered_rps}, {"served_per_s", s.served_rps},
          {"wait_grows_s_per_s", s.growth}, {"last_wait_ms", s.last_wait_ms}};
}

}  // namespace

namespace io {

Json summary_value(const Summary& s) {
  Json out{{"requests", s.requests},
           {"completed", s.completed},
           {"rejected", s.rejected},
           {"retries", s.retries},
           {"preemptions", s.preemptions},
           {"hit_requests", s.hit_requests},
           {"hit_blocks", s.hit_blocks},
           {"prompt_blocks", s.prompt_blocks},
           {"request_hit_rate", s.request_hit_rate},
           {"block_hit_rate", s.block_hit_rate},
           {"token_hit_rate", s.token_hit_rate},
           {"predicted_blocks", s.predicted_blocks},
           {"false_hits", s.false_hits},
           {"missed_hits", s.missed_hits},
           {"false_hit_ms", s.false_hit_ms},
           {"evictions", s.evictions},
           {"makespan_ms", s.makespan_ms},
           {"e2e_ms", spread_json(s.e2e)},
           {"ttft_ms", spread_json(s.ttft)},
           {"queue_ms", spread_json(s.queue)},
           {"prefill_ms", spread_json(s.prefill)},
           {"decode_ms", spread_json(s.decode)},
           {"e2e_hit_ms", spread_json(s.e2e_hit)},
           {"e2e_miss_ms", spread_json(s.e2e_miss)},
           {"ttft_hit_ms", spread_json(s.ttft_hit)},
           {"ttft_miss_ms", spread_json(s.ttft_miss)},
           {"tpot_ms", spread_json(s.tpot)},
           {"itl_ms", spread_json(s.itl)},
           {"output_tokens_per_s", s.output_tokens_per_s},
           {"goodput", goodput_json(s.goodput)},
           {"imbalance", s.imbalance},
           {"jain_index", s.jain_index}};
  if (!s.rejected_reason.empty()) out["rejected_reason"] = s.rejected_reason;
  if (s.saturation) out["saturation"] = saturation_json(*s.saturation);
  return out;
}

}  // namespace io

namespace {

// The sum of SPEC 2 line by line; null where the scenario gave the capacity itself.
Json memory_json(const std::optional<MemorySum>& m) {
  if (!m) return nullptr;
  return {{"gpus", m->tp},
          {"gpu_bytes", m->gpu_bytes},
          {"weights_bytes", m->weights_bytes},
          {"overhead_bytes", m->overhead_bytes},
          {"cache_bytes", m->cache_bytes},
          {"block_bytes", m->block_bytes},
          {"model_block_bytes", m->model_block_bytes},
          {"capacity_blocks", m->capacity_blocks}};
}

// Whose the constants of prefill and decode are: no preset brings measured ones.
std::string latency_source(const Scenario& s) {
  if (s.config.latency == LatencyModel()) return fmt::format("defaults, not measured for {} on {}", s.model, s.gpu);
  return "given by the scenario";
}

// One list per figure, all of one length; the per-worker gauges are lists of lists, [bucket][worker].
Json series_json(const RunResults& results) {
  Json out{{"bucket_ms", us_to_ms(results.bucket)}};
  const auto column = [&](const char* name, auto field) {
    Json list = Json::array();
    for (const Series::Bucket& b : results.series) list.push_back(b.*field);
    out[name] = std::move(list);
  };
  io::each_series_column(column);
  return out;
}

// Where requests have sessions. `by_turn`: the last one stands for all later turns too where it says so.
Json sessions_json(const SessionFigures& s) {
  Json turns = Json::array();
  for (const SessionFigures::Turn& t : s.by_turn) {
    const double rate =
        t.prompt_blocks == 0 ? 0 : static_cast<double>(t.hit_blocks) / static_cast<double>(t.prompt_blocks);
    turns.push_back({{"turn", t.turn},
                     {"and_later", t.and_later},
                     {"requests", t.requests},
                     {"hit_blocks", t.hit_blocks},
                     {"prompt_blocks", t.prompt_blocks},
                     {"block_hit_rate", rate}});
  }
  return {{"sessions", s.sessions},
          {"requests", s.requests},
          {"turns", spread_json(s.turns)},
          {"between_turns_ms", spread_json(s.between)},
          {"duration_ms", spread_json(s.duration)},
          {"followed_turns", s.followed},
          {"moved_turns", s.moved},
          {"evicted_while_thinking_turns", s.evicted_turns},
          {"evicted_while_thinking_blocks", s.evicted_blocks},
          {"by_turn", std::move(turns)}};
}

Json distribution_json(const Distribution& d) {
  Json bins = Json::array();
  for (const auto& [k, requests] : d.bins) bins.push_back(Json::array({k, requests}));
  return {{"quantiles", d.quantiles}, {"bins", std::move(bins)}};
}

Json distributions_json(const LatencyDistributions& l) {
  return {{"ttft_hit_ms", distribution_json(l.ttft_hit)},
          {"ttft_miss_ms", distribution_json(l.ttft_miss)},
          {"e2e_hit_ms", distribution_json(l.e2e_hit)},
          {"e2e_miss_ms", distribution_json(l.e2e_miss)},
          {"queue_ms", distribution_json(l.queue)}};
}

// A text as a field of a CSV file.
std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    out += c;
    if (c == '"') out += c;
  }
  return out + '"';
}

}  // namespace

std::string summary_json(const Summary& summary, int indent) {
  return io::dump_json(io::summary_value(summary), indent);
}

std::string results_json(const RunResults& results) {
  const Summary& s = results.summary;
  Json workers = Json::array();
  for (const WorkerSummary& w : s.workers) {
    workers.push_back({{"requests", w.requests},
                       {"hit_blocks", w.hit_blocks},
                       {"evictions", w.evictions},
                       {"peak_blocks", w.peak_blocks},
                       {"resident_blocks", w.resident_blocks},
                       {"busy_ms", w.busy_ms},
                       {"utilization", w.utilization}});
  }
  Json routers = Json::array();
  for (const RouterSummary& r : s.routers) {
    routers.push_back({{"requests", r.requests},
                       {"predicted_blocks", r.predicted_blocks},
                       {"false_hits", r.false_hits},
                       {"missed_hits", r.missed_hits}});
  }
  Json histogram = Json::array();
  for (const auto& [blocks, requests] : s.match_lengths) histogram.push_back(Json::array({blocks, requests}));
  Json out{{"blockyard", results.version},
           {"scenario", io::scenario_json(results.scenario)},
           {"memory", memory_json(results.scenario.memory)},
           {"latency_constants", latency_source(results.scenario)},
           {"summary", io::summary_value(s)},
           {"workers", std::move(workers)},
           {"routers", std::move(routers)},
           {"match_length_histogram", std::move(histogram)},
           {"series", series_json(results)},
           {"distributions", distributions_json(results.latencies)}};
  if (s.saturation) out["saturation_remedy"] = saturation_remedy(*s.saturation, results.scenario);
  if (results.sessions) out["sessions"] = sessions_json(*results.sessions);
  if (!results.read_as.empty()) out["read_as"] = results.read_as;
  return io::dump_json(out, 1) + "\n";
}

std::string requests_csv(const Simulation& sim) {
  fmt::memory_buffer out;
  const auto at = std::back_inserter(out);
  fmt::format_to(at,
                 "request,arrival_us,worker,predicted_blocks,hit_blocks,prompt_blocks,prompt_tokens,output_tokens,"
                 "start_us,first_token_us,finish_us,retries,status,session,turn,preemptions\n");
  // In a recorded loop requests arrive in another order than that of the input, which the rows keep.
  std::vector<RequestId> rows(sim.records().size());
  for (RequestId i = 0; i < rows.size(); ++i) rows[sim.input_index(i)] = i;
  for (RequestId row = 0; row < rows.size(); ++row) {
    const RequestId i = rows[row];
    const RequestRecord& r = sim.records()[i];
    const Request& q = sim.request(i);
    if (r.status == RequestStatus::kCompleted) {
      fmt::format_to(at, "{},{},{},{},{},{},{},{},{},{},{},{},completed,", row, r.arrival, r.worker, r.predicted, r.hit,
                     q.prompt_blocks, q.prompt_tokens, q.output_tokens, r.start, r.first_token, r.finish, r.retries);
    } else {
      fmt::format_to(at, "{},{},,,,{},{},{},,,,0,rejected,", row, r.arrival, q.prompt_blocks, q.prompt_tokens,
                     q.output_tokens);
    }
    const std::string session = q.session == kNone ? std::string() : csv_field(sim.workload().sessions[q.session]);
    fmt::format_to(at, "{},{},{}\n", session, q.turn, r.preemptions);
  }
  return fmt::to_string(out);
}

void EventWriter::on_event(const Event& e, const Simulation& sim) {
  fmt::memory_buffer line;
  const auto at = std::back_inserter(line);
  fmt::format_to(at, "{{\"t_us\":{},\"type\":\"{}\"", e.t, event_name(e.type));
  if (e.request != kNone) fmt::format_to(at, ",\"request\":{}", sim.input_index(e.request));
  if (e.worker != kNone) fmt::format_to(at, ",\"worker\":{}", e.worker);
  const bool of_router = e.type == EventType::kRoute || e.type == EventType::kDeliver ||
                         ((e.type == EventType::kFault || e.type == EventType::kRestart) && e.worker == kNone);
  if (of_router && (e.worker == kNone || sim.routers().size() > 1)) fmt::format_to(at, ",\"router\":{}", e.router);
  switch (e.type) {
    case EventType::kArrive: {
      const Request& q = sim.request(e.request);
      fmt::format_to(at, ",\"prompt_tokens\":{},\"output_tokens\":{},\"prompt_blocks\":{}", q.prompt_tokens,
                     q.output_tokens, q.prompt_blocks);
      break;
    }
    case EventType::kRoute: {
      const Decision& d = *e.decision;
      fmt::format_to(at, ",\"strategy\":\"{}\",\"predicted_blocks\":{},\"reason\":{},\"candidates\":[",
                     policy_table()[d.strategy].id, e.value, io::dump_json(Json(d.why.reason)));
      for (std::size_t w = 0; w < d.rows.size(); ++w) {
        const DecisionRow& row = d.rows[w];
        fmt::format_to(at,
                       "{}{{\"worker\":{},\"routable\":{},\"overlap\":{},\"true_overlap\":{},\"load\":{},\"true_load\":"
                       "{},\"load_age_ms\":{},\"active\":{}",
                       w == 0 ? "" : ",", w, row.seen.routable, row.seen.overlap, row.true_overlap, row.seen.load,
                       row.true_load, us_to_ms(row.load_age), row.seen.active);
        for (std::size_t k = 0; k < d.why.terms.size(); ++k) {
          if (d.why.terms[k] == "active") continue;  // said already
          fmt::format_to(at, ",\"{}\":{}", d.why.terms[k], row.score.terms[k]);
        }
        if (!d.why.score_name.empty()) fmt::format_to(at, ",\"score\":{}", row.score.score);
        fmt::format_to(at, "}}");
      }
      fmt::format_to(at, "]");
      break;
    }
    case EventType::kReject: {
      const std::uint64_t needed = blocks_needed(sim.config(), sim.request(e.request));
      const std::uint32_t capacity = sim.workers().empty() ? 0 : sim.workers().front().capacity();
      fmt::format_to(
          at, ",\"reason\":\"{}\",\"blocks_needed\":{},\"capacity_blocks\":{}",
          needed > capacity ? "needs more blocks than a worker has" : "an earlier turn of its session was rejected",
          needed, capacity);
      break;
    }
    case EventType::kStart:
      fmt::format_to(at, ",\"hit_blocks\":{}", e.value);
      break;
    case EventType::kEvict: {
      fmt::format_to(at, ",\"count\":{},\"blocks\":[", e.value);
      for (std::size_t i = 0; i < e.blocks.size(); ++i) fmt::format_to(at, "{}{}", i == 0 ? "" : ",", e.blocks[i]);
      fmt::format_to(at, "]");
      break;
    }
    case EventType::kDeliver: {
      static constexpr const char* kKinds[] = {"heartbeat", "sync", "report"};
      fmt::format_to(at, ",\"message\":\"{}\"", kKinds[e.value]);
      break;
    }
    case EventType::kFault: {
      static constexpr const char* kFaults[] = {"cache_flush", "crash", "router_restart"};
      fmt::format_to(at, ",\"kind\":\"{}\"", kFaults[e.value]);
      break;
    }
    default:
      break;
  }
  fmt::format_to(at, "}}\n");
  file_.write({line.data(), line.size()});
}

}  // namespace blockyard
