// What came out of an experiment: progress while it runs, then its pictures, as high as they need to be.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/panels/experiments/experiment.h"
#include "app/ui/icons.h"
#include "app/ui/widgets.h"

namespace blockyard {
namespace {

const char* picture_name(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, const char*>, 5> kNames{{{"sweep_bars", "Bars"},
                                                                                   {"sweep_curves", "Curves"},
                                                                                   {"sweep_heatmap", "Heat maps"},
                                                                                   {"sweep_winner", "Who wins where"},
                                                                                   {"sweep_pareto", "Pareto front"}}};
  for (const auto& [id, label] : kNames) {
    if (id == name) return label;
  }
  for (const FigureRow& row : run_figure_table()) {
    if (row.name == name) return row.label.data();
  }
  return "Picture";
}

}  // namespace

void ExperimentCard::progress(FrameContext& ctx, const ExperimentState& state) {
  const Look& look = ctx.look;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  ImDrawList* list = ImGui::GetWindowDrawList();
  ButtonSpec stop{"Cancel", icons::kTimes};
  const float w = button_width(look, stop), left = width - w - look.px(14);
  const std::string far = state.total == 0 ? "generating requests …" : fmt::format("{} of {}", state.done, state.total);
  draw_text(list, look, FontRole::Small, look.theme.text_secondary, ImVec2(at.x, at.y + look.px(14)),
            ellipsized(look, FontRole::Small, fmt::format("{}: {}", state.title, far), left));
  ImGui::SetCursorScreenPos(ImVec2(at.x + width - w, at.y));
  if (button(look, stop)) ctx.push(cmd::StopExperiment{});
  const float part = state.total == 0 ? 0 : static_cast<float>(state.done) / static_cast<float>(state.total);
  meter(list, look, {at.x, at.y + look.px(34), left, look.px(6)}, part, look.theme.accent);
  ImGui::SetCursorScreenPos(ImVec2(at.x, at.y + look.px(50)));
  ImGui::Dummy(ImVec2(1, 1));
}

void ExperimentCard::outcome(FrameContext& ctx, const ExperimentState& state) {
  const Look& look = ctx.look;
  if (state.running) return progress(ctx, state);
  if (!state.trouble.empty()) {
    const ImVec2 at = ImGui::GetCursorScreenPos(), room = ImGui::GetContentRegionAvail();
    empty_state(look, {at.x, at.y, room.x, std::max(look.px(120), room.y)}, icons::kWarning, "No picture",
                state.trouble);
    return;
  }
  if (state.figures.empty()) return;
  if (state.figures.size() > 1) {
    std::vector<const char*> names;
    for (const NamedFigure& f : state.figures) names.push_back(picture_name(f.name));
    picture_ = std::clamp(picture_, 0, static_cast<int>(names.size()) - 1);
    constexpr std::size_t kMostTabs = 5;
    std::optional<int> picked;
    if (names.size() <= kMostTabs) {
      picked = tab_strip(look, "pictures", names, picture_);
    } else {
      std::vector<Choice> choices;
      for (const char* name : names) choices.push_back({name, nullptr});
      ImGui::BeginChild("pictures", ImVec2(look.px(260), look.px(34)), false, ImGuiWindowFlags_NoBackground);
      picked = dropdown(look, "picture", choices, picture_);
      ImGui::EndChild();
    }
    if (picked) picture_ = *picked, shown_.clear();
  } else {
    picture_ = 0;
  }
  const Figure& figure = state.figures[static_cast<std::size_t>(picture_)].figure;
  const std::string key =
      fmt::format("{}/{}/{}", static_cast<const void*>(state.figures.data()), state.title, picture_);
  if (shown_ != key) {
    shown_ = key;
    const std::uint64_t revision = box_.figure.revision + 1;
    box_.figure = figure;
    box_.figure.revision = revision;
    box_.view = FigureView{};
  }
  // As many plots beside each other as can be read; the card scrolls where they are higher than it is.
  constexpr float kLeastColumn = 360;
  const ImVec2 at = ImGui::GetCursorScreenPos(), room = ImGui::GetContentRegionAvail();
  box_.figure.columns = std::clamp(static_cast<int>(room.x / look.px(kLeastColumn)), 1, figure.columns);
  const float least = least_height(box_.figure, room.x, plot_style(look), box_.view);
  const Rect rect{at.x, at.y, room.x, std::max(least, room.y - look.px(2))};
  show_figure(ctx, "experiment-figure", rect, box_);
  ImGui::SetCursorScreenPos(rect.min());
  ImGui::Dummy(rect.size());
}

}  // namespace blockyard
