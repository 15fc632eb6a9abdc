// A fleet that is compared, as a panel sees the run itself: whatever draws one fleet draws any of them.
#pragma once

#include <functional>
#include <string>

#include "app/session/frame_context.h"

namespace blockyard {

/// The fleets in their order are A (the run itself), B and C.
inline std::string fleet_letter(std::size_t fleet) { return std::string(1, static_cast<char>('A' + fleet)); }

/// What a panel sees that is to draw another run of the same requests at the same moment. Valid as long as `ctx`.
FrameContext context_of(const FrameContext& ctx, const RunBeside& beside);

/// Calls `draw` for each fleet with its place and what is to be seen of it, the run itself first.
void each_fleet(const FrameContext& ctx, const std::function<void(std::size_t, const FrameContext&)>& draw);

}  // namespace blockyard
