// Measures one worker by requests of its own: the plan of core/live/README.md, "Calibration", sent over HTTP and timed.
// The arithmetic is core/live/calibrate's.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/base/result.h"
#include "core/live/calibrate/calibration.h"
#include "core/live/fleet_file.h"

namespace blockyard::net {

struct ProbePlan {
  live::LiveFleet fleet;            ///< of that worker alone; its stream is listened to where it has one
  std::string model;                ///< empty: the first that the worker names
  std::uint32_t max_tokens = 8192;  ///< of the longest prompt
  std::uint32_t concurrency = 64;   ///< most requests together
  std::uint64_t seed = 42;
};

struct ProbeHands {
  /// Before each request or round: how many of how many are behind it, and what comes.
  std::function<void(std::size_t done, std::size_t of, const std::string& what)> progress;
  /// Looked at ten times a second; true ends it as a failure.
  std::function<bool()> stopped;
};

/// Blocks until all is measured. Errors are failures: the worker does not answer, serves others at the start, refuses,
/// or it was stopped. A prompt that is too long for the worker ends the growth of prompts, nothing else.
Result<live::CalibrationPoints> measure(const ProbePlan& plan, const ProbeHands& hands);

}  // namespace blockyard::net
