// Series: how a run went over time, in at most kMost buckets whose width doubles as the run grows longer.
//
// Counts (arrivals, finishes, hits, evictions) are exact per bucket; gauges (load, resident blocks, divergence) are the
// state when the first event at or after the bucket's end came. Invariant: bucket i covers [i, i + 1) × width.
#pragma once

#include <cstdint>
#include <vector>

#include "core/sim/simulation.h"

namespace blockyard {

class Series : public EventSink {
 public:
  static constexpr std::size_t kMost = 600;

  struct Bucket {
    std::uint32_t arrivals = 0;
    std::uint32_t completed = 0;
    std::uint32_t hit_requests = 0;
    std::uint64_t hit_blocks = 0;
    std::uint64_t prompt_blocks = 0;
    std::uint64_t predicted_blocks = 0;
    std::uint32_t false_hits = 0;
    SimTime false_hit_us = 0;  ///< Σ phantom_price
    std::uint64_t evictions = 0;
    std::uint64_t phantom_blocks = 0;     ///< gauge, all workers
    std::uint64_t unknown_blocks = 0;     ///< gauge, all workers
    std::vector<double> load_ms;          ///< gauge, per worker: remaining work, or requests by the load metric
    std::vector<std::uint32_t> resident;  ///< gauge, per worker, blocks
    std::vector<std::uint32_t> in_use;    ///< gauge, per worker, blocks
  };

  explicit Series(SimTime width = 100'000) : width_(width) {}
  bool wants_blocks() const override { return false; }
  /// The end of the bucket: such events count nowhere, but the first behind it closes it.
  SimTime indifferent_until(const Simulation&) const override { return static_cast<SimTime>(buckets_.size()) * width_; }
  void on_event(const Event& event, const Simulation& sim) override;
  /// Closes the last bucket with the state at the end of the run.
  void finish(const Simulation& sim);

  SimTime width() const { return width_; }
  const std::vector<Bucket>& buckets() const { return buckets_; }

 private:
  void gauge(Bucket& bucket, const Simulation& sim) const;
  void advance(SimTime t, const Simulation& sim);
  void halve();

  SimTime width_;
  std::vector<Bucket> buckets_;
};

}  // namespace blockyard
