// Panel: one part of the window, one file pair. It draws itself into a rectangle from a FrameContext and pushes
// commands; it never changes the run. What it keeps between frames is about its drawing only (textures, fades, folds).
//
// Adding one: write the file pair, list the .cpp in CMakeLists.txt, add a row to panel_table(). The main frame puts the
// panels of a slot there; where a slot has several, it draws tabs over them.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "app/session/frame_context.h"
#include "app/ui/look.h"
#include "app/ui/rect.h"

namespace blockyard {

class Panel {
 public:
  virtual ~Panel() = default;
  /// Fills `rect` (pixels). Slots kFleet, kTree and kInspector: the panel draws its own cards with begin_card(). Slot
  /// kBottom: it stands inside the card, under the tabs, and draws at the cursor.
  virtual void draw(FrameContext& ctx, const Rect& rect) = 0;
};

enum class PanelSlot { kFleet, kTree, kInspector, kBottom };

/// What a panel has something to show of: any fleet; one whose requests are seen; one that the model moves.
enum class PanelNeeds { kFleet, kRequests, kModel };

struct PanelRow {
  std::string_view id;     ///< UiState::bottom_tab names it by this
  std::string_view title;  ///< on its tab
  std::string_view help;   ///< one or two sentences: what it shows, how to read it; its tooltip
  PanelSlot slot;
  PanelNeeds needs;
  std::unique_ptr<Panel> (*make)();
};

/// All panels of the slots, in order of their tabs.
std::span<const PanelRow> panel_table();

/// The help of the panel `id`; empty if there is none of that name.
std::string_view help_of(std::string_view id);

}  // namespace blockyard
