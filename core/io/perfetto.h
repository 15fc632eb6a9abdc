// PerfettoWriter: a run as a Chrome trace (JSON array form) that opens in ui.perfetto.dev: workers as processes, their
// requests as tracks with wait, prefill and decode slices, load and resident blocks as counters.
//
// Format: "Trace Event Format" (Google, 2016), events B/E-free: only complete slices (ph X), counters (C), instants (i)
// and names (M). Times are microseconds, as the simulation's. A counter is written where it changes, so that a fleet
// that rests writes nothing, and its heartbeats may be passed over.
#pragma once

#include <vector>

#include "core/io/files.h"
#include "core/sim/simulation.h"

namespace blockyard {

class PerfettoWriter : public EventSink {
 public:
  explicit PerfettoWriter(io::OutputFile& file);
  bool wants_blocks() const override { return false; }
  SimTime indifferent_until(const Simulation& sim) const override;
  void on_event(const Event& event, const Simulation& sim) override;
  /// Writes what ends the document. Call once, after the run.
  void finish(const Simulation& sim);

 private:
  struct Counters {
    double load = -1, seen = -1;
    std::int64_t blocks = -1;
    SimTime busy = -1;  // the last heartbeat that told of work
  };
  void name_workers(const Simulation& sim);
  void count(const Simulation& sim, WorkerId w, SimTime t);
  void line(std::string_view json);
  void lane_slice(const Simulation& sim, RequestId r, WorkerId w);
  std::uint32_t take_lane(WorkerId w, SimTime from, SimTime until);

  io::OutputFile& file_;
  bool first_ = true;
  bool named_ = false;
  SimTime beat_ = 0;                         // the last heartbeat; −1: not known, since settings have changed
  std::vector<Counters> written_;            // per worker
  std::vector<std::vector<SimTime>> lanes_;  // per worker: when each track is free again
};

}  // namespace blockyard
