// How: an argument is brought near 1 (logarithms) or near 0 (exponentials) by a small table, exactly or in two doubles,
// and a short series does the rest. The tables are computed by the compiler from the same arithmetic.
//
// A value of two doubles is their sum, the second at most half a unit of the first (T. J. Dekker, "A floating-point
// technique for extending the available precision", 1971; the names of the steps are today's usual ones).
#include "core/base/math.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace blockyard::math {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Pair {
  double hi = 0;
  double lo = 0;
};

// a + b exactly; |a| ≥ |b|.
constexpr Pair fast_two_sum(double a, double b) {
  const double s = a + b;
  return {s, b - (s - a)};
}

// a + b exactly.
constexpr Pair two_sum(double a, double b) {
  const double s = a + b;
  const double t = s - a;
  return {s, (a - (s - t)) + (b - t)};
}

// The upper half of a double's digits. |a| < 2^990.
constexpr double upper_half(double a) {
  const double c = 134217729.0 * a;  // 2^27 + 1
  return c - (c - a);
}

// a × b exactly.
constexpr Pair two_product(double a, double b) {
  const double p = a * b;
  const double ah = upper_half(a), al = a - ah;
  const double bh = upper_half(b), bl = b - bh;
  return {p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
}

constexpr Pair operator+(Pair a, Pair b) {
  const Pair s = two_sum(a.hi, b.hi);
  const Pair t = two_sum(a.lo, b.lo);
  const Pair u = fast_two_sum(s.hi, s.lo + t.hi);
  return fast_two_sum(u.hi, u.lo + t.lo);
}

constexpr Pair operator*(Pair a, Pair b) {
  const Pair p = two_product(a.hi, b.hi);
  return fast_two_sum(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

constexpr Pair operator/(Pair a, double b) {
  const double q = a.hi / b;
  const Pair back = two_product(q, b);
  return fast_two_sum(q, ((a.hi - back.hi) - back.lo + a.lo) / b);
}

constexpr double whole_power_of_two(int k) {  // −1022 ≤ k ≤ 1023
  return std::bit_cast<double>(static_cast<std::uint64_t>(k + 1023) << 52);
}

// ln 2 in pieces: the first has 41 digits, so that its product with an exponent is exact.
constexpr double kLn2Head = 0x1.62e42fefa4p-1;
constexpr double kLn2Tail = -0x1.8432a1b0e2634p-43;
constexpr Pair kLn2{0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};
constexpr Pair kLog10OfE{0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57};

// exp --------------------------------------------------------------------------------------------------------------

constexpr int kExpSteps = 64;
constexpr double kStepHead = 0x1.62e42fefap-7;  // ln 2 / 64; the first piece has 33 digits
constexpr double kStepTail = 0x1.cf79abc9e3b3ap-46;

// 2^(j / 64).
constexpr auto kExpTable = [] {
  std::array<Pair, kExpSteps> table{};
  for (int j = 0; j < kExpSteps; ++j) {
    const Pair x = kLn2 * Pair{j / static_cast<double>(kExpSteps), 0};
    Pair sum{1, 0};
    for (int n = 30; n > 0; --n) sum = Pair{1, 0} + x * sum / n;  // Horner
    table[static_cast<std::size_t>(j)] = sum;
  }
  return table;
}();

// e^(x + tail), |tail| at most a unit of x.
double exp_of(double x, double tail) {
  if (x > 709.8) return kInfinity;
  if (x < -745.2) return 0;
  const double n = std::floor(x * (kExpSteps / kLn2.hi) + 0.5);
  const int steps = static_cast<int>(n);
  const int k = steps >> 6;
  const Pair t = kExpTable[static_cast<std::size_t>(steps & 63)];
  // What is left: |r| ≤ ln 2 / 128. The first product is exact, and so is the difference.
  const Pair near = two_sum(x, -(n * kStepHead));
  const Pair rest = two_product(n, -kStepTail);
  const Pair gross = two_sum(near.hi, rest.hi);
  const Pair r = fast_two_sum(gross.hi, gross.lo + (near.lo + rest.lo + tail));
  const double x1 = r.hi;
  const double series = 1.0 / 2 + x1 * (1.0 / 6 + x1 * (1.0 / 24 + x1 * (1.0 / 120 + x1 * (1.0 / 720 + x1 / 5040))));
  const double beyond = r.lo + (x1 * r.lo + x1 * x1 * series);  // e^r − 1 − x1
  const Pair first = two_product(t.hi, x1);
  const Pair sum = fast_two_sum(t.hi, first.hi);
  const double value = sum.hi + (sum.lo + (first.lo + (t.hi * beyond + (t.lo + t.lo * x1))));
  return std::ldexp(value, k);
}

// log --------------------------------------------------------------------------------------------------------------

// A significand between 1/√2 and √2 lies near one of 90/128 … 182/128; times about that one's inverse it is 1 + r.
constexpr int kFirstCell = 90;
constexpr int kCells = 93;

struct LogCell {
  double inverse = 1;  // with 10 digits, so that its product with a double is exact in two
  Pair log;            // −log(inverse)
};

constexpr auto kLogTable = [] {
  std::array<LogCell, kCells> table{};
  for (int i = 0; i < kCells; ++i) {
    LogCell& cell = table[static_cast<std::size_t>(i)];
    const double inverse = 128.0 * 512.0 / (kFirstCell + i);
    cell.inverse = static_cast<double>(static_cast<int>(inverse + 0.5)) / 512.0;
    // log(c) = 2 artanh(z), z = (c − 1) / (c + 1)
    const Pair z = Pair{cell.inverse - 1, 0} / (cell.inverse + 1);
    const Pair square = z * z;
    Pair sum{};
    for (int n = 61; n > 0; n -= 2) sum = Pair{1, 0} / n + square * sum;
    const Pair log = z * sum;
    cell.log = {-2 * log.hi, -2 * log.lo};
  }
  return table;
}();

constexpr Pair kThird = Pair{1, 0} / 3;

// log(1 + r), |r| ≤ 2^−7.
Pair log_series(Pair r) {
  const Pair r2 = r * r;
  const Pair r3 = r2 * r;
  const double x = r.hi;
  const double beyond =
      x * (1.0 / 5 -
           x * (1.0 / 6 - x * (1.0 / 7 - x * (1.0 / 8 - x * (1.0 / 9 - x * (1.0 / 10 - x * (1.0 / 11 - x / 12)))))));
  const Pair r4 = r2 * r2;
  const Pair fourth{-r4.hi / 4, -r4.lo / 4};
  return r + (Pair{-r2.hi / 2, -r2.lo / 2} + (r3 * kThird + (fourth + Pair{r4.hi * beyond, 0})));
}

// log(x + tail), x positive and finite, |tail| at most a unit of x.
Pair log_of(double x, double tail) {
  int k = 0;
  if (x < std::numeric_limits<double>::min()) {  // subnormal
    x *= 0x1p54;
    tail *= 0x1p54;
    k = -54;
  }
  const auto bits = std::bit_cast<std::uint64_t>(x);
  int exponent = static_cast<int>(bits >> 52) - 1023;
  double m = std::bit_cast<double>((bits & 0xfffffffffffffULL) | 0x3ff0000000000000ULL);
  if (m > 0x1.6a09e667f3bcdp0) {  // √2
    m /= 2;
    ++exponent;
  }
  // In two steps, for 2^1024 is no double.
  const double small =
      exponent > 1 ? tail * whole_power_of_two(1 - exponent) / 2 : tail * whole_power_of_two(-exponent);
  k += exponent;
  const int cell = static_cast<int>(m * 128 + 0.5) - kFirstCell;
  const LogCell& c = kLogTable[static_cast<std::size_t>(cell)];
  const Pair product = two_product(m, c.inverse);
  const Pair r = fast_two_sum(product.hi - 1, product.lo);  // exact
  const Pair near = log_series(small == 0 ? r : r + Pair{small * c.inverse, 0});
  if (k == 0 && c.inverse == 1) return near;
  const double exact = k * kLn2Head;
  return (Pair{exact, 0} + two_product(k, kLn2Tail)) + (c.log + near);
}

bool is_whole(double y) { return std::floor(y) == y; }
bool is_odd(double y) { return std::fabs(y) < 0x1p53 && is_whole(y) && !is_whole(y / 2); }

}  // namespace

double exp(double x) {
  if (std::isnan(x)) return x;
  return exp_of(x, 0);
}

double log(double x) {
  if (std::isnan(x) || x == kInfinity) return x;
  if (x == 0) return -kInfinity;
  if (x < 0) return kNan;
  const Pair l = log_of(x, 0);
  return l.hi + l.lo;
}

double log1p(double x) {
  if (std::isnan(x) || x == kInfinity || x == 0) return x;
  if (x == -1) return -kInfinity;
  if (x < -1) return kNan;
  if (std::fabs(x) < 0x1p-60) return x;
  if (std::fabs(x) < 0x1p-8) {
    const Pair l = log_series({x, 0});
    return l.hi + l.lo;
  }
  const Pair sum = two_sum(1, x);
  const Pair l = log_of(sum.hi, sum.lo);
  return l.hi + l.lo;
}

double log10(double x) {
  if (std::isnan(x) || x == kInfinity) return x;
  if (x == 0) return -kInfinity;
  if (x < 0) return kNan;
  const Pair l = log_of(x, 0) * kLog10OfE;
  return l.hi + l.lo;
}

double pow(double x, double y) {
  if (y == 0 || x == 1) return 1;
  if (std::isnan(x) || std::isnan(y)) return kNan;
  const double size = std::fabs(x);
  if (std::isinf(y)) {
    if (size == 1) return 1;
    return (size > 1) == (y > 0) ? kInfinity : 0;
  }
  if (x < 0 && std::isfinite(x) && !is_whole(y)) return kNan;
  const double sign = std::signbit(x) && is_odd(y) ? -1 : 1;
  if (size == 0 || std::isinf(x)) return sign * ((size == 0) == (y > 0) ? 0 : kInfinity);
  if (size == 1) return sign;
  if (std::fabs(y) > 0x1p64) y = y > 0 ? 0x1p64 : -0x1p64;  // |log x| ≥ 2^−53: out of range either way
  const Pair l = log_of(size, 0) * Pair{y, 0};
  return sign * exp_of(l.hi, l.lo);
}

}  // namespace blockyard::math
