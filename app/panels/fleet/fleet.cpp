#include "app/panels/fleet/fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "app/panels/linked.h"
#include "app/panels/observed_words.h"
#include "app/panels/whose_belief.h"
#include "app/ui/compat.h"
#include "app/ui/icons.h"

namespace blockyard {
namespace {

// Idle blocks that are marked as the next to go, per worker.
constexpr std::size_t kVictims = 16;

}  // namespace

void FleetPanel::draw(FrameContext& ctx, const Rect& rect) {
  const Look& look = ctx.look;
  if (look.anchors) look.anchors->push("fleet");
  Rect area = rect;
  const Rect top = area.take_top(look.px(24), look.px(6));
  const std::size_t count = ctx.fleet.workers().size();
  const std::uint32_t slots = map_cells(ctx.fleet);
  FleetGrid grid = arrange_fleet(area, count, slots, look.scale, wanted_);
  if (grid.height > area.h + 1 && wanted_ != FleetDetail::kAuto) {  // it scrolls: leave room for the bar
    Rect narrower = area;
    narrower.take_right(look.px(12));
    grid = arrange_fleet(narrower, count, slots, look.scale, wanted_);
  }
  gather(ctx);
  happened_ = what_happened(ctx);
  hovered_worker_ = linked_to(ctx, ctx.hover).worker;
  selected_worker_ = linked_to(ctx, ctx.selection).worker;
  texture_.begin_frame(ctx, grid.fit.shape);
  head(ctx, top, grid);

  ImGui::SetCursorScreenPos(area.min());
  compat::begin_child("fleet", area.size(), false, ImGuiWindowFlags_NoBackground);
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  const Rect inner{origin.x, origin.y, area.w, area.h};
  for (WorkerId w = 0; w < count; ++w) {
    const Rect place = grid.card(inner, w);
    if (place.bottom() < area.y || place.y > area.bottom()) continue;
    card(ctx, w, place, grid);
    if (grid.numbers > 0 && w % static_cast<WorkerId>(grid.columns) == 0) {
      draw_text_right(ImGui::GetWindowDrawList(), look, FontRole::Small, look.theme.text_muted,
                      ImVec2(place.x - look.px(6), place.center().y), std::to_string(w));
    }
  }
  ImGui::SetCursorScreenPos(ImVec2(origin.x, origin.y + grid.height - 1));
  ImGui::Dummy(ImVec2(1, 1));
  ImGui::EndChild();
  texture_.end_frame(ctx);
  look.mark("map", area);
  if (look.anchors) look.anchors->pop();
}

void FleetPanel::gather(FrameContext& ctx) {
  const std::size_t count = ctx.fleet.workers().size();
  const bool fresh = facts_.size() != count;
  if (fresh) facts_.assign(count, {});
  marked_ = marked_blocks(ctx);
  load_scale_ = ctx.fleet.config().router.load_metric == LoadMetric::kRemainingMs ? 1000 : 4;
  for (WorkerId w = 0; w < count; ++w) {
    facts_[w].load = ctx.fleet.true_load(w);
    load_scale_ = std::max(load_scale_, facts_[w].load);
  }
  if (rates_due_.due(ctx) || fresh) {
    std::vector<std::uint64_t> hit(count, 0), blocks(count, 0);
    const auto& records = ctx.fleet.records();
    for (RequestId r = 0; r < records.size(); ++r) {
      if (records[r].status != RequestStatus::kCompleted) continue;
      hit[records[r].worker] += records[r].hit;
      blocks[records[r].worker] += ctx.fleet.request(r).prompt_blocks;
    }
    for (WorkerId w = 0; w < count; ++w) {
      facts_[w].hit_rate = blocks[w] ? static_cast<double>(hit[w]) / static_cast<double>(blocks[w])
                                     : std::numeric_limits<double>::quiet_NaN();
    }
  }
  if (ctx.observed != nullptr) {
    for (WorkerId w = 0; w < count; ++w)
      facts_[w].hit_rate = ctx.observed->hit_rate(w).value_or(std::numeric_limits<double>::quiet_NaN());
  }
  if (!victims_ || ctx.observed != nullptr) {
    for (WorkerFacts& f : facts_) f.victims.clear();
  } else if (victims_due_.due(ctx) || fresh || facts_[0].victims.empty()) {
    for (WorkerId w = 0; w < count; ++w) facts_[w].victims = eviction_order(ctx.fleet.workers()[w].cache(), kVictims);
  }
}

void FleetPanel::head(FrameContext& ctx, const Rect& rect, const FleetGrid& grid) {
  const Look& look = ctx.look;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float y = rect.center().y;
  // From the right: the menu, the victims, then as much of the legend as there is room for, then the title.
  ImGui::SetCursorScreenPos(ImVec2(rect.right() - look.px(22), std::floor(y - look.px(11))));
  if (mini_button(look, "view", icons::kEye, "How the fleet is shown: cards, rows or a heat map"))
    ImGui::OpenPopup("fleet view");
  ImGui::SetCursorScreenPos(ImVec2(rect.right() - look.px(48), std::floor(y - look.px(11))));
  const std::string victims_help = !eviction_row(ctx.fleet.config().cache.eviction).foreseeable
                                       ? "Random eviction has no next victim: any idle block may go."
                                       : fmt::format("Mark the next {} blocks that each worker would evict", kVictims);
  if (ctx.observed == nullptr && mini_button(look, "victims", icons::kTarget, victims_help, victims_)) victims_ = !victims_;
  if (ImGui::BeginPopup("fleet view")) {
    constexpr std::array<std::pair<const char*, FleetDetail>, 4> kChoices = {{{"As many as fit", FleetDetail::kAuto},
                                                                              {"Cards", FleetDetail::kCards},
                                                                              {"Rows", FleetDetail::kRows},
                                                                              {"Heat map", FleetDetail::kHeat}}};
    for (const auto& [label, detail] : kChoices) {
      if (ImGui::MenuItem(label, nullptr, wanted_ == detail)) wanted_ = detail;
    }
    ImGui::EndPopup();
  }

  struct Entry {
    const char* label;
    const char* help;
    int kind;  // 0: state, 1: flash, 2: the dots, 3: a state of engine continuous alone, 4: the null block; 5: as 0,
               // of a fleet that is observed
    int value;
  };
  const bool continuous = ctx.fleet.config().fleet.engine == EngineKind::kContinuous;
  const bool null = map_cells(ctx.fleet) > ctx.fleet.workers()[0].cache().capacity();
  constexpr std::array<Entry, 11> kLegend = {{
      {"free", "Nothing is stored in this slot.", 0, static_cast<int>(BlockState::kFree)},
      {"cached, idle", "Kept, used by nobody: a hit for whoever comes next, or the next victim.", 0,
       static_cast<int>(BlockState::kIdle)},
      {"cached", "Its worker has said that it holds this block. Who uses it is not told.", 5,
       static_cast<int>(BlockState::kIdle)},
      {"in use", "A running request refers to it: it cannot be evicted.", 0, static_cast<int>(BlockState::kUsed)},
      {"shared", "Two or more running requests refer to it. Marked by a notch.", 0,
       static_cast<int>(BlockState::kShared)},
      {"private", "Part of a running request's own answer: nobody else can hit it. Marked by a bar.", 3,
       static_cast<int>(BlockState::kPrivate)},
      {"partial", "The last tokens of a running request, not a block yet: no identity, nobody else can hit it.", 3,
       static_cast<int>(BlockState::kPartial)},
      {"just stored", "Filled a moment ago. Marked by a ring; fades within 0.4 s.", 1,
       static_cast<int>(BlockFlash::kStored)},
      {"just evicted", "What was here has been evicted. Marked by a cross; fades within 0.4 s.", 1,
       static_cast<int>(BlockFlash::kEvicted)},
      {"null block", "One slot of vLLM's pool is never used.", 4, 0},
      {"selected prefix", "Blocks of the request or tree node that is selected or pointed at.", 2, 0},
  }};
  const float box = look.px(11);
  float gap = look.px(14);
  const bool seen = ctx.observed != nullptr, routed = seen && ctx.observed->routed();
  const auto label_of = [seen](const Entry& e) {
    return seen && e.kind == 1 && e.value == static_cast<int>(BlockFlash::kEvicted) ? "just removed" : e.label;
  };
  const auto width = [&](const Entry& e) { return box + look.px(6) + text_width(look, FontRole::Small, label_of(e)); };
  const std::string title = grid.fit.shape.per_texel > 1
                                ? fmt::format("KV blocks · {} per cell", grid.fit.shape.per_texel)
                                : std::string("KV block occupancy");
  const float title_w = text_width(look, FontRole::BodyBold, title) + look.px(16);
  float all = 0;
  const auto shown = [continuous, null, seen, routed](const Entry& e) {
    if (e.kind == 5) return seen && !routed;
    if (routed && e.kind == 0) return true;
    if (seen) return e.kind == 1 || e.kind == 2 || (e.kind == 0 && e.value == static_cast<int>(BlockState::kFree));
    return e.kind < 3 || (e.kind == 3 ? continuous : null);
  };
  for (const Entry& e : kLegend) all += shown(e) ? width(e) + gap : 0;
  const float limit = rect.w - look.px(56);
  if (all > limit) gap = look.px(8);  // what does not fit even so, the last of them, is left out
  const bool titled = all + title_w <= limit;
  if (titled) {
    draw_text(list, look, FontRole::BodyBold, look.theme.text, ImVec2(rect.x + look.px(2), y), title);
    ImGui::SetCursorScreenPos(rect.min());
    ImGui::InvisibleButton("##title", ImVec2(title_w, rect.h));
    help_tooltip(look, "Fleet", help_of("fleet"));
  }
  float x = titled ? rect.right() - look.px(56) - all : rect.x + look.px(2);
  for (const Entry& e : kLegend) {
    if (!shown(e)) continue;
    if (x + width(e) > rect.right() - look.px(52)) break;
    const Rect sample{std::floor(x), std::floor(y - box / 2), box, box};
    if (e.kind == 0 || e.kind == 3 || e.kind == 5) draw_state_sample(list, look, sample, static_cast<BlockState>(e.value));
    if (e.kind == 4) draw_null_sample(list, look, sample);
    if (e.kind == 1) draw_flash_sample(list, look, sample, static_cast<BlockFlash>(e.value));
    if (e.kind == 2) {
      list->AddRectFilled(sample.min(), sample.max(), look.theme.block_idle, look.px(2));
      const float d = look.px(4);
      const ImVec2 a(std::floor(sample.center().x - d / 2), std::floor(sample.center().y - d / 2));
      list->AddRectFilled(a, ImVec2(a.x + d, a.y + d), look.theme.prefix_dot);
    }
    draw_text(list, look, FontRole::Small, look.theme.text_secondary, ImVec2(x + box + look.px(6), y), label_of(e));
    ImGui::SetCursorScreenPos(ImVec2(x, rect.y));
    ImGui::InvisibleButton(e.label, ImVec2(width(e), rect.h));
    help_tooltip(look, e.label, e.help);
    x += width(e) + gap;
  }
}

}  // namespace blockyard
