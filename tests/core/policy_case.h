// One decision of a routing policy, set up in few lines.
#pragma once

#include "core/prefix/prefix_tree.h"
#include "core/router/policy.h"

namespace blockyard {

// A decision to be made, in few lines.
struct Case {
  std::vector<WorkerFigures> workers;
  std::vector<Span> chain;
  PrefixTree tree;
  RouteInput in;
  PolicyParams params;
  RouterMemory memory{1};
  Explanation why;

  explicit Case(std::size_t n, std::uint32_t blocks = 10) : workers(n) {
    tree.extend(kNone, 7, blocks, chain);
    in.chain_blocks = blocks;
    in.prompt_tokens = blocks * 16;
    in.capacity_blocks = 100;
  }
  WorkerId choose(std::string_view id) {
    FleetFigures fleet(workers.size());
    std::vector<std::uint32_t> overlap, distinct, fresh;
    for (WorkerId w = 0; w < workers.size(); ++w) {
      fleet.set(w, workers[w]);
      overlap.push_back(workers[w].overlap);
      distinct.push_back(workers[w].active_distinct);
      fresh.push_back(workers[w].fresh_blocks);
    }
    in.see(fleet, overlap);
    in.active_distinct = distinct;
    in.fresh_blocks = fresh;
    in.chain = chain;
    in.tree = &tree;
    why = {};
    why.candidates.resize(workers.size());
    return policy_table()[find_policy(id)].choose(in, params, memory, &why);
  }
};

}  // namespace blockyard
