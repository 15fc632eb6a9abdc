#include "core/workload/trace_info.h"

#include <algorithm>
#include <numeric>

#include "core/base/percentile.h"

namespace blockyard {
namespace {

LengthSummary summarise(std::vector<std::uint32_t> values) {
  LengthSummary s;
  if (values.empty()) return s;
  std::sort(values.begin(), values.end());
  s.min = values.front();
  s.max = values.back();
  s.mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  s.p50 = percentile(values, 50);
  s.p95 = percentile(values, 95);
  return s;
}

// One LRU cache, requests one after another, by edges of the radix tree: a chain touches its edges whole, last block
// first, so that what is left of an edge is always its beginning. A doubly linked list in two arrays, the oldest edge
// in front.
class LruBound {
 public:
  LruBound(std::uint32_t capacity, const RadixTree& tree)
      : tree_(tree),
        capacity_(capacity),
        head_(static_cast<EdgeId>(tree.edges().size())),
        held_(tree.edges().size(), 0),
        prev_(tree.edges().size() + 1, head_),
        next_(tree.edges().size() + 1, head_) {}

  // Serves a chain that fits and returns its hits.
  std::uint32_t serve(EdgePath path) {
    std::uint32_t hits = 0;
    std::uint32_t length = 0;
    for (const EdgeId e : path) {
      if (hits == length) hits += held_[e];
      length += tree_.edge(e).count;
      if (held_[e] == 0) continue;
      size_ -= held_[e];
      unlink(e);
    }
    const std::uint32_t kept = std::min(length, capacity_);
    while (size_ + kept > capacity_) {
      const EdgeId oldest = next_[head_];
      const std::uint32_t n = std::min(held_[oldest], size_ + kept - capacity_);
      size_ -= n;
      held_[oldest] -= n;
      if (held_[oldest] == 0) unlink(oldest);
    }
    size_ += kept;
    for (std::size_t i = path.size(); i-- > 0;) {
      const RadixEdge& edge = tree_.edge(path[i]);
      held_[path[i]] = kept <= edge.depth ? 0 : std::min(edge.count, kept - edge.depth);
      if (held_[path[i]] > 0) append(path[i]);
    }
    return hits;
  }

 private:
  void unlink(EdgeId e) {
    next_[prev_[e]] = next_[e];
    prev_[next_[e]] = prev_[e];
  }
  void append(EdgeId e) {
    prev_[e] = prev_[head_];
    next_[e] = head_;
    next_[prev_[head_]] = e;
    prev_[head_] = e;
  }

  const RadixTree& tree_;
  std::uint32_t capacity_;
  std::uint32_t size_ = 0;
  EdgeId head_;                      // a place of its own behind all edges
  std::vector<std::uint32_t> held_;  // blocks
  std::vector<EdgeId> prev_;
  std::vector<EdgeId> next_;
};

}  // namespace

TraceInfo trace_info(const Workload& workload, std::span<const std::uint32_t> capacities) {
  TraceInfo info;
  info.requests = static_cast<std::uint32_t>(workload.requests.size());
  info.block_tokens = workload.block_tokens;
  std::vector<std::uint32_t> prompts;
  std::vector<std::uint32_t> outputs;
  BlockSet seen(workload.tree.size());
  const ChainList chains = workload.prompt_chains();
  const RadixTree tree = RadixTree::build(chains, workload.tree.size());
  for (RequestId i = 0; i < workload.requests.size(); ++i) {
    const Request& r = workload.requests[i];
    prompts.push_back(r.prompt_tokens);
    outputs.push_back(r.output_tokens);
    info.users = std::max(info.users, r.user + 1);
    info.prompt_blocks += r.prompt_blocks;
    const std::uint32_t hits = seen.leading(chains[i]);
    info.best_hit_blocks += hits;
    if (hits > 0) ++info.best_hit_requests;
    for (const Span& run : chains[i]) seen.insert(run);
  }
  info.distinct_blocks = seen.count();
  if (!workload.requests.empty() && workload.closed.users == 0) {
    info.span = workload.requests.back().arrival - workload.requests.front().arrival;
  }
  info.prompt = summarise(std::move(prompts));
  info.output = summarise(std::move(outputs));
  const auto ratio = [&info](std::uint64_t hits) {
    return info.prompt_blocks == 0 ? 0.0 : static_cast<double>(hits) / static_cast<double>(info.prompt_blocks);
  };
  info.best_ratio = ratio(info.best_hit_blocks);
  for (const std::uint32_t capacity : capacities) {
    LruBound cache(capacity, tree);
    CapacityPoint point;
    point.capacity_blocks = capacity;
    for (RequestId i = 0; i < chains.size(); ++i) {
      const std::uint32_t blocks = workload.requests[i].prompt_blocks;
      if (blocks > capacity) continue;
      ++point.requests;
      point.prompt_blocks += blocks;
      point.hit_blocks += cache.serve(tree.path(i));
    }
    point.ratio = point.prompt_blocks == 0
                      ? 0.0
                      : static_cast<double>(point.hit_blocks) / static_cast<double>(point.prompt_blocks);
    info.curve.push_back(point);
  }
  return info;
}

std::vector<SharedPrefix> shared_prefixes(const Workload& workload, const RadixTree& tree, std::size_t most) {
  std::vector<SharedPrefix> out;
  if (!workload.words || workload.words->blocks() == 0) return out;
  const std::span<const RadixEdge> edges = tree.edges();
  // An edge's end is where sharing changes: below it nobody goes on, or fewer do.
  std::vector<EdgeId> shared;
  for (EdgeId e = 0; e < edges.size(); ++e) {
    if (edges[e].requests >= 2) shared.push_back(e);
  }
  const auto length = [&edges](EdgeId e) { return edges[e].depth + edges[e].count; };
  std::stable_sort(shared.begin(), shared.end(), [&](EdgeId a, EdgeId b) {
    return length(a) != length(b) ? length(a) > length(b) : edges[a].requests > edges[b].requests;
  });
  for (const EdgeId e : shared) {
    if (out.size() == most) break;
    const Request& r = workload.requests[edges[e].first_request];
    SharedPrefix prefix{length(e) * workload.block_tokens, edges[e].requests, ""};
    prefix.words = workload.words->text(workload.prompt_words(r, prefix.tokens));
    if (!prefix.words.empty()) out.push_back(std::move(prefix));
  }
  return out;
}

std::vector<std::uint32_t> curve_capacities(std::uint32_t least, std::uint32_t distinct_blocks) {
  std::vector<std::uint32_t> out;
  for (std::uint64_t power = 1; power < 1'000'000'000; power *= 10) {
    for (const std::uint64_t step : {1U, 2U, 5U}) {
      const std::uint64_t capacity = power * step;
      if (capacity >= least && capacity < distinct_blocks) out.push_back(static_cast<std::uint32_t>(capacity));
    }
  }
  out.push_back(std::max(least, distinct_blocks));
  return out;
}

IdReuse id_reuse(const RawTrace& trace) {
  IdReuse out;
  // A tree holds every distinct prefix once: what is repeated is all that is not new.
  std::vector<bool> seen(trace.ids.size(), false);
  for (const TraceLine& line : trace.lines) {
    out.ids += line.ids_count;
    std::uint32_t fresh = 0;
    for (IdTree::Node n = line.leaf; n != kNone && !seen[n]; n = trace.ids.above(n, 1), ++fresh) seen[n] = true;
    out.hits += line.ids_count - fresh;
  }
  return out;
}

}  // namespace blockyard
