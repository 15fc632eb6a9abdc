// What the inspector says where the fleet is observed: of a worker what it tells of itself and what its stream went
// through, of blocks who holds them. What nobody tells is not there.
#include <fmt/format.h>

#include "app/panels/inspector/inspector.h"
#include "app/panels/inspector/inspector_parts.h"
#include "app/panels/observed_words.h"
#include "app/ui/icons.h"

namespace blockyard {
namespace {

// "no tokens" of "no_tokens".
std::string words_of(std::string_view id) {
  std::string out(id);
  for (char& c : out) c = c == '_' ? ' ' : c;
  return out;
}

void copy_button(FrameContext& ctx, const char* label, const char* text) {
  if (chip(ctx.look, label, Tone::Accent, icons::kCopy)) {
    ctx.push(cmd::CopyText{text});
    ctx.push(cmd::Notify{"Copied"});
  }
}

}  // namespace

void InspectorPanel::request_facts(FrameContext& ctx, RequestId r) {
  const RequestRecord& record = ctx.fleet.records()[r];
  const Request& q = ctx.fleet.request(r);
  FactGrid facts(ctx);
  facts.add("prompt", fmt::format("{} tok", with_commas(q.prompt_tokens)));
  facts.add("blocks", with_commas(q.prompt_blocks));
  const bool off = record.hit_told && record.predicted != record.hit;
  facts.add("predicted", fmt::format("{} blk", record.predicted), off ? ctx.look.theme.warn_text : 0);
  facts.add("hit", record.hit_told ? fmt::format("{} blk", record.hit) : "–", off ? ctx.look.theme.warn_text : 0);
  const auto since = [](SimTime from, SimTime to) {
    return from >= 0 && to >= 0 ? duration_text(us_to_ms(to - from)) : std::string("–");
  };
  facts.add("arrived", moment_text(record.arrival));
  facts.add("sent after", since(record.arrival, record.start));
  facts.add("then answered", since(record.start, record.first_token));
  facts.add("TTFT", since(record.arrival, record.first_token));
  facts.add("end to end", since(record.arrival, record.finish));
  if (record.finish >= 0) facts.add("answer", fmt::format("{} tok", with_commas(q.output_tokens)));
  if (record.retries > 0) facts.add("retries", std::to_string(record.retries), ctx.look.theme.warn_text);
}

void InspectorPanel::observed_nothing(FrameContext& ctx) {
  const Look& look = ctx.look;
  if (!nothing_streams(ctx)) {
    const ImVec2 at = ImGui::GetCursorScreenPos(), room = ImGui::GetContentRegionAvail();
    empty_state(look, {at.x, at.y, room.x, room.y}, icons::kTarget, "Nothing selected",
                "Click a block, a worker, an event or a row of the tree: what is known about it appears here, and it is "
                "outlined everywhere.");
    return;
  }
  section_header(look, icons::kInfo, "No blocks yet");
  if (ctx.offers_demo) {
    ButtonSpec demo{"Show the live demo", icons::kPlay};
    demo.kind = ButtonKind::Primary;
    demo.tooltip = "Three stand-in workers, a router and a small load in this program: no GPU needed";
    if (button(look, demo)) ctx.push(cmd::StartDemo{});
    look.mark("live demo", {ImGui::GetItemRectMin().x, ImGui::GetItemRectMin().y, ImGui::GetItemRectSize().x, ImGui::GetItemRectSize().y});
  }
  text_wrapped(look, FontRole::Small, look.theme.text_secondary,
               "No stream has brought a batch so far. An engine tells of its blocks where it is started with:");
  inspector_heading(look, "vLLM");
  text_wrapped(look, FontRole::Mono14, look.theme.text, kVllmFlags);
  copy_button(ctx, "Copy for vLLM", kVllmFlags);
  inspector_heading(look, "SGLang");
  text_wrapped(look, FontRole::Mono14, look.theme.text, kSglangFlags);
  copy_button(ctx, "Copy for SGLang", kSglangFlags);
}

void InspectorPanel::observed_worker(FrameContext& ctx, WorkerId w) {
  const Look& look = ctx.look;
  const live::LiveWorker& worker = ctx.observed->observed(w);
  const live::StreamCounts& counts = worker.truth.counts();
  const ObservedState state = observed_state(worker.state());
  std::string about = worker.setup.address.host.empty() ? "watched by its stream alone" : worker.setup.address.text();
  if (!engine_words(worker).empty()) about += fmt::format(" · {}", engine_words(worker));
  inspector_title(ctx, worker.setup.name, about);
  chip(look, std::string(state.words).c_str(), state.tone, state.icon);
  help_tooltip(look, state.words, state.help);
  if (!worker.why.empty()) text_wrapped(look, FontRole::Small, look.theme.text_secondary, worker.why);
  if (!worker.setup.events.empty()) {
    inspector_heading(look, "blocks");
    FactGrid facts(ctx);
    facts.add("held", with_commas(ctx.fleet.workers()[w].resident()));
    const auto capacity = ctx.observed->known_capacity(w);
    facts.add("of", capacity ? with_commas(*capacity) : "not told");
    if (worker.truth.orphans() > 0) facts.add("out of the tree", with_commas(worker.truth.orphans()));
    for (const live::Tier tier : {live::Tier::kCpu, live::Tier::kDisk, live::Tier::kExternal}) {
      if (worker.truth.in_tier(tier) > 0)
        facts.add(live::kTierNames[static_cast<std::size_t>(tier)], with_commas(worker.truth.in_tier(tier)));
    }
    if (worker.truth.block_size() > 0) facts.add("its block", fmt::format("{} tok", worker.truth.block_size()));
  }
  if (worker.figures_at >= 0) {
    inspector_heading(look, fmt::format("by its metrics, {} ago", age_text(ctx, worker.figures_at)));
    FactGrid facts(ctx);
    const live::MetricsFigures& f = worker.figures;
    if (f.running) facts.add("running", fmt::format("{:.0f}", *f.running));
    if (f.waiting) facts.add("waiting", fmt::format("{:.0f}", *f.waiting));
    if (f.usage) facts.add("in use", in_use_text(worker));
    if (const auto rate = ctx.observed->hit_rate(w)) facts.add("hit rate", percent_text(*rate));
    const auto& rows = live::figure_rows();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i].counter && f.*rows[i].value) facts.add_wide(words_of(rows[i].name), short_count(static_cast<std::uint64_t>(worker.totals[i])));
    }
  }
  if (worker.setup.events.empty()) return;
  inspector_heading(look, "its stream");
  FactGrid facts(ctx);
  facts.add("batches", with_commas(counts.batches));
  facts.add("last", worker.truth.last() ? fmt::format("no. {}", *worker.truth.last()) : "–");
  if (worker.last_batch >= 0) facts.add("came", age_text(ctx, worker.last_batch) + " ago");
  if (const std::string lag = lag_text(ctx, w); !lag.empty()) facts.add("lag", lag);
  const auto trouble = [&](std::string_view label, std::uint64_t n) {
    if (n > 0) facts.add(label, with_commas(n), look.theme.warn_text);
  };
  trouble("gaps", worker.gaps);
  trouble("lost", counts.lost);
  if (counts.replayed > 0) facts.add("replayed", with_commas(counts.replayed));
  trouble("restarts", counts.restarts);
  trouble("bad frames", worker.bad_frames);
  trouble("unknown removals", counts.unknown_removals);
  for (std::size_t i = 0; i < live::kDrops; ++i) {
    if (counts.dropped[i] > 0)
      facts.add_wide("left out: " + words_of(live::kDropNames[i]), with_commas(counts.dropped[i]), look.theme.warn_text);
  }
}

void InspectorPanel::observed_block(FrameContext& ctx, const SelectedBlock& what) {
  const Look& look = ctx.look;
  inspector_title(ctx, fmt::format("Block {}", with_commas(what.block)), block_text(ctx, what.block));
  const EdgeId e = ctx.tree.edge_of(what.block);
  if (e != kNone && chip(look, "In the prefix tree", Tone::Neutral, icons::kSitemap)) ctx.select(SelectedEdge{e});
  inspector_heading(look, "on the workers");
  bool anywhere = false;
  for (WorkerId w = 0; w < ctx.fleet.workers().size(); ++w) {
    const KvCache& cache = ctx.fleet.workers()[w].cache();
    if (!cache.resident().contains(what.block)) continue;
    anywhere = true;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, y = at.y + look.px(10);
    ImDrawList* list = ImGui::GetWindowDrawList();
    ImGui::PushID(static_cast<int>(w));
    if (ImGui::InvisibleButton("##worker", ImVec2(width, look.px(20)))) ctx.select(SelectedBlock{what.block, w});
    ImGui::PopID();
    if (ImGui::IsItemHovered()) ctx.hover_on(SelectedBlock{what.block, w});
    const float x = worker_chip(list, look, ImVec2(at.x, y), w, what.worker == w) + look.px(8);
    const std::string since = "held since " + moment_text(cache.slots()[cache.slot_of(what.block)].stored_at);
    draw_text(list, look, FontRole::Small, look.theme.text, ImVec2(x, y),
              ellipsized(look, FontRole::Small, worker_name(ctx, w), width - (x - at.x) - text_width(look, FontRole::Small, since) - look.px(8)));
    draw_text_right(list, look, FontRole::Small, look.theme.text_muted, ImVec2(at.x + width, y), since);
  }
  if (!anywhere) text(look, FontRole::Small, look.theme.text_secondary, "No worker holds it at this moment.");
}

void InspectorPanel::observed_edge(FrameContext& ctx, NodeIndex n) {
  const Look& look = ctx.look;
  const TreeNode& node = tree_.node(n);
  inspector_title(
      ctx, node.label,
      node.depth == 0 ? "the first part of prompts" : fmt::format("behind {} blocks", with_commas(node.depth)));
  {
    FactGrid facts(ctx);
    facts.add("blocks", with_commas(node.blocks));
    facts.add("tokens", with_commas(std::uint64_t{node.blocks} * ctx.fleet.config().cache.block_tokens));
  }
  inspector_heading(look, "held by");
  bool anywhere = false;
  for (WorkerId w = 0; w < ctx.fleet.workers().size(); ++w) {
    const Coverage c = tree_.coverage(ctx, n, w);
    if (c.held == 0) continue;
    anywhere = true;
    FactGrid facts(ctx);
    facts.add_wide(worker_name(ctx, w), fmt::format("{} of {}", with_commas(c.held), with_commas(node.blocks)));
  }
  if (!anywhere) text(look, FontRole::Small, look.theme.text_secondary, "No worker holds any of it at this moment.");
}

}  // namespace blockyard
