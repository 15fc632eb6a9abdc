// How near an emulation came to what really happened: errors of times, their rank correlation, hits, and all of it again
// by the length of the prompt. Pure arithmetic on pairs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/live/compare/emulation.h"

namespace blockyard::live {

/// Of one time, over the pairs that have it. Shares of the real time.
struct TimeErrors {
  std::size_t n = 0;
  double median_off = 0;     ///< of |emulated − real| / real
  double p95_off = 0;        ///< the same
  double median_signed = 0;  ///< of (emulated − real) / real: above 0, the emulation is slower
  std::optional<double> spearman;  ///< rank correlation; nothing where either side has no two different times
};

struct HitCounts {
  std::size_t equal = 0, longer = 0, shorter = 0;  ///< emulated against real, where that was told
};

/// Pairs of a tenth of the prompts' lengths.
struct LengthDecile {
  std::uint32_t least_tokens = 0, most_tokens = 0;
  TimeErrors ttft, e2e;
};

struct RealComparison {
  std::size_t n = 0, rejected = 0;
  TimeErrors ttft, e2e;
  HitCounts hits;
  std::vector<LengthDecile> by_length;  ///< fewer than ten where there are fewer pairs
};

RealComparison compare_with_real(const std::vector<RequestPair>& pairs, std::size_t rejected);

/// Spearman's ρ, equal values sharing their mean rank; nothing where either side is constant.
std::optional<double> spearman(const std::vector<double>& a, const std::vector<double>& b);

/// comparison.json. `scenario`: its name.
std::string comparison_json(const RealComparison& comparison, const std::string& fleet, const std::string& scenario);

}  // namespace blockyard::live
