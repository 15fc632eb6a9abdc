#include "core/model/fidelity.h"

#include <array>

namespace blockyard {

std::string_view fidelity_name(Fidelity fidelity) {
  static constexpr std::array<std::string_view, 3> kNames{"as in vLLM", "simplified", "left out"};
  return kNames[static_cast<std::size_t>(fidelity)];
}

std::span<const FidelityRow> fidelity_table() {
  using enum Fidelity;
  static constexpr auto kTable = std::to_array<FidelityRow>({
      {"Identity of a block", kAsInVllm,
       "Only full blocks are cached; a block is known by all tokens up to its end (SHA-256, chained).",
       "kv_cache_utils.py"},
      {"References", kAsInVllm, "A block in use is never evicted; a hit takes it out of the queue of idle blocks.",
       "block_pool.py, touch"},
      {"Eviction order", kAsInVllm,
       "Least recently released first; of one request its last block first, as it is released in reverse.",
       "block_pool.py, free_blocks"},
      {"Lazy eviction", kAsInVllm, "An idle block stays cached, and can be hit, until its slot is needed.",
       "block_pool.py, get_new_blocks"},
      {"Length of a hit", kAsInVllm,
       "Engine continuous: at most all tokens but the last. Engine slots: with recompute_last_block.",
       "kv_cache_manager.py, get_computed_blocks"},
      {"Admission", kAsInVllm,
       "All or nothing: missing blocks must fit beside the request's own idle hits, else it and all behind it wait.",
       "kv_cache_manager.py, allocate_slots"},
      {"Time of registration", kAsInVllm,
       "A block can be hit as soon as a step is scheduled that fills it; blocks filled by decoding too.",
       "kv_cache_manager.py, cache_blocks"},
      {"Continuous batching", kAsInVllm,
       "Each step: running requests first, in order of admission, then the queue, within max_num_seqs and "
       "max_batched_tokens.",
       "sched/scheduler.py, schedule"},
      {"Chunked prefill", kAsInVllm, "A prompt takes what is left of the step's token budget, and goes on in the next.",
       "sched/scheduler.py, schedule"},
      {"Preemption", kAsInVllm,
       "First come, first served: the last running request gives up all blocks and is computed again later.",
       "sched/scheduler.py, preempted_req"},
      {"Partial blocks", kAsInVllm,
       "The last, not full block takes a slot, is nobody else's, and is free again at once.",
       "single_type_kv_cache_manager.py"},
      {"Free slots", kSimplified,
       "Slots that were never filled are taken lowest first, before any cached block; vLLM keeps one queue of both, "
       "and one null block.",
       "kv_cache_utils.py, FreeKVCacheBlockQueue"},
      {"Duplicate blocks", kSimplified,
       "A block is stored once a worker; vLLM keeps both copies when two requests compute the same one together.",
       "block_pool.py, cache_full_blocks"},
      {"Time of a step", kSimplified,
       "A linear model: a floor, a base and a cost per prefill token, a cost per decoding sequence; no kernels, no "
       "attention length.",
       "SPEC 4.3"},
      {"Length of an answer", kSimplified, "Known from the workload; policies never see it. Nothing is sampled.",
       "sched/utils.py, check_stop"},
      {"Tensor parallelism", kSimplified,
       "Weights and KV heads are split evenly in the memory sum; time is not modelled.", "vllm/config/parallel.py"},
      {"KV events", kSimplified,
       "Reports of stored and evicted blocks with a fixed delay and a loss rate; no sequence numbers, no replay.",
       "vllm/distributed/kv_events.py"},
      {"Overheads", kSimplified, "Tokenising, scheduling and the network cost nothing beyond message_delay_ms.",
       "vllm/v1/engine/core.py"},
      {"Priorities", kLeftOut, "All requests are equal; scheduling is first come, first served.",
       "sched/request_queue.py"},
      {"Extra hash keys", kLeftOut, "No LoRA, multimodal input or cache salt in a block's identity.",
       "kv_cache_utils.py, generate_block_hash_extra_keys"},
      {"Tiers and disaggregation", kLeftOut,
       "No offload to CPU or disk, no transfer of KV blocks, no prefill-only workers.", "vllm/distributed/kv_transfer"},
      {"Speculative decoding", kLeftOut, "One token a sequence and step.", "vllm/v1/spec_decode"},
      {"Other attention", kLeftOut, "No sliding window, Mamba or hybrid cache groups.", "kv_cache_coordinator.py"},
  });
  return kTable;
}

}  // namespace blockyard
