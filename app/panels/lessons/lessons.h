// Lessons: the list of them, and the card of the one that is gone through: text, question, back and next. The card
// stands in a column of its own, or floats where it was dragged to, and outlines what the step points at.
//
// It asks by commands alone; what it keeps is when the outline last changed, for one short pulse. A still window stays
// still: behind the pulse nothing asks for frames.
#pragma once

#include <imgui.h>

#include <optional>
#include <string>

#include "app/session/frame_context.h"
#include "app/ui/fonts.h"
#include "app/ui/rect.h"

namespace blockyard {

class LessonCard {
 public:
  /// `column`: where it stands while it does not float; empty: there is no room, it floats.
  void draw(FrameContext& ctx, const Rect& column, ImVec2 screen);
  /// Outlines what the step points at. After everything that can be pointed at, before what lies over it.
  void point(FrameContext& ctx, ImVec2 screen);

 private:
  void content(FrameContext& ctx, const Rect& rect);
  void over(FrameContext& ctx, const Rect& rect);
  Rect grown(const FrameContext& ctx, const Rect& column);
  void header(FrameContext& ctx, const Rect& rect);
  void step(FrameContext& ctx, FontRole role);
  void question(FrameContext& ctx);
  void figures(FrameContext& ctx);
  void leaving(FrameContext& ctx);
  void footer(FrameContext& ctx, const Rect& rect);

  std::string shown_;                  // lesson and step
  std::string measured_;               // that, and the room for which it was found out whether it takes two pages
  double since_ = 0;                   // screen time
  float wanted_height_ = 0;            // of all that the card says
  float column_w_ = 0, column_h_ = 0;  // as it stands in its column
  float most_h_ = 0;                   // as high as it may grow
  std::optional<std::size_t> answer_;  // as drawn last
  bool dragged_ = false;
  bool missing_ = false;  // what is pointed at is not on screen
};

/// All lessons, with a tick at those that are done.
void draw_lessons(FrameContext& ctx, ImVec2 screen);

/// What the keys do; nothing where no lesson runs or something lies over the window.
void lesson_next(FrameContext& ctx);
void lesson_back(FrameContext& ctx);
void lesson_answer(FrameContext& ctx, std::size_t choice);

}  // namespace blockyard
