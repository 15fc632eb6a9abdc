// Lowest cost, or a draw by softmax of cost: how both of Dynamo's formulas choose.
#pragma once

#include "core/base/math.h"
#include "core/router/policies/parts/common.h"

namespace blockyard::policies {

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
    share.push_back(high > low ? math::exp(-(cost(w) - low) / ((high - low) * temperature)) : 1.0);
    sum += share.back();
  }
  for (double& s : share) s /= sum;
  return share;
}

/// The lowest cost, ties by the cursor; with a temperature above 0 drawn by softmax. The probability becomes the last
/// term of the explanation.
template <class Cost>
WorkerId take_by_cost(const RouteInput& in, double temperature, Cost cost, RouterMemory& m, Explanation* why) {
  if (temperature <= 0) {
    const WorkerId w = take_lowest(in, in.routable, m, cost, why);
    say(why, "lowest cost");
    return w;
  }
  const std::vector<double> share = softmax_shares(in, temperature, cost);
  double u = m.rng.uniform();
  std::size_t i = 0;
  while (i + 1 < share.size() && u >= share[i]) u -= share[i++];
  if (why != nullptr) {
    const std::size_t term = why->terms.size();
    why->terms.push_back("probability");
    for (std::size_t k = 0; k < share.size(); ++k) {
      why->candidates[in.routable[k]].terms[term] = share[k];
      why->candidates[in.routable[k]].eligible = true;
    }
  }
  say(why, "drawn by softmax of cost");
  return in.routable[i];
}

}  // namespace blockyard::policies
