// The card that lies over the window, dimming what is behind it. Internal to the overlays.
#pragma once

#include <string_view>

#include "app/session/frame_context.h"
#include "app/ui/look.h"

namespace blockyard {

/// A card of `size` in front of everything, `top` pixels from the upper edge; a click beside it clears `open`. Always
/// pair with end_overlay().
bool begin_overlay(FrameContext& ctx, const char* id, ImVec2 screen, ImVec2 size, float top, bool* open);
void end_overlay(const Look& look);

/// A key and what it does, in a row of the window.
void key_row(const Look& look, std::string_view keys, std::string_view what, float width);

}  // namespace blockyard
