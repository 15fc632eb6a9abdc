// What belongs together: the request, worker, stretch of prefix, block and time that a selection or a hover means.
// Every panel outlines its own kind of thing by this, so that pointing at one shows it everywhere else. Pure.
#pragma once

#include <optional>
#include <vector>

#include "app/session/frame_context.h"

namespace blockyard {

/// Ids are kNone and optionals empty where nothing of that kind is meant.
struct Linked {
  RequestId request = kNone;
  WorkerId worker = kNone;
  EdgeId edge = kNone;
  BlockId block = kNone;
  std::uint32_t session = kNone;  ///< whose turn the request is, or the one that is meant itself
  std::optional<SimTime> time;    ///< a moment
  std::optional<TimeRange> span;  ///< of a request: from its arrival to its end, or to now
};

/// The session that is pointed at or selected as such; kNone where there is none.
std::uint32_t session_meant(const FrameContext& ctx);
/// Whether the request is a turn of it; no request is one of kNone.
bool is_turn_of(const FrameContext& ctx, RequestId r, std::uint32_t session);

Linked linked_to(const FrameContext& ctx, const Selection& what);

/// The edges of the tree that r's prompt consists of, root first: as far as the tree knows it, where the fleet is observed.
std::vector<EdgeId> path_of(const FrameContext& ctx, RequestId r);

}  // namespace blockyard
