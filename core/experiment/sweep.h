// A sweep: one scenario over every combination of values of one or more of its paths. Plain values; who runs the cells
// is the caller's affair and changes nothing in them.
//
// Invariants: 1. cells are numbered row by row, the last axis fastest; 2. a cell's result depends on its scenario
// alone; 3. what a plan says about pictures does not change its cells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/experiment/metric.h"
#include "core/experiment/run.h"

namespace blockyard {

/// How old the router's view may be, as one axis: v ms sets router.sync_ms and router.heartbeat_ms to v / 2 and
/// router.message_delay_ms to v / 2, so that what the router knows is from v / 2 to v old.
inline constexpr std::string_view kStalenessAxis = "staleness";

/// A dotted path of the scenario and the values that it takes, as JSON texts. The path `seed` is a repeat: pictures
/// show means over it. The path `staleness` is no setting but sets three, see kStalenessAxis.
struct SweepAxis {
  std::string path;
  std::vector<std::string> values;
  friend bool operator==(const SweepAxis&, const SweepAxis&) = default;
};

/// PATH=v1,v2,… or PATH=a:b:step or PATH=a:b:xF (times F), both ends included; or PATH=*, all that it can be chosen
/// from. Values of staleness may have a unit: 500ms, 5s.
Result<SweepAxis> parse_axis(std::string_view text);

/// A vertical line of the curves: what happens at a value of the axis.
struct SweepMark {
  double at = 0;
  std::string label;
};

struct SweepPlan {
  std::string title;     ///< of the pictures
  std::string scenario;  ///< JSON text of what all cells share
  std::string base_dir;  ///< relative paths are looked up from here
  std::vector<SweepAxis> axes;
  std::vector<std::string> metrics{"block_hit_rate", "ttft_mean", "ttft_p95", "imbalance"};  ///< a panel each
  std::vector<std::string> pareto{"ttft_p95", "block_hit_rate"};                             ///< x and y of the front
  std::vector<SweepMark> marks;
  bool keep_results = false;  ///< results.json of every cell as well

  // Of the scenario, for small print; read_plan and name_plan fill them in.
  std::string name;
  std::uint64_t seed = 42;

  std::size_t cells() const;
  /// The place on each axis of a cell.
  std::vector<std::size_t> places(std::size_t cell) const;
  /// The scenario of a cell. Errors name the value that is not allowed.
  Result<Scenario> scenario_of(std::size_t cell, const std::string& presets_dir) const;
};

/// A scenario as the JSON text that a plan varies: what was derived (capacity, speculative load) is derived again.
std::string sweep_base(const Scenario& scenario);

/// An empty text, or why the plan cannot be run: metrics unknown, too many cells, an axis twice.
std::optional<Error> check_plan(const SweepPlan& plan);

struct SweepCell {
  std::size_t cell = 0;
  Summary summary;
  std::optional<Aftermath> aftermath;  ///< where the scenario has faults
  RunBatches batches;                  ///< of the metrics asked for; the others are empty
  /// NaN where there is nothing to tell from.
  double value(const Metric& metric) const;
};

/// What the first fault of a run that struck a worker did to the (first) router's belief in it.
class AftermathWatch final : public EventSink {
 public:
  SimTime indifferent_until(const Simulation& sim) const override;
  void on_event(const Event& event, const Simulation& sim) override;
  /// Of a finished run; empty where no fault struck a worker.
  std::optional<Aftermath> finish(const Simulation& sim) const;

 private:
  SimTime struck_ = -1;
  SimTime recovered_ = -1;
  SimTime moved_ = -1;       // when something last happened, anywhere, that is no periodic message
  SimTime heard_beat_ = -1;  // when the last heartbeat from there was sent that has come
  SimTime heard_sync_ = -1;
  WorkerId worker_ = kNone;
  std::uint64_t phantom_before_ = 0;
  std::uint32_t misled_ = 0;
};

/// Runs one cell. `results`, where given, receives the whole results; `metrics` (ids) are those whose batches are kept.
/// Empty where it was cancelled.
std::optional<SweepCell> run_cell(const Prepared& prepared, const Scenario& scenario, std::size_t cell,
                                  RunResults* results, const Cancelled& cancelled,
                                  std::span<const std::string> metrics = {});

/// Cells with equal keys have the same requests and may share them.
std::string workload_key(const Scenario& scenario);

}  // namespace blockyard
