// The form of a sweep: one or two settings, each over a range in so many steps, a list, or some of its choices.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/panels/experiments/experiment.h"
#include "app/panels/experiments/flow.h"
#include "app/ui/icons.h"
#include "app/ui/widgets.h"

namespace blockyard {
namespace {

// A word and a field that is typed into, kept together.
void field(Flow& flow, const char* id, const char* word, float width, std::string& value) {
  const Look& look = flow.look();
  const float label = *word == 0 ? 0 : text_width(look, FontRole::Small, word) + look.px(6);
  const ImVec2 at = flow.place(label + width);
  if (label > 0)
    draw_text(ImGui::GetWindowDrawList(), look, FontRole::Small, look.theme.text_secondary,
              ImVec2(at.x, at.y + look.px(17)), word);
  ImGui::SetCursorScreenPos(ImVec2(at.x + label, at.y));
  ImGui::BeginChild(id, ImVec2(width, look.px(34)), false, ImGuiWindowFlags_NoBackground);
  text_field(look, id, nullptr, "", &value);
  ImGui::EndChild();
}

template <std::size_t N>
std::optional<int> either(Flow& flow, const char* id, const std::array<const char*, N>& labels, int chosen,
                          float width) {
  flow.place(width);
  ImGui::BeginChild(id, ImVec2(width, flow.look().px(34)), false, ImGuiWindowFlags_NoBackground);
  const auto picked = segmented(flow.look(), id, labels, chosen, width);
  ImGui::EndChild();
  return picked;
}

}  // namespace

void ExperimentCard::sweep_row(FrameContext& ctx, const char* id, SweepWish& wish, bool may_be_none) {
  const Look& look = ctx.look;
  std::vector<const Setting*> settings = sweepable_settings(ctx.scenario);
  settings.insert(settings.begin(), &staleness_setting());
  std::vector<std::string> labels;
  for (const Setting* s : settings) labels.push_back(label_with_unit(*s, ctx.scenario));
  std::vector<Choice> choices;
  if (may_be_none) choices.push_back({"Nothing else", "A curve over one setting"});
  for (std::size_t i = 0; i < settings.size(); ++i) choices.push_back({labels[i].c_str(), settings[i]->path.data()});
  const int shift = may_be_none ? 1 : 0;
  const auto found = std::find(settings.begin(), settings.end(), wish.setting);
  const int now = found == settings.end() ? 0 : static_cast<int>(found - settings.begin()) + shift;
  ImGui::PushID(id);
  if (look.anchors) look.anchors->push(id);
  Flow flow(look, look.px(34), look.px(8));
  const float column = look.px(230);
  flow.place(column);
  ImGui::BeginChild("setting", ImVec2(column, look.px(34)), false, ImGuiWindowFlags_NoBackground);
  if (const auto picked = dropdown(look, "path", choices, now)) {
    const int index = *picked - shift;
    wish = index < 0 ? SweepWish{} : SweepWish::of(*settings[static_cast<std::size_t>(index)], ctx.scenario);
    wrong_.clear();
  }
  ImGui::EndChild();
  if (wish.setting != nullptr && wish.how == SweepWish::How::kChoices) {
    for (const ChoiceRow& c : SweepWish::choices_of(*wish.setting)) {
      const std::string name(c.id);
      const bool on = std::find(wish.chosen.begin(), wish.chosen.end(), name) != wish.chosen.end();
      if (flow.chip(std::string(c.label).c_str(), on, std::string(c.help).c_str())) wish.flip(name);
    }
  } else if (wish.setting != nullptr) {
    constexpr std::array<const char*, 2> kHow{"Range", "List"};
    if (const auto picked = either(flow, "how", kHow, wish.how == SweepWish::How::kList ? 1 : 0, look.px(120)))
      wish.how = *picked == 1 ? SweepWish::How::kList : SweepWish::How::kRange;
    if (wish.how == SweepWish::How::kList) {
      field(flow, "values", "values, with commas between", look.px(230), wish.list);
    } else {
      field(flow, "from", "from", look.px(76), wish.from);
      field(flow, "to", "to", look.px(76), wish.to);
      field(flow, "steps", "in", look.px(46), wish.steps);
      constexpr std::array<const char*, 2> kSteps{"steps of equal ratio", "equal steps"};
      if (const auto picked = either(flow, "spacing", kSteps, wish.by_factor ? 0 : 1, look.px(290)))
        wish.by_factor = *picked == 0;
    }
  }
  flow.end();
  if (look.anchors) look.anchors->pop();
  ImGui::PopID();
}

void ExperimentCard::sweep_form(FrameContext& ctx) {
  const Look& look = ctx.look;
  const auto begin_with = [&](std::size_t i, std::string_view path) {
    wishes_[i] = SweepWish::of(*find_setting(path, ctx.scenario), ctx.scenario);
  };
  // What no longer means anything in this scenario gives way.
  if (wishes_[1].setting != nullptr && !matters(*wishes_[1].setting, ctx.scenario)) wishes_[1] = SweepWish{};
  if (wishes_[0].setting == nullptr) {
    begin_with(0, "fleet.workers");
    begin_with(1, "router.strategy");
  } else if (!matters(*wishes_[0].setting, ctx.scenario)) {
    begin_with(0, "fleet.workers");
  }
  sweep_row(ctx, "first", wishes_[0], false);
  sweep_row(ctx, "second", wishes_[1], true);
  // What would run, or what is wrong with it.
  SweepWanted wanted;
  std::size_t runs = 1;
  std::string wrong;
  for (const SweepWish& w : wishes_) {
    if (w.setting == nullptr || !wrong.empty()) continue;
    const auto values = values_of(w);
    if (!values) {
      wrong = values.error().message;
      continue;
    }
    runs *= 1 + static_cast<std::size_t>(std::count(values->begin(), values->end(), ','));
    wanted.vary.push_back(fmt::format("{}={}", w.setting->path, *values));
  }
  ButtonSpec go{"Sweep", icons::kPlay, ButtonKind::Primary};
  const float button_w = button_width(look, go);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float right = at.x + ImGui::GetContentRegionAvail().x, room = right - at.x - button_w - look.px(16);
  ImGui::SetCursorScreenPos(ImVec2(right - button_w, at.y));
  if (button(look, go)) {
    wrong_ = wrong;
    if (wrong.empty()) ctx.push(cmd::RunExperiment{std::move(wanted)});
  }
  const float below = ImGui::GetCursorScreenPos().y;
  ImGui::SetCursorScreenPos(ImVec2(at.x, at.y + look.px(8)));
  if (wrong_.empty() || wrong.empty()) {
    wrong_.clear();
    text_wrapped(look, FontRole::Small, look.theme.text_secondary,
                 wrong.empty() ? fmt::format("{} run{} of the whole scenario", runs, runs == 1 ? "" : "s") : "", room);
  } else {
    wrong_ = wrong;
    text_wrapped(look, FontRole::Small, look.theme.bad_text, wrong_, room);
  }
  ImGui::SetCursorScreenPos(ImVec2(at.x, std::max(below, ImGui::GetCursorScreenPos().y)));
}

}  // namespace blockyard
