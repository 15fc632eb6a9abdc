// Whose belief is shown where several routers stand before the fleet: one router's, or what any of them believes. And
// what a difference is taken against: the truth, or another router's belief. With one router all of it is that one's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "app/session/frame_context.h"

namespace blockyard {

/// By the numbers of the routers. Those that the run does not have mean nothing.
struct BeliefSides {
  int router = -1;   ///< whose belief; −1: what any router believes
  int against = -1;  ///< the other side of a difference; −1: the truth
  friend bool operator==(const BeliefSides&, const BeliefSides&) = default;
};

bool several_routers(const FrameContext& ctx);
/// What the chips say, against the truth: whose belief every panel shows.
BeliefSides chosen_belief(const FrameContext& ctx);
/// The router whose belief is meant; empty: all of them together.
std::optional<std::uint32_t> shown_router(const FrameContext& ctx, const BeliefSides& sides);
/// The other router of a difference; empty: the truth.
std::optional<std::uint32_t> against_router(const FrameContext& ctx, const BeliefSides& sides);

/// 64 blocks of what worker w is believed to hold, from block 64 × i on.
std::uint64_t believed_word(const FrameContext& ctx, WorkerId w, std::size_t i, const BeliefSides& sides);
/// The same of the other side.
std::uint64_t other_word(const FrameContext& ctx, WorkerId w, std::size_t i, const BeliefSides& sides);
/// Words of either.
std::size_t believed_words(const FrameContext& ctx, WorkerId w);
/// Whether the chosen router, or any of them, believes worker w to hold the block.
bool believed_block(const FrameContext& ctx, WorkerId w, BlockId block);

/// What the chosen router believes of worker w. Of all of several: their mean load, the youngest news, and all that
/// they have under way.
WorkerFigures believed_figures(const FrameContext& ctx, WorkerId w);
/// What the chosen router, or any of them, believes against truth.
Divergence believed_divergence(const FrameContext& ctx, WorkerId w);

/// "the router", "router 3", "any router".
std::string router_words(const FrameContext& ctx, const BeliefSides& sides);

/// That a block is unknown: "does not know that it is here", "none of them knows …", "router 3 does not know …".
std::string ignorance_words(const FrameContext& ctx);

/// Whether an event is one of a router: a routing, a delivery, a router's own restart.
bool of_router(const LoggedEvent& e);
/// "the router", or "router 3" of an event of one; "a router" where the log does not tell which.
std::string router_of_event(const FrameContext& ctx, const LoggedEvent& e);

/// A chip a router and one for all; nothing where there is one router. In a difference also what it is taken against.
void router_chips(const FrameContext& ctx, int& against, bool difference);

}  // namespace blockyard
