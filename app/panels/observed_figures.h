// The row of key figures where the fleet is observed: what its workers say of themselves, and what their streams have
// said of blocks. Takes the place of KeyFigureRow's tiles; a figure that nobody tells is "–".
#pragma once

#include "app/session/frame_context.h"
#include "app/ui/rect.h"

namespace blockyard {

void draw_observed_figures(FrameContext& ctx, const Rect& rect);

}  // namespace blockyard
