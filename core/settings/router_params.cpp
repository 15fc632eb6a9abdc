#include "core/settings/router_params.h"

#include <array>

namespace blockyard {
namespace {

using P = PolicyParams;
constexpr double kBig = 1e9;

constexpr auto kTable = std::to_array<ParamRow>({
    {"min_match_blocks", "Minimum match", "blocks",
     "Overlap that counts as a match; below it the least loaded worker is taken.", &P::min_match_blocks, 0, kBig, 64,
     true},
    {"prefix_tokens", "Prefix length", "tokens", "How much of a prompt's beginning makes the key.", &P::prefix_tokens,
     0, kBig, 2048, true},
    {"overlap_weight", "Overlap weight", "", "What a block to compute counts against an active block.",
     &P::overlap_weight, 0, 1e6, 4, false},
    {"temperature", "Temperature", "", "0 takes the lowest cost; above, workers are drawn by softmax of cost.",
     &P::temperature, 0, 1e6, 2, false},
    {"balance_abs", "Imbalance, absolute", "requests",
     "Difference of active requests above which load may override affinity.", &P::balance_abs, 0, kBig, 128, false},
    {"balance_rel", "Imbalance, relative", "×", "Ratio of active requests above which load may override affinity.",
     &P::balance_rel, 0, 1e6, 4, false},
    {"cache_threshold", "Cache threshold", "", "Share of the prompt that must match for affinity to count.",
     &P::cache_threshold, 0, 1, 1, false},
    {"weight_queue", "Queue weight", "", "Weight of the queue score.", &P::weight_queue, 0, 1e6, 10, false},
    {"weight_kv", "KV weight", "", "Weight of the free-cache score.", &P::weight_kv, 0, 1e6, 10, false},
    {"weight_prefix", "Prefix weight", "", "Weight of the matched share of the prompt.", &P::weight_prefix, 0, 1e6, 10,
     false},
    {"imbalance_abs", "Imbalance", "requests",
     "Difference of active requests above which the lowest active worker is taken.", &P::imbalance_abs, 0, kBig, 64,
     false},
    {"load_factor", "Load factor", "σ", "How many deviations above the mean a worker may be and still be taken.",
     &P::load_factor, 0, 1e6, 4, false},
    {"virtual_nodes", "Virtual nodes", "points", "Points per worker on the hash ring.", &P::virtual_nodes, 1, 100000,
     500, true},
    {"load_bound", "Load bound", "×", "How far above the mean load the ring's owner may be.", &P::load_bound, 0, 1e6, 4,
     false},
    {"prefill_weight", "Prefill weight", "", "What a block of pending and new prefill counts against an active block.",
     &P::prefill_weight, 0, 1e6, 4, false},
    {"active_weight", "Active weight", "", "What an active request counts against an active block.", &P::active_weight,
     0, 1e6, 4, false},
    {"credit_decay", "Credit decay", "",
     "How fast a match loses its worth where more prefill is pending than elsewhere.", &P::credit_decay, 0, 1e6, 4,
     false},
    {"floor_cost", "Floor at zero", "", "Whether the cost of prefill is never less than 0.", &P::floor_cost, 0, 1, 1,
     true, true},
    {"sticky_ratio", "Sticky ratio", "", "Share of the prompt that a worker must hold to be preferred.",
     &P::sticky_ratio, 0, 1, 1, false},
    {"max_penalty_ms", "Largest penalty", "ms",
     "How much longer than elsewhere a request may wait at the workers that hold its prefix; 0: any time.",
     &P::max_penalty_ms, 0, 1e12, 60000, false},
    {"peak_tokens_per_s", "Peak prefill", "tokens/s", "What a worker prefills in a second, for estimates of waiting.",
     &P::peak_tokens_per_s, 1e-3, 1e12, 50000, false},
    {"session_ttl_ms", "Session time to live", "ms", "How long an idle session stays bound to its worker.",
     &P::session_ttl_ms, 0, 1e12, 7'200'000, false},
    {"session_load_bound", "Session load bound", "×",
     "How far above the mean load the owner of a session may be; 0: however far.", &P::session_load_bound, 0, 1e6, 4,
     false},
    {"load_beta", "Load penalty", "", "What load above the mean counts against the matched share of the prompt.",
     &P::load_beta, 0, 1e6, 4, false},
});

}  // namespace

std::span<const ParamRow> param_table() { return kTable; }

const ParamRow* find_param(std::string_view id) {
  for (const ParamRow& row : kTable) {
    if (row.id == id) return &row;
  }
  return nullptr;
}

}  // namespace blockyard
