// Load: users who send requests over HTTP, one after another each, with a pause to think between them: what a demo shows
// being served. On a thread of its own.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/sim_time.h"
#include "core/live/fleet_file.h"

namespace blockyard::net {

struct LoadRequest {
  SimTime think = 0;  ///< after the one before ended, µs
  std::string body;   ///< of POST /v1/completions
};

class Load {
 public:
  /// `next_round(n)`: what each user sends in round n, from 0; asked for on the load's thread as users come to it.
  using Rounds = std::function<std::vector<std::vector<LoadRequest>>(std::uint32_t round)>;
  Load(const live::HttpAddress& to, std::size_t users, Rounds rounds);
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  /// Nobody begins another request.
  void stop();
  /// Requests that have been begun and are not over.
  std::uint64_t running() const { return begun_ - done_ - failed_; }
  std::uint64_t done() const { return done_; }
  std::uint64_t failed() const { return failed_; }
  /// Why the first of those that failed did; empty: none has. After stop() and the last one's end.
  std::string trouble() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
  std::atomic<std::uint64_t> begun_{0}, done_{0}, failed_{0};
};

}  // namespace blockyard::net
