// One cache, requests one after another: what a reference costs, against the textbook cache of open addressing and an
// index list.
#include <benchmark/benchmark.h>

#include <vector>

#include "core/cache/block_cache.h"
#include "core/cache/run_cache.h"
#include "tests/bench/bench_inputs.h"

namespace blockyard::bench {
namespace {

// LRU over 64-bit keys: a table of places with linear probing at half load, and a list linked by index.
class OpenAddressingLru {
 public:
  explicit OpenAddressingLru(std::uint32_t capacity) : nodes_(capacity) {
    std::size_t size = 1;
    while (size < std::size_t{capacity} * 2) size *= 2;
    table_.assign(size, kNone);
  }
  bool touch(std::uint64_t key) {
    const std::size_t mask = table_.size() - 1;
    std::size_t at = home(key);
    for (; table_[at] != kNone; at = (at + 1) & mask) {
      if (nodes_[table_[at]].key != key) continue;
      unlink(table_[at]);
      append(table_[at]);
      return true;
    }
    std::uint32_t place = used_;
    if (used_ == nodes_.size()) {
      place = head_;
      unlink(place);
      erase(place);
      for (at = home(key); table_[at] != kNone;) at = (at + 1) & mask;
    } else {
      ++used_;
    }
    nodes_[place].key = key;
    table_[at] = place;
    append(place);
    return false;
  }

 private:
  struct Node {
    std::uint64_t key = 0;
    std::uint32_t prev = kNone;
    std::uint32_t next = kNone;
  };
  std::size_t home(std::uint64_t key) const { return mix64(key) & (table_.size() - 1); }
  void unlink(std::uint32_t n) {
    const Node& node = nodes_[n];
    (node.prev == kNone ? head_ : nodes_[node.prev].next) = node.next;
    (node.next == kNone ? tail_ : nodes_[node.next].prev) = node.prev;
  }
  void append(std::uint32_t n) {
    nodes_[n].prev = tail_;
    nodes_[n].next = kNone;
    (tail_ == kNone ? head_ : nodes_[tail_].next) = n;
    tail_ = n;
  }
  void erase(std::uint32_t place) {
    const std::size_t mask = table_.size() - 1;
    std::size_t gap = home(nodes_[place].key);
    while (table_[gap] != place) gap = (gap + 1) & mask;
    for (std::size_t at = (gap + 1) & mask; table_[at] != kNone; at = (at + 1) & mask) {
      if (((at - gap) & mask) > ((at - home(nodes_[table_[at]].key)) & mask)) continue;
      table_[gap] = table_[at];
      gap = at;
    }
    table_[gap] = kNone;
  }
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> table_;
  std::uint32_t head_ = kNone;
  std::uint32_t tail_ = kNone;
  std::uint32_t used_ = 0;
};

void rate(benchmark::State& state, const Workload& workload, std::uint64_t hits) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(block_references(workload)));
  state.counters["hits"] = static_cast<double>(hits);
}

// Argument of all: capacity in blocks.
void open_addressing_lru(benchmark::State& state) {
  if (trace_path().empty()) return state.SkipWithError("no trace");
  const Workload& workload = prepared(4, 0).workload;
  std::uint64_t hits = 0;
  for (auto _ : state) {
    OpenAddressingLru cache(static_cast<std::uint32_t>(state.range(0)));
    hits = 0;
    for (const Request& r : workload.requests) {
      workload.each_prompt_run(r, [&](Span run) {
        for (BlockId b = run.first; b < run.first + run.count; ++b) hits += cache.touch(b) ? 1 : 0;
      });
    }
  }
  rate(state, workload, hits);
}
BENCHMARK(open_addressing_lru)->ArgName("capacity")->Arg(924)->Arg(20'000)->Unit(benchmark::kMillisecond);

void block_cache(benchmark::State& state, EvictionPolicy policy) {
  if (trace_path().empty()) return state.SkipWithError("no trace");
  const Prepared& input = prepared(4, 0);
  const Workload& workload = input.workload;
  std::uint64_t hits = 0;
  for (auto _ : state) {
    BlockCache cache(static_cast<std::uint32_t>(state.range(0)), workload.tree.size(), policy, &input.tree,
                     Rng(1, RngPurpose::kEviction));
    hits = 0;
    for (const Request& r : workload.requests) {
      const std::vector<Span> chain = workload.prompt_chain(r);
      hits += cache.hit(chain);
      cache.request_started(workload.index_of(r));
      if (!cache.fits(chain)) continue;
      cache.acquire(chain, r.arrival, nullptr);
      cache.release(chain, r.arrival);
    }
  }
  rate(state, workload, hits);
}
BENCHMARK_CAPTURE(block_cache, lru, EvictionPolicy::kLru)->Arg(924)->Arg(20'000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(block_cache, lfu, eviction_policy("lfu"))->Arg(924)->Arg(20'000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(block_cache, fifo, eviction_policy("fifo"))->Arg(20'000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(block_cache, belady, eviction_policy("belady"))->Arg(20'000)->Unit(benchmark::kMillisecond);

void run_cache(benchmark::State& state) {
  if (trace_path().empty()) return state.SkipWithError("no trace");
  const Prepared& input = prepared(4, 0);
  std::uint64_t hits = 0;
  RunChanges changes;
  for (auto _ : state) {
    RunCache cache(static_cast<std::uint32_t>(state.range(0)), &input.tree);
    hits = 0;
    for (RequestId i = 0; i < input.workload.requests.size(); ++i) {
      const EdgePath path = input.tree.path(i);
      hits += cache.hit(path);
      changes.clear();
      if (!cache.fits(path)) continue;
      cache.acquire(path, changes);
      cache.release(path);
    }
  }
  rate(state, input.workload, hits);
}
BENCHMARK(run_cache)->ArgName("capacity")->Arg(924)->Arg(20'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace blockyard::bench
