// What lies over the window: palette, settings, keys, the first-start card, toasts. Open or not is in UiState.
#pragma once

#include <imgui.h>

#include <string>

#include "app/session/frame_context.h"
#include "app/ui/rect.h"

namespace blockyard {

/// Commands by name: actions, scenarios, strategies, workers and requests.
class Palette {
 public:
  void draw(FrameContext& ctx, ImVec2 screen);

 private:
  int selected_ = 0;
  bool was_open_ = false;
};

void draw_settings(FrameContext& ctx, ImVec2 screen);
void draw_keys(FrameContext& ctx, ImVec2 screen);
/// What every part of the window shows and how to read it.
void draw_help(FrameContext& ctx, ImVec2 screen);
void draw_first_start(FrameContext& ctx, const Rect& fleet);
void draw_toasts(FrameContext& ctx, const Rect& above);
/// A message that was too long for a toast, until it is closed.
void draw_message(FrameContext& ctx, ImVec2 screen);

}  // namespace blockyard
