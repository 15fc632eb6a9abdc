// Rng: the documented, portable random generator (PCG64, O'Neill 2014, from pcg-cpp) with the project's own
// distributions, so that no standard library changes a result.
//
// Invariants: 1. the stream is a function of (seed, purpose) alone; 2. each purpose has its own PCG stream, so
// switching one on or off does not disturb the others (SPEC 9); 3. copying copies the state: copy and original draw
// alike.
#pragma once

#include <cstdint>
#include <pcg_random.hpp>
#include <vector>

namespace blockyard {

enum class RngPurpose : std::uint64_t {
  kWorkload = 1,
  kRouting = 2,
  kEviction = 3,
  kMessageLoss = 4,
  kArrival = 5,
  kAnswers = 6,
  kCalibration = 7,
  kTest = 99
};

class Rng {
 public:
  Rng(std::uint64_t seed, RngPurpose purpose) : engine_(seed, static_cast<std::uint64_t>(purpose)) {}

  std::uint64_t next() { return engine_(); }
  /// As if next() had been called n times; its cost does not grow with n.
  void skip(std::uint64_t n) { engine_.advance(n); }
  /// Uniform in 0 … n − 1 without bias (rejection of the short last interval). n ≥ 1.
  std::uint64_t below(std::uint64_t n);
  /// Uniform in [0, 1): the top 53 bits.
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  /// Exponential with the given mean, by inversion.
  double exponential(double mean);
  /// Standard normal, by Marsaglia's polar method; the second value of a pair is not kept.
  double normal();
  /// Gamma with mean shape × scale (Marsaglia and Tsang 2000). shape > 0, scale > 0.
  double gamma(double shape, double scale);

  friend bool operator==(const Rng& a, const Rng& b) { return a.engine_ == b.engine_; }

 private:
  pcg64 engine_;
};

/// Zipf over 0 … n − 1: P(k) ∝ 1 / (k + 1)^s. Built once (O(n)); a draw is a binary search.
class ZipfTable {
 public:
  ZipfTable(std::uint32_t n, double s);
  std::uint32_t draw(Rng& rng) const;

 private:
  std::vector<double> cumulative_;
};

}  // namespace blockyard
