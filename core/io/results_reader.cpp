// results.json read again: what pictures and reports of earlier runs are made from.
#include <fmt/format.h>

#include "core/io/results.h"
#include "core/io/results_value.h"
#include "core/settings/json_text.h"
#include "core/settings/scenario.h"

namespace blockyard {
namespace io {
namespace {

std::optional<Spread> read_spread(const Json& v) {
  if (v.is_null()) return std::nullopt;
  return Spread{v.at("mean"), v.at("p50"), v.at("p95"), v.at("p99"), v.at("max")};
}

}  // namespace

Summary read_summary(const Json& v) {
  Summary s;
  v.at("requests").get_to(s.requests);
  v.at("completed").get_to(s.completed);
  v.at("rejected").get_to(s.rejected);
  s.rejected_reason = v.value("rejected_reason", "");
  v.at("retries").get_to(s.retries);
  v.at("preemptions").get_to(s.preemptions);
  v.at("hit_requests").get_to(s.hit_requests);
  v.at("hit_blocks").get_to(s.hit_blocks);
  v.at("prompt_blocks").get_to(s.prompt_blocks);
  v.at("request_hit_rate").get_to(s.request_hit_rate);
  v.at("block_hit_rate").get_to(s.block_hit_rate);
  v.at("token_hit_rate").get_to(s.token_hit_rate);
  v.at("predicted_blocks").get_to(s.predicted_blocks);
  v.at("false_hits").get_to(s.false_hits);
  v.at("missed_hits").get_to(s.missed_hits);
  v.at("false_hit_ms").get_to(s.false_hit_ms);
  v.at("evictions").get_to(s.evictions);
  v.at("makespan_ms").get_to(s.makespan_ms);
  s.e2e = read_spread(v.at("e2e_ms"));
  s.ttft = read_spread(v.at("ttft_ms"));
  s.queue = read_spread(v.at("queue_ms"));
  s.prefill = read_spread(v.at("prefill_ms"));
  s.decode = read_spread(v.at("decode_ms"));
  s.e2e_hit = read_spread(v.at("e2e_hit_ms"));
  s.e2e_miss = read_spread(v.at("e2e_miss_ms"));
  s.ttft_hit = read_spread(v.at("ttft_hit_ms"));
  s.ttft_miss = read_spread(v.at("ttft_miss_ms"));
  s.tpot = read_spread(v.at("tpot_ms"));
  s.itl = read_spread(v.at("itl_ms"));
  v.at("output_tokens_per_s").get_to(s.output_tokens_per_s);
  if (const Json& g = v.at("goodput"); !g.is_null()) {
    s.goodput = Goodput{g.at("requests"), g.at("share"), g.at("requests_per_s")};
  }
  v.at("imbalance").get_to(s.imbalance);
  v.at("jain_index").get_to(s.jain_index);
  return s;
}

}  // namespace io

namespace {

using io::Json;

WorkerSummary read_worker(const Json& v) {
  return {v.at("requests"),        v.at("hit_blocks"), v.at("evictions"),  v.at("peak_blocks"),
          v.at("resident_blocks"), v.at("busy_ms"),    v.at("utilization")};
}

std::optional<MemorySum> read_memory(const Json& v) {
  if (v.is_null()) return std::nullopt;
  return MemorySum{v.at("gpus"),        v.at("gpu_bytes"),   v.at("weights_bytes"),     v.at("overhead_bytes"),
                   v.at("cache_bytes"), v.at("block_bytes"), v.at("model_block_bytes"), v.at("capacity_blocks")};
}

void read_series(const Json& v, RunResults& out) {
  out.bucket = ms_to_us(v.at("bucket_ms").get<double>());
  out.series.resize(v.at("arrivals").size());
  const auto column = [&](const char* name, auto field) {
    const Json& list = v.at(name);
    for (std::size_t i = 0; i < out.series.size(); ++i) list.at(i).get_to(out.series[i].*field);
  };
  io::each_series_column(column);
}

Distribution read_distribution(const Json& v) {
  Distribution d;
  v.at("quantiles").get_to(d.quantiles);
  for (const Json& bin : v.at("bins"))
    d.bins.emplace_back(bin.at(0).get<std::int32_t>(), bin.at(1).get<std::uint32_t>());
  return d;
}

}  // namespace

Result<RunResults> read_results(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return text.error();
  const auto parsed = io::parse_json(*text);
  if (!parsed) return Error{fmt::format("{}: {}", path, parsed.error().message)};
  try {
    const Json& v = *parsed;
    if (!v.is_object() || !v.contains("summary")) {
      return Error{
          fmt::format("{}: no results of a run; `blockyard run SCENARIO --out results.json` makes them", path)};
    }
    RunResults out;
    v.at("blockyard").get_to(out.version);
    auto scenario = parse_scenario(io::dump_json(v.at("scenario")), "", "");
    if (!scenario) return Error{fmt::format("{}: /scenario: {}", path, scenario.error().message)};
    out.scenario = std::move(*scenario);
    out.scenario.memory = read_memory(v.at("memory"));
    out.summary = io::read_summary(v.at("summary"));
    for (const Json& w : v.at("workers")) out.summary.workers.push_back(read_worker(w));
    for (const Json& r : v.value("routers", Json::array())) {
      out.summary.routers.push_back({r.value("requests", 0U), r.value("predicted_blocks", std::uint64_t{0}),
                                     r.value("false_hits", 0U), r.value("missed_hits", 0U)});
    }
    for (const Json& bin : v.at("match_length_histogram")) {
      out.summary.match_lengths[bin.at(0).get<std::uint32_t>()] = bin.at(1).get<std::uint32_t>();
    }
    read_series(v.at("series"), out);
    const Json& d = v.at("distributions");
    out.latencies = {read_distribution(d.at("ttft_hit_ms")), read_distribution(d.at("ttft_miss_ms")),
                     read_distribution(d.at("e2e_hit_ms")), read_distribution(d.at("e2e_miss_ms")),
                     read_distribution(d.at("queue_ms"))};
    return out;
  } catch (const Json::exception& e) {
    const std::string_view what = e.what();  // "[json.exception.…] key 'x' not found"
    return Error{
        fmt::format("{}: no results of a run: {}", path, what.substr(std::min(what.find("] ") + 2, what.size())))};
  }
}

}  // namespace blockyard
