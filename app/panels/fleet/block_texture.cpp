#include "app/panels/fleet/block_texture.h"

#include <algorithm>
#include <cmath>

namespace blockyard {
namespace {

// A jump by more than this is not watched block by block, µs.
constexpr SimTime kJump = 3'000'000;
// After a jump, what happened at most so long before the cursor still shows, µs.
constexpr SimTime kRecent = 250'000;

// Everything that the states of a worker's slots follow from: where it is equal, they are.
std::uint64_t signature(const Worker& worker) {
  std::uint64_t h = 0x9E3779B97F4A7C15ULL;
  const auto add = [&h](std::uint64_t v) { h = (h ^ v) * 0xD6E8FEB86659FD93ULL, h ^= h >> 32; };
  const KvCache& cache = worker.cache();
  add(cache.evictions());
  add(cache.free_slots());
  add(cache.idle_blocks());
  add(worker.epoch());
  add(worker.up());
  for (const Sequence& s : worker.running())
    add((std::uint64_t{s.request} << 32) ^ s.computed ^ (s.scheduled * 7919ULL));
  add(worker.waiting().size());
  return h;
}

void put(std::uint8_t* texel, Color c) {
  texel[0] = static_cast<std::uint8_t>(red_of(c));
  texel[1] = static_cast<std::uint8_t>(green_of(c));
  texel[2] = static_cast<std::uint8_t>(blue_of(c));
  texel[3] = static_cast<std::uint8_t>(alpha_of(c));
}

}  // namespace

Color state_color(const Theme& theme, BlockState state) {
  switch (state) {
    case BlockState::kFree:
      return theme.block_free;
    case BlockState::kIdle:
      return theme.block_idle;
    case BlockState::kUsed:
      return theme.block_used;
    case BlockState::kShared:
      return theme.block_shared;
    case BlockState::kPartial:
      return mix(theme.block_used, theme.block_free, 0.45f);
    case BlockState::kPrivate:
      return mix(theme.block_used, theme.block_idle, 0.35f);
  }
  return theme.block_free;
}

void BlockTexture::begin_frame(const FrameContext& ctx, const MapShape& shape) {
  const auto count = ctx.fleet.workers().size();
  const Moment run = run_of(ctx);
  const SimTime delta = ctx.now - last_now_;
  jumped_ = run != run_ || delta < 0 || ctx.fleet.events_handled() < last_handled_ ||
            (delta > kJump && !(ctx.playing && ctx.speed > 4));
  const std::size_t slots = ctx.fleet.workers()[0].cache().capacity();
  if (run != run_ || workers_.size() != count || workers_[0].states.size() != slots) {
    workers_.assign(count, {});
    for (Tile& tile : workers_) {
      tile.states.assign(slots, BlockState::kFree);
      tile.blocks.assign(slots, kNone);
      tile.stored.assign(slots, 0);
      tile.flashes.assign(slots, BlockFlash::kSteady);
      tile.flashed_at.assign(slots, -1);
    }
    made_ = made_ && run_.run != nullptr;
  }
  const bool moved = delta != 0 || ctx.fleet.events_handled() != last_handled_;
  hold_marks(ctx, moved && !jumped_);
  run_ = run;
  last_now_ = ctx.now;
  last_handled_ = ctx.fleet.events_handled();
  const int tiles = static_cast<int>(count);
  const int across = std::clamp(4096 / std::max(1, shape.cols), 1,
                                std::max(1, static_cast<int>(std::ceil(std::sqrt(static_cast<double>(tiles))))));
  const int down = (tiles + across - 1) / across;
  if (!made_ || !(shape == shape_) || across != across_ || down != down_) {
    if (made_) ctx.look.textures->destroy(texture_);
    shape_ = shape;
    across_ = across;
    down_ = down;
    texture_ = ctx.look.textures->create(across * shape.cols, down * shape.rows);
    made_ = true;
    for (Tile& tile : workers_) tile.known = false;
  }
  if (jumped_ || dark_ != ctx.look.theme.dark) {
    for (Tile& tile : workers_) tile.known = false;
  }
  dark_ = ctx.look.theme.dark;
}

// Stopping keeps what still shows; a step clears the marks of the one before; going on lets them fade.
void BlockTexture::hold_marks(const FrameContext& ctx, bool moved) {
  const bool stops = !ctx.playing && !frozen_, steps = !ctx.playing && moved, goes = ctx.playing && frozen_;
  frozen_ = !ctx.playing;
  if (!stops && !steps && !goes) return;
  for (Tile& tile : workers_) {
    bool marked = false;
    for (std::size_t s = 0; s < tile.flashes.size(); ++s) {
      if (tile.flashes[s] == BlockFlash::kSteady) continue;
      const bool over = ctx.screen_time - tile.flashed_at[s] >= kFlashSeconds;
      if ((steps && !stops) || (stops && over)) tile.flashes[s] = BlockFlash::kSteady;
      if (goes) tile.flashed_at[s] = ctx.screen_time;
      marked = true;
    }
    if (!marked) continue;
    tile.known = false;
    tile.fades_until = goes ? ctx.screen_time + kFlashSeconds : -1;
  }
}

void BlockTexture::update(const FrameContext& ctx, WorkerId w) {
  Tile& tile = workers_[w];
  const std::uint64_t now = signature(ctx.fleet.workers()[w]);
  const bool changed = !tile.known || now != tile.signature;
  // A fade is painted once more after its end, so that nothing of it stays.
  const bool fades = tile.fades_until >= 0;
  if (!changed && !fades) return;
  if (changed) read(ctx, w, tile);
  tile.signature = now;
  tile.known = true;
  paint(ctx, w, tile);
  if (frozen_ || ctx.screen_time >= tile.fades_until) tile.fades_until = -1;
}

void BlockTexture::read(const FrameContext& ctx, WorkerId w, Tile& tile) {
  const KvCache& cache = ctx.fleet.workers()[w].cache();
  const std::vector<SlotInfo>& slots = cache.slots();
  for (SlotId s = 0; s < slots.size(); ++s) {
    const SlotInfo& info = slots[s];
    BlockState state = BlockState::kFree;
    if (!cache.is_free(s)) {
      state = info.block == kNone                            ? BlockState::kPartial
              : info.refs == 0                               ? BlockState::kIdle
              : info.refs > 1                                ? BlockState::kShared
              : info.block >= ctx.fleet.workload().tree.size() ? BlockState::kPrivate
                                                             : BlockState::kUsed;
    }
    tile.states[s] = state;
    const BlockId block = state == BlockState::kFree ? kNone : info.block;
    if (!jumped_ && (block != tile.blocks[s] || (block != kNone && info.store_seq != tile.stored[s]))) {
      const bool gone = tile.blocks[s] != kNone;
      if (gone || block != kNone) {
        tile.flashes[s] = gone ? BlockFlash::kEvicted : BlockFlash::kStored;
        tile.flashed_at[s] = ctx.screen_time;
        tile.fades_until = ctx.screen_time + kFlashSeconds;
      }
    }
    tile.blocks[s] = block;
    tile.stored[s] = info.store_seq;
  }
  if (jumped_) mark_recent(ctx, w, tile);
}

// After a jump: which slots were stored into in the last moments, and which of them took a victim's place. A start
// takes free slots first and then victims, so of the blocks stored with it the last `evicted` ones are those.
void BlockTexture::mark_recent(const FrameContext& ctx, WorkerId w, Tile& tile) {
  std::fill(tile.flashes.begin(), tile.flashes.end(), BlockFlash::kSteady);
  tile.fades_until = -1;
  const std::vector<SlotInfo>& slots = ctx.fleet.workers()[w].cache().slots();
  std::vector<SlotId> recent;
  for (SlotId s = 0; s < slots.size(); ++s) {
    if (tile.blocks[s] != kNone && slots[s].stored_at > ctx.now - kRecent) recent.push_back(s);
  }
  if (recent.empty()) return;
  std::sort(recent.begin(), recent.end(), [&](SlotId a, SlotId b) { return slots[a].store_seq > slots[b].store_seq; });
  for (const SlotId s : recent) {
    tile.flashes[s] = BlockFlash::kStored;
    tile.flashed_at[s] = ctx.screen_time;
  }
  for (std::size_t i = ctx.log_at; i > 0 && ctx.log[i - 1].t > ctx.now - kRecent; --i) {
    const LoggedEvent& e = ctx.log[i - 1];
    if (e.type != EventType::kEvict || e.worker != w) continue;
    std::uint32_t left = e.value;
    for (const SlotId s : recent) {
      if (slots[s].stored_at != e.t || left == 0) continue;
      tile.flashes[s] = BlockFlash::kEvicted;
      --left;
    }
  }
  tile.fades_until = ctx.screen_time + kFlashSeconds;
}

BlockFlash BlockTexture::flash(WorkerId w, SlotId slot, double screen_time, float* strength) const {
  const Tile& tile = workers_[w];
  if (tile.flashes[slot] == BlockFlash::kSteady) return BlockFlash::kSteady;
  if (frozen_) {
    *strength = 1;
    return tile.flashes[slot];
  }
  const double age = (screen_time - tile.flashed_at[slot]) / kFlashSeconds;
  if (age >= 1 || age < 0) return BlockFlash::kSteady;
  *strength = static_cast<float>(1 - age);
  return tile.flashes[slot];
}

void BlockTexture::end_frame(const FrameContext& ctx) const {
  for (const Tile& tile : workers_) ctx.animate(tile.fades_until);
}

void BlockTexture::paint(const FrameContext& ctx, WorkerId w, const Tile& tile) {
  const Theme& theme = ctx.look.theme;
  Color colors[kBlockStates];
  for (std::size_t i = 0; i < kBlockStates; ++i) colors[i] = state_color(theme, static_cast<BlockState>(i));
  const auto texels = static_cast<std::size_t>(shape_.cols) * static_cast<std::size_t>(shape_.rows);
  rgba_.assign(texels * 4, 0);
  const bool fades = frozen_ || tile.fades_until >= 0;
  const auto color_of = [&](SlotId s) {
    Color c = colors[static_cast<std::size_t>(tile.states[s])];
    float strength = 0;
    const BlockFlash flash = fades ? this->flash(w, s, ctx.screen_time, &strength) : BlockFlash::kSteady;
    if (flash == BlockFlash::kSteady) return c;
    return mix(c, flash == BlockFlash::kEvicted ? theme.block_evicted : theme.block_stored, strength);
  };
  const std::size_t slots = tile.states.size();
  const auto per = static_cast<std::size_t>(shape_.per_texel);
  for (std::size_t i = 0; i < texels && i * per < slots; ++i) {
    const std::size_t from = i * per, to = std::min(slots, from + per);
    if (per == 1) {
      put(&rgba_[i * 4], color_of(static_cast<SlotId>(from)));
      continue;
    }
    std::size_t r = 0, g = 0, b = 0;
    for (std::size_t s = from; s < to; ++s) {
      const Color c = color_of(static_cast<SlotId>(s));
      r += red_of(c), g += green_of(c), b += blue_of(c);
    }
    const auto n = static_cast<unsigned>(to - from);
    put(&rgba_[i * 4], IM_COL32(r / n, g / n, b / n, 255));
  }
  const int x = static_cast<int>(w) % across_ * shape_.cols, y = static_cast<int>(w) / across_ * shape_.rows;
  ctx.look.textures->update(texture_, x, y, shape_.cols, shape_.rows, rgba_.data());
}

void BlockTexture::draw(ImDrawList* list, WorkerId w, const Rect& rect) const {
  const auto x = static_cast<float>(static_cast<int>(w) % across_),
             y = static_cast<float>(static_cast<int>(w) / across_);
  const auto across = static_cast<float>(across_), down = static_cast<float>(down_);
  draw_texture(list, texture_, rect, ImVec2(x / across, y / down), ImVec2((x + 1) / across, (y + 1) / down));
}

}  // namespace blockyard
