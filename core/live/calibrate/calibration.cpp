#include "core/live/calibrate/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "core/base/check.h"
#include "core/base/percentile.h"
#include "core/base/version.h"
#include "core/model/latency.h"
#include "core/settings/json_text.h"

namespace blockyard::live {
namespace {

using Json = nlohmann::ordered_json;

double median_of(std::vector<double> values) { return Ranking<double>(std::move(values)).percentile(50); }

std::uint32_t missing_blocks(const Measurement& m) {
  const std::uint32_t found = m.cached_tokens.value_or(m.held_tokens.value_or(0)) / kPricedTokens;
  return m.prompt_blocks - std::min(found, m.prompt_blocks);
}

std::string reason(const LineFit& fit, const char* of) {
  if (fit.places < 4) return fmt::format("{}: a poor fit; too few different points ({})", of, fit.places);
  if (fit.slope_95.low <= 0 && fit.slope_95.high >= 0)
    return fmt::format("{}: a poor fit; it hardly changes, so its slope cannot be told from 0", of);
  if (fit.sign_changes <= 2)
    return fmt::format(
        "{}: a poor fit; the points bend away from a line, so a chunk size or a longer prompt's attention "
        "shows",
        of);
  return fmt::format("{}: a poor fit; the times scatter, as they do beside other traffic", of);
}

// Under engine continuous no step is shorter than its floor, so that a short prefill takes as long as the floor: points
// that lie there although the line is lower say nothing of it, and go, until none is left that does.
std::optional<LineFit> fit_above_floor(std::vector<LinePoint> points, double floor, std::uint64_t seed,
                                       std::size_t& hidden) {
  constexpr double kNear = 0.05;
  const std::size_t all = points.size();
  auto fit = fit_line(points, seed);
  while (fit) {
    std::map<double, std::vector<double>> at;
    for (const LinePoint& p : points) at[p.x].push_back(p.y);
    std::vector<double> on_it;
    for (auto& [x, ys] : at) {
      if (fit->at(x) < (1 + kNear) * floor && median_of(ys) >= (1 - kNear) * floor) on_it.push_back(x);
    }
    if (on_it.empty()) break;
    std::erase_if(points, [&](const LinePoint& p) { return std::find(on_it.begin(), on_it.end(), p.x) != on_it.end(); });
    fit = fit_line(points, seed);
  }
  hidden = all - points.size();
  return fit;
}

// A line's two constants, or both left at their defaults.
void add_line(Calibration& out, const std::optional<LineFit>& fit, const char* of, const char* at_zero,
              double default_at_zero, const char* slope, double default_slope, const std::string& too_few = "") {
  if (!fit) {
    const std::string why =
        fmt::format("left at its default: {}",
                    too_few.empty() ? fmt::format("{} was measured at fewer than two places", of) : too_few);
    out.constants.push_back({at_zero, default_at_zero, {}, why});
    out.constants.push_back({slope, default_slope, {}, why});
    return;
  }
  const std::string why = fit->quality == FitQuality::kPoor ? reason(*fit, of) : std::string();
  if (!why.empty()) out.warnings.push_back(why);
  out.constants.push_back({at_zero, fit->intercept, fit->intercept_95, why});
  Interval sure = fit->slope_95;
  sure.low = std::max(0.0, sure.low), sure.high = std::max(0.0, sure.high);
  out.constants.push_back({slope, std::max(0.0, fit->slope), sure, why});
}

void add_median(Calibration& out, const std::vector<double>& values, const char* name, double otherwise,
                const char* why_none, std::uint64_t seed) {
  if (values.empty()) {
    out.constants.push_back({name, otherwise, {}, fmt::format("left at its default: {}", why_none)});
    return;
  }
  const MedianFit fit = fit_median(values, seed);
  out.constants.push_back({name, fit.median, fit.median_95, {}});
}

Json interval_json(const Interval& i) { return Json::array({i.low, i.high}); }

Json line_json(const std::optional<LineFit>& fit) {
  if (!fit) return nullptr;
  return {{"n", fit->n},
          {"places", fit->places},
          {"intercept", fit->intercept},
          {"intercept_95", interval_json(fit->intercept_95)},
          {"slope", fit->slope},
          {"slope_95", interval_json(fit->slope_95)},
          {"r2", fit->r2},
          {"median_residual", fit->median_residual},
          {"p95_residual", fit->p95_residual},
          {"sign_changes", fit->sign_changes},
          {"quality", fit_quality_name(fit->quality)}};
}

}  // namespace

const CalibratedConstant& Calibration::constant(std::string_view name) const {
  const auto found = std::find_if(constants.begin(), constants.end(), [&](const auto& c) { return c.name == name; });
  BY_CHECK(found != constants.end(), "no such constant");
  return *found;
}

Calibration calibrate(const CalibrationPoints& points) {
  const LatencyModel usual;
  Calibration out;
  if (!points.round_trips_ms.empty()) out.round_trip_ms = median_of(points.round_trips_ms);
  std::vector<LinePoint> prefills, steps;
  std::vector<double> full_hits, intervals;
  std::map<std::uint32_t, std::vector<double>> rounds;
  bool told = false, found = false;
  std::size_t together = 0;
  for (const Measurement& m : points.requests) {
    const double ttft = std::max(0.0, m.ttft_ms - out.round_trip_ms);
    if (m.step == 1) {
      prefills.push_back({static_cast<double>(missing_blocks(m)), ttft});
      if (m.interval_ms > 0) intervals.push_back(m.interval_ms);
    } else if (m.step == 3) {
      if (m.interval_ms > 0) intervals.push_back(m.interval_ms);
    } else if (m.step == 2) {
      told |= m.cached_tokens.has_value();
      found |= m.cached_tokens.value_or(0) > 0;
      const bool known = m.cached_tokens || m.held_tokens;
      if (known && missing_blocks(m) <= 1 && m.prompt_blocks > 1) full_hits.push_back(ttft);
    } else if (m.interval_ms > 0) {
      rounds[m.together].push_back(m.interval_ms);
      ++together;
    }
  }
  const auto few = [&points](std::size_t n, const char* of) {
    return n >= points.least ? std::string() : fmt::format("{} {}, and {} are needed", n, of, points.least);
  };
  const std::string few_prefills = few(prefills.size(), "requests that were alone with something to compute");
  const std::string few_steps = few(together, "requests with tokens between which to measure");
  const std::string few_hits = few(full_hits.size(), "requests that were alone and wholly cached");
  const std::string few_intervals = few(intervals.size(), "answers of two tokens that were alone");
  if (!few_prefills.empty()) prefills.clear();
  if (!few_steps.empty()) rounds.clear();
  if (!few_hits.empty()) full_hits.clear();
  if (!few_intervals.empty()) intervals.clear();
  for (auto& [running, of_round] : rounds) steps.push_back({static_cast<double>(running), median_of(of_round)});
  out.no_cache = told && !found;
  out.step = fit_line(steps, points.seed);
  out.prefill = fit_above_floor(prefills, out.step ? out.step->intercept : 0, points.seed, out.below_floor);
  add_line(out, out.prefill, "TTFT over missing blocks", "prefill_base_ms", usual.prefill_base_ms,
           "prefill_per_block_ms", usual.prefill_per_block_ms,
           points.least > 1 && !few_prefills.empty() ? few_prefills
           : out.below_floor > 0 ? std::string("no prompt takes longer than a step's floor; measure longer ones")
                                 : std::string());
  const std::string no_hit = out.no_cache       ? "a repeated prompt found nothing in its cache"
                             : points.least > 1 ? few_hits
                             : told             ? "no repeated prompt was cached to its last block"
                                                : "neither the worker nor a stream of it tells what it found";
  add_median(out, full_hits, "full_hit_ms", usual.full_hit_ms, no_hit.c_str(), points.seed);
  add_median(out, intervals, "decode_per_token_ms", usual.decode_per_token_ms,
             points.least > 1 ? few_intervals.c_str() : "no answer had two tokens", points.seed);
  add_line(out, out.step, "token interval over requests together", "step_floor_ms", usual.step_floor_ms,
           "decode_per_seq_ms", usual.decode_per_seq_ms, points.least > 1 ? few_steps : std::string());
  if (out.no_cache) out.warnings.emplace_back("the worker keeps no prefix cache: a repeated prompt found nothing");
  if (points.discarded > 0)
    out.warnings.push_back(
        fmt::format("{} requests were discarded, since others were served beside them", points.discarded));
  return out;
}

std::optional<std::string> first_model(std::string_view answer) {
  const Json models = io::json_or_discarded(answer);
  if (!models.is_object() || !models.contains("data")) return std::nullopt;
  const Json& data = models["data"];
  if (!data.is_array() || data.empty() || !data[0].is_object() || !data[0].contains("id")) return std::nullopt;
  return data[0]["id"].is_string() ? std::optional(data[0]["id"].get<std::string>()) : std::nullopt;
}

std::string calibrated_scenario_json(const CalibrationPoints& points, const Calibration& found) {
  Json latency;
  for (const CalibratedConstant& c : found.constants) latency[c.name] = c.value;
  Json cache;
  if (points.block_tokens) cache["block_tokens"] = *points.block_tokens;
  if (points.capacity_blocks) cache["capacity_blocks"] = *points.capacity_blocks;
  Json out = {{"name", "calibrated"}, {"about", fmt::format("Calibrated on {}.", points.worker)}};
  // What the metrics call the capacity is what can be held: the null block is taken off already.
  out["fleet"] = {{"workers", 1}, {"engine", "continuous"}, {"null_block", !points.capacity_blocks.has_value()}};
  if (!cache.empty()) out["cache"] = std::move(cache);
  out["latency"] = std::move(latency);
  out["workload"] = {{"type", "uniform"}, {"requests", 200}, {"rate", 1}};
  return io::dump_json(out, 2) + "\n";
}

std::string calibration_json(const CalibrationPoints& points, const Calibration& found) {
  Json out = {{"version", version()}, {"worker", points.worker}, {"model", points.model}, {"seed", points.seed}};
  out["block_tokens"] = points.block_tokens ? Json(*points.block_tokens) : Json();
  out["capacity_blocks"] = points.capacity_blocks ? Json(*points.capacity_blocks) : Json();
  out["round_trip_ms"] = found.round_trip_ms;
  out["no_cache"] = found.no_cache;
  out["discarded"] = points.discarded;
  for (const CalibratedConstant& c : found.constants) {
    Json& one = out["constants"][c.name];
    one["value"] = c.value;
    one["interval_95"] = c.interval ? interval_json(*c.interval) : Json();
    if (!c.why.empty()) one["why"] = c.why;
  }
  out["points_below_floor"] = found.below_floor;
  out["fits"] = {{"prefill", line_json(found.prefill)}, {"step", line_json(found.step)}};
  out["warnings"] = found.warnings;
  out["points"] = Json::array();
  for (const Measurement& m : points.requests) {
    Json one = {{"step", m.step}, {"prompt_blocks", m.prompt_blocks}, {"together", m.together}};
    one["cached_tokens"] = m.cached_tokens ? Json(*m.cached_tokens) : Json();
    if (m.held_tokens) one["held_tokens"] = *m.held_tokens;
    one["output_tokens"] = m.output_tokens;
    one["ttft_ms"] = m.ttft_ms;
    one["interval_ms"] = m.interval_ms;
    out["points"].push_back(std::move(one));
  }
  return io::dump_json(out, 2) + "\n";
}

}  // namespace blockyard::live
