#include "app/panels/fleet/side_by_side.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "app/panels/beside.h"
#include "app/panels/panel_text.h"
#include "app/ui/compat.h"
#include "app/ui/icons.h"
#include "app/ui/widgets.h"

namespace blockyard {
namespace {

constexpr std::array<const char*, 3> kLetters{"A", "B", "C"};

std::string label_of(std::uint32_t strategy) {
  const auto policies = policy_table();
  return strategy < policies.size() ? std::string(policies[strategy].label) : "?";
}

}  // namespace

bool SideBySide::shown(const FrameContext& ctx) { return ctx.ui.side_by_side && !ctx.compared.empty(); }

void SideBySide::draw_differences(FrameContext& ctx, const Rect& whole) {
  const Look& look = ctx.look;
  const Theme& theme = look.theme;
  ImDrawList* list = ImGui::GetWindowDrawList();
  if (look.anchors) look.anchors->push("differences");
  if (due_.due(ctx)) alarms_ = Alarms::of(ctx.fleet);
  const Rect rect = draw_figures_end(ctx, whole, alarms_);
  const KeyFigures a = shown_figures(ctx, ctx.metrics), b = shown_figures(ctx, *ctx.compared[0].metrics);
  const std::string name_a = label_of(ctx.fleet.config().router.strategy), name_b = ctx.compared[0].variant->name;
  const float gap = look.px(rect.w < look.px(700) ? 6 : 10);
  const float w = std::floor((rect.w - gap * (kKeyFigures - 1)) / kKeyFigures);
  for (std::size_t i = 0; i < kKeyFigures; ++i) {
    const KeyFigureKind& f = key_figure_table()[i];
    const double of_a = a.*f.field * f.factor, of_b = b.*f.field * f.factor, difference = of_b - of_a;
    // Long times in seconds, as everywhere; both in the same unit.
    const bool seconds = std::string_view(f.unit) == "ms" && std::max(of_a, of_b) >= 999.5;
    const double scale = seconds ? 0.001 : 1;
    const std::string unit = seconds ? "s" : f.unit;
    const std::string size = figure_text(std::abs(difference) * scale);
    const bool known = !std::isnan(difference), even = known && (size == "0.00" || difference == 0);
    const bool better = known && (difference > 0) == (f.better > 0);
    const Color color = !known || even ? theme.text_secondary : better ? theme.hit : theme.warn_text;
    const char* verdict = !known || even ? "" : better ? "better" : "worse";
    const Rect tile{rect.x + (w + gap) * static_cast<float>(i), rect.y, w, rect.h};
    ImGui::SetCursorScreenPos(tile.min());
    ImGui::InvisibleButton(f.label, ImVec2(std::max(1.0F, tile.w), std::max(1.0F, tile.h)));
    const bool hot = ImGui::IsItemHovered();
    help_[i] = fmt::format("{}\n\nOver the {}. A, {}: {}. B, {}: {}.\nLarge: B − A{}{}.", f.formula, figures_span(ctx),
                           name_a, quantity_text(of_a, f.unit), name_b, quantity_text(of_b, f.unit),
                           *verdict ? ", B is " : "", verdict);
    help_tooltip(look, f.label, help_[i]);
    list->AddRectFilled(tile.min(), tile.max(), hot ? theme.raised : theme.panel, look.px(8));
    compat::add_rect(list, tile.min(), tile.max(), hot ? theme.line_strong : theme.line, look.px(8));
    list->PushClipRect(tile.min(), tile.max(), true);
    const bool narrow = tile.w < look.px(132);
    const Rect in = tile.inset(look.px(narrow ? 8 : 13), 0);
    const bool fits = text_width(look, FontRole::Small, f.label) <= in.w;
    draw_text(list, look, FontRole::Small, theme.text_secondary, ImVec2(in.x, tile.y + tile.h * 0.2F),
              ellipsized(look, FontRole::Small, fits ? f.label : f.short_label, in.w));
    // Said in a word where there is room: a colour alone would not tell everybody.
    const float label_end = in.x + text_width(look, FontRole::Small, fits ? f.label : f.short_label);
    if (label_end + look.px(8) + text_width(look, FontRole::Small, verdict) <= in.right())
      draw_text_right(list, look, FontRole::Small, color, ImVec2(in.right(), tile.y + tile.h * 0.2F), verdict);
    const FontRole figure = narrow ? FontRole::BodyBold : FontRole::Kpi;
    const float y = tile.y + tile.h * 0.5F;
    const std::string sign = !known ? "" : even ? "" : difference > 0 ? "+" : "−";
    const float x = draw_text(list, look, figure, color, ImVec2(in.x, y), known && even ? "0" : sign + size);
    const std::string of = f.field == &KeyFigures::block_hit_rate ? "points" : unit;
    if (known && x + look.px(5) + text_width(look, FontRole::Small, of) <= in.right())
      draw_text(list, look, FontRole::Small, theme.text_muted, ImVec2(x + look.px(5), y + look.px(narrow ? 0 : 4)), of);
    draw_text(list, look, FontRole::Small, theme.text_muted, ImVec2(in.x, tile.y + tile.h * 0.8F),
              ellipsized(look, FontRole::Small,
                         fmt::format("A {}  B {}", figure_text(of_a * scale), figure_text(of_b * scale)), in.w));
    list->PopClipRect();
    look.mark(f.label, tile);
  }
  if (look.anchors) look.anchors->pop();
}

void SideBySide::head(FrameContext& ctx, const Rect& rect, std::size_t column, std::size_t columns) {
  const Look& look = ctx.look;
  const Theme& theme = look.theme;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const auto policies = policy_table();
  const std::uint32_t own = ctx.fleet.config().router.strategy;
  const std::uint32_t mine = column == 0 ? own : ctx.compared[column - 1].strategy;
  // The fleets beside the run; those that are a strategy and nothing else are told by it.
  std::vector<Variant> all;
  for (const RunBeside& r : ctx.compared) all.push_back(*r.variant);
  const auto taken = [&](std::uint32_t s) {
    return s == own || std::find(all.begin(), all.end(), strategy_variant(s)) != all.end();
  };
  const bool by_strategy = column == 0 || all[column - 1] == strategy_variant(mine);

  const float mid = rect.center().y, side = look.px(24);
  const Rect badge{rect.x, std::floor(mid - side / 2), side, side};
  list->AddRectFilled(badge.min(), badge.max(), column == 0 ? theme.accent : theme.raised, look.px(6));
  const float letter = text_width(look, FontRole::BodyBold, kLetters[column]);
  draw_text(list, look, FontRole::BodyBold, column == 0 ? theme.on_accent : theme.text,
            ImVec2(badge.center().x - letter / 2, mid), kLetters[column]);

  // From the right: what closes, adds and goes back to one fleet.
  float right = rect.right();
  const auto place = [&] {
    right -= look.px(26);
    ImGui::SetCursorScreenPos(ImVec2(right + look.px(4), std::floor(mid - look.px(11))));
  };
  if (column > 0) {
    place();
    if (mini_button(look, "close", icons::kTimes, "No longer beside the run")) {
      all.erase(all.begin() + static_cast<std::ptrdiff_t>(column - 1));
      ctx.push(cmd::SetCompare{all});
    }
  }
  if (column + 1 == columns) {
    place();
    if (mini_button(look, "one", icons::kExpand, "Back to one fleet; the comparison continues on the Compare tab"))
      ctx.ui.side_by_side = false;
    if (ctx.compared.size() + 1 < kMost) {
      place();
      if (mini_button(look, "add", icons::kPlus, "One more strategy")) {
        std::uint32_t next = 0;
        while (next < policies.size() && taken(next)) ++next;
        if (next < policies.size()) {
          all.push_back(strategy_variant(next));
          ctx.push(cmd::SetCompare{all});
        }
      }
    }
  }

  // Which strategy: A's is the run's own setting, a change of it in flight.
  std::vector<Choice> choices;
  std::vector<std::uint32_t> of_choice;
  int selected = 0;
  if (!by_strategy) {
    choices.push_back({all[column - 1].name.c_str(), "As the run, except for this setting"});
    of_choice.push_back(kNone);
  }
  for (std::uint32_t s = 0; s < policies.size(); ++s) {
    if (taken(s) && !(by_strategy && s == mine)) continue;
    if (by_strategy && s == mine) selected = static_cast<int>(choices.size());
    choices.push_back({policies[s].label.data(), policies[s].help.data()});
    of_choice.push_back(s);
  }
  if (column > 0) {
    choices.push_back({"Another setting …", "A fleet like the run's, except for one setting of your choice"});
    of_choice.push_back(kNone);
  }
  const float height = look.font_px(FontRole::Body) + 2 * look.px(7);  // of the dropdown
  ImGui::SetCursorScreenPos(ImVec2(badge.right() + look.px(8), std::floor(mid - height / 2)));
  const float width = std::min(right - badge.right() - look.px(12), look.px(280));
  if (width < look.px(60)) return;
  compat::begin_child(
      "strategy", ImVec2(width, rect.h), false,
      ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
  if (const auto picked = dropdown(look, "strategy", choices, selected)) {
    const std::uint32_t wanted = of_choice[static_cast<std::size_t>(*picked)];
    if (column == 0) {
      ctx.push(cmd::Set{"router.strategy", std::string(policies[wanted].id), "Strategy"});
    } else if (wanted == kNone) {
      pickers_[column].open();
    } else {
      all[column - 1] = strategy_variant(wanted);
      ctx.push(cmd::SetCompare{all});
    }
  }
  ImGui::EndChild();
  if (column == 0) return;
  if (auto variant = pickers_[column].draw(ctx)) {
    all[column - 1] = std::move(*variant);
    ctx.push(cmd::SetCompare{all});
  }
}

void SideBySide::draw_fleets(FrameContext& ctx, const Rect& rect) {
  const Look& look = ctx.look;
  const float gap = look.px(12);
  const std::size_t room = std::max<std::size_t>(2, static_cast<std::size_t>(rect.w / look.px(360)));
  const std::size_t columns = std::min({kMost, ctx.compared.size() + 1, room});
  const float w = std::floor((rect.w - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns));
  for (std::size_t i = 0; i < columns; ++i) {
    Rect column{rect.x + (w + gap) * static_cast<float>(i), rect.y, w, rect.h};
    if (look.anchors) look.anchors->push(kLetters[i]);
    ImGui::PushID(static_cast<int>(i));
    head(ctx, column.take_top(look.px(32), look.px(4)), i, columns);
    if (i == 0) {
      fleets_[i].draw(ctx, column);
    } else {
      FrameContext other = context_of(ctx, ctx.compared[i - 1]);
      fleets_[i].draw(other, column);
    }
    ImGui::PopID();
    if (look.anchors) look.anchors->pop();
  }
}

void open_comparison(FrameContext& ctx) {
  ctx.ui.open_bottom("compare");
  ctx.ui.side_by_side = true;
  if (!ctx.compared.empty()) return;
  const std::uint32_t rival = find_policy("round_robin");
  const std::uint32_t other = find_policy("cache_aware");
  ctx.push(compare_strategies({ctx.scenario.config.router.strategy == rival ? other : rival}));
}

}  // namespace blockyard
