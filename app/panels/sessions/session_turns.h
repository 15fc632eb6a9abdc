// The turns of every session that have come by the cursor, by session. Kept between frames: it costs what has come
// since.
//
// Invariant: turns(s) holds the requests r < sim.arrived() with session s, in ascending order, after update().
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "app/panels/panel_text.h"

namespace blockyard {

class SessionTurns {
 public:
  void update(const FrameContext& ctx);

  std::size_t sessions() const { return turns_.size(); }
  /// Those that have come; empty where the session has not begun.
  std::span<const RequestId> turns(std::uint32_t session) const { return turns_[session]; }
  /// How many turns the workload has for it, whether they have come yet or not.
  std::uint32_t all(std::uint32_t session) const { return all_[session]; }

 private:
  Moment run_;
  RequestId read_ = 0;
  std::vector<std::vector<RequestId>> turns_;
  std::vector<std::uint32_t> all_;
};

/// What a session has come to at the cursor.
struct SessionState {
  std::uint64_t hit_blocks = 0, prompt_blocks = 0;  ///< of the turns that have started
  std::vector<WorkerId> workers;                    ///< in the order in which they were first sent a turn
  bool busy = false;                                ///< a turn of it has not ended
  /// The share of prompt blocks that were found, 0 to 1; NaN before a turn has started.
  double hit_rate() const;
};
SessionState session_state(const FrameContext& ctx, std::span<const RequestId> turns);

/// Leading blocks of a request's prompt that the worker holds at the cursor.
std::uint32_t held_now(const FrameContext& ctx, RequestId r, WorkerId w);

/// "session 17": a name of its own, or the number it goes by.
std::string session_text(const FrameContext& ctx, std::uint32_t session);

}  // namespace blockyard
