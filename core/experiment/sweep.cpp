#include "core/experiment/sweep.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "core/base/math.h"
#include "core/base/words/number.h"
#include "core/base/words/printable.h"
#include "core/settings/setting.h"

namespace blockyard {
namespace {

constexpr std::size_t kMostCells = 100'000;

bool read_number(std::string_view text, double& out) {
  const auto number = finite_number(text);
  if (number) out = *number;
  return number.has_value();
}

// At commas that are not inside brackets or quotes.
std::vector<std::string> split_values(std::string_view text) {
  std::vector<std::string> out(1);
  int depth = 0;
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == '[' || c == '{')) ++depth;
    if (!quoted && (c == ']' || c == '}')) --depth;
    if (c == ',' && depth == 0 && !quoted) {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

// a:b:step or a:b:xF; false where the text is no range at all.
Result<bool> range_values(std::string_view axis, std::string_view text, std::vector<std::string>& out) {
  const std::size_t first = text.find(':'), second = text.find(':', first + 1);
  double low = 0, high = 0, step = 0;
  if (first == std::string_view::npos || !read_number(text.substr(0, first), low)) return false;
  const bool times = second != std::string_view::npos && second + 1 < text.size() && text[second + 1] == 'x';
  if (second == std::string_view::npos || !read_number(text.substr(first + 1, second - first - 1), high) ||
      !read_number(text.substr(second + (times ? 2 : 1)), step)) {
    return Error{fmt::format("--vary {}: write a range as from:to:step or from:to:xfactor, e.g. 2:64:x2", axis)};
  }
  if (high < low || (times ? step <= 1 || low <= 0 : step <= 0)) {
    return Error{fmt::format("--vary {}: such a range has no end; it must rise from the first to the second", axis)};
  }
  const double slack = 1e-9 * std::max(std::abs(low), std::abs(high));
  for (std::size_t i = 0; out.size() <= kMostCells; ++i) {
    const auto n = static_cast<double>(i);
    const double v = times ? low * math::pow(step, n) : low + step * n;
    if (v > high + slack) break;
    out.push_back(fmt::format("{}", std::round(v) == v ? v : std::stod(fmt::format("{:.12g}", v))));
  }
  return true;
}

// What an axis at a value sets: the path itself, or the three of staleness.
std::vector<std::pair<std::string, std::string>> settings_of(const std::string& path, const std::string& value) {
  const auto age = finite_number(value);
  if (path != kStalenessAxis || !age) return {{path, value}};
  const std::string half = fmt::format("{}", *age / 2);
  return {{"router.sync_ms", half}, {"router.heartbeat_ms", half}, {"router.message_delay_ms", half}};
}

// Ages with their units as numbers of ms: 500, 500ms, 5s.
std::optional<Error> read_ages(std::string_view axis, std::vector<std::string>& values) {
  for (std::string& value : values) {
    double age = 0;
    const std::size_t digits = leading_number(value, age);
    const std::string_view unit = std::string_view(value).substr(digits);
    if (unit == "s") age *= 1000;
    if (digits == 0 || !(unit.empty() || unit == "ms" || unit == "s") || !(age > 0) || age > 1e9) {
      return Error{
          fmt::format("--vary {}: '{}' is no age of a view; write ms above 0, or 500ms, 5s", axis, quoted_part(value))};
    }
    value = fmt::format("{}", age);
  }
  return std::nullopt;
}

}  // namespace

Result<SweepAxis> parse_axis(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size()) {
    return Error{
        fmt::format("--vary {}: write PATH=v1,v2,… or PATH=from:to:step, e.g. router.prefix_tokens=16,64,256", text)};
  }
  SweepAxis axis;
  axis.path = text.substr(0, equals);
  if (text.substr(equals + 1) == "*") {
    const Setting* setting = find_setting(axis.path);
    if (setting == nullptr || setting->choices == nullptr)
      return Error{fmt::format("--vary {}: * is for settings that are chosen from a list", text)};
    for (const ChoiceRow& choice : setting->choices()) axis.values.emplace_back(choice.id);
    return axis;
  }
  for (const std::string& part : split_values(text.substr(equals + 1))) {
    if (part.empty()) return Error{fmt::format("--vary {}: a value is missing between two commas", text)};
    auto range = range_values(text, part, axis.values);
    if (!range) return range.error();
    if (!*range) axis.values.push_back(part);
  }
  if (axis.path == kStalenessAxis) {
    if (auto wrong = read_ages(text, axis.values)) return *wrong;
  }
  return axis;
}

std::size_t SweepPlan::cells() const {
  std::size_t n = 1;
  for (const SweepAxis& a : axes) n = n > kMostCells ? n : n * a.values.size();
  return n;
}

std::vector<std::size_t> SweepPlan::places(std::size_t cell) const {
  std::vector<std::size_t> out(axes.size());
  for (std::size_t a = axes.size(); a-- > 0;) {
    out[a] = cell % axes[a].values.size();
    cell /= axes[a].values.size();
  }
  return out;
}

Result<Scenario> SweepPlan::scenario_of(std::size_t cell, const std::string& presets_dir) const {
  std::string document = scenario;
  const std::vector<std::size_t> at = places(cell);
  std::string named;
  // A workload's type first: it clears the other keys of the workload.
  for (const bool types : {true, false}) {
    for (std::size_t a = 0; a < axes.size(); ++a) {
      if ((axes[a].path == "workload.type") != types) continue;
      const std::string& value = axes[a].values[at[a]];
      named += fmt::format("{}{}={}", named.empty() ? "" : " ", axes[a].path, value);
      for (const auto& [path, set] : settings_of(axes[a].path, value)) {
        auto changed = set_json_value(document, path, set);
        if (!changed) return Error{fmt::format("--vary {}: {}", named, changed.error().message)};
        document = std::move(*changed);
      }
    }
  }
  auto parsed = parse_scenario(document, base_dir, presets_dir);
  if (!parsed) return Error{fmt::format("--vary {}: {}", named, parsed.error().message)};
  return parsed;
}

std::string sweep_base(const Scenario& scenario) {
  std::string text = write_scenario(scenario, -1);
  const auto derive = [&text](std::string_view path) {
    if (auto changed = set_json_value(text, path, "null")) text = std::move(*changed);
  };
  if (!scenario.capacity_blocks) derive("cache.capacity_blocks");
  if (!scenario.config.router.speculative_load) derive("router.speculative_load");
  return text;
}

std::optional<Error> check_plan(const SweepPlan& plan) {
  for (std::size_t a = 0; a < plan.axes.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      if (plan.axes[a].path == plan.axes[b].path)
        return Error{fmt::format("--vary {}: named twice", plan.axes[a].path)};
      for (const auto& [own, other] : {std::pair{a, b}, std::pair{b, a}}) {
        if (plan.axes[own].path != kStalenessAxis) continue;
        for (const auto& [path, value] : settings_of(std::string(kStalenessAxis), "2")) {
          if (path == plan.axes[other].path)
            return Error{fmt::format("--vary {}: staleness sets it as well; vary one of the two", path)};
        }
      }
    }
  }
  if (plan.cells() > kMostCells) return Error{fmt::format("--vary: more than {} cells; take fewer values", kMostCells)};
  for (const auto& [option, ids] : {std::pair{"--metrics", &plan.metrics}, std::pair{"--pareto", &plan.pareto}}) {
    for (const std::string& id : *ids) {
      if (const auto known = check_metric(id, option); !known) return known.error();
    }
  }
  if (!plan.pareto.empty() && plan.pareto.size() != 2) return Error{"--pareto: name two metrics, x,y"};
  return std::nullopt;
}

double SweepCell::value(const Metric& metric) const {
  if (metric.of_aftermath != nullptr) {
    return aftermath ? metric.of_aftermath(*aftermath) : std::numeric_limits<double>::quiet_NaN();
  }
  return metric.of(summary);
}

// While it waits for the belief to recover it need not look again once nothing has happened since a heartbeat and a
// sync were sent that have come: what comes after them says the same.
SimTime AftermathWatch::indifferent_until(const Simulation& sim) const {
  if (struck_ < 0 || recovered_ >= 0) return kNever;
  const RouterConfig& router = sim.config().router;
  const Worker& worker = sim.workers()[worker_];
  if (!sim.routers()[0].up || (router.view == ViewMode::kDecisions && router.view_ttl > 0)) return 0;
  if (!worker.up()) return sim.now() > moved_ + router.message_delay ? kNever : 0;
  // A step of engine continuous may store a block without being told of.
  if (sim.config().fleet.engine == EngineKind::kContinuous && worker.queue_depth() > 0) return 0;
  const bool heard = (router.heartbeat == 0 || heard_beat_ > moved_) && (router.sync == 0 || heard_sync_ > moved_);
  return heard ? kNever : 0;
}

void AftermathWatch::on_event(const Event& e, const Simulation& sim) {
  if (struck_ < 0) {
    if (e.type != EventType::kFault || e.worker == kNone) return;
    struck_ = moved_ = e.t;
    worker_ = e.worker;
    phantom_before_ = sim.divergence(worker_).phantom;
    return;
  }
  if (recovered_ >= 0) return;
  if (!is_periodic(e)) {
    moved_ = e.t;
  } else if (e.type == EventType::kDeliver && e.worker == worker_ && e.router == 0) {
    const bool sync = static_cast<MessageKind>(e.value) == MessageKind::kSync;
    (sync ? heard_sync_ : heard_beat_) = e.t - sim.config().router.message_delay;
  }
  if (e.worker != worker_) return;
  if (e.type == EventType::kStart && sim.records()[e.request].predicted > e.value) ++misled_;
  const bool may_have = e.type == EventType::kDeliver || e.type == EventType::kDetect || e.type == EventType::kFinish;
  if (may_have && sim.divergence(worker_).phantom <= phantom_before_) recovered_ = e.t;
}

std::optional<Aftermath> AftermathWatch::finish(const Simulation& sim) const {
  if (struck_ < 0) return std::nullopt;
  return Aftermath{us_to_ms((recovered_ < 0 ? sim.now() : recovered_) - struck_), misled_};
}

namespace {

class CellSink final : public EventSink {
 public:
  CellSink(AftermathWatch* watch, Series* series) : watch_(watch), series_(series) {}
  bool wants_blocks() const override { return false; }
  SimTime indifferent_until(const Simulation& sim) const override {
    return std::min(watch_ != nullptr ? watch_->indifferent_until(sim) : kNever,
                    series_ != nullptr ? series_->indifferent_until(sim) : kNever);
  }
  void on_event(const Event& e, const Simulation& sim) override {
    if (watch_ != nullptr) watch_->on_event(e, sim);
    if (series_ != nullptr) series_->on_event(e, sim);
  }

 private:
  AftermathWatch* watch_;
  Series* series_;
};

}  // namespace

std::optional<SweepCell> run_cell(const Prepared& prepared, const Scenario& scenario, std::size_t cell,
                                  RunResults* results, const Cancelled& cancelled,
                                  std::span<const std::string> metrics) {
  Simulation sim = prepared.simulation(scenario.config);
  AftermathWatch watch;
  Series series;
  const bool faults = !scenario.config.faults.empty();
  CellSink sink(faults ? &watch : nullptr, results != nullptr ? &series : nullptr);
  if (!run_to_end(sim, faults || results != nullptr ? &sink : nullptr, cancelled)) return std::nullopt;
  if (results != nullptr) {
    series.finish(sim);
    *results = collect_results(scenario, sim, series);
  }
  SweepCell out{cell, summarize(sim), watch.finish(sim), {}};
  if (!metrics.empty()) out.batches = batches_of(request_samples(sim), metrics);
  return out;
}

std::string workload_key(const Scenario& scenario) {
  Scenario key;
  key.workload = scenario.workload;
  key.config.cache.block_tokens = scenario.config.cache.block_tokens;
  if (scenario.workload.type != WorkloadType::kTrace) key.config.seed = scenario.config.seed;
  if (eviction_row(scenario.config.cache.eviction).needs_tree)
    key.config.cache.eviction = scenario.config.cache.eviction;
  return scenario.base_dir + "\n" + write_scenario(key, -1);
}

}  // namespace blockyard
