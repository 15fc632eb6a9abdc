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

/// The height in pixels at which the card `id` shows all that it holds; `usual`, at scale 1, until it was measured.
float overlay_height(const FrameContext& ctx, const char* id, float usual);
/// Right before end_overlay() of a card whose part `scroll` (see begin_scroll) goes down to its foot: measures it.
void measure_overlay(FrameContext& ctx, const char* id, const char* scroll);

/// A key and what it does, in a row of the window.
void key_row(const Look& look, std::string_view keys, std::string_view what, float width);

}  // namespace blockyard
