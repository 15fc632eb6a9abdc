// BlockTexture: the state of every physical block of the fleet as one texture, one texel a block (or a few blocks,
// where cells would be less than 2 pixels), and what the drawing has to know about single blocks.
//
// Owned by the fleet panel; the texture is made in the TextureStore of the frame and freed with it. It reads the
// simulation and never changes it.
// 1. A worker's texels are made anew only where the worker has changed, or something of it still fades. 2. Fades go by
// screen time, and only while the run plays: as long as the clock stands, the marks of the last step stay. A jump in
// time marks what has happened in the last moments before the cursor.
#pragma once

#include <cstdint>
#include <vector>

#include "app/panels/panel_text.h"
#include "app/session/frame_context.h"

namespace blockyard {

enum class BlockState : std::uint8_t { kFree, kIdle, kUsed, kShared, kPartial, kPrivate };
inline constexpr std::size_t kBlockStates = 6;
enum class BlockFlash : std::uint8_t { kSteady, kStored, kEvicted };

/// Screen time for which a stored or evicted block shows, s.
inline constexpr double kFlashSeconds = 0.4;

/// How the slots of a worker stand in its rectangle.
struct MapShape {
  int cols = 1, rows = 1;
  int per_texel = 1;  ///< blocks a texel
  friend bool operator==(const MapShape&, const MapShape&) = default;
};

/// The colour of a state.
Color state_color(const Theme& theme, BlockState state);

class BlockTexture {
 public:
  /// Prepares for a frame: finds out whether time has moved or jumped. Call first, once a frame.
  void begin_frame(const FrameContext& ctx, const MapShape& shape);
  /// Brings worker w up to date, which must be drawn in this frame.
  void update(const FrameContext& ctx, WorkerId w);
  /// Draws the map of w into `rect`, whose sides are whole multiples of the shape's.
  void draw(ImDrawList* list, WorkerId w, const Rect& rect) const;

  const MapShape& shape() const { return shape_; }
  BlockState state(WorkerId w, SlotId slot) const { return workers_[w].states[slot]; }
  /// What has just happened to the slot, and how much of it still shows (0 … 1).
  BlockFlash flash(WorkerId w, SlotId slot, double screen_time, float* strength) const;
  /// True while something of w fades.
  bool fading(WorkerId w, double screen_time) const { return frozen_ || screen_time < workers_[w].fades_until; }
  /// Asks for more frames while a worker that is seen fades. Call last, once a frame.
  void end_frame(const FrameContext& ctx) const;

 private:
  struct Tile {
    std::uint64_t signature = 0;
    bool known = false;
    double fades_until = -1;
    std::vector<BlockState> states;
    std::vector<BlockId> blocks;        // what was in the slot
    std::vector<std::uint64_t> stored;  // store_seq of it
    std::vector<BlockFlash> flashes;
    std::vector<double> flashed_at;
  };
  void hold_marks(const FrameContext& ctx, bool moved);
  void read(const FrameContext& ctx, WorkerId w, Tile& tile);
  void mark_recent(const FrameContext& ctx, WorkerId w, Tile& tile);
  void paint(const FrameContext& ctx, WorkerId w, const Tile& tile);

  MapShape shape_;
  ImTextureID texture_{};
  bool made_ = false;
  bool dark_ = true;
  int across_ = 1, down_ = 1;  // tiles
  Moment run_;
  SimTime last_now_ = -1;
  std::uint64_t last_handled_ = 0;
  bool jumped_ = true;
  bool frozen_ = false;  // the clock stands: marks stay
  std::vector<Tile> workers_;
  std::vector<std::uint8_t> rgba_;
};

}  // namespace blockyard
