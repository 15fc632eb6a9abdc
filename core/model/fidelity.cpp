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
       "All or nothing, and for the whole prompt: a waiting request is admitted only if all of its known tokens would "
       "fit beside its own idle hits, else it and all behind it wait. Without fleet.reserve_full_prompt only what this "
       "step computes must fit.",
       "kv_cache_manager.py, allocate_slots; sched/scheduler.py, scheduler_reserve_full_isl",
       "#37307, opened 2026-03-17"},
      {"Time of registration", kAsInVllm,
       "A block can be hit as soon as a step is scheduled that fills it, before it is computed; one that decoding "
       "fills "
       "as soon as its last token has been handed out. Without fleet.async_scheduling all of them as a step is "
       "scheduled.",
       "kv_cache_manager.py, cache_blocks; sched/async_scheduler.py", "#19970, opened 2025-06-23"},
      {"Continuous batching", kAsInVllm,
       "Two steps are in flight: one is scheduled as the one before it begins, from what is known then, so slots are "
       "free a step later. Each step: running requests first, in order of admission, then the queue, within "
       "max_num_seqs and max_batched_tokens. Without fleet.async_scheduling one step at a time.",
       "sched/async_scheduler.py; sched/scheduler.py, schedule",
       "#19970, opened 2025-06-23; the default since #27614, in v0.14.0 of 2026-01"},
      {"Sizes of a batch", kAsInVllm,
       "max_num_seqs and max_batched_tokens are those of vLLM's server for the GPU's memory, unless they are set.",
       "vllm/engine/arg_utils.py"},
      {"Chunked prefill", kAsInVllm, "A prompt takes what is left of the step's token budget, and goes on in the next.",
       "sched/scheduler.py, schedule"},
      {"Preemption", kAsInVllm,
       "First come, first served: the last running request gives up all blocks and is computed again later. A token "
       "that a step in flight gives it still counts; until that has come, those behind it may be admitted before it.",
       "sched/scheduler.py, _preempt_request", "#19970, opened 2025-06-23"},
      {"Copies of a block", kAsInVllm,
       "Only the hit at admission is shared; every other block that a request computes takes a slot of its own, also "
       "where an equal one is cached. A lookup takes the oldest copy; each is released and evicted by itself. Without "
       "fleet.block_copies a block is stored once a worker.",
       "block_pool.py, cached_block_hash_to_block", "#9972, opened 2024-11-04"},
      {"Partial blocks", kAsInVllm,
       "The last, not full block takes a slot, is nobody else's, and once released is taken again before any cached "
       "block.",
       "block_pool.py, free_blocks", "#42656, merged 2026-05"},
      {"Free slots", kAsInVllm,
       "Slots without a cached block are taken before any block is evicted; here the lowest first, which changes no "
       "hit. One slot, the null block, is never used. Without fleet.null_block it is: that is all that differs.",
       "block_pool.py, null_block; kv_cache_utils.py, FreeKVCacheBlockQueue", "#14097, reviewed 2025-03-09"},
      {"Time of a step", kSimplified,
       "A linear model: a floor, a base and a cost per prefill token, a cost per decoding sequence; no kernels, no "
       "attention length.",
       "core/README.md, 4.3"},
      {"Length of an answer", kSimplified, "Known from the workload; policies never see it. Nothing is sampled.",
       "sched/utils.py, check_stop"},
      {"Tensor parallelism", kSimplified,
       "Weights and KV heads are split evenly in the memory sum; time is not modelled.", "vllm/config/parallel.py"},
      {"KV events", kSimplified,
       "One report a step, sent as its tokens are handed out, with every copy stored and lost; a fixed delay and a "
       "loss "
       "rate instead of sequence numbers and replay.",
       "vllm/distributed/kv_events.py", "#16750, 2025-04"},
      {"Resetting the cache", kSimplified,
       "The fault cache_flush drops the idle blocks, whatever runs. vLLM's reset_prefix_cache refuses while a block is "
       "in use, or, with reset_running_requests, first preempts all that runs.",
       "block_pool.py, reset_prefix_cache; sched/scheduler.py", "#12284, opened 2025-01-21; #28827, opened 2025-11-17"},
      {"Overheads", kSimplified, "Tokenising, scheduling and the network cost nothing beyond message_delay_ms.",
       "vllm/v1/engine/core.py"},
      {"Watermark", kLeftOut,
       "No share of the blocks is kept free as requests are admitted; in vLLM that is an option, off by default.",
       "kv_cache_manager.py, watermark", "#44594, opened 2026-06-05"},
      {"Priorities", kLeftOut,
       "All requests are equal: first come, first served, as by default. vLLM's other policy preempts and admits by "
       "priority.",
       "sched/request_queue.py", "#19057, 2025-06"},
      {"Prompt log probabilities", kLeftOut,
       "Every request reads the cache. In vLLM one that asks for prompt_logprobs, or says so, computes its whole "
       "prompt; "
       "others may hit what it stored.",
       "kv_cache_manager.py, get_computed_blocks", "#13949, 2025-02; #28194, opened 2025-11-06"},
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
