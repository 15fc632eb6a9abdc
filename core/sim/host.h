// Simulation::Host: the simulation as one worker sees it. Made on the stack for the time of one event. Private to sim/.
#pragma once

#include "core/sim/simulation.h"

namespace blockyard {

class Simulation::Host : public WorkerHost {
 public:
  Host(Simulation& sim, WorkerId worker, EventSink* sink) : sim_(sim), worker_(worker), sink_(sink) {}

  const Workload& workload() const override { return *sim_.workload_; }
  const Config& config() const override { return sim_.config_; }
  const Request& request(RequestId r) const override { return sim_.request(r); }
  void schedule(RequestId r, SimTime first_token, SimTime finish) override;
  bool step_is_over(SimTime at) const override { return sim_.step_is_over(worker_, at); }
  void started(RequestId r, std::uint32_t hit, bool resumed) override;
  void evicted(RequestId r, const CacheChanges& changes) override;
  void evicted(RequestId r, const SpanChanges& changes) override;
  void report(const CacheChanges& changes) override;
  void changed(RequestId r, const RunChanges& changes) override;
  void first_token(RequestId r) override;
  void finished(RequestId r) override;
  void preempted(RequestId r) override;

 private:
  /// Tells the router what a start (or a step) evicted and stored, where it wants to hear it. Each makes its list of
  /// runs.
  template <class Removed, class Stored>
  void send_report(bool evicted, Removed removed, Stored stored);

  Simulation& sim_;
  WorkerId worker_;
  EventSink* sink_;
};

}  // namespace blockyard
