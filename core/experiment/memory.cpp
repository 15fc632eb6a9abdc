#include "core/experiment/memory.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/engine/engine.h"
#include "core/metrics/series.h"

namespace blockyard {
namespace {

constexpr std::uint64_t kWorkerBytes = 2048;       // an idle worker and what routers keep of it
constexpr std::uint64_t kRequestBytes = 320;       // its draft, its place in the tree, its record
constexpr std::uint64_t kDemoBytes = 3500;         // where prompts are words of their own, a request's share of them
constexpr std::uint64_t kIndexBytesPerSlot = 16;   // what an eviction policy keeps of a slot
constexpr std::uint64_t kIndexBytesPerBlock = 64;  // and of a block that is there
constexpr std::uint64_t kStretchBytes = 128;       // by edges or stretches: one of which a worker holds something

// A set of blocks and the bits that say where it is empty.
std::uint64_t set_bytes(std::uint64_t ids) { return ids / 8 + ids / 512 + 64; }

std::string grouped(std::uint64_t n) {
  std::string digits = fmt::format("{}", n);
  for (std::size_t i = digits.size(); i > 3;) digits.insert(i -= 3, ",");
  return digits;
}

}  // namespace

MemoryNeed memory_of_workload(const WorkloadSpec& spec) {
  if (spec.type == WorkloadType::kTrace) return {};
  const bool by_time = spec.arrival != ArrivalProcess::kClosed && spec.duration_s > 0;
  const double requests = by_time ? spec.rate * spec.duration_s : spec.requests;
  const std::uint64_t each = kRequestBytes + (spec.type == WorkloadType::kDemo ? kDemoBytes : 0);
  return {static_cast<std::uint64_t>(std::clamp(requests, 0.0, 1e12)) * each, 0, 0};
}

MemoryNeed memory_of_run(const Config& config, const Workload& workload, const RadixTree* tree, CacheKind cache,
                         std::uint32_t copies) {
  const std::uint64_t workers = config.fleet.workers, routers = std::max(1U, config.router.replicas);
  const std::uint64_t ids = workload.id_count(), edges = tree == nullptr ? 0 : tree->edges().size();
  const std::uint64_t capacity = config.cache.capacity_blocks;
  MemoryNeed need;
  need.requests = std::uint64_t{workload.tree.size()} / 4 +
                  workload.requests.size() * (sizeof(Request) + copies * sizeof(RequestRecord)) +
                  workload.runs.size() * sizeof(Span) + edges * sizeof(RadixEdge) +
                  (workload.words ? workload.words->bytes() : 0);
  need.slots = workers * kWorkerBytes;
  const bool index = config.cache.eviction != EvictionPolicy::kLru;
  // No worker holds more than its requests have, and no two hold what only one was given.
  const std::uint64_t walked = workload.requests.size() + 2 * workload.runs.size();
  if (cache == CacheKind::kBlocks) {
    need.slots += workers * capacity * (sizeof(SlotInfo) + 3 * sizeof(SlotId) + (index ? kIndexBytesPerSlot : 0));
    need.slots += workers * std::min(capacity, ids) * (2 * sizeof(SlotId) + (index ? kIndexBytesPerBlock : 0));
    need.sets += workers * ids / 64;  // where the slots are listed
    if (index) need.sets += workers * edges * 12;
  } else {
    need.slots += std::min(workers * std::min(capacity, ids), 2 * walked + workers) * kStretchBytes;
  }
  if (cache == CacheKind::kRuns) {
    need.sets += routers * workers * std::min(edges, walked) * sizeof(std::uint32_t);
  } else {
    need.sets += workers * 2 * set_bytes(ids);  // resident and idle
    if (config.router.view != ViewMode::kOracle) need.sets += workers * routers * set_bytes(ids);
  }
  need.slots *= copies;
  need.sets *= copies;
  need.slots += workers * Series::kMost * (sizeof(double) + 2 * sizeof(std::uint32_t));
  return need;
}

std::string memory_text(std::uint64_t bytes) {
  const double mib = static_cast<double>(bytes) / (1U << 20U);
  if (mib < 1) return fmt::format("{} KiB", (bytes + 1023) / 1024);
  if (mib < 1000) return fmt::format("{:.0f} MiB", mib);
  const double gib = mib / 1024;
  return gib < 9.95 ? fmt::format("{:.1f} GiB", gib)
                    : fmt::format("{} GiB", grouped(static_cast<std::uint64_t>(gib + 0.5)));
}

Result<void> fits_memory(const MemoryNeed& need, const Scenario& scenario, std::uint64_t most) {
  if (need.total() <= most) return {};
  const Config& config = scenario.config;
  std::string what;
  if (need.requests >= std::max(need.slots, need.sets)) {
    what = "its requests";
  } else if (need.slots >= need.sets) {
    what = fmt::format("{} worker{} × {} blocks", grouped(config.fleet.workers), config.fleet.workers == 1 ? "" : "s",
                       grouped(config.cache.capacity_blocks));
  } else {
    what = fmt::format("what {} workers hold of all blocks of the requests", grouped(config.fleet.workers));
  }
  return Error{fmt::format("the run needs about {} of memory, most of it for {}; {} are allowed (--max-memory)",
                           memory_text(need.total()), what, memory_text(most))};
}

}  // namespace blockyard
