// UiState: what is open, filtered and folded. Panels change it freely: it decides what is seen, never what is
// simulated. The parts that a person expects to find again (theme, scale, layout, last scenario) are saved with the
// settings.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/io/lesson.h"

namespace blockyard {

inline constexpr std::size_t kMostRecent = 8;

struct UiState {
  // Layout; saved.
  bool show_controls = true;
  bool show_tree = true;
  bool show_bottom = true;
  float bottom_height = 0;  ///< at scale 1; 0 = as designed
  bool dark = true;
  float scale = 0;  ///< 0: what the screen asks for
  bool first_start = true;
  int first_start_page = 0;  ///< of its card: the picture, then the keys; not saved
  std::string last_scenario;
  /// The window when it is neither maximised nor full screen, in its own units; 0: as designed.
  int window_width = 0, window_height = 0;
  bool window_maximized = false;
  std::set<std::string> lessons_done;  ///< by id
  std::vector<std::string> recent;     ///< files that were opened, latest first, at most kMostRecent

  // A window too small for all parts shows one at a time beside what always stands; see compute_layout.
  enum class Page { kFleet, kControls, kTree, kPlots };
  Page page = Page::kFleet;  ///< means nothing where its part has room
  unsigned pages = 0;        ///< parts without room, 1 << Page each; the frame says so
  bool has_page(Page p) const { return (pages >> static_cast<unsigned>(p) & 1U) != 0; }
  /// Puts the plots and tables on screen, with this one open.
  void open_bottom(std::string tab) {
    show_bottom = true;
    page = Page::kPlots;
    bottom_tab = std::move(tab);
  }

  // Panels.
  std::string bottom_tab = "latency";  ///< id of the panel that is open at the bottom
  std::string right_tab = "tree";      ///< id of the panel that is open on the right
  using TreeMode = LessonTree;
  TreeMode tree_mode = TreeMode::kBelief;
  bool tree_icicle = false;
  int belief_router = -1;  ///< whose belief is shown everywhere, by the router's number; −1: what any of them believes
  std::string tree_filter;
  std::string event_filter;
  std::map<std::string, bool> folded;  ///< groups of controls, by title
  bool side_by_side = true;            ///< fleets of the compared strategies beside the run's
  std::string unfold_only;             ///< a wish: this group alone is unfolded from the next frame on
  bool run_so_far = false;             ///< key figures: of the run so far, else over the last seconds
  int fits = 0;                        ///< counts wishes to fit: whoever zooms goes back to all when it has changed

  // Overlays.
  std::map<std::string, float> card_heights;  ///< at which nothing of a card is hidden, at scale 1, by its id
  bool palette_open = false;
  std::string palette_filter;  ///< what is typed there
  bool file_open = false;      ///< the card that opens files
  bool settings_open = false;
  bool keys_open = false;
  bool help_open = false;
  std::string message_card;  ///< a message that is read at leisure; "" = none
  bool experiment_open = false;
  enum class Experiment { kWaterfall, kPictures, kComparison, kSweep, kPlan };
  Experiment experiment = Experiment::kWaterfall;
  bool prompt_open = false;  ///< the prompt lab
  std::string prompt_shown;  ///< the text in it
  /// A wish: the lab takes this text, or the words of this request, in the next frame.
  std::optional<std::string> prompt_text;
  std::uint32_t prompt_request = kNoRequest;
  static constexpr std::uint32_t kNoRequest = 0xFFFFFFFF;
  bool lessons_open = false;
  bool lesson_leaving = false;       ///< the card of the lesson asks where to go from here
  bool lesson_controls = false;      ///< the controls are shown beside the lesson
  int lesson_page = 0;               ///< of the step: 0 text, 1 question, where both have no room at once
  bool lesson_paged = false;         ///< that is so; the card says it
  bool lesson_more = false;          ///< there is more of this page below; the card says it
  bool lesson_scroll = false;        ///< a wish: the page goes on to what is below
  bool lesson_floats = false;        ///< the card has been dragged out of its column
  float lesson_x = 0, lesson_y = 0;  ///< where it floats, pixels
};

}  // namespace blockyard
