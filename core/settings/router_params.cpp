#include "core/settings/router_params.h"

#include <array>

namespace blockyard {
namespace {

using P = PolicyParams;
constexpr double kBig = 1e9;

constexpr std::array<ParamRow, 14> kTable{{
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
}};

}  // namespace

std::span<const ParamRow> param_table() { return kTable; }

const ParamRow* find_param(std::string_view id) {
  for (const ParamRow& row : kTable) {
    if (row.id == id) return &row;
  }
  return nullptr;
}

}  // namespace blockyard
