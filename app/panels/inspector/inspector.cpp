#include "app/panels/inspector/inspector.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/panels/fleet/batch.h"
#include "app/panels/inspector/inspector_parts.h"
#include "app/panels/observed_words.h"
#include "app/panels/whose_belief.h"
#include "app/ui/icons.h"
#include "core/metrics/waiting.h"

namespace blockyard {
namespace {

Tone status_tone(RequestStatus status) {
  switch (status) {
    case RequestStatus::kRunning:
      return Tone::Accent;
    case RequestStatus::kCompleted:
      return Tone::Good;
    case RequestStatus::kRejected:
    case RequestStatus::kFailed:
      return Tone::Bad;
    case RequestStatus::kWaiting:
    case RequestStatus::kParked:
      return Tone::Warn;
    case RequestStatus::kNotArrived:
      break;
  }
  return Tone::Neutral;
}

}  // namespace

void InspectorPanel::draw(FrameContext& ctx, const Rect& rect) {
  const Look& look = ctx.look;
  CardOptions options;
  options.scroll = true;
  begin_card(look, "inspector", rect, options);
  tree_.update(ctx);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(look.px(8), look.px(5)));
  const Selection& what = ctx.selection;
  const RequestId r = selected_request(what);
  const WorkerId workers = static_cast<WorkerId>(ctx.fleet.workers().size());
  if (r != kNone && r < ctx.fleet.records().size()) {
    request(ctx, r);
  } else if (const auto* b = std::get_if<SelectedBlock>(&what); b && b->block < ctx.fleet.workload().id_count()) {
    block(ctx, *b);
  } else if (const auto* w = std::get_if<SelectedWorker>(&what); w && w->worker < workers) {
    worker(ctx, w->worker);
  } else if (const auto* e = std::get_if<SelectedEdge>(&what); e && e->edge < ctx.tree.edges().size()) {
    edge(ctx, e->edge);
  } else if (const auto* i = std::get_if<SelectedEvent>(&what); i && i->index < ctx.log.size()) {
    event(ctx, i->index);
  } else if (const auto* s = std::get_if<SelectedSession>(&what);
             s && s->session < ctx.fleet.workload().sessions.size()) {
    session(ctx, s->session);
  } else {
    nothing(ctx);
  }
  ImGui::PopStyleVar();
  end_card(look);
}

void InspectorPanel::nothing(FrameContext& ctx) {
  if (ctx.observed != nullptr && (!ctx.observed->routed() || ctx.fleet.arrived() == 0)) return observed_nothing(ctx);
  const Look& look = ctx.look;
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float row_h = look.px(24);
  std::vector<RequestId> latest;
  const auto most = static_cast<std::size_t>(std::max(0.0f, (room.y - look.px(104)) / row_h));
  for (RequestId r = ctx.fleet.arrived(); r-- > 0 && latest.size() < most;) {
    if (ctx.fleet.records()[r].worker != kNone) latest.push_back(r);
  }
  if (latest.empty()) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    empty_state(look, {at.x, at.y, room.x, room.y}, icons::kTarget, "Nothing selected",
                "Click a block, a request, a worker or a row of the tree: what is known about it appears here, and it "
                "is outlined everywhere.");
    return;
  }
  section_header(look, nullptr, "Inspector", "nothing selected");
  help_tooltip(look, "Inspector", help_of("inspector"));
  text_wrapped(look, FontRole::Small, look.theme.text_secondary,
               "Click a block, a request, a worker or a row of the tree: everything about it appears here.");
  inspector_heading(look, "latest routings: blocks hit, of the prompt");
  ImDrawList* list = ImGui::GetWindowDrawList();
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  for (const RequestId r : latest) {
    const RequestRecord& record = ctx.fleet.records()[r];
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const Rect row{at.x, at.y, room.x, row_h};
    ImGui::PushID(static_cast<int>(r));
    if (ImGui::InvisibleButton("##latest", row.size())) ctx.select(SelectedRequest{r});
    ImGui::PopID();
    const bool pointed = ImGui::IsItemHovered() || selected_request(ctx.hover) == r;
    if (pointed) list->AddRectFilled(row.min(), row.max(), look.theme.raised, look.px(4));
    if (ImGui::IsItemHovered()) ctx.hover_on(SelectedRequest{r});
    const float y = row.center().y, x = worker_chip(list, look, ImVec2(row.x + look.px(2), y), record.worker);
    const bool started = record.start >= 0 && record.hit_told, phantom = started && record.hit < record.predicted;
    const std::uint32_t blocks = ctx.fleet.request(r).prompt_blocks;
    const std::string told = started ? fmt::format("{} of {}", record.hit, blocks) : fmt::format("– of {}", blocks);
    float left = draw_text_right(list, look, FontRole::Mono14, phantom ? look.theme.warn_text : look.theme.text,
                                 ImVec2(row.right() - look.px(4), y), told);
    if (phantom) {
      left =
          draw_text_right(list, look, FontRole::Small, look.theme.warn_text, ImVec2(left - look.px(8), y), "phantom");
    } else if (!started) {
      // Which request it is goes before what it does.
      const std::string_view state = status_text(record.status);
      const float free = left - x - look.px(8 + 9 + 9) - text_width(look, FontRole::Small, request_text(ctx, r));
      if (text_width(look, FontRole::Small, state) <= free)
        left = draw_text_right(list, look, FontRole::Small, look.theme.text_muted, ImVec2(left - look.px(8), y), state);
    }
    draw_text(list, look, FontRole::Small, look.theme.text_secondary, ImVec2(x + look.px(9), y),
              ellipsized(look, FontRole::Small, request_text(ctx, r), left - x - look.px(18)));
  }
  ImGui::PopStyleVar();
}

void InspectorPanel::request(FrameContext& ctx, RequestId r) {
  const Look& look = ctx.look;
  const RequestRecord& record = ctx.fleet.records()[r];
  const bool there = record.status != RequestStatus::kNotArrived;
  // A request that has not come yet may still change its content in a closed loop.
  if (!there && ctx.fleet.workload().closed.users > 0) {
    inspector_title(ctx, fmt::format("Request {}", r), "not there yet");
    return;
  }
  const Request& q = ctx.fleet.request(r);
  std::string name = request_text(ctx, r);
  name[0] = 'R';
  inspector_title(ctx, name, {});
  const std::string status(there ? status_text(record.status) : "not there yet");
  chip(look, status.c_str(), status_tone(record.status));
  if (record.worker != kNone) {
    const std::string worker = worker_name(ctx, record.worker);
    chip_beside(look, worker.c_str());
    if (chip(look, worker.c_str())) ctx.select(SelectedWorker{record.worker});
    if (ImGui::IsItemHovered()) ctx.hover_on(SelectedWorker{record.worker});
    chip_beside(look, "Why here?", icons::kQuestion);
    if (chip(look, "Why here?", Tone::Accent, icons::kQuestion)) open_why(ctx);
  }
  if (q.session != kNone) {
    const std::string turn = fmt::format("{} · turn {}", session_text(ctx, q.session), q.turn);
    if (chip(look, turn.c_str(), Tone::Neutral, icons::kList)) ctx.select(SelectedSession{q.session});
    if (ImGui::IsItemHovered()) ctx.hover_on(SelectedSession{q.session});
  }
  ImGui::Dummy(ImVec2(1, look.px(1)));
  if (there) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x;
    ImDrawList* list = ImGui::GetWindowDrawList();
    draw_text(list, look, FontRole::Small, look.theme.text_muted, ImVec2(at.x, at.y + look.px(8)), "chain");
    const bool known = record.start >= 0 && record.hit_told;
    const std::string told = known ? fmt::format("{} hit + {} computed", record.hit,
                                                             q.prompt_blocks - std::min(q.prompt_blocks, record.hit))
                                               : fmt::format("{} blocks", q.prompt_blocks);
    draw_text_right(list, look, FontRole::Small, look.theme.text_secondary, ImVec2(at.x + width, at.y + look.px(8)),
                    told);
    ImGui::SetCursorScreenPos(ImVec2(at.x, at.y + look.px(19)));
    chain_bar(ctx, r, look.px(16));
  }
  if (ctx.observed != nullptr) {
    request_facts(ctx, r);
    if (record.status == RequestStatus::kCompleted && !record.hit_told)
      text_wrapped(look, FontRole::Small, look.theme.text_secondary, kHitsUntold);
    return;  // its words nobody keeps
  }
  {
    FactGrid facts(ctx);
    facts.add("prompt", fmt::format("{} tok", with_commas(q.prompt_tokens)));
    facts.add("blocks", with_commas(q.prompt_blocks));
    if (record.worker != kNone) {
      const bool found = record.start >= 0 && record.hit_told, off = found && record.predicted != record.hit;
      facts.add("predicted", fmt::format("{} blk", record.predicted), off ? look.theme.warn_text : 0);
      facts.add("hit", found ? fmt::format("{} blk", record.hit) : "–", off ? look.theme.warn_text : 0);
    }
    facts.add("arrived", there ? moment_text(record.arrival) : moment_text(q.arrival));
    facts.add("waited", record.start >= 0 ? duration_text(us_to_ms(record.start - record.arrival))
                        : there           ? duration_text(us_to_ms(ctx.now - record.arrival)) + " …"
                                          : "–");
    facts.add("prefill", record.first_token >= 0 ? duration_text(us_to_ms(record.first_token - record.start)) : "–");
    facts.add("decode", record.finish >= 0 ? duration_text(us_to_ms(record.finish - record.first_token)) : "–");
    facts.add("TTFT", record.first_token >= 0 ? duration_text(us_to_ms(record.first_token - record.arrival)) : "–");
    facts.add("end to end", record.finish >= 0 ? duration_text(us_to_ms(record.finish - record.arrival)) : "–");
    if (record.finish >= 0) facts.add("answer", fmt::format("{} tok", with_commas(q.output_tokens)));
    if (record.retries > 0) facts.add("retries", std::to_string(record.retries), look.theme.warn_text);
    if (record.preemptions > 0) facts.add("preempted", fmt::format("{}×", record.preemptions), look.theme.warn_text);
  }
  if (const std::string why = wait_text(wait_of(ctx.fleet, r)); !why.empty()) {
    inspector_heading(look, "waits");
    text_wrapped(look, FontRole::Small, look.theme.text_secondary, why);
  }
  words(ctx, r);
}

void InspectorPanel::block(FrameContext& ctx, const SelectedBlock& what) {
  if (ctx.observed != nullptr) return observed_block(ctx, what);
  const Look& look = ctx.look;
  inspector_title(ctx, fmt::format("Block {}", with_commas(what.block)), block_text(ctx, what.block));
  const Workload& workload = ctx.fleet.workload();
  const EdgeId e = ctx.tree.edge_of(what.block);
  {
    FactGrid facts(ctx);
    if (what.block < workload.tree.size()) facts.add("depth", std::to_string(workload.tree.depth(what.block) + 1));
    if (e != kNone) facts.add("requests", std::to_string(ctx.tree.edges()[e].requests));
  }
  if (e != kNone && chip(look, "In the prefix tree", Tone::Neutral, icons::kSitemap)) ctx.select(SelectedEdge{e});
  const BeliefSides sides = chosen_belief(ctx);
  inspector_heading(look, "on the workers");
  bool anywhere = false;
  for (WorkerId w = 0; w < ctx.fleet.workers().size(); ++w) {
    const KvCache& cache = ctx.fleet.workers()[w].cache();
    const bool held = cache.resident().contains(what.block), believed = believed_block(ctx, w, what.block);
    if (!held && !believed) continue;
    anywhere = true;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, y = at.y + look.px(10);
    ImDrawList* list = ImGui::GetWindowDrawList();
    ImGui::PushID(static_cast<int>(w));
    if (ImGui::InvisibleButton("##worker", ImVec2(width, look.px(20)))) ctx.select(SelectedBlock{what.block, w});
    ImGui::PopID();
    if (ImGui::IsItemHovered()) ctx.hover_on(SelectedBlock{what.block, w});
    const float x = worker_chip(list, look, ImVec2(at.x, y), w, what.worker == w) + look.px(8);
    std::string state = "believed, but gone: a phantom";
    std::string when;
    if (held) {
      const SlotInfo& info = cache.slots()[cache.slot_of(what.block)];
      state = info.refs == 0 ? "idle" : info.refs == 1 ? "in use" : fmt::format("shared by {}", info.refs);
      int copies = 0;
      for (SlotId s = cache.slot_of(what.block); s != kNone; s = cache.slots()[s].next_copy) ++copies;
      if (copies > 1) state += fmt::format(", {} copies", copies);
      if (!believed)
        state += fmt::format(", unknown to {}", shown_router(ctx, sides) ? router_words(ctx, sides) : "all routers");
      when = "used " + moment_text(info.used_at);
    }
    const float room = width - (x - at.x) - text_width(look, FontRole::Small, when) - look.px(8);
    draw_text(list, look, FontRole::Small, held ? look.theme.text : look.theme.warn_text, ImVec2(x, y),
              ellipsized(look, FontRole::Small, state, room));
    draw_text_right(list, look, FontRole::Small, look.theme.text_muted, ImVec2(at.x + width, y), when);
  }
  if (!anywhere) text(look, FontRole::Small, look.theme.text_secondary, "No worker holds it now.");
}

void InspectorPanel::worker(FrameContext& ctx, WorkerId w) {
  if (ctx.observed != nullptr) return observed_worker(ctx, w);
  const Look& look = ctx.look;
  const Worker& worker = ctx.fleet.workers()[w];
  const KvCache& cache = worker.cache();
  const WorkerFigures view = believed_figures(ctx, w);
  const bool oracle = ctx.fleet.config().router.view == ViewMode::kOracle;
  std::string name = worker_text(w);
  name[0] = 'W';
  inspector_title(ctx, name,
                  worker.up()     ? (view.routable ? "up" : "restarted, not yet routable")
                  : view.routable ? "crashed; the router has not noticed"
                                  : "down; the router sends it nothing");
  {
    FactGrid facts(ctx);
    facts.add("in use", with_commas(cache.in_use()));
    facts.add("idle", with_commas(cache.idle_blocks()));
    facts.add("free", with_commas(cache.free_slots()));
    facts.add("evictions", short_count(cache.evictions()));
    facts.add("load", load_text(ctx, ctx.fleet.true_load(w)));
    facts.add("believed", load_text(ctx, oracle ? ctx.fleet.true_load(w) : view.load));
    const Divergence d = believed_divergence(ctx, w);
    facts.add("phantom", with_commas(d.phantom), d.phantom ? look.theme.warn_text : 0);
    facts.add("unknown", with_commas(d.unknown), d.unknown ? look.theme.warn_text : 0);
    facts.add(
        "busy",
        percent_text(ctx.now > 0 ? static_cast<double>(worker.busy(ctx.now)) / static_cast<double>(ctx.now) : 0.0));
    facts.add("figures", oracle ? "live" : duration_text(us_to_ms(ctx.now - view.told_at)) + " old");
  }
  draw_batch(ctx, w);
  std::vector<RequestId> list;
  for (const Sequence& s : worker.running()) list.push_back(s.request);
  inspector_heading(look, list.empty() ? "running: none" : fmt::format("running: {}", list.size()));
  if (!list.empty()) request_links(ctx, list, "running");
  list.clear();
  for (const WaitingRequest& q : worker.waiting()) list.push_back(q.request);
  inspector_heading(look, list.empty() ? "waiting: none" : fmt::format("waiting: {}", list.size()));
  if (!list.empty()) request_links(ctx, list, "waiting");
}

void InspectorPanel::edge(FrameContext& ctx, EdgeId e) {
  const Look& look = ctx.look;
  const NodeIndex n = tree_.node_of(e);
  if (n == kNone) return;
  if (ctx.observed != nullptr) return observed_edge(ctx, n);
  const TreeNode& node = tree_.node(n);
  const Workload& workload = ctx.fleet.workload();
  const auto uses = ctx.tree.uses(node.first);
  inspector_title(
      ctx, node.label,
      node.depth == 0 ? "the first part of prompts" : fmt::format("behind {} blocks", with_commas(node.depth)));
  std::string held_on, believed_on;
  std::uint32_t phantom = 0, unknown = 0;
  for (WorkerId w = 0; w < ctx.fleet.workers().size(); ++w) {
    const Coverage c = tree_.coverage(ctx, n, w);
    phantom += c.phantom;
    unknown += c.unknown;
    if (c.held > 0) held_on += fmt::format("{}{}", held_on.empty() ? "w" : ", w", w);
    if (c.believed > 0) believed_on += fmt::format("{}{}", believed_on.empty() ? "w" : ", w", w);
  }
  // What reuse of this stretch has saved, and when it was last hit.
  std::uint64_t saved = 0;
  SimTime last = -1;
  const std::uint32_t came = tree_.arrived(ctx, n);
  std::vector<RequestId> here;
  for (RequestId r = 0; r < ctx.fleet.arrived(); ++r) {
    const RequestRecord& record = ctx.fleet.records()[r];
    if (!std::binary_search(uses.begin(), uses.end(), content_of(ctx, r))) continue;
    here.push_back(r);
    if (record.start < 0 || record.hit <= node.depth) continue;
    saved += std::min(record.hit - node.depth, node.blocks);
    last = std::max(last, record.start);
  }
  const std::uint32_t tokens = ctx.fleet.config().cache.block_tokens;
  const double ms = ctx.fleet.config().latency.per_blocks(1, ctx.fleet.config().cache.block_tokens);
  {
    FactGrid facts(ctx);
    facts.add("blocks", with_commas(node.blocks));
    facts.add("tokens", with_commas(std::uint64_t{node.blocks} * tokens));
    facts.add("requests", fmt::format("{} of {}", came, node.requests));
    facts.add("last hit", last < 0 ? "never" : duration_text(us_to_ms(ctx.now - last)) + " ago");
    facts.add("saved", short_count(saved * tokens) + " tok");
    facts.add("prefill", duration_text(ms * static_cast<double>(saved)));
    facts.add_wide("held by", held_on.empty() ? "nobody" : held_on);
    facts.add_wide("believed on", believed_on.empty() ? "nobody" : believed_on);
    if (phantom > 0)
      facts.add_wide("phantom", fmt::format("{} blk · {}", phantom, duration_text(ms * phantom)), look.theme.warn_text);
    if (unknown > 0)
      facts.add_wide("unknown", fmt::format("{} blk · {}", unknown, duration_text(ms * unknown)), look.theme.warn_text);
  }
  if (workload.words) {
    const RequestId owner = ctx.tree.edges()[node.last].first_request;
    const std::uint32_t most = std::min(node.blocks, 24U);
    const std::size_t before = std::size_t{node.depth} * tokens;
    std::vector<TokenId> said = workload.prompt_words(workload.requests[owner], before + std::size_t{most} * tokens);
    said.erase(said.begin(), said.begin() + static_cast<std::ptrdiff_t>(std::min(before, said.size())));
    if (!said.empty()) {
      inspector_heading(look, "words");
      text_wrapped(look, FontRole::Small, look.theme.text,
                   workload.words->text(said) + (most < node.blocks ? " …" : ""));
    }
  }
  inspector_heading(look, "latest requests");
  std::reverse(here.begin(), here.end());
  if (here.empty()) {
    text(look, FontRole::Small, look.theme.text_secondary, "None has arrived yet.");
  } else {
    request_links(ctx, here, "uses");
  }
}

void InspectorPanel::event(FrameContext& ctx, std::size_t index) {
  const LoggedEvent& e = ctx.log[index];
  inspector_title(ctx, fmt::format("Event {}", with_commas(index + 1)), event_name(e.type));
  {
    FactGrid facts(ctx);
    facts.add("time", moment_text(e.t));
    facts.add("value", std::to_string(e.value));
    facts.add("worker", e.worker == kNone ? worker_text(e.worker) : worker_name(ctx, e.worker));
    if (ctx.observed == nullptr) facts.add("request", e.request == kNone ? "–" : std::to_string(e.request));
    // Which numbers: the stream's own.
    if (e.type == EventType::kLose && e.block != kNone)
      facts.add_wide("missing", e.value == 1 ? fmt::format("no. {}", e.block)
                                             : fmt::format("nos. {} – {}", e.block, std::uint64_t{e.block} + e.value - 1));
  }
  if (index >= ctx.log_at) text(ctx.look, FontRole::Small, ctx.look.theme.text_secondary, "Not there yet.");
  if (chip(ctx.look, "Go there", Tone::Accent, icons::kClock)) ctx.push(cmd::Seek{e.t});
  if (e.request == kNone) return;
  chip_beside(ctx.look, "Its request");
  if (chip(ctx.look, "Its request")) ctx.select(SelectedRequest{e.request});
}

}  // namespace blockyard
