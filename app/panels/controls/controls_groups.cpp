// What each group of controls holds: rows of the tables of the router and the workload, and the rest of a scenario.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/panels/controls/controls.h"
#include "app/panels/panel_text.h"
#include "app/ui/icons.h"
#include "core/settings/scenario.h"

namespace blockyard {
namespace {

// Tables of choices as menus want them. Labels and help are literals, which end in a zero.
template <class Table, class Id>
void split(const Table& table, std::vector<Choice>& choices, std::vector<std::string>& ids, Id id) {
  for (const auto& row : table) {
    choices.push_back({row.label.data(), row.help.data()});
    ids.emplace_back(id(row));
  }
}

int decimals_for(double high, bool integer) {
  if (integer) return 0;
  return high <= 1 ? 2 : high <= 30 ? 1 : 0;
}

bool changes_in_flight(const WorkloadParam& p) { return p.id == "rate" || p.id == "time_scale"; }

bool is_finer(const WorkloadParam& p) {
  constexpr std::array<std::string_view, 9> kFiner{"duration_s",      "prompt_spread",   "output_spread",
                                                   "document_spread", "template_tokens", "shared_share",
                                                   "system_tokens",   "assistants",      "tool_tokens"};
  return std::find(kFiner.begin(), kFiner.end(), p.id) != kFiner.end();
}

}  // namespace

void Controls::routing(FrameContext& ctx) {
  const RouterConfig& router = ctx.scenario.config.router;
  std::vector<Choice> choices;
  std::vector<std::string> ids;
  split(policy_table(), choices, ids, [](const PolicyRow& r) { return r.id; });
  choose(ctx, "router.strategy", "", false, choices, ids, static_cast<int>(router.strategy));
  const PolicyRow& policy = policy_table()[router.strategy];
  const std::string help =
      policy.source.empty() ? std::string(policy.help) : fmt::format("{} After {}.", policy.help, policy.source);
  text_wrapped(ctx.look, FontRole::Small, ctx.look.theme.text_muted, help);
  for (const std::string_view id : policy.params) {
    const ParamRow* p = find_param(id);
    if (p == nullptr) continue;
    const Row row{fmt::format("router.{}", p->id),
                  std::string(p->label),
                  std::string(p->unit),
                  std::string(p->help),
                  p->low,
                  p->slider_high,
                  p->integer ? 0 : 2,
                  false,
                  false};
    slider(ctx, row, router.params.*p->field, ctx.original.config.router.params.*p->field);
  }
}

void Controls::workload(FrameContext& ctx) {
  const WorkloadSpec& spec = ctx.scenario.workload;
  std::vector<Choice> types, arrivals;
  std::vector<std::string> type_ids, arrival_ids;
  split(workload_type_table(), types, type_ids, [](const ChoiceRow& r) { return r.id; });
  if (spec.type != WorkloadType::kTrace) {  // a trace needs a file: it is dropped on the window
    types.erase(types.begin());
    type_ids.erase(type_ids.begin());
    choose(ctx, "workload.type", "Kind", true, types, type_ids, static_cast<int>(spec.type) - 1);
    split(arrival_table(), arrivals, arrival_ids, [](const ChoiceRow& r) { return r.id; });
    choose(ctx, "workload.arrival", "Arrivals", true, arrivals, arrival_ids, static_cast<int>(spec.arrival));
  } else {
    key_value(ctx.look, "Trace", ctx.sim.workload().name);
    key_value(ctx.look, "Requests", with_commas(ctx.sim.workload().requests.size()));
  }
  const WorkloadSpec base =
      ctx.original.workload.type == spec.type ? ctx.original.workload : default_workload(spec.type);
  const auto row_of = [&](const WorkloadParam& p) {
    const Row row{fmt::format("workload.{}", p.id),
                  std::string(p.label),
                  std::string(p.unit),
                  std::string(p.help),
                  p.slider_low,
                  p.slider_high,
                  decimals_for(p.slider_high, p.integer || p.slider_high >= 64),
                  p.log,
                  !changes_in_flight(p)};
    slider(ctx, row, spec.*p.field, base.*p.field);
  };
  // What is changed most first, the finer points behind a fold.
  for (const WorkloadParam& p : workload_param_table()) {
    if (param_matters(spec, p) && changes_in_flight(p)) row_of(p);
  }
  bool finer = false;
  for (const WorkloadParam& p : workload_param_table()) {
    if (!param_matters(spec, p) || changes_in_flight(p)) continue;
    if (is_finer(p)) {
      finer = true;
    } else {
      row_of(p);
    }
  }
  if (!finer || !fold(ctx, "More about the workload")) return;
  for (const WorkloadParam& p : workload_param_table()) {
    if (param_matters(spec, p) && is_finer(p)) row_of(p);
  }
}

void Controls::fleet(FrameContext& ctx) {
  const FleetConfig &fleet = ctx.scenario.config.fleet, &was = ctx.original.config.fleet;
  slider(ctx, {"fleet.workers", "Workers", "", "How many simulated GPUs.", 1, 64, 0, true, true}, fleet.workers,
         was.workers);
  choose(ctx, "fleet.engine", "Engine", true,
         {{"Slots", "A few requests at a time, each from start to finish: easy to follow."},
          {"Continuous batching", "vLLM's step loop: chunked prefill, batched decode, preemption."}},
         {"slots", "continuous"}, static_cast<int>(fleet.engine));
  if (fleet.engine == EngineKind::kSlots) {
    slider(ctx, {"fleet.slots", "Requests at a time", "", "Per worker; the others wait.", 1, 64, 0, true, false},
           fleet.slots, was.slots);
  } else {
    slider(ctx, {"fleet.max_num_seqs", "Sequences in a batch", "", "At most, per worker.", 1, 512, 0, true, false},
           fleet.max_num_seqs, was.max_num_seqs);
    slider(ctx,
           {"fleet.max_batched_tokens", "Tokens in a step", "tokens", "At most, per worker: more prefill in one step.",
            16, 16384, 0, true, false},
           fleet.max_batched_tokens, was.max_batched_tokens);
  }
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
  if (s.capacity_blocks) {
    slider(ctx,
           {"cache.capacity_blocks", "Blocks per worker", "blocks", "KV blocks a worker can hold.", 8, 8192, 0, true,
            true},
           s.config.cache.capacity_blocks, ctx.original.config.cache.capacity_blocks);
    return;
  }
  const ModelPreset* model = presets_ ? presets_->model(s.model) : nullptr;
  const GpuPreset* gpu = presets_ ? presets_->gpu(s.gpu) : nullptr;
  if (model == nullptr || gpu == nullptr) return;
  for (const MemoryLine& line : memory_lines(*model, *gpu, s.config.cache.block_tokens)) {
    key_value(look, line.label, line.value);
    help_tooltip(look, line.label, line.note);
  }
}

void Controls::cache(FrameContext& ctx) {
  const CacheConfig& cache = ctx.scenario.config.cache;
  std::vector<Choice> choices;
  std::vector<std::string> ids;
  split(eviction_table(), choices, ids, [](const EvictionRow& r) { return r.id; });
  choose(ctx, "cache.eviction", "Eviction", false, choices, ids, static_cast<int>(cache.eviction));
  slider(ctx,
         {"cache.block_tokens", "Block size", "tokens", "Tokens a block: what is shared, stored and evicted.", 1, 128,
          0, true, true},
         cache.block_tokens, ctx.original.config.cache.block_tokens);
  flip(ctx, "cache.recompute_last_block", "Recompute the last block", cache.recompute_last_block,
       "vLLM's rule: a prompt that is cached entirely still computes its last block, for the first token.");
}

void Controls::objectives(FrameContext& ctx) {
  const SloConfig &slo = ctx.scenario.config.slo, &was = ctx.original.config.slo;
  slider(ctx,
         {"slo.ttft_ms", "TTFT at most", "ms",
          "What is promised for the time from arrival to first token. Requests that keep every promise count to the "
          "goodput.",
          0, 10000, 0, true, false, "none", true},
         slo.ttft_ms.value_or(0), was.ttft_ms.value_or(0));
  slider(ctx,
         {"slo.tpot_ms", "TPOT at most", "ms",
          "What is promised for the time per output token after the first, on average over a request.", 0, 500, 1, true,
          false, "none", true},
         slo.tpot_ms.value_or(0), was.tpot_ms.value_or(0));
}

void Controls::latency(FrameContext& ctx) {
  const LatencyModel &l = ctx.scenario.config.latency, &was = ctx.original.config.latency;
  const auto ms = [&](const char* id, const char* label, const char* help, double high, int decimals,
                      double LatencyModel::*field) {
    slider(ctx, {fmt::format("latency.{}", id), label, "ms", help, 0, high, decimals, false, false}, l.*field,
           was.*field);
  };
  ms("prefill_base_ms", "Prefill, base", "Once per prefill, however long.", 100, 1, &LatencyModel::prefill_base_ms);
  ms("prefill_per_block_ms", "Prefill per block", "For each block that is not cached.", 20, 2,
     &LatencyModel::prefill_per_block_ms);
  if (ctx.scenario.config.fleet.engine == EngineKind::kSlots) {
    ms("full_hit_ms", "Full hit", "Prefill where everything is cached.", 20, 2, &LatencyModel::full_hit_ms);
    ms("decode_per_token_ms", "Decode per token", "Each token of the answer.", 100, 1,
       &LatencyModel::decode_per_token_ms);
  } else {
    slider(ctx,
           {"latency.step_floor_ms", "Step, at least", "ms", "What a step takes without prefill.", 1, 100, 1, false,
            false},
           l.step_floor_ms, was.step_floor_ms);
    ms("decode_per_seq_ms", "Decode per sequence", "For each sequence that decodes in a step.", 2, 3,
       &LatencyModel::decode_per_seq_ms);
  }
}

void Controls::staleness(FrameContext& ctx) {
  const Look& look = ctx.look;
  const RouterConfig &r = ctx.scenario.config.router, &was = ctx.original.config.router;
  choose(
      ctx, "router.view", "What the router sees", false,
      {{"Messages: as old as they are", "The router believes what workers told it, and what it assumes itself."},
       {"Oracle: the truth, always", "Reads the workers' caches and loads directly: the bound that no router beats."}},
      {"synced", "oracle"}, static_cast<int>(r.view));
  if (r.view == ViewMode::kSynced) {
    slider(ctx,
           {"router.heartbeat_ms", "Heartbeat", "ms", "How often workers tell their load; 0: never.", 0, 10000, 0,
            false, false, "never"},
           us_to_ms(r.heartbeat), us_to_ms(was.heartbeat));
    slider(ctx,
           {"router.sync_ms", "Sync", "ms", "How often workers tell which blocks they hold; 0: never.", 0, 60000, 0,
            false, false, "never"},
           us_to_ms(r.sync), us_to_ms(was.sync));
    choose(ctx, "router.reports", "Reports at a start", false,
           {{"None", "Between syncs the router hears nothing of blocks."},
            {"Evictions", "Workers tell at once what they evicted."},
            {"Evictions and stores", "Workers tell at once what they evicted and stored."}},
           {"none", "evictions", "all"}, static_cast<int>(r.reports));
    slider(ctx,
           {"router.message_delay_ms", "Message delay", "ms", "From sending to arriving.", 0, 2000, 0, false, false},
           us_to_ms(r.message_delay), us_to_ms(was.message_delay));
    slider(ctx,
           {"router.message_loss", "Message loss", "", "Share of messages that never arrive.", 0, 1, 2, false, false},
           r.message_loss, was.message_loss);
    flip(ctx, "router.speculative_insert", "Assume what is routed is cached", r.speculative_insert,
         "On routing, the whole prompt joins the router's view of the worker.");
    choose(ctx, "router.load_metric", "Load is", false,
           {{"Remaining work", "ms of work that a worker still has."}, {"Queue depth", "Requests that wait or run."}},
           {"remaining_ms", "queue_depth"}, static_cast<int>(r.load_metric));
    const bool ms = r.load_metric == LoadMetric::kRemainingMs;
    slider(ctx,
           {"router.speculative_load", "Assumed load", ms ? "ms" : "requests",
            "Added to a worker's load on routing, until its next heartbeat.", 0, ms ? 2000.0 : 10.0, ms ? 0 : 1, false,
            false},
           r.effective_speculative_load(), was.effective_speculative_load());
  } else {
    text_wrapped(look, FontRole::Small, look.theme.text_muted, "Belief is truth: nothing to be stale.");
  }
  faults(ctx);
}

void Controls::faults(FrameContext& ctx) {
  const Look& look = ctx.look;
  const auto workers = static_cast<double>(ctx.sim.workers().size());
  fault_worker_ = std::min(fault_worker_, workers - 1);
  SliderSpec spec;
  spec.label = "Break worker";
  spec.max = std::max(0.0, workers - 1);
  spec.decimals = 0;
  spec.enabled = workers > 1;
  spec.help = "Which worker the two buttons below mean. The fault happens at the cursor and is kept in the scenario.";
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
  flush.tooltip = "It drops its idle blocks and tells nobody: the router goes on believing";
  if (button(look, flush)) ctx.push(cmd::AddFault{worker, false});
}

}  // namespace blockyard
