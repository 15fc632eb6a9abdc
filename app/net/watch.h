// Watch: a live fleet as this process hears it: the threads that listen, the feed that makes sense of what they bring,
// the session that follows, and its recording. Used from one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/live/record/recording.h"
#include "core/live/session.h"

namespace blockyard::net {

struct WatchOptions {
  std::string record;  ///< a file; empty: none
  bool record_raw = false;
  std::uint64_t record_most = live::kMostRecordingBytes;
  std::function<void(const live::Record&)> see = {};  ///< shown each record, after the session has it
};

class Watch {
 public:
  /// Errors: an endpoint that is none, a recording that cannot be made.
  static Result<std::unique_ptr<Watch>> start(const live::LiveFleet& fleet, const WatchOptions& options);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// Takes in what arrives, for up to `longest` where nothing does.
  void pump(SimTime longest);
  const live::LiveSession& session() const;
  /// Wall-clock time of the start, RFC 3339.
  const std::string& started() const;
  /// The session's clock, which goes on between records.
  SimTime now() const;
  /// Whether a replay is awaited anywhere.
  bool awaiting() const;
  /// Why the recording ended before its time; said once.
  std::optional<std::string> recording_trouble();
  /// Listens no more, and closes the recording in order.
  Result<void> end();

 private:
  struct Parts;
  Watch();
  std::unique_ptr<Parts> parts_;
};

}  // namespace blockyard::net
