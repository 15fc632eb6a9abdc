// SessionFigures: what the conversations of a run came to (SPEC 9, Sessions), over its completed requests.
//
// Invariants: 1. a request without a session is none of them; 2. turns are in order of their number, and the gap before
// a turn is from the turn before it that completed; 3. what was evicted while its session was thinking is a block that
// both turns have, that the worker of the earlier one was asked for again, and that it no longer held.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/metrics/summary.h"

namespace blockyard {

struct SessionFigures {
  struct Turn {
    std::uint32_t turn = 0;  ///< from 1; the last of the list is that turn and all later ones where `and_later`
    bool and_later = false;
    std::uint32_t requests = 0;
    std::uint64_t hit_blocks = 0;
    std::uint64_t prompt_blocks = 0;
  };
  static constexpr std::uint32_t kMostTurns = 100;  ///< told one by one

  std::uint32_t sessions = 0;      ///< with at least one completed request
  std::uint32_t requests = 0;      ///< of them
  std::optional<Spread> turns;     ///< completed requests a session
  std::optional<Spread> between;   ///< ms from a turn's finish to the next one's arrival; below 0 where it came earlier
  std::optional<Spread> duration;  ///< ms from a session's first arrival to its last finish
  std::vector<Turn> by_turn;
  std::uint32_t followed = 0;        ///< turns with a turn before them
  std::uint32_t moved = 0;           ///< of those: to another worker than the turn before
  std::uint32_t evicted_turns = 0;   ///< of the others: found less than the turn before had left them
  std::uint64_t evicted_blocks = 0;  ///< what they did not find
};

/// Of everything that has completed so far; empty where no request has a session.
std::optional<SessionFigures> session_figures(const Fleet& fleet);

}  // namespace blockyard
