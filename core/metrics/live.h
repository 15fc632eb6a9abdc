// LiveMetrics: the figures of a run at any moment of it: sums and percentiles over a sliding window and since the
// start, and series of them over time.
//
// It listens at a Player's frontier and keeps every sample with its time: a request counts when it finishes, as in a
// Summary, so that until(t) is the summary of the run at t, figure by figure. All that it tells is a function of (what
// happened, the moment asked for), so going back shows the past. Invariants: 1. samples and points ascend in time;
// 2. point i of the series is the state at (i + 1) × step(); the step doubles where a run grows beyond kMostPoints.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "core/replay/player.h"

namespace blockyard {

/// The key figures over a window, or of the run so far: of the requests that finished in it, as a Summary of the run up
/// to then has them. NaN where there is nothing to tell from.
struct KeyFigures {
  static constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
  SimTime begin = 0;  ///< of the window, µs
  SimTime end = 0;
  std::uint32_t started = 0;
  std::uint32_t completed = 0;
  std::uint64_t evictions = 0;         ///< blocks; but for those back within their step
  double block_hit_rate = kNothing;    ///< Σ hit / Σ chain length; 0 … 1
  double request_hit_rate = kNothing;  ///< the part with hit ≥ 1
  double false_hit_rate = kNothing;    ///< the part that found less than was predicted
  double ttft_p50_ms = kNothing;
  double ttft_p95_ms = kNothing;
  double ttft_p99_ms = kNothing;
  double e2e_p50_ms = kNothing;
  double e2e_p95_ms = kNothing;
  double throughput_rps = kNothing;   ///< finishes per s; of the run so far: per s up to the last one
  double evictions_per_s = kNothing;  ///< blocks
  double imbalance = kNothing;        ///< most requests of a worker / mean over all workers
};

/// A moment of the series.
struct LivePoint {
  SimTime t = 0;
  KeyFigures window;                 ///< over the window that ends at t
  std::uint64_t phantom_blocks = 0;  ///< believed but gone, all workers
  std::uint64_t unknown_blocks = 0;  ///< held but not believed, all workers
  TokenTotals tokens;                ///< since the start, all workers
};

/// One worker at a moment of the series.
struct WorkerPoint {
  float load = 0;  ///< true load: ms, or requests, by the load metric
  std::uint32_t resident = 0;
  std::uint32_t in_use = 0;
  std::uint32_t running = 0;
  std::uint32_t waiting = 0;
  bool up = true;
};

class LiveMetrics final : public FrontierListener {
 public:
  static constexpr std::size_t kMostPoints = 2048;

  explicit LiveMetrics(SimTime window = 5'000'000, SimTime step = 100'000) : window_(window), step_(step) {}

  void on_event(const Event& event, const Fleet& fleet) override;
  void on_quiet(const Fleet& fleet, SimTime until) override;
  SimTime looks_at() const override { return static_cast<SimTime>(points_.size() + 1) * step_; }
  void on_cut(SimTime t, std::size_t events) override;
  void on_forget(SimTime t) override;

  SimTime window() const { return window_; }
  /// Over (t − window, t].
  KeyFigures at(SimTime t) const { return over(t - window_, t); }
  /// Of the run so far.
  KeyFigures until(SimTime t) const { return over(-1, t); }
  /// Over (begin, end].
  KeyFigures over(SimTime begin, SimTime end) const;

  /// Finishes in (begin, end] that kept `slo`.
  std::uint32_t kept(SimTime begin, SimTime end, const SloConfig& slo) const;
  /// Those per s, over the window that ends at each point of series(t): the goodput over time.
  std::vector<double> goodput(SimTime t, const SloConfig& slo) const;

  SimTime step() const { return step_; }
  /// The points up to t.
  std::span<const LivePoint> series(SimTime t) const;
  /// All workers at point i of the series.
  std::span<const WorkerPoint> workers(std::size_t point) const;

  /// Per bucket of (end − begin) / n: what the timeline draws. Closed loops: as far as computed.
  struct TimelineBucket {
    std::uint32_t arrivals = 0;
    std::uint32_t hits = 0;    ///< requests that started with a hit
    std::uint32_t misses = 0;  ///< without
    std::uint32_t preemptions = 0;
  };
  std::vector<TimelineBucket> timeline(SimTime begin, SimTime end, std::size_t n) const;

 private:
  // Every sample names the event that it is from, by its place in the log: what a cut goes by.
  struct Moment {
    SimTime t;
    std::size_t event;
  };
  struct Finish {
    SimTime t;
    std::size_t event;
    SimTime to_first_token;  // since the arrival; kNever: not known
    SimTime decode;          // since the first token; kNever: not known
    SimTime to_end;          // since the arrival
    std::uint32_t output_tokens;
    WorkerId worker;
    std::uint32_t hit;
    std::uint32_t blocks;
    std::uint32_t told;           // 1 where the hit is known; else it and the blocks are 0
    std::uint32_t told_before;    // those of all before this one
    std::uint32_t hits_before;    // requests with a hit before this one
    std::uint32_t false_before;   // requests with a false hit before this one
    std::uint64_t hit_before;     // Σ hit of all before this one
    std::uint64_t blocks_before;  // Σ chain length of those
    bool false_hit;
  };
  struct Start {
    SimTime t;
    std::size_t event;
    std::uint32_t hit;
  };
  struct Count {
    SimTime t;
    std::size_t event;
    std::uint64_t before;
    std::uint32_t n;
  };
  void thin_out();
  void grow(std::uint32_t workers);

  SimTime window_;
  SimTime step_;
  std::uint32_t worker_count_ = 0;
  std::size_t events_ = 0;
  std::vector<Moment> arrivals_;
  std::vector<Moment> preemptions_;
  std::vector<Finish> finishes_;
  std::vector<Start> starts_;
  std::vector<Count> evictions_;
  std::vector<LivePoint> points_;
  std::vector<WorkerPoint> worker_points_;  // worker_count_ a point
};

}  // namespace blockyard
