#include "app/panels/panel_text.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "app/ui/compat.h"
#include "core/live/observed/observed_fleet.h"
#include "core/settings/scenario.h"

namespace blockyard {

std::string worker_text(WorkerId w) { return w == kNone ? "–" : fmt::format("worker-{}", w); }

std::string load_text(const FrameContext& ctx, double load) {
  if (ctx.fleet.config().router.load_metric == LoadMetric::kRemainingMs) return duration_text(load);
  return fmt::format("{:g} req", load);
}

std::string objectives_text(const SloConfig& slo) {
  std::string out;
  if (slo.ttft_ms) out = fmt::format("TTFT ≤ {:g} ms", *slo.ttft_ms);
  if (slo.tpot_ms) out += fmt::format("{}TPOT ≤ {:g} ms", out.empty() ? "" : " and ", *slo.tpot_ms);
  return out;
}

RequestId content_of(const FrameContext& ctx, RequestId r) {
  return static_cast<RequestId>(&ctx.fleet.request(r) - ctx.fleet.workload().requests.data());
}

std::string worker_name(const FrameContext& ctx, WorkerId w) {
  return ctx.observed != nullptr && w < ctx.observed->workers().size() ? ctx.observed->observed(w).setup.name
                                                                       : worker_text(w);
}

std::string request_text(const FrameContext& ctx, RequestId r) {
  const Workload& workload = ctx.fleet.workload();
  const Request& q = ctx.fleet.request(r);
  if (workload.words) {
    const std::string words = one_line(workload.words->text(workload.prompt_words(q, 32)), 48);
    if (!words.empty()) return fmt::format("request {} · {}", r, words);
  }
  const std::uint32_t label = q.label;
  const auto& labels = workload.labels;
  return label < labels.size() ? fmt::format("request {} · {}", r, labels[label]) : fmt::format("request {}", r);
}

std::string first_words(const Workload& workload, Chain chain, std::size_t most) {
  if (!workload.words || chain.empty()) return "";
  const std::string words = one_line(workload.words->text(workload.words->tokens_of(chain, most / 2 + 8)), most);
  const bool begins = workload.tree.depth(chain.front().first) == 0;
  return words.empty() || begins ? words : "…" + words;
}

RequestId answer_owner(const Workload& workload, BlockId block) {
  if (block < workload.tree.size()) return kNone;
  RequestId owner = kNone;
  BlockId begins = 0;
  for (RequestId r = 0; r < workload.requests.size(); ++r) {
    const BlockId first = workload.requests[r].private_first;
    if (first == kNone || first > block || (owner != kNone && first <= begins)) continue;
    owner = r;
    begins = first;
  }
  return owner;
}

std::string block_text(const FrameContext& ctx, BlockId block) {
  const Workload& workload = ctx.fleet.workload();
  if (ctx.observed != nullptr) return fmt::format("number {} of its chain", workload.tree.depth(block) + 1);
  if (const RequestId r = answer_owner(workload, block); r != kNone)
    return fmt::format("answer of request {}, block {}", r, block - workload.requests[r].private_first + 1);
  const std::array<Span, 1> alone{Span{block, 1}};
  if (const std::string words = first_words(workload, alone, 90); !words.empty())
    return fmt::format("block {}: {}", workload.tree.depth(block) + 1, words);
  const PrefixTree::Origin origin = workload.tree.origin(block);
  if (ctx.scenario.workload.type == WorkloadType::kTrace)
    return fmt::format("trace block {}, part {}", origin.key, origin.j + 1);
  const EdgeId edge = ctx.tree.edge_of(block);
  if (edge == kNone) return fmt::format("part of an answer, block {}", workload.tree.depth(block) + 1);
  const RadixEdge& e = ctx.tree.edges()[edge];
  const std::uint32_t label = workload.requests[e.first_request].label;
  const std::string of = e.requests == 1                  ? fmt::format("of request {} alone", e.first_request)
                         : label < workload.labels.size() ? "of " + workload.labels[label]
                                                          : fmt::format("shared by {} requests", e.requests);
  return fmt::format("block {} {}", workload.tree.depth(block) + 1, of);
}

std::string_view status_text(RequestStatus status) {
  switch (status) {
    case RequestStatus::kNotArrived:
      return "not there yet";
    case RequestStatus::kParked:
      return "waits at the router";
    case RequestStatus::kWaiting:
      return "waits at its worker";
    case RequestStatus::kRunning:
      return "running";
    case RequestStatus::kCompleted:
      return "completed";
    case RequestStatus::kRejected:
      return "rejected";
    case RequestStatus::kFailed:
      return "failed or left";
  }
  return "";
}

namespace {

// "12.5 ms" and "84 %" stay together.
bool joined(std::string_view before, std::string_view after) {
  if (before.empty() || before.back() < '0' || before.back() > '9') return false;
  const std::string_view word = after.substr(0, after.find_first_of(" .,;:)"));
  for (const std::string_view unit : {"ms", "s", "min", "h", "%", "GiB", "GB", "MiB", "×", "=", "bytes"}) {
    if (word == unit) return true;
  }
  return false;
}

}  // namespace

std::vector<std::string_view> wrap_words(const Look& look, FontRole role, std::string_view all, float width) {
  std::vector<std::string_view> lines;
  while (!all.empty()) {
    std::size_t end = 0;
    for (std::size_t next = all.find_first_of(" \n");; next = all.find_first_of(" \n", next + 1)) {
      const std::size_t stop = std::min(next, all.size());
      if (stop < all.size() && all[stop] == ' ' && joined(all.substr(0, stop), all.substr(stop + 1))) continue;
      if (end > 0 && text_width(look, role, all.substr(0, stop)) > width) break;
      end = stop;
      if (stop == all.size() || all[stop] == '\n') break;
    }
    lines.push_back(all.substr(0, end));
    all.remove_prefix(std::min(all.size(), end + 1));
  }
  return lines;
}

float worker_chip_width(const Look& look, WorkerId w) {
  return std::max(look.px(18), std::ceil(text_width(look, FontRole::Small, std::to_string(w))) + look.px(8));
}

float worker_chip(ImDrawList* list, const Look& look, ImVec2 at, WorkerId w, bool outlined) {
  const Color fill = worker_color(look.theme, static_cast<int>(w));
  const std::string number = std::to_string(w);
  const Rect rect{std::floor(at.x), std::floor(at.y - look.px(9)), worker_chip_width(look, w), look.px(18)};
  list->AddRectFilled(rect.min(), rect.max(), fill, look.px(4));
  if (outlined) {
    const Rect ring = Rect{rect.x - look.px(2), rect.y - look.px(2), rect.w + look.px(4), rect.h + look.px(4)};
    compat::add_rect(list, ring.min(), ring.max(), look.theme.text, look.px(5));
  }
  draw_text(list, look, FontRole::Small, ink_on(fill),
            ImVec2(rect.center().x - text_width(look, FontRole::Small, number) / 2, rect.center().y), number);
  return rect.right();
}

float mark_pitch(const Look& look, std::size_t workers, float room) {
  const float pitch = room / static_cast<float>(std::max<std::size_t>(workers, 1));
  return pitch < 1 ? pitch : std::min(std::floor(pitch), look.px(12));
}

bool mini_button(const Look& look, const char* id, const char* icon, std::string_view help, bool active) {
  const float side = look.px(22);
  const bool clicked = ImGui::InvisibleButton(id, ImVec2(side, side));
  const ImVec2 a = ImGui::GetItemRectMin();
  const Rect rect{a.x, a.y, side, side};
  const bool hot = ImGui::IsItemHovered();
  ImDrawList* list = ImGui::GetWindowDrawList();
  if (hot || active)
    list->AddRectFilled(rect.min(), rect.max(), active ? look.theme.selection : look.theme.frame_hot, look.px(5));
  const float w = text_width(look, FontRole::Small, icon);
  draw_text(list, look, FontRole::Small,
            active ? look.theme.accent
            : hot  ? look.theme.text
                   : look.theme.text_secondary,
            ImVec2(rect.center().x - w / 2, rect.center().y), icon);
  help_tooltip(look, {}, help);
  look.mark(id, rect);
  return clicked;
}

Moment run_of(const FrameContext& ctx) {
  // Blocks that are new do not make it another one.
  if (ctx.observed != nullptr) return {&ctx.fleet.workload(), 0, ctx.fleet.config().seed, 0, 0, 0, {}};
  return {&ctx.fleet.workload(),
          ctx.fleet.workload().requests.size(),
          ctx.fleet.config().seed,
          0,
          ctx.tree.edges().size(),
          ctx.fleet.workload().id_count(),
          {}};
}

Moment moment_of(const FrameContext& ctx) {
  return {&ctx.fleet.workload(),
          ctx.fleet.workload().requests.size(),
          ctx.fleet.config().seed,
          ctx.now,
          ctx.fleet.events_handled(),
          ctx.changes.size(),
          ctx.range};
}

bool Refresh::due(const FrameContext& ctx) {
  const Moment now = moment_of(ctx);
  if (now == made_) return false;
  const bool too_soon = ctx.screen_time >= made_at_ && ctx.screen_time < made_at_ + period_;
  if (ctx.playing && now.run == made_.run && too_soon) return false;
  made_ = now;
  made_at_ = ctx.screen_time;
  return true;
}

}  // namespace blockyard
