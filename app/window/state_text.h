// What the window shows, as text: for a test, or a script, that acts on the real window and waits for what it brings
// about. One fact a line, "name value"; then the anchors, "anchor X Y W H NAME". A pure function of a frame.
#pragma once

#include <string>

#include "app/session/frame_context.h"

namespace blockyard {

/// After the frame has been drawn. Facts: scenario, source, now (µs), events (that have happened), newest
/// (µs), playing, loading, complete, typing (text is being typed), popups (open ones), mouse (x, y, buttons held),
/// scale, theme, tab, lesson (step, or −), cards (those open over the window), toast (one line each).
std::string state_text(const FrameContext& ctx);

}  // namespace blockyard
