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
constexpr float kRoomForForm = 620;  // at scale 1: below it the form folds once there is a result

// A primary button at the right end of the row that `at` begins.
bool run_button(const Look& look, const char* label, float right, float y) {
  ButtonSpec go{label, icons::kPlay};
  go.kind = ButtonKind::Primary;
  ImGui::SetCursorScreenPos(ImVec2(right - button_width(look, go), y));
  return button(look, go);
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

// Where the card is low, the form makes room for what came out, until it is asked for.
bool ExperimentCard::form_folds(FrameContext& ctx, bool scarce) {
  if (ctx.experiment == nullptr || ctx.experiment->running || ctx.experiment->figures.empty()) unfolded_ = false;
  if (!scarce || unfolded_ || ctx.experiment == nullptr || ctx.experiment->figures.empty()) return false;
  ButtonSpec more{"Run another", icons::kChevronDown, ButtonKind::Ghost};
  more.tooltip = "Shows what can be set and run";
  unfolded_ = button(ctx.look, more);
  return true;
}

void ExperimentCard::draw(FrameContext& ctx, ImVec2 screen) {
  if (!ctx.ui.experiment_open) return;
  const Look& look = ctx.look;
  begin_overlay(ctx, "experiment", screen, ImVec2(look.px(1180), look.px(900)), look.px(40), &ctx.ui.experiment_open);
  section_header(look, icons::kFlask, "Experiments", "the scenario as it is set now, from its start · Esc closes");
  std::vector<const char*> kinds;
  for (const Form& form : forms()) kinds.push_back(form.label);
  if (const auto picked = segmented(look, "kind", kinds, static_cast<int>(ctx.ui.experiment)))
    ctx.ui.experiment = static_cast<UiState::Experiment>(*picked), unfolded_ = true;
  ImGui::Dummy(ImVec2(1, look.px(2)));
  const bool scarce = ImGui::GetContentRegionAvail().y < look.px(kRoomForForm);
  begin_scroll(look, "##experiment");
  if (!form_folds(ctx, scarce)) {
    (this->*forms()[static_cast<std::size_t>(ctx.ui.experiment)].draw)(ctx);
    ImGui::Dummy(ImVec2(1, look.px(2)));
    divider(look);
  }
  if (ctx.experiment != nullptr) {
    outcome(ctx, *ctx.experiment);
  } else {
    const ImVec2 at = ImGui::GetCursorScreenPos(), room = ImGui::GetContentRegionAvail();
    empty_state(look, {at.x, at.y, room.x, std::max(room.y, look.px(120))}, icons::kFlask, "Nothing has been run yet",
                "The picture will appear here; right-click it to export it. The run behind this card stays as it is.");
  }
  end_scroll("##experiment");
  end_overlay(look);
}

}  // namespace blockyard
