// A plan of fleets: the smallest fleet for each strategy and GPU that keeps the objectives, with what it costs; the
// table of prices that it is reckoned with; both as text and JSON.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/experiment/answers/answer_table.h"
#include "core/experiment/answers/fleet_size.h"

namespace blockyard {

struct GpuPrice {
  double per_hour = 0;
  std::string date;    ///< when it was so
  std::string source;  ///< "" where the user gave it
};
struct PriceTable {
  std::string currency = "USD";
  std::map<std::string, GpuPrice> by_gpu;
};

/// prices.json of the presets. Errors name the file and what is wrong.
Result<PriceTable> read_prices(const std::string& presets_dir);
/// "a100-40gb=2.10,h100-80gb=2.80", or one number for every GPU in `gpus`. Errors begin with the option.
Result<void> change_prices(PriceTable& table, const std::string& text, const std::vector<std::string>& gpus,
                           std::string_view option = "--price");

/// One line of a plan.
struct PlannedFleet {
  std::string strategy, gpu;
  std::uint32_t gpus_per_worker = 1;
  std::uint32_t capacity_blocks = 0;
  std::optional<FleetTrial> smallest;     ///< that keeps the objectives with its whole intervals
  std::optional<std::uint32_t> by_value;  ///< workers of the smallest whose values keep them
  std::optional<FleetTrial> largest;      ///< that was tried
  double bound = 0;                       ///< worker_bound; NaN where there is none
  std::size_t trials = 0;
  std::optional<double> gpu_per_hour;

  std::optional<double> per_hour() const;  ///< of the fleet
  std::optional<double> per_million(double tokens_per_s) const;
};

struct FleetPlan {
  std::string title;
  std::string currency = "USD";
  std::vector<Objective> objectives;
  std::vector<PlannedFleet> fleets;  ///< those that keep the objectives first: by price, then by workers
  std::vector<std::string> notes;    ///< where prices are from and what must be known
  std::uint32_t most = 0;            ///< workers that were tried at most
};

/// Sorts the fleets and adds the notes.
void finish_plan(FleetPlan& plan, const PriceTable& prices);

/// Head and a row a fleet.
std::vector<std::vector<std::string>> plan_rows(const FleetPlan& plan);
/// What can be said, a sentence each; then the notes.
std::vector<std::string> plan_says(const FleetPlan& plan);
std::string fleet_plan_json(const FleetPlan& plan);

}  // namespace blockyard
