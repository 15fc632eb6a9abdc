#include "core/metrics/student_t.h"

#include <algorithm>
#include <cmath>

#include "core/base/check.h"

namespace blockyard {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr std::uint32_t kMostDegrees = 1000;  // beyond, the distribution is all but the normal one

// By halving the angle until the series converges fast: only + − × ÷ and square roots.
double arc_tangent(double x) {
  double factor = 1;
  for (int i = 0; i < 4; ++i) {
    x /= 1 + std::sqrt(1 + x * x);
    factor *= 2;
  }
  double sum = 0, power = x;
  for (int k = 1; k < 40; k += 2) {
    sum += power / k;
    power *= -x * x;
  }
  return factor * sum;
}

}  // namespace

double student_t_below(double t, std::uint32_t degrees) {
  BY_CHECK(degrees >= 1, "degrees of freedom");
  const std::uint32_t n = std::min(degrees, kMostDegrees);
  const double root = std::sqrt(n + t * t), sine = t / root, cosine2 = n / (n + t * t);
  double within = 0;  // P(|T| ≤ t), with the sign of t
  if (n % 2 == 0) {
    double term = 1, sum = 1;
    for (std::uint32_t k = 2; k + 2 <= n; k += 2) {
      term *= cosine2 * (k - 1) / k;
      sum += term;
    }
    within = sine * sum;
  } else {
    const double angle = arc_tangent(t / std::sqrt(static_cast<double>(n)));
    double term = 1, sum = n == 1 ? 0 : 1;
    for (std::uint32_t k = 3; k + 2 <= n; k += 2) {
      term *= cosine2 * (k - 1) / k;
      sum += term;
    }
    within = 2 / kPi * (angle + sine * std::sqrt(cosine2) * sum);
  }
  return 0.5 + within / 2;
}

double student_t_two_sided(double level, std::uint32_t degrees) {
  BY_CHECK(level > 0 && level < 1, "level of an interval");
  const double below = 0.5 + level / 2;
  double low = 0, high = 1;
  while (student_t_below(high, degrees) < below && high < 1e12) high *= 2;
  for (int i = 0; i < 80; ++i) {
    const double middle = (low + high) / 2;
    (student_t_below(middle, degrees) < below ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace blockyard
