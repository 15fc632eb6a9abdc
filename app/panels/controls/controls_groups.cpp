// What groups of controls hold beside the rows of the table of settings: words on the strategy, the sum of the memory,
// faults.
#include <fmt/format.h>

#include <algorithm>

#include "app/panels/controls/controls.h"
#include "app/panels/panel_text.h"
#include "app/ui/icons.h"
#include "core/router/policy.h"
#include "core/settings/scenario.h"

namespace blockyard {
void Controls::routing(FrameContext& ctx, const Group&) {
  // What the strategy does stands between the choice of it and its parameters.
  const Setting& strategy = *find_setting("router.strategy");
  setting(ctx, strategy);
  const PolicyRow& policy = policy_table()[ctx.scenario.config.router.strategy];
  const std::string help =
      policy.source.empty() ? std::string(policy.help) : fmt::format("{} After {}.", policy.help, policy.source);
  text_wrapped(ctx.look, FontRole::Small, ctx.look.theme.text_muted, help);
  for (const Setting& row : setting_table()) {
    if (row.group == SettingGroup::kRouting && &row != &strategy && matters(row, ctx.scenario)) setting(ctx, row);
  }
}

void Controls::workload(FrameContext& ctx, const Group& group) {
  if (ctx.scenario.workload.type == WorkloadType::kTrace) {
    key_value(ctx.look, "Trace", ctx.fleet.workload().name);
    key_value(ctx.look, "Requests", with_commas(ctx.fleet.workload().requests.size()));
  }
  settings(ctx, group);
}

void Controls::fleet(FrameContext& ctx, const Group& group) {
  settings(ctx, group);
  memory(ctx);
}

void Controls::memory(FrameContext& ctx) {
  const Look& look = ctx.look;
  const Scenario& s = ctx.scenario;
  if (presets_) {
    std::vector<Choice> choices;
    std::vector<std::string> ids;
    int selected = -1;
    for (const ModelPreset& m : presets_->models) {
      if (m.id == s.model) selected = static_cast<int>(ids.size());
      choices.push_back({m.label.c_str(), nullptr});
      ids.push_back(m.id);
    }
    choose(ctx, "model", "Model", true, choices, ids, selected);
    choices.clear(), ids.clear();
    selected = -1;
    for (const GpuPreset& g : presets_->gpus) {
      if (g.id == s.gpu) selected = static_cast<int>(ids.size());
      choices.push_back({g.label.c_str(), nullptr});
      ids.push_back(g.id);
    }
    choose(ctx, "gpu", "GPU", true, choices, ids, selected);
  }
  bool derived = !s.capacity_blocks;
  if (toggle(look, "Capacity from model and GPU", &derived, true,
             "On: what is left of the GPU's memory. Off: any number of blocks. Restarts the run.")) {
    if (derived) {
      ctx.push(cmd::Set{"cache.capacity_blocks", "null", "Capacity from memory"});
    } else {
      ctx.push(cmd::Set{"cache.capacity_blocks", static_cast<double>(s.config.cache.capacity_blocks), "Capacity"});
    }
  }
  if (s.capacity_blocks) return slider(ctx, *find_setting("cache.capacity_blocks"));
  const ModelPreset* model = presets_ ? presets_->model(s.model) : nullptr;
  const GpuPreset* gpu = presets_ ? presets_->gpu(s.gpu) : nullptr;
  if (model == nullptr || gpu == nullptr) return;
  for (const MemoryLine& line : memory_lines(*model, *gpu, s.config.cache.block_tokens)) {
    key_value(look, line.label, line.value);
    help_tooltip(look, line.label, line.note);
  }
}

void Controls::staleness(FrameContext& ctx, const Group& group) {
  settings(ctx, group);
  if (ctx.scenario.config.router.view == ViewMode::kOracle) {
    text_wrapped(ctx.look, FontRole::Small, ctx.look.theme.text_muted, "Belief is truth: nothing can be stale.");
  }
  faults(ctx);
}

void Controls::faults(FrameContext& ctx) {
  const Look& look = ctx.look;
  const auto workers = static_cast<double>(ctx.fleet.workers().size());
  fault_worker_ = std::min(fault_worker_, workers - 1);
  SliderSpec spec;
  spec.label = "Worker to fail";
  spec.max = std::max(0.0, workers - 1);
  spec.decimals = 0;
  spec.enabled = workers > 1;
  spec.help =
      "The worker that the two buttons below apply to. The fault happens at the cursor and is kept in the scenario.";
  slider_row(look, spec, &fault_worker_);
  const auto worker = static_cast<WorkerId>(fault_worker_);
  const float gap = look.px(8), half = std::floor((ImGui::GetContentRegionAvail().x - gap) / 2);
  ButtonSpec crash{"Crash", icons::kBolt};
  crash.width = half;
  crash.tooltip = "It loses its cache and stops for 5 s; the router learns of it after 3 s";
  if (button(look, crash)) ctx.push(cmd::AddFault{worker, true});
  ImGui::SameLine(0, gap);
  ButtonSpec flush{"Flush", icons::kTrash};
  flush.width = half;
  flush.tooltip = "It drops its idle blocks and tells nobody: the router keeps believing in them";
  if (button(look, flush)) ctx.push(cmd::AddFault{worker, false});
}

}  // namespace blockyard
