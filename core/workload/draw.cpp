#include "core/workload/draw.h"

#include <algorithm>
#include <cmath>

#include "core/base/math.h"

namespace blockyard {

std::uint32_t Lengths::draw(Rng& rng) const {
  double length = mean;
  switch (dist) {
    case LengthDist::kConstant:
      break;
    case LengthDist::kUniform:
      length = mean * (1.0 + spread * (2.0 * rng.uniform() - 1.0));
      break;
    case LengthDist::kLognormal:  // the logarithm's mean is such that the lengths' mean is `mean`
      length = mean * math::exp(spread * rng.normal() - spread * spread / 2.0);
      break;
    case LengthDist::kEmpirical:
      length = (*values)[rng.below(values->size())];
      break;
  }
  return static_cast<std::uint32_t>(std::llround(std::clamp(length, 1.0, 1e6)));
}

std::uint32_t draw_count(Rng& rng, double mean) {
  const auto whole = static_cast<std::uint64_t>(mean);
  return 1 + static_cast<std::uint32_t>(rng.below(2 * whole - 1));
}

SimTime ArrivalTimes::next(Rng& rng) {
  switch (process_) {
    case ArrivalProcess::kConstant:
    case ArrivalProcess::kClosed:
      seconds_ = static_cast<double>(drawn_++) / per_second_;
      break;
    case ArrivalProcess::kPoisson:
      seconds_ += rng.exponential(1.0 / per_second_);
      break;
    case ArrivalProcess::kGamma:
      seconds_ += rng.gamma(1.0 / burstiness_, burstiness_ / per_second_);
      break;
  }
  return static_cast<SimTime>(std::llround(seconds_ * 1e6));
}

}  // namespace blockyard
