#include "core/experiment/answers/robust.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/base/words/number.h"

namespace blockyard {
namespace {

std::string number_text(double v) { return fmt::format("{:.12g}", v); }

// One number of the scenario, times a factor; nothing where it is 0.
void scale(std::vector<Variation>& out, std::string_view path, double now, double factor, const std::string& label) {
  if (now > 0) out.push_back({label, {{std::string(path), number_text(now * factor)}}});
}

}  // namespace

std::vector<Variation> variations_of(const Scenario& scenario) {
  std::vector<Variation> out;
  const Config& c = scenario.config;
  const LatencyModel& l = c.latency;
  const bool slots = c.fleet.engine == EngineKind::kSlots;
  const std::pair<std::string_view, double> constants[] = {
      {"prefill_base_ms", l.prefill_base_ms},
      {"prefill_per_block_ms", l.prefill_per_block_ms},
      {slots ? "full_hit_ms" : "step_floor_ms", slots ? l.full_hit_ms : l.step_floor_ms},
      {slots ? "decode_per_token_ms" : "decode_per_seq_ms", slots ? l.decode_per_token_ms : l.decode_per_seq_ms}};
  for (const auto& [key, value] : constants) {
    for (const auto& [factor, words] : {std::pair{1.2, "+ 20 %"}, std::pair{0.8, "− 20 %"}})
      scale(out, fmt::format("latency.{}", key), value, factor, fmt::format("{} {}", key, words));
  }
  const RouterConfig& r = c.router;
  for (const auto& [factor, words] : {std::pair{2.0, "view twice as old"}, std::pair{0.5, "view half as old"}}) {
    Variation v{words, {}};
    for (const auto& [path, now] : {std::pair{"router.sync_ms", r.sync}, std::pair{"router.heartbeat_ms", r.heartbeat},
                                    std::pair{"router.message_delay_ms", r.message_delay}}) {
      if (now > 0) v.sets.emplace_back(path, number_text(us_to_ms(now) * factor));
    }
    if (!v.sets.empty()) out.push_back(std::move(v));
  }
  const WorkloadSpec& w = scenario.workload;
  for (const auto& [factor, words] : {std::pair{1.1, "10 % faster"}, std::pair{0.9, "10 % slower"}}) {
    if (w.type == WorkloadType::kTrace) {
      scale(out, "workload.time_scale", w.time_scale, 1 / factor, fmt::format("arrivals {}", words));
    } else if (w.arrival == ArrivalProcess::kClosed) {
      scale(out, "workload.think_s", w.think_s, 1 / factor, fmt::format("thinking {}", words));
    } else {
      scale(out, "workload.rate", w.rate, factor, fmt::format("arrivals {}", words));
    }
  }
  for (std::uint64_t k = 1; k <= 3; ++k) {
    const std::uint64_t seed = c.seed + 1000 + k;
    out.push_back({fmt::format("seed {}", seed), {{"seed", fmt::format("{}", seed)}}});
  }
  return out;
}

Result<std::vector<std::vector<Scenario>>> varied_fleets(const Comparison& c, const std::vector<Variation>& variations,
                                                         const std::string& presets_dir) {
  std::vector<std::vector<Scenario>> out;
  for (const Variation& v : variations) {
    std::vector<Scenario>& row = out.emplace_back();
    for (const ComparedFleet& fleet : c.fleets) {
      auto scenario = with_variant(fleet.scenario, {v.label, v.sets}, presets_dir);
      if (!scenario) return scenario.error();
      scenario->most_memory = fleet.scenario.most_memory;
      row.push_back(std::move(*scenario));
    }
  }
  return out;
}

Robustness judge(const Comparison& c, std::size_t metric, const std::vector<Variation>& variations,
                 const std::vector<std::vector<SweepCell>>& cells, const Warmup& warmup) {
  Robustness out;
  out.metric = metric;
  out.variations = variations;
  for (const ComparedFleet& fleet : c.fleets) out.fleets.push_back(fleet.name);
  const std::vector<FleetRuns> base = c.fleet_runs(metric);
  const FleetRanking plain = rank_fleets(base, metric, c.interval_from(), warmup.batches(base));
  if (plain.any()) out.favourite = plain.best();
  for (std::size_t v = 0; v < variations.size(); ++v) {
    std::vector<FleetRuns> runs;
    for (const SweepCell& cell : cells[v])
      runs.push_back({{cell.value(metric_table()[metric])}, {&cell.batches}, cell.summary.saturation.has_value()});
    FleetRanking ranking = rank_fleets(runs, metric, IntervalFrom::kBatches, warmup.batches(runs));
    if (!ranking.any() || ranking.best() == out.favourite) {
      ++out.ahead;
    } else {
      const auto rival = std::find_if(ranking.rivals.begin(), ranking.rivals.end(),
                                      [&](const Rival& r) { return r.fleet == out.favourite; });
      if (rival != ranking.rivals.end() && rival->ahead.why_none == NoInterval::kSaturated) {
        ++out.saturated;
      } else if (rival != ranking.rivals.end() && !rival->told()) {
        ++out.untold;
      } else {
        out.turned_over.push_back(v);
      }
    }
    out.rankings.push_back(std::move(ranking));
  }
  return out;
}

std::vector<std::string> robust_says(const Robustness& r) {
  std::vector<std::string> out;
  const Metric& metric = metric_table()[r.metric];
  const std::string& name = r.fleets[r.favourite];
  std::string first = fmt::format("{} stays the best at {} in {} of {}", name, metric.label, r.ahead,
                                  counted(r.variations.size(), "variation"));
  if (r.untold > 0) first += fmt::format("; in {} no difference from the best can be told", r.untold);
  if (r.saturated > 0) first += fmt::format("; in {} a fleet is saturated", r.saturated);
  out.push_back(first + (r.turned_over.empty() ? "; none turns it over."
                                               : fmt::format("; {} {} it over:", r.turned_over.size(),
                                                             r.turned_over.size() == 1 ? "turns" : "turn")));
  for (const std::size_t v : r.turned_over) {
    const FleetRanking& ranking = r.rankings[v];
    for (const std::string& sentence : verdict(ranking, r.fleets, r.fleets.size())) {
      if (sentence.find(" than " + name + " by ") == std::string::npos &&
          sentence.find(" against " + name + ":") == std::string::npos)
        continue;
      out.push_back(fmt::format("  {}: {}", r.variations[v].label, sentence));
    }
  }
  return out;
}

AnswerTable answer_table(const Robustness& r) {
  AnswerTable out;
  out.title = "Does the ranking survive?";
  out.row_heads = {"Fleet"};
  for (std::size_t f = 0; f < r.fleets.size(); ++f) {
    AnswerRow row{{r.fleets[f]}, {}};
    for (const FleetRanking& ranking : r.rankings) {
      const Estimate& e = ranking.estimates[f];
      row.cells.push_back({e, ranking.among_best(f), e.why_none == NoInterval::kSaturated});
    }
    out.rows.push_back(std::move(row));
  }
  for (std::size_t v = 0; v < r.variations.size(); ++v)
    out.columns.push_back({r.variations[v].label, r.metric, r.rankings[v]});
  out.says = robust_says(r);
  return out;
}

}  // namespace blockyard
