// The line at the bottom: what the run is doing, how much of it there is, what can be pressed. Stateless.
#pragma once

#include "app/session/frame_context.h"
#include "app/ui/rect.h"

namespace blockyard {

void draw_status_bar(FrameContext& ctx, const Rect& rect);

}  // namespace blockyard
