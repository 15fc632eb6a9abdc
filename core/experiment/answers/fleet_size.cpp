#include "core/experiment/answers/fleet_size.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/text.h"
#include "core/base/words/number.h"
#include "core/base/words/printable.h"
#include "core/metrics/rejections.h"

namespace blockyard {

Result<std::vector<Objective>> parse_objectives(const std::string& text, std::string_view option) {
  std::vector<Objective> out;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    const std::string part = text.substr(begin, comma - begin);
    begin = comma + 1;
    const std::size_t equals = part.find('=');
    const auto limit = equals == std::string::npos ? std::nullopt : finite_number(part.substr(equals + 1));
    if (!limit || *limit < 0) {
      return Error{fmt::format("{}: '{}' is no objective; write METRIC=LIMIT, e.g. ttft_p95=500,tpot_p95=30", option,
                               quoted_part(part))};
    }
    const std::string id = part.substr(0, equals);
    if (const auto known = check_metric(id, option); !known) return known.error();
    const Metric* metric = find_metric(id);
    if (metric->of_aftermath != nullptr)
      return Error{fmt::format("{}: {} is a figure of a fault, and no objective of a fleet", option, id)};
    const Objective objective{static_cast<std::size_t>(metric - metric_table().data()), *limit};
    for (const Objective& other : out) {
      if (other.metric == objective.metric) return Error{fmt::format("{}: {} is named twice", option, id)};
    }
    out.push_back(objective);
  }
  return out;
}

std::string objective_text(const Objective& o) {
  const Metric& m = metric_table()[o.metric];
  return fmt::format("{} {} {}", m.id, m.more_is_better ? "≥" : "≤", quantity_text(o.limit, m.unit));
}

namespace {

bool within(const Objective& o, double value) {
  return std::isfinite(value) && (metric_table()[o.metric].more_is_better ? value >= o.limit : value <= o.limit);
}

}  // namespace

bool FleetTrial::keeps(const std::vector<Objective>& objectives) const {
  if (saturation) return false;
  for (std::size_t i = 0; i < objectives.size(); ++i) {
    const Estimate& e = estimates[i];
    if (!within(objectives[i], metric_table()[objectives[i].metric].more_is_better ? e.low() : e.high())) return false;
  }
  return true;
}

bool FleetTrial::keeps_by_value(const std::vector<Objective>& objectives) const {
  if (saturation) return false;
  for (std::size_t i = 0; i < objectives.size(); ++i) {
    if (!within(objectives[i], estimates[i].value)) return false;
  }
  return true;
}

std::optional<FleetTrial> try_fleet(const Prepared& prepared, const Scenario& scenario,
                                    const std::vector<Objective>& objectives, const Warmup& warmup,
                                    const Cancelled& cancelled) {
  Simulation sim = prepared.simulation(scenario.config);
  if (!run_to_end(sim, nullptr, cancelled)) return std::nullopt;
  const Summary summary = summarize(sim);
  std::vector<std::string> ids;
  for (const Objective& o : objectives) ids.emplace_back(metric_table()[o.metric].id);
  const RunBatches batches = batches_of(request_samples(sim), ids);
  FleetTrial out;
  out.workers = scenario.config.fleet.workers;
  out.saturation = summary.saturation;
  out.rejected_reason = summary.rejected_reason;
  for (const Objective& o : objectives) {
    const FleetRuns fleet{{metric_table()[o.metric].of(summary)}, {&batches}, summary.saturation.has_value()};
    const FleetRuns fleets[] = {fleet};
    out.estimates.push_back(estimate(fleet, o.metric, IntervalFrom::kBatches, warmup.batches(fleets)));
  }
  double tokens = 0;
  for (RequestId r = 0; r < sim.arrived(); ++r) {
    if (sim.records()[r].status == RequestStatus::kCompleted)
      tokens += static_cast<double>(sim.request(r).prompt_tokens) + sim.request(r).output_tokens;
  }
  if (summary.makespan_ms > 0) out.tokens_per_s = 1000 * tokens / summary.makespan_ms;
  out.output_tokens_per_s = summary.output_tokens_per_s;
  return out;
}

template <class Keeps>
std::optional<std::uint32_t> FleetSearch::between(Keeps keeps) const {
  std::uint32_t fails = 0, kept = 0;  // the greatest that fails below the smallest that keeps
  for (const auto& [workers, trial] : trials_) {
    if (!keeps(trial)) fails = workers;
  }
  for (auto it = trials_.rbegin(); it != trials_.rend() && keeps(it->second); ++it) kept = it->first;
  if (kept == 0) {
    if (trials_.empty()) return std::clamp(first_, 1U, most_);
    if (fails >= most_) return std::nullopt;
    return std::min(most_, fails * 2);
  }
  return kept - fails > 1 ? std::optional(fails + (kept - fails) / 2) : std::nullopt;
}

std::optional<std::uint32_t> FleetSearch::next() const {
  if (const auto size = between([this](const FleetTrial& t) { return t.keeps(objectives_); })) return size;
  return between([this](const FleetTrial& t) { return t.keeps_by_value(objectives_); });
}

const FleetTrial* FleetSearch::smallest() const {
  const FleetTrial* out = nullptr;
  for (auto it = trials_.rbegin(); it != trials_.rend() && it->second.keeps(objectives_); ++it) out = &it->second;
  return out;
}

const FleetTrial* FleetSearch::smallest_by_value() const {
  const FleetTrial* out = nullptr;
  for (auto it = trials_.rbegin(); it != trials_.rend() && it->second.keeps_by_value(objectives_); ++it)
    out = &it->second;
  return out;
}

double worker_bound(const Prepared& prepared) {
  constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
  const Workload& workload = prepared.workload;
  const Config& c = prepared.scenario.config;
  if (workload.closed.users > 0 || workload.requests.size() < 2) return kNothing;
  const SimTime span = workload.requests.back().arrival - workload.requests.front().arrival;
  if (span <= 0) return kNothing;
  BlockSet seen(workload.id_count());
  double slots_us = 0, prefill_tokens = 0, decodes = 0;
  const std::uint32_t size = c.cache.block_tokens;
  for (const Request& r : workload.requests) {
    if (blocks_needed(c, r) > c.cache.capacity_blocks) continue;  // it will not run
    std::uint32_t fresh = 0;
    bool missing = false;  // behind the first missing block all is computed
    workload.each_prompt_run(r, [&](Span run) {
      const std::uint32_t leading = missing ? 0 : seen.leading(run);
      if (leading < run.count) missing = true;
      fresh += run.count - leading;
      seen.insert(run);
    });
    slots_us += static_cast<double>(c.latency.prefill(fresh, size) + c.latency.decode(r.output_tokens));
    prefill_tokens += static_cast<double>(fresh) * size + r.prompt_tokens % size;
    decodes += std::max(1U, r.output_tokens) - 1;
  }
  double work_us = slots_us / c.fleet.slots;
  if (c.fleet.engine == EngineKind::kContinuous) {
    // A step takes the longer of its floor and its prefill; no step has more sequences than it may.
    work_us = 1000 * (std::max(c.latency.prefill_per_token() * prefill_tokens,
                               c.latency.step_floor_ms * decodes / c.fleet.max_num_seqs) +
                      c.latency.decode_per_seq_ms * decodes);
  }
  return work_us / static_cast<double>(span);
}

}  // namespace blockyard
