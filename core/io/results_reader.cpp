// results.json read again: what pictures and reports of earlier runs are made from. Files of older and newer versions
// open too: what is missing keeps its default, what is unknown is passed over, what is of the wrong kind is an error.
#include <fmt/format.h>

#include <stdexcept>

#include "core/io/results.h"
#include "core/io/results_value.h"
#include "core/settings/json_text.h"
#include "core/settings/scenario_json.h"

namespace blockyard {
namespace io {
namespace {

// The value under a key; nullptr where it is missing or null. Not of an object: nothing is there.
const Json* there(const Json& v, const char* key) {
  const auto it = v.find(key);
  return it == v.end() || it->is_null() ? nullptr : &*it;
}

template <class T>
void take(const Json& v, const char* key, T& out) {
  const Json* value = there(v, key);
  if (value == nullptr) return;
  const bool good = std::is_same_v<T, std::string> ? value->is_string() : value->is_number();
  if (!good) throw std::runtime_error(fmt::format("'{}' is of the wrong kind", key));
  value->get_to(out);
}

const Json* list(const Json& v, const char* key) {
  const Json* value = there(v, key);
  if (value != nullptr && !value->is_array()) throw std::runtime_error(fmt::format("'{}' must be a list", key));
  return value;
}

std::optional<Spread> read_spread(const Json& v, const char* key) {
  const Json* value = there(v, key);
  if (value == nullptr) return std::nullopt;
  Spread s;
  take(*value, "mean", s.mean);
  take(*value, "p50", s.p50);
  take(*value, "p95", s.p95);
  take(*value, "p99", s.p99);
  take(*value, "max", s.max);
  return s;
}

}  // namespace

Summary read_summary(const Json& v) {
  if (!v.is_object() || !v.contains("requests")) throw std::runtime_error("'summary' does not count requests");
  Summary s;
  take(v, "requests", s.requests);
  take(v, "completed", s.completed);
  take(v, "rejected", s.rejected);
  take(v, "rejected_reason", s.rejected_reason);
  take(v, "retries", s.retries);
  take(v, "preemptions", s.preemptions);
  take(v, "hit_requests", s.hit_requests);
  take(v, "hit_blocks", s.hit_blocks);
  take(v, "prompt_blocks", s.prompt_blocks);
  take(v, "request_hit_rate", s.request_hit_rate);
  take(v, "block_hit_rate", s.block_hit_rate);
  take(v, "token_hit_rate", s.token_hit_rate);
  take(v, "predicted_blocks", s.predicted_blocks);
  take(v, "false_hits", s.false_hits);
  take(v, "missed_hits", s.missed_hits);
  take(v, "false_hit_ms", s.false_hit_ms);
  take(v, "evictions", s.evictions);
  take(v, "makespan_ms", s.makespan_ms);
  s.e2e = read_spread(v, "e2e_ms");
  s.ttft = read_spread(v, "ttft_ms");
  s.queue = read_spread(v, "queue_ms");
  s.prefill = read_spread(v, "prefill_ms");
  s.decode = read_spread(v, "decode_ms");
  s.e2e_hit = read_spread(v, "e2e_hit_ms");
  s.e2e_miss = read_spread(v, "e2e_miss_ms");
  s.ttft_hit = read_spread(v, "ttft_hit_ms");
  s.ttft_miss = read_spread(v, "ttft_miss_ms");
  s.tpot = read_spread(v, "tpot_ms");
  s.itl = read_spread(v, "itl_ms");
  take(v, "output_tokens_per_s", s.output_tokens_per_s);
  if (const Json* g = there(v, "goodput")) {
    take(*g, "requests", s.goodput.emplace().requests);
    take(*g, "share", s.goodput->share);
    take(*g, "requests_per_s", s.goodput->requests_per_s);
  }
  if (const Json* v_saturation = there(v, "saturation")) {
    Saturation& saturation = s.saturation.emplace();
    take(*v_saturation, "offered_per_s", saturation.offered_rps);
    take(*v_saturation, "served_per_s", saturation.served_rps);
    take(*v_saturation, "wait_grows_s_per_s", saturation.growth);
    take(*v_saturation, "last_wait_ms", saturation.last_wait_ms);
  }
  take(v, "imbalance", s.imbalance);
  take(v, "jain_index", s.jain_index);
  return s;
}

}  // namespace io

namespace {

using io::Json;
using io::list;
using io::take;
using io::there;

WorkerSummary read_worker(const Json& v) {
  WorkerSummary w;
  take(v, "requests", w.requests);
  take(v, "hit_blocks", w.hit_blocks);
  take(v, "evictions", w.evictions);
  take(v, "peak_blocks", w.peak_blocks);
  take(v, "resident_blocks", w.resident_blocks);
  take(v, "busy_ms", w.busy_ms);
  take(v, "utilization", w.utilization);
  return w;
}

RouterSummary read_router(const Json& v) {
  RouterSummary r;
  take(v, "requests", r.requests);
  take(v, "predicted_blocks", r.predicted_blocks);
  take(v, "false_hits", r.false_hits);
  take(v, "missed_hits", r.missed_hits);
  return r;
}

SessionFigures read_sessions(const Json& v) {
  SessionFigures s;
  take(v, "sessions", s.sessions);
  take(v, "requests", s.requests);
  s.turns = io::read_spread(v, "turns");
  s.between = io::read_spread(v, "between_turns_ms");
  s.duration = io::read_spread(v, "duration_ms");
  take(v, "followed_turns", s.followed);
  take(v, "moved_turns", s.moved);
  take(v, "evicted_while_thinking_turns", s.evicted_turns);
  take(v, "evicted_while_thinking_blocks", s.evicted_blocks);
  if (const Json* turns = list(v, "by_turn")) {
    for (const Json& t : *turns) {
      SessionFigures::Turn& turn = s.by_turn.emplace_back();
      take(t, "turn", turn.turn);
      turn.and_later = t.value("and_later", false);
      take(t, "requests", turn.requests);
      take(t, "hit_blocks", turn.hit_blocks);
      take(t, "prompt_blocks", turn.prompt_blocks);
    }
  }
  return s;
}

std::optional<MemorySum> read_memory(const Json& v) {
  const Json* memory = there(v, "memory");
  if (memory == nullptr) return std::nullopt;
  MemorySum m;
  take(*memory, "gpus", m.tp);
  take(*memory, "gpu_bytes", m.gpu_bytes);
  take(*memory, "weights_bytes", m.weights_bytes);
  take(*memory, "overhead_bytes", m.overhead_bytes);
  take(*memory, "cache_bytes", m.cache_bytes);
  take(*memory, "block_bytes", m.block_bytes);
  take(*memory, "model_block_bytes", m.model_block_bytes);
  take(*memory, "capacity_blocks", m.capacity_blocks);
  return m;
}

void read_series(const Json& results, RunResults& out) {
  const Json* series = there(results, "series");
  if (series == nullptr) return;
  double bucket_ms = 0;
  take(*series, "bucket_ms", bucket_ms);
  out.bucket = ms_to_us(bucket_ms);
  if (out.bucket <= 0) return;  // no times: nothing that could be drawn
  io::each_series_column([&](const char* name, auto) {
    if (const Json* column = list(*series, name)) out.series.resize(std::max(out.series.size(), column->size()));
  });
  io::each_series_column([&](const char* name, auto field) {
    const Json* column = list(*series, name);
    for (std::size_t i = 0; column != nullptr && i < column->size(); ++i) (*column)[i].get_to(out.series[i].*field);
  });
}

// Pairs [key, value] of a list.
template <class F>
void each_pair(const Json& v, const char* key, F f) {
  const Json* pairs = list(v, key);
  if (pairs == nullptr) return;
  for (const Json& pair : *pairs) f(pair.at(0), pair.at(1));
}

Distribution read_distribution(const Json& distributions, const char* key) {
  Distribution d;
  const Json* v = there(distributions, key);
  if (v == nullptr) return d;
  if (const Json* quantiles = list(*v, "quantiles")) quantiles->get_to(d.quantiles);
  if (d.quantiles.size() != Distribution::kSteps + 1) d.quantiles.clear();
  each_pair(*v, "bins", [&](const Json& bin, const Json& requests) {
    d.bins.emplace_back(bin.get<std::int32_t>(), requests.get<std::uint32_t>());
  });
  return d;
}

}  // namespace

Result<RunResults> read_results(const std::string& path) {
  const auto parsed = io::read_json(path);
  if (!parsed) return parsed.error();
  try {
    const Json& v = *parsed;
    if (!v.is_object() || !v.contains("summary")) {
      return Error{
          fmt::format("{}: no results of a run; `blockyard run SCENARIO --out results.json` makes them", path)};
    }
    RunResults out;
    take(v, "blockyard", out.version);
    take(v, "read_as", out.read_as);
    const Json* written = there(v, "scenario");
    auto scenario = io::read_written_scenario(written != nullptr ? *written : Json::object());
    if (!scenario) {
      return Error{fmt::format("{}: /scenario{} (written by blockyard {})", path, scenario.error().message,
                               out.version.empty() ? "of an unknown version" : out.version)};
    }
    out.scenario = std::move(*scenario);
    out.scenario.memory = read_memory(v);
    out.summary = io::read_summary(v.at("summary"));
    if (const Json* workers = list(v, "workers")) {
      for (const Json& w : *workers) out.summary.workers.push_back(read_worker(w));
    }
    if (const Json* routers = list(v, "routers")) {
      for (const Json& r : *routers) out.summary.routers.push_back(read_router(r));
    }
    each_pair(v, "match_length_histogram", [&](const Json& blocks, const Json& requests) {
      out.summary.match_lengths[blocks.get<std::uint32_t>()] = requests.get<std::uint32_t>();
    });
    if (const Json* sessions = there(v, "sessions")) out.sessions = read_sessions(*sessions);
    read_series(v, out);
    if (const Json* d = there(v, "distributions")) {
      out.latencies = {read_distribution(*d, "ttft_hit_ms"), read_distribution(*d, "ttft_miss_ms"),
                       read_distribution(*d, "e2e_hit_ms"), read_distribution(*d, "e2e_miss_ms"),
                       read_distribution(*d, "queue_ms")};
    }
    return out;
  } catch (const std::exception& e) {
    const std::string_view what = e.what();  // "[json.exception.…] type must be number, but is string"
    const std::size_t end = what.find("] ");
    return Error{
        fmt::format("{}: no results of a run: {}", path, end == std::string_view::npos ? what : what.substr(end + 2))};
  }
}

}  // namespace blockyard
