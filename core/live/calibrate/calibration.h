// What a worker's latency constants are, from requests whose times were measured: the lines and medians of
// core/live/README.md, "Calibration", each with its interval and how good it is. Pure: who sends the requests is
// app/net.
//
// A block is 16 tokens here, whatever the worker's: that is what the constants are priced by.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/live/calibrate/line_fit.h"

namespace blockyard::live {

inline constexpr std::uint32_t kPricedTokens = 16;

/// One request of a step of the plan.
struct Measurement {
  /// 1: a prompt to compute, alone; 2: one that is cached; 3: an answer alone, of which the interval counts; 4: several
  /// together.
  int step = 1;
  std::uint32_t prompt_blocks = 0;
  std::uint32_t together = 1;  ///< requests of its round
  std::optional<std::uint32_t> cached_tokens;  ///< as its engine told
  std::optional<std::uint32_t> held_tokens;    ///< leading ones that it held by its stream as the request was sent
  std::uint32_t output_tokens = 0;
  double ttft_ms = 0;      ///< from sending, the round trip included
  double interval_ms = 0;  ///< (last − first token) / (output tokens − 1); 0 with fewer than two
};

struct CalibrationPoints {
  std::string worker;  ///< its address
  std::string model;
  std::vector<double> round_trips_ms;  ///< of questions that cost nothing
  std::vector<Measurement> requests;
  std::uint32_t least = 1;                                     ///< fewer for a line or a median: not found
  std::uint32_t discarded = 0;                                 ///< requests measured while others were served
  std::optional<std::uint32_t> block_tokens, capacity_blocks;  ///< as its metrics have them
  std::uint64_t seed = 42;
};

/// One constant of `latency`.
struct CalibratedConstant {
  std::string name;                  ///< prefill_base_ms, …
  double value = 0;                  ///< ms
  std::optional<Interval> interval;  ///< none: left at its default
  std::string why;                   ///< it is left, or is not sure
};

struct Calibration {
  double round_trip_ms = 0;
  bool no_cache = false;  ///< hits are told, and a repeated prompt found nothing
  std::vector<CalibratedConstant> constants;
  std::optional<LineFit> prefill;  ///< ttft over missing blocks, where the step's floor does not hide it
  std::size_t below_floor = 0;     ///< points that it hides
  std::optional<LineFit> step;     ///< token interval over requests together
  std::vector<std::string> warnings;
  const CalibratedConstant& constant(std::string_view name) const;
};

Calibration calibrate(const CalibrationPoints& points);

/// The first model that the answer to /v1/models names.
std::optional<std::string> first_model(std::string_view answer);

/// A scenario that runs as it is: one such worker under engine continuous, prompts that share nothing.
std::string calibrated_scenario_json(const CalibrationPoints& points, const Calibration& found);
/// calibration.json: points, fits, intervals, version.
std::string calibration_json(const CalibrationPoints& points, const Calibration& found);

}  // namespace blockyard::live
