#include "core/base/rng.h"

#include <algorithm>
#include <cmath>

#include "core/base/check.h"
#include "core/base/math.h"

namespace blockyard {

std::uint64_t Rng::below(std::uint64_t n) {
  BY_CHECK(n > 0, "below(0)");
  const std::uint64_t threshold = (0 - n) % n;  // 2^64 mod n: the values that would favour small results
  for (;;) {
    const std::uint64_t r = next();
    if (r >= threshold) return r % n;
  }
}

double Rng::exponential(double mean) { return -mean * math::log1p(-uniform()); }

double Rng::normal() {
  for (;;) {
    const double u = 2.0 * uniform() - 1.0;
    const double v = 2.0 * uniform() - 1.0;
    const double s = u * u + v * v;
    if (s > 0.0 && s < 1.0) return u * std::sqrt(-2.0 * math::log(s) / s);
  }
}

double Rng::gamma(double shape, double scale) {
  if (shape < 1.0) {  // boost: Gamma(a) = Gamma(a + 1) · U^(1/a)
    const double u = uniform();
    return gamma(shape + 1.0, scale) * math::pow(u, 1.0 / shape);
  }
  const double d = shape - 1.0 / 3.0;
  const double c = 1.0 / std::sqrt(9.0 * d);
  for (;;) {
    const double x = normal();
    const double t = 1.0 + c * x;
    if (t <= 0.0) continue;
    const double v = t * t * t;
    const double u = 1.0 - uniform();
    if (math::log(u) < 0.5 * x * x + d - d * v + d * math::log(v)) return d * v * scale;
  }
}

ZipfTable::ZipfTable(std::uint32_t n, double s) {
  BY_CHECK(n > 0, "Zipf over nothing");
  cumulative_.reserve(n);
  double sum = 0.0;
  for (std::uint32_t k = 0; k < n; ++k) {
    sum += math::pow(static_cast<double>(k) + 1.0, -s);
    cumulative_.push_back(sum);
  }
}

std::uint32_t ZipfTable::draw(Rng& rng) const {
  const double x = rng.uniform() * cumulative_.back();
  const auto it = std::upper_bound(cumulative_.begin(), cumulative_.end(), x);
  return static_cast<std::uint32_t>(std::min<std::ptrdiff_t>(it - cumulative_.begin(), std::ssize(cumulative_) - 1));
}

}  // namespace blockyard
