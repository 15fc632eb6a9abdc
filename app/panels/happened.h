// What just happened: the last step of the run as one sentence, for the line beside the clock, the status bar, the card
// of the worker that it concerns and the mark in the tab Events. Only while the run is paused: at speed nobody could
// read it. Stateless.
#pragma once

#include <cstddef>
#include <string>

#include "app/session/frame_context.h"

namespace blockyard {

struct Happened {
  std::string text;           ///< "request 42 → worker 2: 54 of 77 blocks found, 3 evicted"; "" while playing
  WorkerId worker = kNone;    ///< where
  RequestId request = kNone;  ///< to which request
  std::size_t first = 0;      ///< its events in the log: [first, end)
  std::size_t end = 0;
  bool holds(std::size_t place) const { return place >= first && place < end; }
};

Happened what_happened(const FrameContext& ctx);

}  // namespace blockyard
