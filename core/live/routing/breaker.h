// Breaker: keeps requests away from a worker that fails. After so many failures in a row it opens for a while; then one
// request at a time may try, and two that go well close it.
#pragma once

#include <cstdint>

#include "core/base/sim_time.h"

namespace blockyard::live {

class Breaker {
 public:
  Breaker(std::uint32_t failures, SimTime open_for) : failures_(failures), open_for_(open_for) {}

  bool open() const { return open_; }
  /// Whether a request may go there now.
  bool admits(SimTime now) const { return !open_ || (now >= until_ && !trying_); }
  void sent() { trying_ = open_; }
  /// How it went. True where this opened or closed the breaker.
  bool well() {
    trying_ = false;
    in_a_row_ = 0;
    if (!open_ || ++good_ < kGoodUntilClosed) return false;
    open_ = false;
    return true;
  }
  bool badly(SimTime now) {
    trying_ = false;
    good_ = 0;
    if (!open_ && ++in_a_row_ < failures_) return false;
    const bool opened = !open_;
    open_ = true;
    until_ = now + open_for_;
    return opened;
  }
  /// Neither: the client left, say.
  void neither() { trying_ = false; }

 private:
  static constexpr std::uint32_t kGoodUntilClosed = 2;
  std::uint32_t failures_;
  SimTime open_for_;
  std::uint32_t in_a_row_ = 0, good_ = 0;
  bool open_ = false, trying_ = false;
  SimTime until_ = 0;
};

}  // namespace blockyard::live
