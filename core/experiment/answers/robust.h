// Robustness: does a ranking survive what nobody knows better? The comparison again under variations of its constants,
// its load, its staleness and its dice, one at a time.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/experiment/answers/answer_table.h"

namespace blockyard {

/// The scenario with one thing changed.
struct Variation {
  std::string label;                                      ///< "decode_per_token_ms + 20 %"
  std::vector<std::pair<std::string, std::string>> sets;  ///< dotted path and JSON
};

/// Latency constants that the engine reads ± 20 %, arrivals ± 10 %, a view half and twice as old, three other seeds.
std::vector<Variation> variations_of(const Scenario& scenario);

/// The scenarios to run: [v][fleet], `variations` of every fleet. Errors name the setting.
Result<std::vector<std::vector<Scenario>>> varied_fleets(const Comparison& comparison,
                                                         const std::vector<Variation>& variations,
                                                         const std::string& presets_dir);

struct Robustness {
  std::size_t metric = 0;
  std::size_t favourite = 0;        ///< the fleet that is best without any variation
  std::vector<std::string> fleets;  ///< names
  std::vector<Variation> variations;
  std::vector<FleetRanking> rankings;    ///< by variation
  std::uint32_t ahead = 0;               ///< variations in which the favourite is still the best
  std::uint32_t untold = 0;              ///< in which it is not, and no difference from the best can be told
  std::uint32_t saturated = 0;           ///< in which it or the best is saturated, where it is not ahead
  std::vector<std::size_t> turned_over;  ///< the others: variations in which another one is better
};

/// `cells` [v][fleet]: what the scenarios of varied_fleets() came to.
Robustness judge(const Comparison& comparison, std::size_t metric, const std::vector<Variation>& variations,
                 const std::vector<std::vector<SweepCell>>& cells, const Warmup& warmup);

/// What it says, a sentence each.
std::vector<std::string> robust_says(const Robustness& robustness);

/// The same as a table: a row a fleet, a column a variation.
AnswerTable answer_table(const Robustness& robustness);

}  // namespace blockyard
