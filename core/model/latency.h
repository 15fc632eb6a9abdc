// The latency model of SPEC 4.2 and 4.3: what a prefill, a decode and an engine step cost. All settings in ms.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/base/sim_time.h"

namespace blockyard {

struct LatencyModel {
  static constexpr double kPricedTokens = 16;  ///< that prefill_per_block_ms is the price of
  double prefill_base_ms = 5;
  double prefill_per_block_ms = 2.5;
  double full_hit_ms = 0.5;
  double decode_per_token_ms = 15;
  double step_floor_ms = 15;
  double decode_per_seq_ms = 0.05;
  friend bool operator==(const LatencyModel&, const LatencyModel&) = default;

  /// Price of computing so many blocks, ms: the setting is that of 16 tokens, whatever the size of a block.
  double per_blocks(std::uint32_t blocks, std::uint32_t block_tokens) const {
    return prefill_per_block_ms * blocks * block_tokens / kPricedTokens;
  }
  double prefill_per_token() const { return prefill_per_block_ms / kPricedTokens; }
  /// Engine slots: time to the first token with `compute` blocks to compute (SPEC 4.2, step 4).
  SimTime prefill(std::uint32_t compute, std::uint32_t block_tokens) const {
    return ms_to_us(compute == 0 ? full_hit_ms : prefill_base_ms + per_blocks(compute, block_tokens));
  }
  /// Engine slots: time from the first token to the last.
  SimTime decode(std::uint32_t output_tokens) const { return ms_to_us(decode_per_token_ms * output_tokens); }
  /// Engine continuous: one step with `decodes` decoding sequences and `prefill_tokens` other tokens (SPEC 4.3, step
  /// 3).
  SimTime step(std::uint32_t decodes, std::uint32_t prefill_tokens) const {
    const double prefill_ms = prefill_tokens == 0 ? 0.0 : prefill_base_ms + prefill_per_token() * prefill_tokens;
    return ms_to_us(std::max(step_floor_ms, prefill_ms) + decode_per_seq_ms * decodes);
  }
};

}  // namespace blockyard
