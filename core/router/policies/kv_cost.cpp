// kv_cost: NVIDIA Dynamo's KV router (to 0.8) and AMD Infera (SPEC 5.1).
#include <cmath>

#include "core/router/policies/common.h"

namespace blockyard::policies {
namespace {

// Softmax of −cost / ((max − min) × temperature) over the routable workers; uniform where all costs are equal.
template <class Cost>
std::vector<double> softmax_shares(const RouteInput& in, double temperature, Cost cost) {
  double low = cost(in.routable[0]);
  double high = low;
  for (const WorkerId w : in.routable) {
    low = std::min(low, cost(w));
    high = std::max(high, cost(w));
  }
  std::vector<double> share;
  double sum = 0;
  for (const WorkerId w : in.routable) {
    // Shifted by the lowest cost, which cancels out, so that exp() cannot underflow for all of them.
    share.push_back(high > low ? std::exp(-(cost(w) - low) / ((high - low) * temperature)) : 1.0);
    sum += share.back();
  }
  for (double& s : share) s /= sum;
  return share;
}

WorkerId choose(const RouteInput& in, const PolicyParams& p, RouterMemory& m, Explanation* why) {
  const auto cost = [&](WorkerId w) {
    return p.overlap_weight * static_cast<double>(in.chain_blocks - in.overlap[w]) +
           static_cast<double>(in.active_blocks[w]);
  };
  if (why != nullptr) {
    why->terms = {"blocks to compute", "active blocks"};
    why->score_name = "cost";
    for (const WorkerId w : in.routable) {
      why->candidates[w].terms = {static_cast<double>(in.chain_blocks - in.overlap[w]),
                                  static_cast<double>(in.active_blocks[w])};
      why->candidates[w].score = cost(w);
    }
  }
  if (p.temperature <= 0) {
    const WorkerId w = take_lowest(in, in.routable, m, cost, why);
    say(why, "lowest cost");
    return w;
  }
  const std::vector<double> share = softmax_shares(in, p.temperature, cost);
  double u = m.rng.uniform();
  std::size_t i = 0;
  while (i + 1 < share.size() && u >= share[i]) u -= share[i++];
  if (why != nullptr) {
    why->terms.push_back("probability");
    for (std::size_t k = 0; k < share.size(); ++k) {
      why->candidates[in.routable[k]].terms[2] = share[k];
      why->candidates[in.routable[k]].eligible = true;
    }
  }
  say(why, "drawn by softmax of cost");
  return in.routable[i];
}

constexpr std::string_view kParams[] = {"overlap_weight", "temperature"};

}  // namespace

const PolicyRow kKvCost{"kv_cost",
                        "KV cost",
                        "Lowest sum of blocks to compute and blocks in use by active requests.",
                        "NVIDIA Dynamo (to 0.8), AMD Infera",
                        true,
                        kParams,
                        choose};

}  // namespace blockyard::policies
