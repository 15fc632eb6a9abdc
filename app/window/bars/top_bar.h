// The top bar: scenario, transport, speed, clock, and what leaves the program. Stateless.
#pragma once

#include "app/session/frame_context.h"
#include "app/ui/rect.h"

namespace blockyard {

void draw_top_bar(FrameContext& ctx, const Rect& rect);

/// "00:02:08.413".
std::string clock_text(SimTime t);

}  // namespace blockyard
