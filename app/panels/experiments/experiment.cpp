#include "app/panels/experiments/experiment.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/panels/experiments/flow.h"
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

void ask_how_many_workers(FrameContext& ctx) {
  ctx.ui.experiment_open = true;
  ctx.ui.experiment = UiState::Experiment::kPlan;
}

void explain_hit_rate(FrameContext& ctx) {
  ctx.ui.experiment_open = true;
  // A key or a click on a figure takes no long work away: while something runs, the card shows that.
  if (ctx.experiment != nullptr && ctx.experiment->running) {
    ctx.ui.experiment = static_cast<UiState::Experiment>(ctx.experiment->kind);
    return;
  }
  ctx.ui.experiment = UiState::Experiment::kWaterfall;
  ctx.push(cmd::RunExperiment{WaterfallWanted{}});
}

const std::vector<ExperimentCard::Form>& ExperimentCard::forms() {
  static const std::vector<Form> kForms{{"Where the hit rate went", &ExperimentCard::waterfall_form},
                                        {"The whole run", &ExperimentCard::pictures_form},
                                        {"Compare fleets", &ExperimentCard::comparison_form},
                                        {"Sweep settings", &ExperimentCard::sweep_form},
                                        {"How many workers", &ExperimentCard::plan_form}};
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
             "The pictures that blockyard plot and reports have of this scenario, from its start to its end, without "
             "what was changed along the way.",
             PicturesWanted{});
}

// Chips of all strategies: the scenario's own and the two baselines to begin with.
void ExperimentCard::strategy_chips(FrameContext& ctx, Flow& flow) {
  const auto policies = policy_table();
  if (strategies_.empty()) {
    // The scenario's own, and the two baselines.
    strategies_ = {ctx.scenario.config.router.strategy};
    for (const char* id : {"round_robin", "least_loaded"}) {
      const std::uint32_t s = find_policy(id);
      if (s != strategies_[0]) strategies_.push_back(s);
    }
  }
  for (std::uint32_t s = 0; s < policies.size(); ++s) {
    const auto chosen = std::find(strategies_.begin(), strategies_.end(), s);
    const bool on = chosen != strategies_.end();
    if (!flow.chip(std::string(policies[s].label).c_str(), on, std::string(policies[s].help).c_str())) continue;
    if (on) {
      if (strategies_.size() > 1) strategies_.erase(chosen);
    } else if (strategies_.size() < kMostStrategies) {
      strategies_.push_back(s);
    }
  }
}

void ExperimentCard::plan_form(FrameContext& ctx) {
  const Look& look = ctx.look;
  if (slo_.empty()) {
    const SloConfig& slo = ctx.scenario.config.slo;
    slo_ = fmt::format("ttft_p95={:g}", slo.ttft_ms.value_or(1000));
    if (slo.tpot_ms) slo_ += fmt::format(",tpot_p95={:g}", *slo.tpot_ms);
  }
  Flow flow(look, look.px(22), look.px(6));
  strategy_chips(ctx, flow);
  flow.end();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const bool go = run_button(look, "Find the smallest fleets", at.x + width, at.y);
  ImGui::SetCursorScreenPos(at);
  const float field = std::min(look.px(420), width - look.px(230));
  ImGui::BeginChild("objectives", ImVec2(field, look.px(34)), false, ImGuiWindowFlags_NoBackground);
  text_field(look, "slo", icons::kPencil, "objectives, e.g. ttft_p95=500,tpot_p95=30", &slo_);
  ImGui::EndChild();
  text_wrapped(look, FontRole::Small, look.theme.text_secondary,
               "Figures and their limits (ms): the smallest fleet of each strategy whose 95 % intervals keep them, its "
               "price, and the bound of a perfect cache and perfect balance.");
  if (go) {
    std::sort(strategies_.begin(), strategies_.end());
    ctx.push(cmd::RunExperiment{PlanWanted{slo_, strategies_}});
  }
}

void ExperimentCard::comparison_form(FrameContext& ctx) {
  const Look& look = ctx.look;
  Flow flow(look, look.px(22), look.px(6));
  strategy_chips(ctx, flow);
  // Fleets beside the run that differ in another setting.
  for (const RunBeside& r : ctx.compared) {
    if (*r.variant == strategy_variant(r.strategy)) continue;
    const auto chosen = std::find(variants_.begin(), variants_.end(), *r.variant);
    const bool on = chosen != variants_.end();
    if (!flow.chip(r.variant->name.c_str(), on, "A fleet beside the run: the scenario except for this setting"))
      continue;
    on ? static_cast<void>(variants_.erase(chosen)) : variants_.push_back(*r.variant);
  }
  flow.end();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const bool go = run_button(look, "Compare", at.x + width, at.y + look.px(4));
  ImGui::SetCursorScreenPos(at);
  SliderSpec seeds;
  seeds.label = "Seeds";
  seeds.min = 1;
  seeds.max = 20;
  seeds.initial = 1;
  seeds.decimals = 0;
  seeds.help = "Each strategy on the same requests under this many seeds; with two or more, means with 95 % intervals.";
  ImGui::BeginChild("seeds", ImVec2(std::min(look.px(320), width - look.px(150)), look.px(44)), false,
                    ImGuiWindowFlags_NoBackground);
  slider_row(look, seeds, &seeds_);
  ImGui::EndChild();
  if (go) {
    std::sort(strategies_.begin(), strategies_.end());
    ctx.push(cmd::RunExperiment{ComparisonWanted{strategies_, static_cast<std::uint32_t>(seeds_), variants_}});
  }
}

// Where the card is low, the form makes room for what came out, until it is asked for.
bool ExperimentCard::form_folds(FrameContext& ctx, bool scarce) {
  const bool running = ctx.experiment != nullptr && ctx.experiment->running;
  if (running) unfolded_ = false;
  if (!scarce || unfolded_ || (!running && results_of(ctx).empty())) return false;
  if (ctx.experiment != nullptr && !ctx.experiment->running && !ctx.experiment->trouble.empty()) return false;
  ButtonSpec more{"Run another", icons::kChevronDown, ButtonKind::Ghost};
  more.tooltip = "Shows what can be set and run";
  unfolded_ = button(ctx.look, more);
  return true;
}

void ExperimentCard::draw(FrameContext& ctx, ImVec2 screen) {
  if (!ctx.ui.experiment_open) return;
  const Look& look = ctx.look;
  begin_overlay(ctx, "experiment", screen, ImVec2(look.px(1240), look.px(960)), look.px(24), &ctx.ui.experiment_open);
  section_header(look, icons::kFlask, "Experiments", "the scenario as it is set now, from its start · Esc closes");
  std::vector<const char*> kinds;
  for (const Form& form : forms()) kinds.push_back(form.label);
  if (const auto picked = segmented(look, "kind", kinds, static_cast<int>(ctx.ui.experiment)))
    ctx.ui.experiment = static_cast<UiState::Experiment>(*picked), unfolded_ = renaming_ = false;
  ImGui::Dummy(ImVec2(1, look.px(2)));
  const bool scarce = ImGui::GetContentRegionAvail().y < look.px(kRoomForForm);
  begin_scroll(look, "##experiment");
  if (!form_folds(ctx, scarce)) {
    (this->*forms()[static_cast<std::size_t>(ctx.ui.experiment)].draw)(ctx);
    ImGui::Dummy(ImVec2(1, look.px(2)));
    divider(look);
  }
  outcome(ctx);
  end_scroll("##experiment");
  end_overlay(look);
}

}  // namespace blockyard
