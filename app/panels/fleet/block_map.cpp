#include "app/panels/fleet/block_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "app/panels/linked.h"
#include "app/panels/whose_belief.h"
#include "app/ui/compat.h"
#include "core/live/observed/observed_fleet.h"

namespace blockyard {
namespace {

// Cells from this size on have patterns and grid lines, px at scale 1.
constexpr float kPatternCell = 5;
// And from this on the number of their block.
constexpr float kNumberCell = 24;

Rect cell_rect(const MapFit& fit, ImVec2 at, SlotId slot) {
  const auto i = static_cast<int>(slot) / fit.shape.per_texel;
  return {at.x + static_cast<float>(i % fit.shape.cols) * fit.cell_w,
          at.y + static_cast<float>(i / fit.shape.cols) * fit.cell_h, fit.cell_w, fit.cell_h};
}

// A notch at the lower right: more than one request uses it.
void shared_pattern(ImDrawList* list, const Theme& theme, const Rect& r) {
  const float leg = std::max(3.0f, std::round(std::min(r.w, r.h) * 0.45f)), x = r.right() - 1, y = r.bottom() - 1;
  list->AddTriangleFilled(ImVec2(x, y - leg), ImVec2(x, y), ImVec2(x - leg, y), theme.block_idle);
}
// Filled up to a part: not a full block yet.
void partial_pattern(ImDrawList* list, const Theme& theme, const Rect& r) {
  list->AddRectFilled(r.min(), ImVec2(r.right(), r.y + std::floor(r.h / 2)), theme.block_free);
}
// A bar across: a running request's own, which nobody else can hit.
void private_pattern(ImDrawList* list, const Theme& theme, const Rect& r) {
  const float bar = std::max(1.0f, std::floor(r.h / 6)), y = std::floor(r.center().y - bar / 2);
  list->AddRectFilled(ImVec2(r.x + std::floor(r.w / 5), y), ImVec2(r.right() - std::floor(r.w / 5), y + bar),
                      theme.block_idle);
}
// A ring: just filled.
void stored_pattern(ImDrawList* list, const Theme& theme, const Rect& r, float strength) {
  compat::add_rect(list, ImVec2(r.x + 1, r.y + 1), ImVec2(r.right() - 1, r.bottom() - 1),
                   faded(theme.background, 0.7f * strength));
}
// A cross: something was thrown out.
void evicted_pattern(ImDrawList* list, const Theme& theme, const Rect& r, float strength) {
  const float d = std::round(std::min(r.w, r.h) * 0.28f);
  const Color ink = faded(theme.dark ? theme.background : theme.text, 0.85f * strength);
  const float width = std::max(1.0f, std::round(std::min(r.w, r.h) / 14));
  list->AddLine(ImVec2(r.x + d, r.y + d), ImVec2(r.right() - d, r.bottom() - d), ink, width);
  list->AddLine(ImVec2(r.right() - d, r.y + d), ImVec2(r.x + d, r.bottom() - d), ink, width);
}

// A circle struck through: the null block, which nobody uses.
void null_sign(ImDrawList* list, const Theme& theme, const Rect& r) {
  list->AddRectFilled(r.min(), r.max(), theme.panel);
  const float side = std::min(r.w, r.h), radius = std::max(1.0f, std::floor(side * 0.3f));
  const float width = std::max(1.0f, std::round(side / 14));
  const ImVec2 c = r.center();
  list->AddCircle(c, radius, theme.text_muted, 0, width);
  list->AddLine(ImVec2(c.x - radius, c.y + radius), ImVec2(c.x + radius, c.y - radius), theme.text_muted, width);
}

void grid_lines(ImDrawList* list, const Theme& theme, const MapFit& fit, ImVec2 at) {
  const float w = fit.width(), h = fit.height();
  for (int c = 1; c <= fit.shape.cols; ++c) {
    const float x = at.x + static_cast<float>(c) * fit.cell_w;
    list->AddRectFilled(ImVec2(x - 1, at.y), ImVec2(x, at.y + h), theme.panel);
  }
  for (int r = 1; r <= fit.shape.rows; ++r) {
    const float y = at.y + static_cast<float>(r) * fit.cell_h;
    list->AddRectFilled(ImVec2(at.x, y - 1), ImVec2(at.x + w, y), theme.panel);
  }
}

// Cells from this one on are not the worker's: nothing is drawn there.
void cover_from(ImDrawList* list, const Theme& theme, const MapFit& fit, ImVec2 at, SlotId first) {
  const Rect cell = cell_rect(fit, at, first);
  const float right = at.x + fit.width(), bottom = at.y + fit.height();
  list->AddRectFilled(cell.min(), ImVec2(right, std::min(cell.bottom(), bottom)), theme.panel);
  if (cell.bottom() < bottom) list->AddRectFilled(ImVec2(at.x, cell.bottom()), ImVec2(right, bottom), theme.panel);
}

// The colour of a cell as it is seen: what has just happened to it lies over what it is.
Color seen_color(const FrameContext& ctx, const BlockTexture& texture, WorkerId w, SlotId s) {
  const Theme& theme = ctx.look.theme;
  float strength = 0;
  const BlockFlash flash =
      texture.fading(w, ctx.screen_time) ? texture.flash(w, s, ctx.screen_time, &strength) : BlockFlash::kSteady;
  if (flash == BlockFlash::kSteady || strength < 0.5f) return state_color(theme, texture.state(w, s));
  return flash == BlockFlash::kEvicted ? theme.block_evicted : theme.block_stored;
}

void dot(ImDrawList* list, const Look& look, const Rect& r, Color fill, bool few) {
  const Color ink = ink_on(fill);
  const float side = std::min(r.w, r.h), line = side >= look.px(kPatternCell) ? 1.0f : 0.0f;
  const float size = side < 3 ? side : std::max(1.0f, std::min(std::round((side - line) * 0.38f), look.px(9)));
  const bool numbered = few && side >= look.px(kNumberCell);  // below the number
  const float x = std::floor(r.x + (r.w - line - size) / 2),
              y = std::floor(numbered ? r.bottom() - size - look.px(4) : r.y + (r.h - line - size) / 2);
  list->AddRectFilled(ImVec2(x, y), ImVec2(x + size, y + size), ink);
}

// The number of the block, where a cell is large enough to hold one: small caches are read block by block.
void block_number(ImDrawList* list, const Look& look, const Rect& r, Color fill, BlockId block) {
  const std::string number = std::to_string(block);
  const float width = text_width(look, FontRole::Small, number);
  if (r.h < look.px(kNumberCell) || r.w < width + look.px(6)) return;
  draw_text(list, look, FontRole::Small, ink_on(fill), ImVec2(r.x + std::floor((r.w - width) / 2), r.y + look.px(9)),
            number);
}

void outline(ImDrawList* list, const Look& look, const Rect& r, Color color) {
  const float grow = look.px(1), width = std::max(1.0f, look.px(r.w >= look.px(7) ? 2 : 1));
  compat::add_rect(list, ImVec2(r.x - grow - 1, r.y - grow - 1), ImVec2(r.right() + grow, r.bottom() + grow), color,
                   look.px(1), width);
}

// A second copy: a ring within the ring.
void copy_outline(ImDrawList* list, const Look& look, const Rect& r, Color color) {
  outline(list, look, r, color);
  const float in = std::max(2.0f, std::floor(std::min(r.w, r.h) * 0.2f));
  if (r.w <= 2 * in + 2) return;
  compat::add_rect(list, ImVec2(r.x + in, r.y + in), ImVec2(r.right() - in - 1, r.bottom() - in - 1), color);
}

void tooltip_row(const Look& look, const char* key, const std::string& value) {
  text(look, FontRole::Small, look.theme.text_muted, key);
  ImGui::SameLine(look.px(92));
  text(look, FontRole::Small, look.theme.text, value);
}

std::string users_text(const FrameContext& ctx, WorkerId w, BlockId block) {
  std::string out;
  std::size_t more = 0;
  const Workload& workload = ctx.fleet.workload();
  const RequestId owner = answer_owner(workload, block);
  for (const Sequence& s : ctx.fleet.workers()[w].running()) {
    const Request& q = ctx.fleet.request(s.request);
    bool uses = owner != kNone && content_of(ctx, s.request) == owner;
    for (const Span& run : workload.known_chain(q)) uses |= block >= run.first && block - run.first < run.count;
    if (!uses) continue;
    if (out.size() > 28) {
      ++more;
      continue;
    }
    out += fmt::format("{}request {}", out.empty() ? "" : ", ", s.request);
  }
  if (more > 0) out += fmt::format(" and {} more", more);
  return out;
}

}  // namespace

std::uint32_t map_cells(const Fleet& fleet) {
  const FleetConfig& settings = fleet.config().fleet;
  const bool null = settings.engine == EngineKind::kContinuous && settings.null_block;
  return fleet.workers()[0].cache().capacity() + (null ? 1 : 0);
}

std::uint32_t own_cells(const live::ObservedFleet* observed, const Fleet& fleet, WorkerId w) {
  const std::uint32_t all = fleet.workers()[w].cache().capacity();
  if (observed == nullptr) return all;
  return std::max(std::min(all, observed->known_capacity(w).value_or(all)), observed->workers()[w].resident());
}

MapFit fit_map(std::uint32_t slots, float w, float h, float largest, float smallest) {
  const auto fit_with = [&](float cell_w, float cell_h) {
    const int cols = std::max(1, static_cast<int>(w / cell_w)), rows = std::max(1, static_cast<int>(h / cell_h));
    return MapFit{{cols, rows, 1}, std::min(cell_w, cell_h), cell_w, cell_h};
  };
  const auto cells = [](const MapFit& f) { return static_cast<std::uint32_t>(f.shape.cols * f.shape.rows); };
  MapFit best;
  float most = 0;
  for (float cell = smallest; cell <= std::max(largest, smallest); cell += 1) {
    for (float longer = cell; longer <= cell * 1.5f && longer <= std::max(largest, smallest); longer += 1) {
      for (const bool wide : {false, true}) {
        const MapFit f = wide ? fit_with(longer, cell) : fit_with(cell, longer);
        const float worth =
            f.cell_w * f.cell_h - 0.3f * (longer - cell) * cell;  // a square is worth a little less room
        if (cells(f) < slots || worth <= most) continue;
        most = worth;
        best = f;
      }
    }
  }
  if (most <= 0) {
    best = fit_with(smallest, smallest);
    best.shape.per_texel = static_cast<int>((slots + cells(best) - 1) / cells(best));
  }
  const int needed = (static_cast<int>(slots) + best.shape.per_texel - 1) / best.shape.per_texel;
  best.shape.cols = std::min(best.shape.cols, needed);
  best.shape.rows = (needed + best.shape.cols - 1) / best.shape.cols;
  best.few = slots <= kFewBlocks;
  if (best.few) best.shape.cols = (needed + best.shape.rows - 1) / best.shape.rows;  // no row of one or two below
  return best;
}

std::vector<Span> marked_blocks(const FrameContext& ctx) {
  const auto blocks_of = [&](const Selection& what) {
    std::vector<Span> out;
    if (std::holds_alternative<SelectedBlock>(what)) return out;  // it has a ring of its own
    const Linked linked = linked_to(ctx, what);
    if (linked.request != kNone) {
      ctx.fleet.workload().each_prompt_run(ctx.fleet.request(linked.request), [&](Span run) { out.push_back(run); });
    }
    for (EdgeId i = linked.edge; i != kNone; i = ctx.tree.edges()[i].parent) {
      out.push_back({ctx.tree.edges()[i].first, ctx.tree.edges()[i].count});
    }
    return out;
  };
  std::vector<Span> out = blocks_of(ctx.hover);
  return out.empty() ? blocks_of(ctx.selection) : out;
}

std::vector<SlotId> eviction_order(const KvCache& cache, std::size_t limit) {
  if (!eviction_row(cache.policy()).foreseeable) return {};
  return cache.next_victims(static_cast<std::uint32_t>(std::min<std::size_t>(limit, cache.idle_blocks())));
}

void draw_block_map(const FrameContext& ctx, const BlockTexture& texture, WorkerId w, ImVec2 at, const MapFit& fit,
                    const MapInk& ink) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  const Theme& theme = ctx.look.theme;
  texture.draw(list, w, {at.x, at.y, fit.width(), fit.height()});
  const KvCache& cache = ctx.fleet.workers()[w].cache();
  const bool patterns = fit.cell >= ctx.look.px(kPatternCell) && fit.shape.per_texel == 1;
  if (const std::uint32_t own = own_cells(ctx.observed, ctx.fleet, w); own < cache.capacity())
    cover_from(list, theme, fit, at, own);
  if (patterns) {
    const bool fades = texture.fading(w, ctx.screen_time);
    for (SlotId s = 0; s < cache.capacity(); ++s) {
      const BlockState state = texture.state(w, s);
      float strength = 0;
      const BlockFlash flash = fades ? texture.flash(w, s, ctx.screen_time, &strength) : BlockFlash::kSteady;
      const bool plain = state == BlockState::kFree || state == BlockState::kIdle || state == BlockState::kUsed;
      if (plain && flash == BlockFlash::kSteady) continue;
      const Rect r = cell_rect(fit, at, s);
      if (state == BlockState::kShared && flash == BlockFlash::kSteady) shared_pattern(list, theme, r);
      if (state == BlockState::kPartial) partial_pattern(list, theme, r);
      if (state == BlockState::kPrivate && flash == BlockFlash::kSteady) private_pattern(list, theme, r);
      if (flash == BlockFlash::kStored) stored_pattern(list, theme, r, strength);
      if (flash == BlockFlash::kEvicted) evicted_pattern(list, theme, r, strength);
    }
    grid_lines(list, theme, fit, at);
  }
  if (fit.shape.per_texel == 1 && map_cells(ctx.fleet) > cache.capacity())
    null_sign(list, theme, cell_rect(fit, at, cache.capacity()));
  if (fit.few && fit.cell >= ctx.look.px(kNumberCell)) {
    for (SlotId s = 0; s < cache.capacity(); ++s) {
      const BlockId block = cache.slots()[s].block;
      if (block != kNone && !cache.is_free(s))
        block_number(list, ctx.look, cell_rect(fit, at, s), seen_color(ctx, texture, w, s), block);
    }
  }
  for (const Span& run : ink.marked) {
    for (BlockId b = run.first; b < run.first + run.count; ++b) {
      if (!cache.resident().contains(b)) continue;
      for (SlotId s = cache.slot_of(b); s != kNone; s = cache.slots()[s].next_copy)
        dot(list, ctx.look, cell_rect(fit, at, s), seen_color(ctx, texture, w, s), fit.few);
    }
  }
  for (std::size_t i = 0; i < ink.victims.size(); ++i) {
    const Rect r = cell_rect(fit, at, ink.victims[i]);
    compat::add_rect(list, r.min(), ImVec2(r.right() - (patterns ? 1 : 0), r.bottom() - (patterns ? 1 : 0)),
                     theme.block_evicted);
  }
  const auto ring = [&](const Selection& what, Color color) {
    const auto* b = std::get_if<SelectedBlock>(&what);
    if (!b || b->block == kNone || !cache.resident().contains(b->block)) return;
    const SlotId first = cache.slot_of(b->block);
    outline(list, ctx.look, cell_rect(fit, at, first), color);
    for (SlotId s = cache.slots()[first].next_copy; s != kNone; s = cache.slots()[s].next_copy)
      copy_outline(list, ctx.look, cell_rect(fit, at, s), color);
  };
  ring(ctx.selection, theme.accent);
  ring(ctx.hover, theme.text);
}

std::optional<SlotId> slot_at(const MapFit& fit, ImVec2 at, std::uint32_t slots, ImVec2 point) {
  const float x = std::floor((point.x - at.x) / fit.cell_w), y = std::floor((point.y - at.y) / fit.cell_h);
  if (x < 0 || y < 0 || x >= static_cast<float>(fit.shape.cols) || y >= static_cast<float>(fit.shape.rows)) return {};
  if (fit.shape.per_texel != 1) return {};
  const auto slot = static_cast<SlotId>(static_cast<int>(y) * fit.shape.cols + static_cast<int>(x));
  if (slot >= slots) return {};
  return slot;
}

void block_tooltip(const FrameContext& ctx, WorkerId w, SlotId slot) {
  const Look& look = ctx.look;
  const KvCache& cache = ctx.fleet.workers()[w].cache();
  if (slot >= cache.capacity()) {
    tooltip(look, "The null block",
            "vLLM keeps one slot of its pool for padding: it is never used, and the pool that requests share is one "
            "smaller.");
    return;
  }
  const SlotInfo& info = cache.slots()[slot];
  if (cache.is_free(slot)) {
    if (ctx.observed != nullptr && slot >= own_cells(ctx.observed, ctx.fleet, w)) return;
    tooltip(look, fmt::format("{} {} · free", ctx.observed != nullptr ? "Cell" : "Slot", slot),
            "Nothing has been stored here yet, or it was dropped.");
    return;
  }
  if (info.block == kNone) {
    tooltip(look, fmt::format("Slot {} · partial block", slot),
            "Tokens of a running request that do not fill a block yet: no identity, nobody else can hit it.");
    return;
  }
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(look.px(12), look.px(9)));
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(look.px(8), look.px(3)));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, look.px(6));
  ImGui::BeginTooltip();
  text(look, FontRole::BodyMedium, look.theme.text,
       fmt::format("Block {} · {} {}", info.block, ctx.observed != nullptr ? "cell" : "slot", slot));
  text(look, FontRole::Small, look.theme.text_secondary, block_text(ctx, info.block));
  ImGui::Dummy(ImVec2(1, look.px(1)));
  const Workload& workload = ctx.fleet.workload();
  if (info.block < workload.tree.size())
    tooltip_row(look, "depth", fmt::format("{} in its prompt", workload.tree.depth(info.block) + 1));
  if (ctx.observed != nullptr) {  // who uses it, and when it goes, nobody tells
    tooltip_row(look, "held since", moment_text(info.stored_at));
    ImGui::EndTooltip();
    ImGui::PopStyleVar(3);
    return;
  }
  tooltip_row(look, "references", info.refs == 0 ? "none: idle, evictable" : std::to_string(info.refs));
  if (const std::string users = users_text(ctx, w, info.block); !users.empty()) tooltip_row(look, "used by", users);
  int copies = 0, place = 0;
  for (SlotId s = cache.slot_of(info.block); s != kNone; s = cache.slots()[s].next_copy) {
    ++copies;
    if (s == slot) place = copies;
  }
  if (copies > 1) {
    tooltip_row(look, "copies",
                place == 1 ? fmt::format("the first of {}: the one that is found", copies)
                           : fmt::format("number {} of {}: found once those before are gone", place, copies));
  }
  tooltip_row(look, "stored", moment_text(info.stored_at));
  tooltip_row(look, "last used", moment_text(info.used_at));
  if (info.refs == 0) {
    std::string turn = "at random";
    if (eviction_row(cache.policy()).foreseeable) {
      const std::vector<SlotId> order = eviction_order(cache, cache.idle_blocks());
      const auto found = std::find(order.begin(), order.end(), slot);
      turn = found == order.end()
                 ? "–"
                 : fmt::format("{} of {} to go", found - order.begin() + 1, with_commas(cache.idle_blocks()));
    }
    tooltip_row(look, "eviction", turn);
  }
  if (!believed_block(ctx, w, info.block))
    tooltip_row(look, several_routers(ctx) ? "routers" : "router", ignorance_words(ctx));
  ImGui::EndTooltip();
  ImGui::PopStyleVar(3);
}

void draw_state_sample(ImDrawList* list, const Look& look, const Rect& rect, BlockState state) {
  list->AddRectFilled(rect.min(), rect.max(), state_color(look.theme, state), look.px(2));
  const Rect inner{rect.x, rect.y, rect.w + 1, rect.h + 1};
  if (state == BlockState::kShared) shared_pattern(list, look.theme, inner);
  if (state == BlockState::kPartial) partial_pattern(list, look.theme, rect);
  if (state == BlockState::kPrivate) private_pattern(list, look.theme, rect);
  compat::add_rect(list, rect.min(), rect.max(), look.theme.line_strong, look.px(2));
}

void draw_null_sample(ImDrawList* list, const Look& look, const Rect& rect) {
  null_sign(list, look.theme, rect);
  compat::add_rect(list, rect.min(), rect.max(), look.theme.line_strong, look.px(2));
}

void draw_flash_sample(ImDrawList* list, const Look& look, const Rect& rect, BlockFlash flash) {
  const Theme& theme = look.theme;
  list->AddRectFilled(rect.min(), rect.max(), flash == BlockFlash::kEvicted ? theme.block_evicted : theme.block_stored,
                      look.px(2));
  if (flash == BlockFlash::kEvicted) {
    evicted_pattern(list, theme, rect, 1);
  } else {
    stored_pattern(list, theme, rect, 1);
  }
}

}  // namespace blockyard
