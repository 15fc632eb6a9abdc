// Observation: a fleet that is looked at as it was, or is, observed: what a recording holds, or what keeps coming from a
// real one. What OpenRun's tracks are to the simulator, this is to what was seen. A recording of what keeps coming is
// written here too: it begins with what is kept, so that it knows the fleet from the same moment on.
//
// It decides nothing: the Session does. Where something keeps coming, a LiveSource brings it; sockets and threads are
// the source's affair.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/live/fleet_file.h"
#include "core/live/record/recording.h"
#include "core/metrics/live.h"
#include "core/replay/history.h"

namespace blockyard {

/// Where records keep coming from. Used between frames.
class LiveSource {
 public:
  virtual ~LiveSource() = default;
  virtual const live::LiveFleet& fleet() const = 0;
  /// Wall clock of the start, RFC 3339.
  virtual std::string started() const = 0;
  /// Hands on what has come by now, and waits for nothing.
  virtual void take(const std::function<void(const live::Record&)>& give) = 0;
  /// The session's clock, which goes on between records.
  virtual SimTime now() const = 0;
  /// Something that a person should hear of; said once.
  virtual std::optional<std::string> trouble() = 0;
  /// Where this is the fleet's router: its URL; else empty.
  virtual std::string listening() const { return {}; }
  /// Whether others depend on it: it is not ended but by closing the window.
  virtual bool in_service() const { return false; }
  /// Where it is: does that from now on; it comes back as a record.
  virtual void command(const live::CommandRecord&) {}
};

/// Whether this file is a recording of a live session, by how it begins.
bool is_recording(const std::string& path);

class Observation {
 public:
  explicit Observation(std::unique_ptr<LiveSource> source);
  /// Ends its recording in order.
  ~Observation();
  /// All that a recording holds. Errors name the file, and the line where it is one's.
  static Result<std::unique_ptr<Observation>> open(const std::string& path);

  History& history() { return history_; }
  const History& history() const { return history_; }
  const LiveMetrics& metrics() const { return metrics_; }
  /// Whether more keeps coming.
  bool arriving() const { return source_ != nullptr; }
  /// Takes in what has come. What a person should hear of it, where there is something.
  std::optional<std::string> take_in(double screen_time);
  /// Where more comes from; null of a recording.
  LiveSource* source() { return source_.get(); }
  const LiveSource* source() const { return source_.get(); }

  /// From now on everything goes into this new file too, after all that is kept so far. Errors: it is there already, or
  /// cannot be made.
  Result<void> record(const std::string& path, std::uint64_t most_bytes = live::kMostRecordingBytes);
  /// Ends that. Records written, or what went wrong.
  Result<std::uint64_t> stop_recording();
  /// The file; empty where nothing is recorded.
  const std::string& recording() const { return recording_path_; }
  /// What was odd about the recording: a cut last line, lines of unknown types. Empty: nothing.
  const std::string& remark() const { return remark_; }

 private:
  Observation(const live::LiveFleet& fleet, std::string started, Keep keep);

  std::unique_ptr<LiveSource> source_;
  LiveMetrics metrics_;
  History history_;
  void write_down();
  std::string remark_;
  double settled_at_ = -1;
  std::unique_ptr<live::RecordingWriter> recording_;
  std::string recording_path_;
  std::uint64_t written_ = 0;  // number of the first record that is not in it yet
  std::uint64_t lines_ = 0;
};

}  // namespace blockyard
