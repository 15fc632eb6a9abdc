// Inbox: what the threads of live mode heard, in one queue for the one who makes sense of it. Each arrival is stamped
// with the session's time as it is put in, under the lock, so that times never fall.
//
// Bounded by bytes: who brings more waits, and leaves the rest to the sockets' own buffers.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/sim_time.h"
#include "core/live/feed.h"

namespace blockyard::net {

struct Arrival {
  enum class What : std::uint8_t {
    kConnected,
    kDisconnected,
    kMessage,
    kBadFrame,
    kReplayed,
    kReplayEnded,
    kMetrics,
    kMetricsMissed,
    kHealth,
    kCall,  ///< a router's: call(t)
  };
  What what = What::kMessage;
  WorkerId worker = 0;
  std::uint32_t ask = 0;
  std::uint64_t seq = 0;
  live::Probe probe = live::Probe::kGood;
  std::string text;  ///< a payload, a page, or why there is none
  std::function<void(SimTime t)> call;
  SimTime t = 0;  ///< set by the inbox
};

class Inbox {
 public:
  Inbox() : began_(std::chrono::steady_clock::now()) {}

  /// Waits while too much is held; nothing once it is closed.
  void put(Arrival arrival);
  /// Everything that is there, waiting for something up to `longest`.
  std::vector<Arrival> take(std::chrono::microseconds longest);
  /// The session's time.
  SimTime now() const;
  void close();

 private:
  static constexpr std::size_t kMostBytes = 256U << 20;
  std::chrono::steady_clock::time_point began_;
  std::mutex mutex_;
  std::condition_variable something_, room_;
  std::deque<Arrival> all_;
  std::size_t bytes_ = 0;
  bool closed_ = false;
};

}  // namespace blockyard::net
