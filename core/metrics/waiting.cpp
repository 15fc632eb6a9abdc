#include "core/metrics/waiting.h"

#include <fmt/format.h>

#include <algorithm>

namespace blockyard {
namespace {

Wait would_not_fit(WaitReason reason, const KvCache& cache, const Need& n) {
  return {reason, 0, n.slots + n.own_idle, cache.free_slots() + cache.idle_blocks() + n.given_back};
}

Wait of_slots(const Fleet& fleet, const Worker& worker, const Request& r) {
  if (worker.running().size() >= fleet.config().fleet.slots) return {WaitReason::kBatchFull, 0, 0, 0};
  const BlockSequence seq = fleet.workload().sequence(r);
  if (worker.cache().fits(seq)) return {WaitReason::kNextStep, 0, 0, 0};
  // What it needs is all of its prompt, but for what others use already.
  Need n;
  seq.each_run(0, r.prompt_blocks, [&](Span run) {
    n.slots += run.count - worker.cache().resident().count(run);
    n.own_idle += worker.cache().idle().count(run);
  });
  return would_not_fit(WaitReason::kBlocks, worker.cache(), n);
}

Wait of_continuous(const Fleet& fleet, const Worker& worker, const WaitingRequest& w) {
  const Config& config = fleet.config();
  if (worker.running().size() >= config.fleet.max_num_seqs) return {WaitReason::kBatchFull, 0, 0, 0};
  const KvCache& cache = worker.cache();
  const BlockSequence seq = fleet.workload().sequence(fleet.request(w.request));
  const std::uint32_t size = config.cache.block_tokens;
  const std::uint32_t known = w.prompt_tokens + w.generated;
  const std::uint32_t hit = cache.leading(seq, known == 0 ? 0 : (known - 1) / size);
  const std::uint32_t chunk = std::min(known - hit * size, config.fleet.max_batched_tokens);
  const auto blocks_of = [size](std::uint32_t tokens) { return tokens / size + (tokens % size == 0 ? 0 : 1); };
  const std::uint32_t end = hit * size + chunk;
  const Need next = cache.need(seq, Holding(), {hit, end / size, blocks_of(end)});
  if (!cache.fits(next)) return would_not_fit(WaitReason::kBlocks, cache, next);
  const Need all = cache.need(seq, Holding(), {hit, known / size, blocks_of(known)});
  if (config.fleet.reserve_full_prompt && !cache.fits(all)) return would_not_fit(WaitReason::kPrompt, cache, all);
  return {WaitReason::kNextStep, 0, 0, 0};
}

}  // namespace

Wait wait_of(const Fleet& fleet, RequestId r) {
  const RequestRecord& record = fleet.records()[r];
  if (record.worker == kNone || record.status != RequestStatus::kWaiting) return {};
  const Worker& worker = fleet.workers()[record.worker];
  std::uint32_t before = 0;
  for (const WaitingRequest& w : worker.waiting()) {
    if (w.request != r) {
      before += w.in_flight ? 0 : 1;
      continue;
    }
    if (before > 0) return {WaitReason::kBehind, before, 0, 0};
    return fleet.config().fleet.engine == EngineKind::kSlots ? of_slots(fleet, worker, fleet.request(r))
                                                           : of_continuous(fleet, worker, w);
  }
  return {};
}

std::string wait_text(const Wait& wait) {
  const auto numbers = [&] { return fmt::format("it needs {} blocks, {} are free or idle", wait.needed, wait.room); };
  switch (wait.reason) {
    case WaitReason::kNotWaiting:
      return "";
    case WaitReason::kBehind:
      return wait.before == 1 ? "one request is before it" : fmt::format("{} requests are before it", wait.before);
    case WaitReason::kBatchFull:
      return "as many requests run as may";
    case WaitReason::kBlocks:
      return "its blocks would not fit: " + numbers();
    case WaitReason::kPrompt:
      return "all of its prompt would not fit: " + numbers();
    case WaitReason::kNextStep:
      return "it gets in with the next step";
  }
  return "";
}

}  // namespace blockyard
