#include "core/experiment/answers/ranking.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/text.h"
#include "core/base/words/number.h"
#include "core/base/words/printable.h"

namespace blockyard {
namespace {

// By how much: of shares in points, of all else in %.
std::string lead(const Rival& rival, const Metric& metric) {
  const bool share = metric.unit.starts_with("%"), percent = !share && std::isfinite(rival.percent);
  const double value = percent ? rival.percent : rival.ahead.value;
  const double half = percent ? rival.percent_half : rival.ahead.half;
  const std::string unit = share                 ? " points"
                           : percent             ? " %"
                           : metric.unit.empty() ? ""
                                                 : fmt::format(" {}", metric.unit);
  const std::string text = figure_text(value, 2) + unit;
  return rival.ahead.has_interval() ? fmt::format("{} ± {}{}", text, figure_text(half, 2), unit) : text;
}

}  // namespace

std::uint32_t Warmup::batches(std::span<const FleetRuns> fleets) const {
  if (automatic) return common_warmup(fleets);
  std::uint32_t out = 0;
  for (const FleetRuns& fleet : fleets) {
    for (const RunBatches* run : fleet.batches) {
      if (run != nullptr && run->any()) out = std::max(out, run->batches_for(requests));
    }
  }
  return out;
}

Result<Warmup> parse_warmup(const std::string& text, std::string_view option) {
  if (text == "auto") return Warmup{};
  const auto number = finite_number(text);
  if (!number || *number < 0 || *number > 1e9 || *number != std::floor(*number))
    return Error{fmt::format("{} {}: write auto or a number of requests, 0 or more", option, quoted_part(text))};
  return Warmup{false, static_cast<std::uint32_t>(*number)};
}

bool FleetRanking::among_best(std::size_t fleet) const {
  if (!any()) return false;
  if (fleet == best()) return true;
  const auto at = std::find_if(rivals.begin(), rivals.end(), [fleet](const Rival& r) { return r.fleet == fleet; });
  if (at == rivals.end()) return false;
  return at->ahead.has_interval() ? !at->told() : at->ahead.value == 0;
}

FleetRanking rank_fleets(std::span<const FleetRuns> fleets, std::size_t metric, IntervalFrom from,
                         std::uint32_t warmup) {
  FleetRanking out;
  out.metric = metric;
  out.from = from;
  out.warmup = warmup;
  for (const FleetRuns& fleet : fleets) {
    out.estimates.push_back(estimate(fleet, metric, from, warmup));
    if (std::isfinite(out.estimates.back().value)) out.order.push_back(out.estimates.size() - 1);
  }
  const double sign = metric_table()[metric].more_is_better ? -1 : 1;
  std::stable_sort(out.order.begin(), out.order.end(), [&](std::size_t a, std::size_t b) {
    return sign * out.estimates[a].value < sign * out.estimates[b].value;
  });
  if (out.order.size() < 2) return out;
  const auto rivals = static_cast<double>(out.order.size() - 1);
  for (std::size_t i = 1; i < out.order.size(); ++i) {
    Rival rival;
    rival.fleet = out.order[i];
    rival.ahead = estimate_difference(fleets[rival.fleet], fleets[out.best()], metric, from, warmup, 1 - 0.05 / rivals);
    rival.ahead.value *= sign;
    const double of = std::abs(out.estimates[rival.fleet].value);
    rival.percent = of > 0 ? 100 * rival.ahead.value / of : std::numeric_limits<double>::quiet_NaN();
    rival.percent_half = of > 0 ? 100 * rival.ahead.half / of : 0;
    out.rivals.push_back(rival);
  }
  return out;
}

std::vector<std::string> verdict(const FleetRanking& r, std::span<const std::string> names, std::size_t most) {
  std::vector<std::string> out;
  if (!r.any()) return out;
  const Metric& metric = metric_table()[r.metric];
  const std::string& best = names[r.best()];
  for (std::size_t i = 0; i < std::min(r.rivals.size(), most); ++i) {
    const Rival& rival = r.rivals[i];
    const std::string& other = names[rival.fleet];
    if (rival.told()) {
      out.push_back(fmt::format("{} is better than {} by {}.", best, other, lead(rival, metric)));
    } else if (rival.ahead.has_interval()) {
      out.push_back(fmt::format("Between {} and {} no difference can be told ({}).", best, other, lead(rival, metric)));
    } else if (rival.ahead.why_none == NoInterval::kSaturated) {
      out.push_back(fmt::format("Between {} and {} nothing is said: at least one of them is saturated.", best, other));
    } else {
      out.push_back(fmt::format("{} against {}: {}; how sure that is cannot be said ({}).", best, other,
                                lead(rival, metric), no_interval_text(rival.ahead.why_none)));
    }
  }
  if (r.rivals.size() > most) out.push_back(fmt::format("… and {} more.", r.rivals.size() - most));
  return out;
}

std::string estimate_text(const Estimate& e, const Metric& metric) {
  if (!std::isfinite(e.value)) return "–";
  const bool count = metric.unit.empty() && metric.id != "imbalance" && metric.id != "jain_index";
  const auto text = [&](double v, int digits) {
    return count ? with_commas(static_cast<std::uint64_t>(std::llround(std::max(0.0, v))))
                 : quantity_text(v, metric.unit, digits);
  };
  const std::string value = text(e.value, 3);
  return e.has_interval() ? fmt::format("{} ± {}", value, text(e.half, 2)) : value;
}

}  // namespace blockyard
