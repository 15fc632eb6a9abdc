// Summary: the figures of SPEC 8 from what a finished (or running) simulation left behind. Pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/percentile.h"
#include "core/fleet/fleet.h"
#include "core/metrics/saturation.h"

namespace blockyard {

struct Spread {
  double mean = 0;
  double p50 = 0;
  double p95 = 0;
  double p99 = 0;
  double max = 0;
};

/// Of values in request order (the mean's sum is taken in that order); empty where there is none.
std::optional<Spread> spread_of(std::vector<double> values);

/// Of values in ms given as counts of equal µs, ascending.
std::optional<Spread> spread_of_counts(const std::vector<TokenGaps::Count>& counts);

struct WorkerSummary {
  std::uint32_t requests = 0;
  std::uint64_t hit_blocks = 0;
  std::uint64_t evictions = 0;
  std::uint32_t peak_blocks = 0;
  std::uint32_t resident_blocks = 0;
  double busy_ms = 0;
  double utilization = 0;
};

/// Over completed requests, by the router that they came to.
struct RouterSummary {
  std::uint32_t requests = 0;
  std::uint64_t predicted_blocks = 0;
  std::uint32_t false_hits = 0;
  std::uint32_t missed_hits = 0;
};

/// Whether a request with these times got what `slo` promises: the first token, and those after it on average.
bool keeps(const SloConfig& slo, SimTime to_first_token, SimTime decode, std::uint32_t output_tokens);

/// Requests that kept every promise of the scenario's `slo`; one of fewer than two tokens has no time per token to
/// break.
struct Goodput {
  std::uint32_t requests = 0;
  double share = 0;           ///< of all requests, rejected ones too
  double requests_per_s = 0;  ///< over the makespan
};

struct Summary {
  std::uint32_t requests = 0;
  std::uint32_t completed = 0;
  std::uint32_t rejected = 0;
  std::string rejected_reason;  ///< with the numbers, see rejections.h; "" where none was
  std::uint64_t retries = 0;
  std::uint64_t preemptions = 0;
  std::uint32_t hit_requests = 0;
  std::uint64_t hit_blocks = 0;
  std::uint64_t prompt_blocks = 0;
  double request_hit_rate = 0;
  double block_hit_rate = 0;
  double token_hit_rate = 0;
  std::uint64_t predicted_blocks = 0;
  std::uint32_t false_hits = 0;
  std::uint32_t missed_hits = 0;
  double false_hit_ms = 0;  ///< Σ phantom_price
  std::uint64_t evictions = 0;
  double makespan_ms = 0;
  std::optional<Spread> e2e, ttft, queue, prefill, decode, e2e_hit, e2e_miss, ttft_hit, ttft_miss;
  std::optional<Spread> tpot;      ///< (finish − first token) / (output tokens − 1), of requests with two or more
  std::optional<Spread> itl;       ///< between consecutive output tokens, each a value; those of lost runs too
  double output_tokens_per_s = 0;  ///< of completed requests, over the makespan
  std::optional<Goodput> goodput;  ///< empty where the scenario promises nothing
  std::optional<Saturation> saturation;
  double imbalance = 0;
  double jain_index = 0;
  std::vector<WorkerSummary> workers;
  std::vector<RouterSummary> routers;
  std::map<std::uint32_t, std::uint32_t> match_lengths;  ///< hit (blocks) to completed requests
};

/// What a false hit cost request r, which has started: its prefill less the one that the router expected, µs; 0 where
/// it got what was predicted or more. Engine continuous: by tokens, as if the request were alone in its steps.
SimTime phantom_price(const Fleet& fleet, RequestId r);

/// Of everything that has happened so far.
Summary summarize(const Fleet& fleet);

}  // namespace blockyard
