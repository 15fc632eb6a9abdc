// The window's content: every panel in its place. Used by the window and, headless, by `blockyard shot`.
//
// It owns the panels (all of panel_table()) and what they keep for drawing. It changes nothing: commands go out through
// the FrameContext, to be carried out after the frame.
#pragma once

#include <memory>
#include <vector>

#include "app/panels/controls/controls.h"
#include "app/panels/experiments/experiment.h"
#include "app/panels/fleet/side_by_side.h"
#include "app/panels/key_figures.h"
#include "app/panels/lessons/lessons.h"
#include "app/panels/panel.h"
#include "app/panels/prompt/prompt_lab.h"
#include "app/window/bars/timeline.h"
#include "app/window/files/file_dialog.h"
#include "app/window/layout.h"
#include "app/window/overlays.h"

namespace blockyard {

class MainFrame {
 public:
  MainFrame();

  /// One frame, between ImGui::NewFrame and Render.
  void draw(FrameContext& ctx, ImVec2 size);

 private:
  struct Place {
    const PanelRow* row;
    std::unique_ptr<Panel> panel;
  };
  std::vector<const Place*> in_slot(const FrameContext& ctx, PanelSlot slot) const;
  void draw_slot(FrameContext& ctx, PanelSlot slot, const Rect& rect);
  void draw_bottom(FrameContext& ctx, const Rect& rect);
  void drag_bottom(FrameContext& ctx, const Layout& layout);

  std::vector<Place> panels_;
  Controls controls_;
  Timeline timeline_;
  KeyFigureRow key_figures_;
  SideBySide side_by_side_;
  ExperimentCard experiment_;
  PromptLab prompt_;
  LessonCard lesson_;
  Palette palette_;
  FileDialog file_;
};

}  // namespace blockyard
