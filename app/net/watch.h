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
  /// Where it is a router: the address it listens at, as a URL; empty: it is none.
  std::string listening() const;
  /// A key that was made at start for changes, where none is configured; empty: none was made.
  const std::string& made_key() const;
  /// As a router: does that from now on. From any thread.
  void command(live::CommandRecord command);
  /// As a router: new requests are refused from now on.
  void drain();
  /// Requests of this router that are not over.
  std::size_t in_flight() const;
  /// Told of every request that has ended.
  void on_request(std::function<void(const live::EndedRequest&)> ended);
  /// Listens no more, and closes the recording in order.
  Result<void> end();

 private:
  struct Parts;
  Watch();
  std::unique_ptr<Parts> parts_;
};

}  // namespace blockyard::net
