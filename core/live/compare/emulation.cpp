#include "core/live/compare/emulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "core/live/observed/block_names.h"
#include "core/prefix/radix.h"
#include "core/router/policy.h"
#include "core/sim/simulation.h"

namespace blockyard::live {

void Emulation::see(const Record& record, const LiveSession& before) {
  if (const auto* route = std::get_if<RouteRecord>(&record.body)) {
    if (held_.empty()) keep_truth(before);
    if (!route->chain) return;
    Entry& e = routed_[route->request];
    e.chain = {route->root, route->codes};
    e.prompt_tokens = route->prompt_tokens;
  } else if (const auto* end = std::get_if<RequestRecord>(&record.body)) {
    const auto at = routed_.find(end->request);
    if (at == routed_.end()) return;
    if (end->served && end->sent >= 0 && end->outcome != Outcome::kFailed) {
      at->second.end = *end;
      at->second.mistokenized = end->told_prompt_tokens && *end->told_prompt_tokens != at->second.prompt_tokens;
      sent_.insert(routed_.extract(at));
    } else {
      routed_.erase(at);
    }
  }
}

// Every chain that ends in a block that is held with all before it and without a held one behind it, in the order in
// which those blocks came.
void Emulation::keep_truth(const LiveSession& session) {
  const Forest& forest = session.forest();
  block_tokens_ = session.fleet().block_tokens;
  for (const LiveWorker& worker : session.workers()) {
    std::vector<NodeId> held;
    std::set<NodeId> inner;
    worker.truth.each_resident([&](NodeId node) { held.push_back(node); });
    const auto whole = [&](NodeId node) {
      for (; forest.parent(node) != kNone; node = forest.parent(node)) {
        if (!worker.truth.resident(node)) return false;
      }
      return true;
    };
    std::erase_if(held, [&](NodeId node) { return !whole(node); });
    for (const NodeId node : held) inner.insert(forest.parent(node));
    std::erase_if(held, [&](NodeId node) { return inner.contains(node); });
    std::sort(held.begin(), held.end(), [&](NodeId a, NodeId b) { return forest.born(a) < forest.born(b); });
    std::vector<Chain> chains;
    for (NodeId node : held) {
      Chain chain;
      for (; forest.parent(node) != kNone; node = forest.parent(node)) chain.codes.push_back(forest.code(node));
      std::reverse(chain.codes.begin(), chain.codes.end());
      chain.root = forest.root_digest(node);
      chains.push_back(std::move(chain));
    }
    held_.push_back(std::move(chains));
  }
}

Result<std::vector<RequestPair>> Emulation::run(const Config& config, std::size_t* rejected) const {
  std::vector<RequestPair> out;
  std::size_t left = 0;
  if (!sent_.empty() && config.cache.block_tokens != block_tokens_) {
    return Error{fmt::format("the scenario's blocks have {} tokens, the recording's {}; set cache.block_tokens",
                             config.cache.block_tokens, block_tokens_)};
  }
  for (WorkerId w = 0; w < held_.size(); ++w) run_worker(config, w, out, left);
  std::sort(out.begin(), out.end(), [](const RequestPair& a, const RequestPair& b) { return a.request < b.request; });
  if (rejected != nullptr) *rejected = left;
  return out;
}

void Emulation::run_worker(const Config& config, WorkerId w, std::vector<RequestPair>& out,
                           std::size_t& rejected) const {
  std::vector<const Entry*> requests;
  for (const auto& [number, e] : sent_) {
    if (*e.end.served == w) requests.push_back(&e);
  }
  if (requests.empty()) return;
  std::stable_sort(requests.begin(), requests.end(),
                   [](const Entry* a, const Entry* b) { return a->end.sent < b->end.sent; });
  Config alone = config;
  alone.fleet.workers = 1;
  alone.faults.clear();
  alone.router = {};
  alone.router.view = ViewMode::kOracle;  // nobody asks what is believed
  alone.router.strategy = find_policy("round_robin");

  BlockNames names(block_tokens_);
  const auto chain_of = [&names](const Chain& c) {
    std::vector<BlockId> chain;
    BlockId block = kNone;
    for (const Code& code : c.codes) chain.push_back(block = names.name(block, c.root, code));
    return chain;
  };
  std::vector<SimTime> arrivals;
  std::vector<std::uint32_t> answers;
  const auto add = [&](const std::vector<BlockId>& chain, std::uint32_t tokens, std::uint32_t answer, SimTime at) {
    names.request(arrivals.size(), at, tokens, chain);
    arrivals.push_back(at);
    answers.push_back(std::max(1U, answer));
  };
  // One after another, each long over when the next comes.
  SimTime t = 0;
  for (const Chain& c : held_[w]) {
    const auto chain = chain_of(c);
    const auto blocks = static_cast<std::uint32_t>(chain.size());
    add(chain, blocks * block_tokens_, 1, t);
    t += 10 * alone.latency.prefill(blocks, block_tokens_) + 60'000'000;
  }
  const std::size_t first = arrivals.size();
  for (const Entry* e : requests) add(chain_of(e->chain), e->prompt_tokens, e->end.output_tokens, t + e->end.sent);
  Workload workload = names.workload();
  for (std::size_t i = 0; i < answers.size(); ++i) workload.requests[i].output_tokens = answers[i];
  const std::uint32_t named = workload.tree.size();
  workload.number_private_blocks();
  const RadixTree tree = RadixTree::build(workload.prompt_chains(), named);
  Simulation sim(alone, workload, &tree, fastest_cache(alone));
  sim.run();

  for (std::size_t i = 0; i < requests.size(); ++i) {
    const RequestRecord& end = requests[i]->end;
    const blockyard::RequestRecord& record = sim.records()[first + i];
    if (record.status != RequestStatus::kCompleted) {
      ++rejected;
      continue;
    }
    if (end.outcome != Outcome::kCompleted) continue;  // it was there, and says nothing of how long it would have taken
    RequestPair pair;
    pair.request = end.request;
    pair.worker = w;
    pair.prompt_tokens = requests[i]->prompt_tokens;
    pair.prompt_blocks = static_cast<std::uint32_t>(requests[i]->chain.codes.size());
    if (end.cached_tokens && !requests[i]->mistokenized) pair.hit_real = *end.cached_tokens / block_tokens_;
    pair.hit_emulated = record.hit;
    const SimTime at_router = end.sent - end.arrival;  // that it took there, it takes again
    if (end.first_token >= 0) pair.ttft_real = end.first_token - end.arrival;
    pair.ttft_emulated = at_router + record.first_token - record.arrival;
    pair.e2e_real = end.finish - end.arrival;
    pair.e2e_emulated = at_router + record.finish - record.arrival;
    out.push_back(pair);
  }
}

std::string pairs_csv(const std::vector<RequestPair>& pairs, const LiveFleet& fleet) {
  std::string out = "request,worker,prompt_blocks,hit_real,hit_emulated,ttft_real_us,ttft_emulated_us,e2e_real_us,"
                    "e2e_emulated_us\n";
  for (const RequestPair& p : pairs) {
    fmt::format_to(std::back_inserter(out), "{},{},{},{},{},{},{},{},{}\n", p.request, fleet.workers[p.worker].name,
                   p.prompt_blocks, p.hit_real ? fmt::format("{}", *p.hit_real) : std::string(), p.hit_emulated,
                   p.ttft_real ? fmt::format("{}", *p.ttft_real) : std::string(), p.ttft_emulated, p.e2e_real,
                   p.e2e_emulated);
  }
  return out;
}

}  // namespace blockyard::live
