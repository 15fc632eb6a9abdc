// Widgets one after the other in rows of one height, as words in a paragraph: what has no room goes on in the next row.
#pragma once

#include <imgui.h>

#include "app/ui/look.h"

namespace blockyard {

class Flow {
 public:
  /// Begins at the cursor and takes the width that is there. `row`, `gap`: pixels.
  Flow(const Look& look, float row, float gap);

  const Look& look() const { return look_; }
  /// Puts the cursor where the next thing of that width goes, and says where that is.
  ImVec2 place(float width);
  /// A chip that is on or off. True if it was clicked.
  bool chip(const char* label, bool on, const char* help);
  /// Puts the cursor below the last row.
  void end();

 private:
  const Look& look_;
  ImVec2 at_;
  float width_, row_, gap_, x_ = 0, y_ = 0;
  int chips_ = 0;
};

}  // namespace blockyard
