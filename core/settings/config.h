// Config: the settings that a simulation obeys, as plain values. Everything in it may change in flight unless it says
// otherwise. Each field is a row of the table of settings (setting.h), which reads and writes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/sim_time.h"
#include "core/cache/eviction.h"
#include "core/model/latency.h"
#include "core/settings/router_params.h"

namespace blockyard {

enum class EngineKind : std::uint8_t { kSlots, kContinuous };

struct CacheConfig {
  std::uint32_t block_tokens = 16;      ///< restarts the run
  std::uint32_t capacity_blocks = 924;  ///< per worker, derived where the scenario says null; restarts the run
  EvictionPolicy eviction = EvictionPolicy::kLru;
  bool recompute_last_block = false;
};

struct FleetConfig {
  std::uint32_t workers = 4;               ///< restarts the run
  EngineKind engine = EngineKind::kSlots;  ///< restarts the run
  std::uint32_t slots = 1;
  std::uint32_t max_num_seqs = 256;  ///< derived from the GPU where the scenario says null, as the next one
  std::uint32_t max_batched_tokens = 2048;
  // Today's vLLM, engine continuous (SPEC 4.3). All four restart the run.
  bool reserve_full_prompt = true;  ///< who is admitted must fit with its whole sequence
  bool block_copies = true;         ///< only what a lookup finds is shared; else a block is never stored twice
  bool async_scheduling = true;     ///< a step is scheduled while the one before it runs
  bool null_block = true;           ///< one slot is never used
  /// Continuous: steps that are alike in one go; no figure depends on it, and no scenario sets it.
  bool skip_steps = true;
};

/// What a request is promised, where anything is: the goodput counts those that got it.
struct SloConfig {
  std::optional<double> ttft_ms;
  std::optional<double> tpot_ms;
};

enum class FaultKind : std::uint8_t { kCacheFlush, kCrash, kRouterRestart };

struct Fault {
  SimTime t = 0;
  WorkerId worker = 0;  ///< whose it is, but for router_restart
  FaultKind kind = FaultKind::kCacheFlush;
  SimTime restart = 0;         ///< crash: time until the worker is back
  SimTime detect = 3'000'000;  ///< crash: time until the router knows
  std::uint32_t router = 0;    ///< router_restart: whose it is
  SimTime down = 0;            ///< router_restart: time until it is back
  friend bool operator==(const Fault&, const Fault&) = default;
};

struct Config {
  std::uint64_t seed = 42;  ///< restarts the run
  CacheConfig cache;
  FleetConfig fleet;
  LatencyModel latency;
  RouterConfig router;
  SloConfig slo;
  std::vector<Fault> faults;
};

}  // namespace blockyard
