#include "core/io/experiments/fleet_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <tuple>

#include "core/base/text.h"
#include "core/base/version.h"
#include "core/base/words/number.h"
#include "core/base/words/printable.h"
#include "core/settings/json_reader.h"
#include "core/settings/json_text.h"
#include "core/settings/scenario.h"

namespace blockyard {
namespace {

using io::Json;

std::string money(double v) { return fmt::format("{:.{}f}", v, v < 0.1 ? 4 : v < 10 ? 3 : 2); }

}  // namespace

Result<PriceTable> read_prices(const std::string& presets_dir) {
  const std::string path = presets_dir + "/prices.json";
  const auto text = read_file(path);
  if (!text) return text.error();
  const auto parsed = io::parse_json(*text);
  if (!parsed) return Error{fmt::format("{}: {}", path, parsed.error().message)};
  PriceTable out;
  try {
    parsed->at("currency").get_to(out.currency);
    for (const Json& row : parsed->at("prices")) {
      GpuPrice price{row.at("per_hour"), row.at("date"), row.at("source")};
      if (!(price.per_hour >= 0)) return Error{fmt::format("{}: a price must be 0 or more", path)};
      out.by_gpu[row.at("gpu")] = std::move(price);
    }
  } catch (const Json::exception&) {
    return Error{
        fmt::format("{}: no table of prices; it needs currency, and prices of gpu, per_hour, date, source", path)};
  }
  return out;
}

Result<void> change_prices(PriceTable& table, const std::string& text, const std::vector<std::string>& gpus,
                           std::string_view option) {
  if (text.empty()) return {};
  const auto wrong = [&](const std::string& part) {
    return Error{fmt::format("{}: '{}' is no price; write GPU=PRICE per hour, e.g. a100-40gb=2.10, or one number",
                             option, quoted_part(part))};
  };
  if (const auto all = finite_number(text)) {
    if (*all < 0) return wrong(text);
    for (const std::string& gpu : gpus) table.by_gpu[gpu] = {*all, "", ""};
    return {};
  }
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    const std::string part = text.substr(begin, comma - begin);
    begin = comma + 1;
    const std::size_t equals = part.find('=');
    const auto price = equals == std::string::npos ? std::nullopt : finite_number(part.substr(equals + 1));
    if (!price || *price < 0) return wrong(part);
    const std::string gpu = part.substr(0, equals);
    if (std::find(gpus.begin(), gpus.end(), gpu) == gpus.end()) {
      return Error{fmt::format("{}: '{}' is none of the GPUs of this plan: {}", option, quoted_part(gpu),
                               fmt::join(gpus, ", "))};
    }
    table.by_gpu[gpu] = {*price, "", ""};
  }
  return {};
}

std::optional<double> PlannedFleet::per_hour() const {
  if (!smallest || !gpu_per_hour) return std::nullopt;
  return *gpu_per_hour * gpus_per_worker * smallest->workers;
}

std::optional<double> PlannedFleet::per_million(double tokens_per_s) const {
  const auto hour = per_hour();
  if (!hour || tokens_per_s <= 0) return std::nullopt;
  return *hour / (tokens_per_s * 3600 / 1e6);
}

void finish_plan(FleetPlan& plan, const PriceTable& prices) {
  plan.currency = prices.currency;
  const auto key = [](const PlannedFleet& f) {
    constexpr double kLast = std::numeric_limits<double>::infinity();
    return std::tuple(f.smallest ? 0 : 1, f.per_hour().value_or(kLast), f.smallest ? f.smallest->workers : 0U);
  };
  std::stable_sort(plan.fleets.begin(), plan.fleets.end(),
                   [&](const PlannedFleet& a, const PlannedFleet& b) { return key(a) < key(b); });
  std::set<std::string> gpus, reasons;
  bool unsure = false;
  for (const PlannedFleet& f : plan.fleets) {
    gpus.insert(f.gpu);
    const FleetTrial* trial = f.smallest ? &*f.smallest : f.largest ? &*f.largest : nullptr;
    if (trial == nullptr) continue;
    if (!trial->rejected_reason.empty())
      reasons.insert(fmt::format("Not run on {}: {}; the plan is for the others", f.gpu, trial->rejected_reason));
    for (const Estimate& e : trial->estimates) unsure = unsure || (f.smallest && !e.has_interval());
  }
  for (const std::string& reason : reasons) plan.notes.push_back(reason);
  plan.notes.push_back(
      "An objective is kept where its whole 95 % interval keeps it (batch means, without the warm-up); in brackets the "
      "workers that would do by the values alone");
  if (unsure)
    plan.notes.push_back("Figures without ± have no interval (the run is too short): how sure they are cannot be said");
  plan.notes.push_back(
      "Bound: workers that perfect caching (every block computed once in the fleet) and perfect balance would keep "
      "busy");
  if (gpus.size() > 1) {
    plan.notes.push_back(
        "Latency constants are those of the scenario on every GPU: only memory and batch sizes differ between them, so "
        "that a faster GPU needs fewer workers than this says; set latency.* to what you measured");
  }
  for (const std::string& gpu : gpus) {
    const auto it = prices.by_gpu.find(gpu);
    if (it == prices.by_gpu.end()) {
      plan.notes.push_back(fmt::format("{}: no price is known; --price {}=… gives one", gpu, gpu));
    } else if (it->second.source.empty()) {
      plan.notes.push_back(
          fmt::format("{}: {} {} per hour, as given", gpu, money(it->second.per_hour), prices.currency));
    } else {
      plan.notes.push_back(fmt::format("{}: {} {} per hour on {} ({})", gpu, money(it->second.per_hour),
                                       prices.currency, it->second.date, it->second.source));
    }
  }
}

std::vector<std::vector<std::string>> plan_rows(const FleetPlan& plan) {
  std::vector<std::vector<std::string>> out{{"Strategy", "GPU", "Workers", "Bound"}};
  for (const Objective& o : plan.objectives) {
    const Metric& m = metric_table()[o.metric];
    out[0].push_back(m.unit.empty() ? std::string(m.id) : fmt::format("{}, {}", m.id, m.unit));
  }
  out[0].push_back(plan.currency + "/h");
  out[0].push_back(plan.currency + " per million tokens");
  out[0].push_back("per million output tokens");
  for (const PlannedFleet& f : plan.fleets) {
    std::vector<std::string> row{f.strategy, f.gpu};
    if (f.smallest) {
      row.push_back(f.by_value && *f.by_value != f.smallest->workers
                        ? fmt::format("{} ({})", f.smallest->workers, *f.by_value)
                        : fmt::format("{}", f.smallest->workers));
    } else {
      row.push_back(fmt::format("over {}", plan.most));
    }
    row.push_back(std::isfinite(f.bound) ? fmt::format("{:.1f}", f.bound) : "–");
    const FleetTrial* trial = f.smallest ? &*f.smallest : f.largest ? &*f.largest : nullptr;
    for (std::size_t i = 0; i < plan.objectives.size(); ++i)
      row.push_back(trial == nullptr ? "–" : plain_estimate(trial->estimates[i]));
    const auto price = [](const std::optional<double>& v) { return v ? money(*v) : std::string("–"); };
    row.push_back(price(f.per_hour()));
    row.push_back(price(f.smallest ? f.per_million(f.smallest->tokens_per_s) : std::nullopt));
    row.push_back(price(f.smallest ? f.per_million(f.smallest->output_tokens_per_s) : std::nullopt));
    out.push_back(std::move(row));
  }
  return out;
}

std::vector<std::string> plan_says(const FleetPlan& plan) {
  std::vector<std::string> out, wanted;
  for (const Objective& o : plan.objectives) wanted.push_back(objective_text(o));
  if (!plan.fleets.empty() && plan.fleets.front().smallest) {
    const PlannedFleet& best = plan.fleets.front();
    const auto price = best.per_hour();
    out.push_back(fmt::format("{} keeps {} with {} of {}{}.", best.strategy, fmt::join(wanted, " and "),
                              counted(best.smallest->workers, "worker"), best.gpu,
                              price ? fmt::format(", at {} {} per hour", money(*price), plan.currency) : ""));
  } else {
    out.push_back(
        fmt::format("None keeps {} with up to {}.", fmt::join(wanted, " and "), counted(plan.most, "worker")));
  }
  for (const PlannedFleet& f : plan.fleets) {
    if (!f.smallest && f.largest && f.largest->saturation)
      out.push_back(fmt::format("{} on {} is saturated with {}: {}.", f.strategy, f.gpu,
                                counted(f.largest->workers, "worker"), saturation_text(*f.largest->saturation)));
  }
  for (const std::string& note : plan.notes) out.push_back(note + ".");
  return out;
}

std::string fleet_plan_json(const FleetPlan& plan) {
  const auto number = [](double v) { return std::isfinite(v) ? Json(v) : Json(nullptr); };
  const auto maybe = [](const auto& v) { return v ? Json(*v) : Json(nullptr); };
  Json fleets = Json::array();
  for (const PlannedFleet& f : plan.fleets) {
    const FleetTrial* trial = f.smallest ? &*f.smallest : f.largest ? &*f.largest : nullptr;
    Json figures = Json::object();
    for (std::size_t i = 0; trial != nullptr && i < plan.objectives.size(); ++i) {
      const Estimate& e = trial->estimates[i];
      figures[std::string(metric_table()[plan.objectives[i].metric].id)] = {
          {"value", number(e.value)}, {"half_width", e.has_interval() ? number(e.half) : Json(nullptr)}};
    }
    fleets.push_back(
        {{"strategy", f.strategy},
         {"gpu", f.gpu},
         {"gpus_per_worker", f.gpus_per_worker},
         {"capacity_blocks", f.capacity_blocks},
         {"workers", f.smallest ? Json(f.smallest->workers) : Json(nullptr)},
         {"workers_by_value", maybe(f.by_value)},
         {"bound_workers", number(f.bound)},
         {"figures", std::move(figures)},
         {"per_hour", maybe(f.per_hour())},
         {"per_million_tokens", maybe(f.smallest ? f.per_million(f.smallest->tokens_per_s) : std::nullopt)},
         {"per_million_output_tokens",
          maybe(f.smallest ? f.per_million(f.smallest->output_tokens_per_s) : std::nullopt)},
         {"trials", f.trials}});
  }
  Json objectives = Json::object();
  for (const Objective& o : plan.objectives) objectives[std::string(metric_table()[o.metric].id)] = o.limit;
  const Json out{{"blockyard", version()},    {"title", plan.title}, {"slo", std::move(objectives)},
                 {"currency", plan.currency}, {"most", plan.most},   {"fleets", std::move(fleets)},
                 {"says", plan_says(plan)}};
  return io::dump_json(out, 1) + "\n";
}

}  // namespace blockyard
