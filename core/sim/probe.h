// Probe: a prompt that nobody has sent, asked of a simulation as it stands: how much of it each worker holds and is
// believed to hold, and what any strategy would choose for it at this moment. Changes nothing.
//
// Where the same prompt is then sent at this very moment, the router sees what the probe saw.
#pragma once

#include <cstdint>
#include <vector>

#include "core/sim/simulation.h"

namespace blockyard {

struct ProbePrompt {
  Chain chain;  ///< its full blocks, named by `tree`; ids that the workload's own tree does not reach are nobody's
  std::uint32_t prompt_tokens = 0;
  const PrefixTree* tree = nullptr;  ///< the workload's tree, and what the prompt adds to it
};

/// One worker as the prompt would find it.
struct ProbeWorker {
  std::uint32_t believed = 0;  ///< leading blocks that the router believes it to hold
  std::uint32_t held = 0;      ///< leading blocks that it holds
  SimTime wait = 0;            ///< until it would start, about: what runs and waits there comes first
  SimTime prefill = 0;         ///< from its start to its first token, about, with the blocks held now
  SimTime ttft() const { return wait + prefill; }
};

class Probe {
 public:
  /// Not where caches are kept by runs. Both outlive it. O(workers × (blocks of the prompt / 64 + blocks in use)).
  Probe(const Simulation& sim, const ProbePrompt& prompt);

  const std::vector<ProbeWorker>& workers() const { return workers_; }
  /// What this strategy would choose for it now, at the router that the next request comes to.
  Decision decide(std::uint32_t strategy) const;

 private:
  void count_blocks(const std::vector<Span>& known);

  const Simulation& sim_;
  const ProbePrompt& prompt_;
  std::uint32_t router_;
  std::vector<ProbeWorker> workers_;
  // By worker: the different blocks of the requests that it has, and blocks of the prompt that are not among them.
  std::vector<std::uint32_t> active_distinct_, fresh_;
};

}  // namespace blockyard
