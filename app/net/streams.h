// Streams: the one thread that hears all KV-event streams of a fleet, over ZeroMQ: a SUB socket for each worker that
// has one, watched for connections, one for each rank of the engines that connect here, and a DEALER socket for each
// replay that is asked for.
//
// It understands frames and nothing of what is in them; everything goes into the inbox. Destroying it ends the thread.
#pragma once

#include <cstdint>
#include <memory>

#include "app/net/inbox.h"
#include "core/base/result.h"
#include "core/live/fleet_file.h"

namespace blockyard::net {

class Streams {
 public:
  /// Errors: an endpoint that ZeroMQ refuses.
  static Result<std::unique_ptr<Streams>> start(const live::LiveFleet& fleet, Inbox& inbox);
  ~Streams();
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;

  /// A worker has joined, or has left.
  void add(WorkerId w, const live::WorkerSetup& worker);
  void remove(WorkerId w);
  /// Messages of engines that connect here and are no worker's.
  std::uint64_t unclaimed() const;
  /// Asks the worker for a replay from this batch on; its pieces carry `ask`. One that was asked for before is given
  /// up.
  void ask(WorkerId w, std::uint32_t ask, std::uint64_t from);

 private:
  struct Thread;
  Streams();
  std::unique_ptr<Thread> thread_;
};

}  // namespace blockyard::net
