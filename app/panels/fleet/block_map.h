// The block map of one worker: its cells from the BlockTexture, and over them what single cells have to say: patterns
// (so that no state is told by colour alone), the dots of the selected prefix, outlines, the next victims. Also what
// the pointer is over, and the tooltip of a block. Nothing here is kept between frames.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "app/panels/fleet/block_texture.h"
#include "app/session/frame_context.h"
#include "app/ui/rect.h"

namespace blockyard {

/// So few blocks are shown one by one: as large as their card allows, each with its number.
inline constexpr std::uint32_t kFewBlocks = 64;

/// A shape and the whole number of pixels a cell has.
struct MapFit {
  MapShape shape;
  float cell = 1;    ///< the lesser of its two sides
  float cell_w = 1;  ///< cells may be up to half as wide or high again, where that fills the room better
  float cell_h = 1;
  bool few = false;  ///< at most kFewBlocks
  float width() const { return static_cast<float>(shape.cols) * cell_w; }
  float height() const { return static_cast<float>(shape.rows) * cell_h; }
};

/// Cells of a worker's map: one a slot, and behind them that of the null block, where there is one.
std::uint32_t map_cells(const Fleet& fleet);
/// Of these, those that worker w has: all, unless the fleet is observed and this one says that it has fewer.
std::uint32_t own_cells(const live::ObservedFleet* observed, const Fleet& fleet, WorkerId w);

/// The largest cells with which `slots` blocks fit into w × h, with sides from `smallest` to `largest` pixels; where
/// they do not fit so, several blocks share a cell.
MapFit fit_map(std::uint32_t slots, float w, float h, float largest, float smallest);

/// The stretch of blocks that carries the dots: of what is hovered, else of what is selected. Empty for what has none.
std::vector<Span> marked_blocks(const FrameContext& ctx);

/// The first `limit` idle blocks in the order in which they would be evicted. Random eviction has no order: empty.
std::vector<SlotId> eviction_order(const KvCache& cache, std::size_t limit);

struct MapInk {
  std::span<const Span> marked;     ///< dots
  std::span<const SlotId> victims;  ///< the next to go first
};
void draw_block_map(const FrameContext& ctx, const BlockTexture& texture, WorkerId w, ImVec2 at, const MapFit& fit,
                    const MapInk& ink);

/// The cell under a point, by slot; the null block's is behind them all. Empty outside, and where several blocks share
/// a cell.
std::optional<SlotId> slot_at(const MapFit& fit, ImVec2 at, std::uint32_t slots, ImVec2 point);

/// What the cell holds, who uses it, since when, and when it would go.
void block_tooltip(const FrameContext& ctx, WorkerId w, SlotId slot);

/// A sample of a state with its pattern, for the legend: draws into `rect`.
void draw_state_sample(ImDrawList* list, const Look& look, const Rect& rect, BlockState state);
void draw_null_sample(ImDrawList* list, const Look& look, const Rect& rect);
void draw_flash_sample(ImDrawList* list, const Look& look, const Rect& rect, BlockFlash flash);

}  // namespace blockyard
