#include "core/metrics/summary.h"

#include <algorithm>
#include <utility>

#include "core/metrics/rejections.h"

namespace blockyard {
namespace {

double ratio(double part, double whole) { return whole == 0 ? 0 : part / whole; }

}  // namespace

std::optional<Spread> spread_of(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  double sum = 0;
  for (const double v : values) sum += v;
  Spread s;
  s.mean = sum / static_cast<double>(values.size());
  Ranking<double> ranking(std::move(values));
  s.p50 = ranking.percentile(50);
  s.p95 = ranking.percentile(95);
  s.p99 = ranking.percentile(99);
  s.max = ranking.greatest();
  return s;
}

std::optional<Spread> spread_of_counts(const std::vector<TokenGaps::Count>& counts) {
  std::uint64_t n = 0;
  double sum = 0;
  std::vector<std::uint64_t> ends;  // values up to and including the i-th count
  for (const auto& [us, times] : counts) {
    n += times;
    sum += us_to_ms(us) * static_cast<double>(times);
    ends.push_back(n);
  }
  if (n == 0) return std::nullopt;
  const auto rank = [&](double p) {
    return percentile_of_ranks(n, p, [&](std::size_t i) {
      const auto at = std::upper_bound(ends.begin(), ends.end(), i) - ends.begin();
      return us_to_ms(counts[static_cast<std::size_t>(at)].first);
    });
  };
  return Spread{sum / static_cast<double>(n), rank(50), rank(95), rank(99), us_to_ms(counts.back().first)};
}

SimTime phantom_price(const Fleet& fleet, RequestId id) {
  const RequestRecord& r = fleet.records()[id];
  if (r.predicted <= r.hit) return 0;
  const Config& config = fleet.config();
  const Request& q = fleet.request(id);
  return engine_of(config).price(config, q, r.hit, r.predicted);
}

bool keeps(const SloConfig& slo, SimTime to_first_token, SimTime decode, std::uint32_t output_tokens) {
  return (!slo.ttft_ms || us_to_ms(to_first_token) <= *slo.ttft_ms) &&
         (!slo.tpot_ms || output_tokens < 2 || us_to_ms(decode) / (output_tokens - 1) <= *slo.tpot_ms);
}

Summary summarize(const Fleet& fleet) {
  Summary s;
  s.workers.resize(fleet.workers().size());
  s.routers.resize(fleet.routers().size());
  std::uint64_t prompt_tokens = 0;
  std::uint64_t output_tokens = 0;
  const SloConfig& slo = fleet.config().slo;
  Goodput good;
  std::vector<double> tpot, e2e, ttft, queue, prefill, decode, e2e_hit, e2e_miss, ttft_hit, ttft_miss;
  SimTime makespan = 0;
  SimTime false_hits = 0;
  s.requests = static_cast<std::uint32_t>(fleet.records().size());
  for (RequestId i = 0; i < fleet.arrived(); ++i) {
    const RequestRecord& r = fleet.records()[i];
    s.preemptions += r.preemptions;
    if (r.status == RequestStatus::kRejected) ++s.rejected;
    if (r.status != RequestStatus::kCompleted) continue;
    const Request& q = fleet.request(i);
    ++s.completed;
    s.retries += r.retries;
    s.hit_blocks += r.hit;
    s.prompt_blocks += q.prompt_blocks;
    prompt_tokens += q.prompt_tokens;
    s.predicted_blocks += r.predicted;
    if (r.predicted > r.hit) ++s.false_hits;
    false_hits += phantom_price(fleet, i);
    if (r.predicted < r.hit) ++s.missed_hits;
    RouterSummary& router = s.routers[r.router];
    ++router.requests;
    router.predicted_blocks += r.predicted;
    if (r.predicted > r.hit) ++router.false_hits;
    if (r.predicted < r.hit) ++router.missed_hits;
    makespan = std::max(makespan, r.finish);
    ++s.match_lengths[r.hit];
    ++s.workers[r.worker].requests;
    s.workers[r.worker].hit_blocks += r.hit;
    e2e.push_back(us_to_ms(r.finish - r.arrival));
    ttft.push_back(us_to_ms(r.first_token - r.arrival));
    queue.push_back(us_to_ms(r.start - r.arrival));
    prefill.push_back(us_to_ms(r.first_token - r.start));
    decode.push_back(us_to_ms(r.finish - r.first_token));
    output_tokens += q.output_tokens;
    if (q.output_tokens >= 2) tpot.push_back(decode.back() / (q.output_tokens - 1));
    if (keeps(slo, r.first_token - r.arrival, r.finish - r.first_token, q.output_tokens)) ++good.requests;
    if (r.hit > 0) ++s.hit_requests;
    (r.hit > 0 ? e2e_hit : e2e_miss).push_back(e2e.back());
    (r.hit > 0 ? ttft_hit : ttft_miss).push_back(ttft.back());
  }
  if (s.rejected > 0) s.rejected_reason = rejected_reason(rejections_of(fleet));
  s.saturation = saturation_of(fleet);
  s.request_hit_rate = ratio(s.hit_requests, s.completed);
  s.block_hit_rate = ratio(static_cast<double>(s.hit_blocks), static_cast<double>(s.prompt_blocks));
  s.token_hit_rate =
      ratio(static_cast<double>(s.hit_blocks * fleet.config().cache.block_tokens), static_cast<double>(prompt_tokens));
  s.makespan_ms = us_to_ms(makespan);
  s.false_hit_ms = us_to_ms(false_hits);
  const double seconds = s.makespan_ms / 1000;
  s.output_tokens_per_s = ratio(static_cast<double>(output_tokens), seconds);
  good.share = ratio(good.requests, s.requests);
  good.requests_per_s = ratio(good.requests, seconds);
  if (slo.ttft_ms || slo.tpot_ms) s.goodput = good;
  TokenGaps gaps;
  for (const Worker& w : fleet.workers()) {
    for (const auto& [gap, tokens] : w.token_gaps().sorted()) gaps.add(gap, tokens);
  }
  s.itl = spread_of_counts(gaps.sorted());
  s.tpot = spread_of(std::move(tpot));
  s.e2e = spread_of(std::move(e2e));
  s.ttft = spread_of(std::move(ttft));
  s.queue = spread_of(std::move(queue));
  s.prefill = spread_of(std::move(prefill));
  s.decode = spread_of(std::move(decode));
  s.e2e_hit = spread_of(std::move(e2e_hit));
  s.e2e_miss = spread_of(std::move(e2e_miss));
  s.ttft_hit = spread_of(std::move(ttft_hit));
  s.ttft_miss = spread_of(std::move(ttft_miss));

  double sum = 0;
  double squares = 0;
  std::uint32_t most = 0;
  for (WorkerId w = 0; w < s.workers.size(); ++w) {
    WorkerSummary& ws = s.workers[w];
    const Worker& worker = fleet.workers()[w];
    ws.evictions = worker.evictions();
    ws.peak_blocks = worker.peak_taken();
    ws.resident_blocks = worker.resident();
    ws.busy_ms = us_to_ms(worker.busy(fleet.now()));
    ws.utilization = ratio(ws.busy_ms, s.makespan_ms);
    s.evictions += ws.evictions;
    sum += ws.requests;
    squares += static_cast<double>(ws.requests) * ws.requests;
    most = std::max(most, ws.requests);
  }
  const auto n = static_cast<double>(s.workers.size());
  s.imbalance = ratio(most, sum / n);
  s.jain_index = ratio(sum * sum, n * squares);
  return s;
}

}  // namespace blockyard
