#include "core/workload/trace_info.h"

#include <algorithm>
#include <numeric>

namespace blockyard {
namespace {

LengthSummary summarise(std::vector<std::uint32_t> values) {
  LengthSummary s;
  if (values.empty()) return s;
  std::sort(values.begin(), values.end());
  const auto percentile = [&values](double p) {  // SPEC 8
    const double x = p * static_cast<double>(values.size() - 1) / 100.0;
    const auto i = static_cast<std::size_t>(x);
    const double low = values[i];
    const double high = values[std::min(i + 1, values.size() - 1)];
    return low + (high - low) * (x - static_cast<double>(i));
  };
  s.min = values.front();
  s.max = values.back();
  s.mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  s.p50 = percentile(50);
  s.p95 = percentile(95);
  return s;
}

// One LRU cache over dense ids: a doubly linked list in two arrays, the oldest block in front.
class LruBound {
 public:
  LruBound(std::uint32_t capacity, std::uint32_t ids)
      : capacity_(capacity), head_(ids), prev_(std::size_t{ids} + 1, kNone), next_(std::size_t{ids} + 1, kNone) {
    prev_[head_] = next_[head_] = head_;
  }

  // Serves a chain and returns its hits. Of a chain that is longer than the cache its beginning stays.
  std::uint32_t serve(Chain chain) {
    std::uint32_t hits = 0;
    std::uint32_t kept = 0;
    bool leading = true;
    for (const Run& run : chain) {
      for (BlockId b = run.first; b < run.first + run.count; ++b) {
        const bool resident = next_[b] != kNone;
        leading = leading && resident;
        if (leading) ++hits;
        if (resident) {
          unlink(b);
          --size_;
        }
        if (kept < capacity_) ++kept;
      }
    }
    for (; size_ + kept > capacity_; --size_) unlink(next_[head_]);
    size_ += kept;
    append_reversed(chain, kept);
    return hits;
  }

 private:
  // The first `count` blocks of the chain, the last of them first.
  void append_reversed(Chain chain, std::uint32_t count) {
    std::uint32_t at = chain_length(chain);
    for (std::size_t i = chain.size(); i-- > 0;) {
      for (BlockId b = chain[i].first + chain[i].count; b-- > chain[i].first;) {
        if (at-- <= count) append(b);
      }
    }
  }
  void unlink(BlockId b) {
    next_[prev_[b]] = next_[b];
    prev_[next_[b]] = prev_[b];
    next_[b] = kNone;
  }
  void append(BlockId b) {
    const BlockId last = prev_[head_];
    next_[last] = b;
    prev_[b] = last;
    next_[b] = head_;
    prev_[head_] = b;
  }

  std::uint32_t capacity_;
  std::uint32_t size_ = 0;
  BlockId head_;  // a place of its own behind all ids
  std::vector<BlockId> prev_;
  std::vector<BlockId> next_;
};

}  // namespace

TraceInfo trace_info(const Workload& workload, std::span<const std::uint32_t> capacities) {
  TraceInfo info;
  info.requests = static_cast<std::uint32_t>(workload.requests.size());
  info.block_tokens = workload.block_tokens;
  std::vector<std::uint32_t> prompts;
  std::vector<std::uint32_t> outputs;
  BlockSet seen(workload.tree.size());
  std::vector<std::vector<Run>> chains;
  chains.reserve(workload.requests.size());
  for (const Request& r : workload.requests) {
    prompts.push_back(r.prompt_tokens);
    outputs.push_back(r.output_tokens);
    info.users = std::max(info.users, r.user + 1);
    info.prompt_blocks += r.prompt_blocks;
    chains.push_back(workload.prompt_chain(r));
    const std::uint32_t hits = seen.leading(Chain(chains.back()));
    info.best_hit_blocks += hits;
    if (hits > 0) ++info.best_hit_requests;
    for (const Run& run : chains.back()) seen.insert(run);
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
    LruBound cache(capacity, workload.tree.size());
    CapacityPoint point{capacity, 0, 0};
    for (const auto& chain : chains) point.hit_blocks += cache.serve(chain);
    point.ratio = ratio(point.hit_blocks);
    info.curve.push_back(point);
  }
  return info;
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
  std::vector<std::uint32_t> order(trace.lines.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&trace](std::uint32_t a, std::uint32_t b) {
    return trace.lines[a].arrival < trace.lines[b].arrival;
  });
  IdReuse out;
  PrefixTree tree;
  std::vector<Run> chain;
  for (const std::uint32_t i : order) {
    const RawTrace::Line& line = trace.lines[i];
    chain.clear();
    PrefixTree::NodeId node = kNone;
    const std::uint32_t before = tree.size();
    for (std::uint32_t k = 0; k < line.ids_count; ++k)
      node = tree.extend(node, trace.ids[line.ids_begin + k], 1, chain);
    out.ids += line.ids_count;
    out.hits += line.ids_count - (tree.size() - before);  // what is new is the end of the chain
  }
  return out;
}

}  // namespace blockyard
