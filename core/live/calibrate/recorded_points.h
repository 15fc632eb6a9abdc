// RecordedPoints: what the requests of a recording tell of their workers' latency constants, as measurements for
// calibrate(). All workers of the recording count as of one kind.
//
// Of a request that was alone on its worker from sent to finish, by the router's own requests and the worker's metrics:
// its time to the first token over what was missing, and its token interval. Of every streamed one: its interval, over
// how many its worker ran by the metrics read last before its end. A round trip is not known: 0.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "core/live/calibrate/calibration.h"
#include "core/live/session.h"

namespace blockyard::live {

class RecordedPoints {
 public:
  static constexpr std::uint32_t kLeast = 30;  ///< requests for a line or a median

  /// A record, with the session as it is before it.
  void see(const Record& record, const LiveSession& before);
  /// `source`: what the scenario says it is from.
  CalibrationPoints points(const std::string& source) const;

 private:
  struct Open {
    WorkerId worker = 0;
    bool chain = false, alone = true;
    std::uint32_t prompt_tokens = 0, held_tokens = 0;
  };
  void ended(const RequestRecord& end, const LiveSession& before);

  std::map<std::uint64_t, Open> open_;
  CalibrationPoints points_;
};

}  // namespace blockyard::live
