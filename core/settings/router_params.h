// RouterConfig: how the router learns and how it chooses, as plain values. Their rows of the table of settings are in
// rows/router.cpp.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/sim_time.h"
#include "core/settings/choices.h"

namespace blockyard {

enum class ViewMode : std::uint8_t { kSynced, kDecisions, kOracle };
enum class LoadMetric : std::uint8_t { kRemainingMs, kQueueDepth };
/// How requests are dealt to several routers: in turn, or a session always to the same.
enum class ReplicaChoice : std::uint8_t { kTurn, kSession };
enum class ReportMode : std::uint8_t { kOff, kEvictions, kAll };

/// The parameters of all policies (SPEC 5 and 5.1). Counts are stored as doubles too: one table serves all.
struct PolicyParams {
  double min_match_blocks = 1;
  double prefix_tokens = 128;
  double overlap_weight = 1.0;
  double temperature = 0;
  double balance_abs = 64;
  double balance_rel = 1.5;
  double cache_threshold = 0.3;
  double weight_queue = 2;
  double weight_kv = 2;
  double weight_prefix = 3;
  double imbalance_abs = 8;
  double load_factor = 1.0;
  double virtual_nodes = 150;
  double load_bound = 1.25;
  double prefill_weight = 1.0;
  double active_weight = 0;
  double credit_decay = 0;
  bool floor_cost = true;
  double sticky_ratio = 0.80;
  double max_penalty_ms = 18000;
  double peak_tokens_per_s = 15928;
  double session_ttl_ms = 7'200'000;
  double session_load_bound = 0;
  double load_beta = 1.0;
  friend bool operator==(const PolicyParams&, const PolicyParams&) = default;
};

struct RouterConfig {
  std::uint32_t strategy = strategy_named("cache_aware");  ///< index into policy_table()
  ViewMode view = ViewMode::kSynced;
  SimTime heartbeat = 1'000'000;  ///< µs; 0 = never
  SimTime sync = 5'000'000;       ///< µs; 0 = never
  ReportMode reports = ReportMode::kOff;
  SimTime message_delay = 0;
  double message_loss = 0;
  bool speculative_insert = true;
  LoadMetric load_metric = LoadMetric::kRemainingMs;
  /// ms, or requests where the metric is queue_depth; empty: 50 ms or 1 request.
  std::optional<double> speculative_load;
  SimTime view_ttl = 0;                                 ///< view decisions, µs; 0 = never
  std::uint32_t view_max_blocks = 0;                    ///< view decisions, per worker; 0 = no limit
  std::uint32_t replicas = 1;                           ///< routers before the fleet; restarts the run
  ReplicaChoice replica_choice = ReplicaChoice::kTurn;  ///< restarts the run
  PolicyParams params;

  double effective_speculative_load() const {
    return speculative_load.value_or(load_metric == LoadMetric::kRemainingMs ? 50.0 : 1.0);
  }
};

}  // namespace blockyard
