// The card that a trace shows before it runs: what it was recognised as and holds, how many of its requests fit, and a
// fleet that fits them. What it shows is the Session's offer; what is answered goes back as a command.
#pragma once

#include <imgui.h>

#include "app/session/frame_context.h"

namespace blockyard {

/// Draws it where there is an offer.
void draw_trace_card(FrameContext& ctx, ImVec2 screen);

}  // namespace blockyard
