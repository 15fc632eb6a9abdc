#include "app/panels/experiments/experiment.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/panels/overlay_parts.h"
#include "app/ui/icons.h"
#include "app/ui/widgets.h"
#include "core/router/policy.h"
#include "core/settings/setting.h"

namespace blockyard {
namespace {

constexpr std::size_t kMostStrategies = 12;

// A primary button at the right end of the row that `at` begins.
bool run_button(const Look& look, const char* label, float right, float y) {
  ButtonSpec go{label, icons::kPlay};
  go.kind = ButtonKind::Primary;
  ImGui::SetCursorScreenPos(ImVec2(right - button_width(look, go), y));
  return button(look, go);
}

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

void explain_hit_rate(FrameContext& ctx) {
  ctx.ui.experiment_open = true;
  ctx.ui.experiment = UiState::Experiment::kWaterfall;
  ctx.push(cmd::RunExperiment{WaterfallWanted{}});
}

const std::vector<ExperimentCard::Form>& ExperimentCard::forms() {
  static const std::vector<Form> kForms{{"Where the hit rate went", &ExperimentCard::waterfall_form},
                                        {"The whole run", &ExperimentCard::pictures_form},
                                        {"Compare strategies", &ExperimentCard::comparison_form},
                                        {"Sweep settings", &ExperimentCard::sweep_form}};
  return kForms;
}

void ExperimentCard::one_button(FrameContext& ctx, const char* label, const char* what, ExperimentWanted wanted) {
  const Look& look = ctx.look;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  if (run_button(look, label, at.x + width, at.y)) ctx.push(cmd::RunExperiment{std::move(wanted)});
  const float y = ImGui::GetCursorScreenPos().y;
  ImGui::SetCursorScreenPos(at);
  text_wrapped(look, FontRole::Small, look.theme.text_secondary, what, width - look.px(130));
  ImGui::SetCursorScreenPos(ImVec2(at.x, std::max(y, ImGui::GetCursorScreenPos().y)));
}

void ExperimentCard::waterfall_form(FrameContext& ctx) {
  one_button(ctx, "Explain",
             "The same requests again and again, each time with one cause more: whole blocks, finite memory, the "
             "eviction policy, the split over workers, a view that is out of date, load.",
             WaterfallWanted{});
}

void ExperimentCard::pictures_form(FrameContext& ctx) {
  one_button(ctx, "Draw",
             "The pictures that `blockyard plot` and reports have of this scenario, from its start to its end, without "
             "what was changed along the way.",
             PicturesWanted{});
}

void ExperimentCard::comparison_form(FrameContext& ctx) {
  const Look& look = ctx.look;
  const auto policies = policy_table();
  if (strategies_.empty()) {
    // The scenario's own, and the two baselines.
    strategies_ = {ctx.scenario.config.router.strategy};
    for (const char* id : {"round_robin", "least_loaded"}) {
      const std::uint32_t s = find_policy(id);
      if (s != strategies_[0]) strategies_.push_back(s);
    }
  }
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, gap = look.px(6), line = look.px(28);
  float x = 0, y = 0;
  for (std::uint32_t s = 0; s < policies.size(); ++s) {
    const std::string label(policies[s].label);
    const auto chosen = std::find(strategies_.begin(), strategies_.end(), s);
    const bool on = chosen != strategies_.end();
    const char* icon = on ? icons::kCheck : nullptr;
    const float w = chip_width(look, label.c_str(), icon);
    if (x > 0 && x + w > width) x = 0, y += line;
    ImGui::SetCursorScreenPos(ImVec2(at.x + x, at.y + y));
    ImGui::PushID(static_cast<int>(s));
    if (chip(look, label.c_str(), on ? Tone::Accent : Tone::Neutral, icon)) {
      if (on) {
        if (strategies_.size() > 1) strategies_.erase(chosen);
      } else if (strategies_.size() < kMostStrategies) {
        strategies_.push_back(s);
      }
    }
    ImGui::PopID();
    help_tooltip(look, policies[s].label, policies[s].help);
    x += w + gap;
  }
  y += line + look.px(4);
  const bool go = run_button(look, "Compare", at.x + width, at.y + y + look.px(6));
  ImGui::SetCursorScreenPos(ImVec2(at.x, at.y + y));
  SliderSpec seeds;
  seeds.label = "Seeds";
  seeds.min = 1;
  seeds.max = 20;
  seeds.initial = 1;
  seeds.decimals = 0;
  seeds.help = "Each strategy on the same requests under this many seeds; with two or more, means with 95 % intervals.";
  ImGui::BeginChild("seeds", ImVec2(look.px(320), look.px(40)), false, ImGuiWindowFlags_NoBackground);
  slider_row(look, seeds, &seeds_);
  ImGui::EndChild();
  if (go) {
    std::sort(strategies_.begin(), strategies_.end());
    ctx.push(cmd::RunExperiment{ComparisonWanted{strategies_, static_cast<std::uint32_t>(seeds_)}});
  }
}

void ExperimentCard::sweep_row(FrameContext& ctx, const char* id, const Setting*& chosen, std::string& values,
                               bool may_be_none) {
  const Look& look = ctx.look;
  const std::vector<const Setting*> settings = sweepable_settings(ctx.scenario);
  std::vector<std::string> labels;
  for (const Setting* s : settings) labels.push_back(label_with_unit(*s, ctx.scenario));
  std::vector<Choice> choices;
  if (may_be_none) choices.push_back({"Nothing else", "A curve over one setting"});
  for (std::size_t i = 0; i < settings.size(); ++i) choices.push_back({labels[i].c_str(), settings[i]->path.data()});
  const int shift = may_be_none ? 1 : 0;
  const auto found = std::find(settings.begin(), settings.end(), chosen);
  const int now = found == settings.end() ? 0 : static_cast<int>(found - settings.begin()) + shift;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, column = look.px(260);
  ImGui::PushID(id);
  ImGui::BeginChild("setting", ImVec2(column, look.px(32)), false, ImGuiWindowFlags_NoBackground);
  if (const auto picked = dropdown(look, "path", choices, now)) {
    chosen = *picked < shift ? nullptr : settings[static_cast<std::size_t>(*picked - shift)];
    values = chosen == nullptr ? "" : sweep_values(*chosen, ctx.scenario);
  }
  ImGui::EndChild();
  if (chosen != nullptr) {
    ImGui::SetCursorScreenPos(ImVec2(at.x + column + look.px(10), at.y));
    ImGui::BeginChild("values", ImVec2(width - column - look.px(150), look.px(32)), false,
                      ImGuiWindowFlags_NoBackground);
    text_field(look, "text", icons::kList, "values: 1,2,4 or 1:16:x2 or 0:10:2", &values);
    ImGui::EndChild();
  }
  ImGui::PopID();
  ImGui::SetCursorScreenPos(ImVec2(at.x, at.y + look.px(36)));
}

void ExperimentCard::sweep_form(FrameContext& ctx) {
  const auto begin_with = [&](std::size_t i, std::string_view path) {
    axis_[i] = find_setting(path, ctx.scenario);
    values_[i] = sweep_values(*axis_[i], ctx.scenario);
  };
  // What no longer means anything in this scenario gives way.
  if (axis_[1] != nullptr && !matters(*axis_[1], ctx.scenario)) axis_[1] = nullptr;
  if (axis_[0] == nullptr) {
    begin_with(0, "fleet.workers");
    begin_with(1, "router.strategy");
  } else if (!matters(*axis_[0], ctx.scenario)) {
    begin_with(0, "fleet.workers");
  }
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float right = at.x + ImGui::GetContentRegionAvail().x;
  sweep_row(ctx, "first", axis_[0], values_[0], false);
  sweep_row(ctx, "second", axis_[1], values_[1], true);
  const ImVec2 end = ImGui::GetCursorScreenPos();
  if (run_button(ctx.look, "Sweep", right, at.y)) {
    SweepWanted wanted;
    for (std::size_t i = 0; i < 2; ++i) {
      if (axis_[i] != nullptr) wanted.vary.push_back(fmt::format("{}={}", axis_[i]->path, values_[i]));
    }
    ctx.push(cmd::RunExperiment{std::move(wanted)});
  }
  ImGui::SetCursorScreenPos(end);
}

void ExperimentCard::outcome(FrameContext& ctx, const ExperimentState& state) {
  const Look& look = ctx.look;
  const ImVec2 at = ImGui::GetCursorScreenPos(), room = ImGui::GetContentRegionAvail();
  Rect rest{at.x, at.y, room.x, std::max(look.px(40), room.y)};
  ImDrawList* list = ImGui::GetWindowDrawList();
  if (state.running) {
    const std::string far =
        state.total == 0 ? "generating requests …" : fmt::format("{} of {}", state.done, state.total);
    draw_text(list, look, FontRole::Small, look.theme.text_secondary, ImVec2(rest.x, rest.y + look.px(14)),
              fmt::format("{}: {}", state.title, far));
    ButtonSpec stop{"Cancel", icons::kTimes};
    const float w = button_width(look, stop);
    ImGui::SetCursorScreenPos(ImVec2(rest.right() - w, rest.y));
    if (button(look, stop)) ctx.push(cmd::StopExperiment{});
    const float part = state.total == 0 ? 0 : static_cast<float>(state.done) / static_cast<float>(state.total);
    meter(list, look, {rest.x, rest.y + look.px(34), rest.w - w - look.px(14), look.px(6)}, part, look.theme.accent);
    return;
  }
  if (!state.trouble.empty()) {
    empty_state(look, rest, icons::kWarning, "No picture", state.trouble);
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
    rest.take_top(look.px(40), 0);
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
  show_figure(ctx, "experiment-figure", rest, box_);
}

void ExperimentCard::draw(FrameContext& ctx, ImVec2 screen) {
  if (!ctx.ui.experiment_open) return;
  const Look& look = ctx.look;
  begin_overlay(ctx, "experiment", screen, ImVec2(look.px(1080), look.px(800)), look.px(56), &ctx.ui.experiment_open);
  section_header(look, icons::kFlask, "Experiments", "the scenario as it is set now, from its start · Esc closes");
  std::vector<const char*> kinds;
  for (const Form& form : forms()) kinds.push_back(form.label);
  if (const auto picked = segmented(look, "kind", kinds, static_cast<int>(ctx.ui.experiment)))
    ctx.ui.experiment = static_cast<UiState::Experiment>(*picked);
  ImGui::Dummy(ImVec2(1, look.px(4)));
  (this->*forms()[static_cast<std::size_t>(ctx.ui.experiment)].draw)(ctx);
  ImGui::Dummy(ImVec2(1, look.px(2)));
  divider(look);
  if (ctx.experiment != nullptr) {
    outcome(ctx, *ctx.experiment);
  } else {
    const ImVec2 at = ImGui::GetCursorScreenPos(), room = ImGui::GetContentRegionAvail();
    empty_state(look, {at.x, at.y, room.x, room.y}, icons::kFlask, "Nothing has been run yet",
                "The picture will appear here; right-click it to export it. The run behind this card stays as it is.");
  }
  end_overlay(look);
}

}  // namespace blockyard
