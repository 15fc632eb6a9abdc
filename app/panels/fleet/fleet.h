// The fleet: a card a worker with its state, its load and its block map. With more workers the cells shrink, then the
// cards become rows, then a heat map of small tiles; all maps are one texture. Hovering and clicking a block or a
// worker links it with every other panel.
#pragma once

#include <memory>
#include <vector>

#include "app/panels/fleet/block_map.h"
#include "app/panels/happened.h"
#include "app/panels/panel.h"

namespace blockyard {

/// How much of a worker there is room for.
enum class FleetDetail { kAuto, kCards, kRows, kHeat };

/// Where the workers of the fleet stand.
struct FleetGrid {
  FleetDetail detail = FleetDetail::kCards;
  int columns = 1;
  float card_w = 0, card_h = 0, gap = 0;
  float head = 0, foot = 0;  ///< heights over and under a card's map
  float numbers = 0;         ///< width left of each row of tiles for the number of its first worker
  float left = 0;            ///< of a row or tile: width before its map
  float meter = 0;           ///< width of the bar at the right of a card's map
  float pad_x = 0, pad_y = 0;
  MapFit fit;
  float height = 0;  ///< of all rows: more than there is where detail was asked for
  Rect card(const Rect& area, std::size_t index) const;
  /// The rectangle that the map may fill.
  Rect map_room(const Rect& card) const;
};

/// The arrangement with the largest cells. Pure.
FleetGrid arrange_fleet(const Rect& area, std::size_t workers, std::uint32_t slots, float scale, FleetDetail wanted);

class FleetPanel final : public Panel {
 public:
  void draw(FrameContext& ctx, const Rect& rect) override;

 private:
  struct WorkerFacts {
    double load = 0;      // true
    double hit_rate = 0;  // of the run so far, over requests that were completed here; NaN: none
    std::vector<SlotId> victims;
  };
  void head(FrameContext& ctx, const Rect& rect, const FleetGrid& grid);
  void gather(FrameContext& ctx);
  void card(FrameContext& ctx, WorkerId w, const Rect& rect, const FleetGrid& grid);
  void card_head(FrameContext& ctx, WorkerId w, const Rect& rect) const;
  void tag(FrameContext& ctx, const Rect& rect, const FleetGrid& grid) const;
  void card_foot(FrameContext& ctx, WorkerId w, const Rect& rect) const;
  void row_label(FrameContext& ctx, WorkerId w, const Rect& rect, bool tile) const;
  void worker_tooltip(FrameContext& ctx, WorkerId w) const;
  // observed_card.cpp: the same of a fleet that is observed
  void observed_head(FrameContext& ctx, WorkerId w, const Rect& rect) const;
  void observed_foot(FrameContext& ctx, WorkerId w, const Rect& rect) const;
  void observed_tooltip(FrameContext& ctx, WorkerId w) const;
  /// In a row, where there is room for a word: its state, or its name where all is well.
  static std::string observed_row(const FrameContext& ctx, WorkerId w);

  BlockTexture texture_;
  std::vector<WorkerFacts> facts_;
  double load_scale_ = 1;  // the load that fills a bar
  std::vector<Span> marked_;
  FleetDetail wanted_ = FleetDetail::kAuto;
  WorkerId hovered_worker_ = kNone, selected_worker_ = kNone;  // directly or by what runs or lies there
  Happened happened_;
  bool victims_ = false;
  Refresh rates_due_{5};
  Refresh victims_due_{5};
};

}  // namespace blockyard
