// EventSink: whoever listens to a simulation.
#pragma once

#include "core/fleet/records.h"

namespace blockyard {

class Simulation;

/// Told of every event, in the order handled. Listens only: it cannot change the simulation.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual bool wants_decisions() const { return false; }
  /// False: evictions are told without their blocks where that is cheaper.
  virtual bool wants_blocks() const { return true; }
  /// Heartbeats, syncs and their arrivals need not be told as long as they come before this time. 0: tell them all.
  virtual SimTime indifferent_until(const Simulation&) const { return 0; }
  virtual void on_event(const Event& event, const Simulation& sim) = 0;
};

}  // namespace blockyard
