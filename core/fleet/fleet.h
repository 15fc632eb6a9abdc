// Fleet: a routed fleet at one moment: the clock, the workers with what they hold and serve, what each router believes,
// and a record a request. What panels and figures look at, whoever moves it: the model (Simulation, sim/) or what was
// observed (live/).
//
// It has no dynamics, and can only be asked: whoever moves a fleet is one (derives from it). It refers to an immutable
// Workload and its radix tree, which must outlive it; all else it owns by value. Belief (inside Router) and truth
// (Worker) meet only in what whoever moves it carries from one to the other.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "core/engine/worker.h"
#include "core/fleet/records.h"
#include "core/prefix/radix.h"
#include "core/router/router.h"
#include "core/settings/config.h"
#include "core/workload/workload.h"

namespace blockyard {

/// How many requests a worker has.
struct QueueFigures {
  std::uint32_t running = 0, waiting = 0;
};

class Fleet {
 public:
  SimTime now() const { return now_; }
  /// Steps that have brought it here: another number wherever something has happened.
  std::uint64_t events_handled() const { return handled_; }
  const Config& config() const { return config_; }
  const Workload& workload() const { return *workload_; }
  const std::vector<Worker>& workers() const { return workers_; }
  const std::vector<Router>& routers() const { return routers_; }
  /// The router that request r comes to.
  std::uint32_t router_of(RequestId r) const;
  /// The router that has it, or will have it once it arrives.
  std::uint32_t router_asked(RequestId r) const;
  /// What a router believes of worker w, but for what belongs to a decision.
  WorkerFigures figures(WorkerId w, std::uint32_t router = 0) const { return routers_[router].figures.of(w); }
  const std::vector<RequestRecord>& records() const { return records_; }
  const Request& request(RequestId r) const { return workload_->requests[content_.empty() ? r : content_[r]]; }
  /// The request's index in the input: by recorded time in a recorded loop, elsewhere the order of arrival, as r is.
  RequestId input_index(RequestId r) const { return workload_->closed.recorded ? content_[r] : r; }
  /// Requests that have arrived so far.
  std::uint32_t arrived() const { return arrived_; }
  const std::deque<RequestId>& parked() const { return parked_; }

  /// The requests of a worker, stuck ones left out; where they are not seen, as it says itself, if it does.
  QueueFigures queue(WorkerId w) const {
    if (!told_.empty()) return told_[w];
    return {static_cast<std::uint32_t>(workers_[w].running().size()),
            static_cast<std::uint32_t>(workers_[w].waiting().size())};
  }
  /// Remaining work or queue depth of a worker, by the load metric.
  double true_load(WorkerId w) const { return true_load(w, now_); }
  /// The same at a later time, before which no event is due.
  double true_load(WorkerId w, SimTime at) const;
  /// Engine continuous: steps like the running one that are over by now though nobody has booked them: as many more
  /// tokens has each of the worker's running sequences.
  std::uint32_t unbooked_steps(WorkerId w, SimTime at) const;
  Divergence divergence(WorkerId w, std::uint32_t router = 0) const;
  /// Blocks a router believes worker w to hold (truth itself under the oracle view). Not where caches are kept by
  /// runs.
  const BlockSet& believed(WorkerId w, std::uint32_t router = 0) const;

 protected:
  Fleet(const Config& config, const Workload& workload, const RadixTree* tree)
      : config_(config), workload_(&workload), tree_(tree) {}
  ~Fleet() = default;
  Fleet(const Fleet&) = default;
  Fleet& operator=(const Fleet&) = default;
  Fleet(Fleet&&) = default;
  Fleet& operator=(Fleet&&) = default;

  /// The fleet as one worker may look at it.
  class World;
  bool step_is_over(WorkerId w, SimTime at) const {
    return at > now_ || last_rank_ > 0 || (last_worker_ != kNone && last_worker_ >= w);
  }
  Truth truth_of(WorkerId w) const;
  // What an oracle sees is the same whoever asks: one mirror of it serves all routers.
  const Belief& belief_of(const Router& router) const { return oracle() ? routers_[0].belief : router.belief; }
  bool oracle() const { return config_.router.view == ViewMode::kOracle; }

  Config config_;
  const Workload* workload_;
  const RadixTree* tree_;
  SimTime now_ = 0;
  std::vector<Worker> workers_;
  std::vector<Router> routers_;
  std::vector<QueueFigures> told_;  // by worker, where its requests are not seen; else empty
  std::vector<RequestRecord> records_;
  std::deque<RequestId> parked_;
  std::uint32_t arrived_ = 0;
  std::uint64_t handled_ = 0;
  // The last event handled at now_, by SPEC 7's order: all of an earlier rank are over, and of rank 0 (finish and step
  // end) those of workers up to this one.
  std::uint8_t last_rank_ = 0;
  WorkerId last_worker_ = kNone;
  // Closed loop: which of the workload's requests the r-th to arrive is.
  std::vector<RequestId> content_;
};

// Looks, and moves nothing.
class Fleet::World final : public WorkerWorld {
 public:
  World(const Fleet& fleet, WorkerId worker) : fleet_(fleet), worker_(worker) {}
  const Workload& workload() const override { return *fleet_.workload_; }
  const Config& config() const override { return fleet_.config_; }
  const Request& request(RequestId r) const override { return fleet_.request(r); }
  bool step_is_over(SimTime at) const override { return fleet_.step_is_over(worker_, at); }

 private:
  const Fleet& fleet_;
  WorkerId worker_;
};

}  // namespace blockyard
