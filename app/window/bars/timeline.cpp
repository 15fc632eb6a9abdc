#include "app/window/bars/timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/panels/linked.h"
#include "app/panels/panel_text.h"
#include "app/panels/tables/tab_events.h"
#include "app/plot/data/axis.h"
#include "app/ui/compat.h"
#include "app/ui/icons.h"
#include "app/ui/widgets.h"
#include "app/window/bars/top_bar.h"
#include "core/base/math.h"
#include "core/live/observed/observed_fleet.h"
#include "core/settings/scenario.h"

namespace blockyard {
namespace {

constexpr double kClosest = 20'000;  // µs: the narrowest zoom

std::string fault_text(const Fault& fault) {
  if (fault.kind == FaultKind::kRouterRestart) {
    return fmt::format("router {} starts anew{}, having forgotten everything", fault.router,
                       fault.down > 0 ? fmt::format(" after {}", duration_text(us_to_ms(fault.down))) : std::string());
  }
  if (fault.kind == FaultKind::kCacheFlush) return fmt::format("{} drops its idle blocks", worker_text(fault.worker));
  return fmt::format("{} crashes, back after {}", worker_text(fault.worker), duration_text(us_to_ms(fault.restart)));
}

}  // namespace

void Timeline::handle_mouse(FrameContext& ctx, const Strip& strip, const Shown& whole) {
  const ImGuiIO& io = ImGui::GetIO();
  const double under = std::clamp(strip.t(io.MousePos.x), whole.begin, whole.end);
  if (ImGui::IsItemHovered() && io.MouseWheel != 0) {
    const double width = std::clamp((strip.shown.end - strip.shown.begin) * math::pow(0.8, io.MouseWheel), kClosest,
                                    whole.end - whole.begin);
    const double f = (under - strip.shown.begin) / (strip.shown.end - strip.shown.begin);
    zoom_.begin = std::clamp(under - f * width, whole.begin, whole.end - width);
    zoom_.end = zoom_.begin + width;
    zoomed_ = width < (whole.end - whole.begin) * 0.999;
  }
  if (ImGui::IsItemHovered() && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) zoomed_ = false;
  if (ImGui::IsItemActivated()) {
    on_range_tag_ = range_tag_.contains(io.MousePos) && ctx.range.has_value();
    if (on_range_tag_) ctx.push(cmd::SetRange{});
    ranging_ = io.KeyShift;
    range_from_ = under;
  }
  if (!ImGui::IsItemActive() || on_range_tag_) return;
  if (!ranging_) {
    const auto t = static_cast<SimTime>(under);
    if (t != ctx.now) ctx.push(cmd::Seek{t});
  } else {
    const auto a = static_cast<SimTime>(std::min(under, range_from_)),
               b = static_cast<SimTime>(std::max(under, range_from_));
    ctx.push(cmd::SetRange{b - a > 1000 ? std::optional(TimeRange{a, b}) : std::nullopt});
  }
}

void Timeline::draw_bars(FrameContext& ctx, const Strip& strip) {
  const Look& look = ctx.look;
  ImDrawList* list = ImGui::GetWindowDrawList();
  // Buckets wide enough to hold a few requests each, so that the strip shows a course and not single requests.
  float pitch = look.px(3);
  const double share = (strip.shown.end - strip.shown.begin) / std::max(1e5, static_cast<double>(ctx.known_end));
  const double expected = static_cast<double>(ctx.fleet.records().size()) * std::min(1.0, share);
  while (pitch < look.px(12) && expected * pitch / strip.rect.w < 4) pitch += look.px(1);
  const float bar = std::max(1.0F, pitch - 1);
  const auto n = static_cast<std::size_t>(std::max(1.0F, strip.rect.w / pitch));
  const Key key{&ctx.metrics, ctx.log.size(), ctx.changes.size(), n, strip.shown.begin, strip.shown.end};
  if (!(key == key_)) {
    key_ = key;
    buckets_ = ctx.metrics.timeline(static_cast<SimTime>(strip.shown.begin), static_cast<SimTime>(strip.shown.end), n);
  }
  std::uint32_t most = 1;
  for (const auto& b : buckets_) most = std::max(most, b.hits + b.misses);
  const float unit = (strip.rect.h - look.px(2)) / static_cast<float>(most), floor = strip.rect.bottom();
  const float cursor = strip.x(static_cast<double>(ctx.now));
  float before = floor;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    const auto& b = buckets_[i];
    const float x = std::floor(strip.rect.x + pitch * static_cast<float>(i));
    const float ahead = x >= cursor ? 0.32F : 1.0F;
    const float hits = std::ceil(unit * static_cast<float>(b.hits)),
                all = std::ceil(unit * static_cast<float>(b.hits + b.misses));
    if (hits > 0) list->AddRectFilled(ImVec2(x, floor - hits), ImVec2(x + bar, floor), faded(look.theme.hit, ahead));
    if (all > hits) {
      list->AddRectFilled(ImVec2(x, floor - all), ImVec2(x + bar, floor - hits), faded(look.theme.miss, ahead));
    }
    // Arrivals as a line of steps: where it runs above the bars, requests wait.
    const float arrivals = floor - std::round(std::min(strip.rect.h, unit * static_cast<float>(b.arrivals)));
    const Color ink = faded(look.theme.text_secondary, ahead * 0.6F);
    if (b.arrivals > 0 || before < floor) {
      list->AddRectFilled(ImVec2(x, std::min(arrivals, before)), ImVec2(x + 1, std::max(arrivals, before)), ink);
      list->AddRectFilled(ImVec2(x, arrivals), ImVec2(x + pitch, arrivals + 1), ink);
    }
    before = arrivals;
    if (b.preemptions > 0) {  // a tooth that hangs from the upper edge
      const float mid = x + bar / 2, half = std::max(look.px(2), bar / 2);
      list->AddTriangleFilled(ImVec2(mid - half, strip.rect.y), ImVec2(mid + half, strip.rect.y),
                              ImVec2(mid, strip.rect.y + look.px(5)), faded(look.theme.block_evicted, ahead));
    }
  }
}

// Blocks that were stored upwards from the middle, those that went downwards; by the root of their number, so that the
// first batch, which may bring a whole cache, leaves the rest in sight.
void Timeline::draw_observed_bars(FrameContext& ctx, const Strip& strip) {
  constexpr double kAgain = 0.25;  // s of screen time: what keeps coming need not be counted in every frame
  const Look& look = ctx.look;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float pitch = look.px(4), bar = pitch - 1;
  const auto n = static_cast<std::size_t>(std::max(1.0F, strip.rect.w / pitch));
  const Key key{&ctx.metrics, ctx.log.size(), 0, n, strip.shown.begin, strip.shown.end};
  const bool soon = ctx.arriving && key.run == key_.run && key.buckets == key_.buckets &&
                    ctx.screen_time >= observed_at_ && ctx.screen_time < observed_at_ + kAgain;
  if (!(key == key_) && !soon) {
    key_ = key;
    observed_at_ = ctx.screen_time;
    observed_buckets_ = observed_.buckets(ctx, strip.shown.begin, strip.shown.end, n);
  }
  std::uint64_t most = 1;
  for (const auto& b : observed_buckets_) most = std::max({most, b.stored, b.gone});
  const float half = std::floor((strip.rect.h - look.px(2)) / 2), mid = strip.rect.bottom() - half;
  const float unit = half / std::sqrt(static_cast<float>(most)), cursor = strip.x(static_cast<double>(ctx.now));
  for (std::size_t i = 0; i < observed_buckets_.size(); ++i) {
    const auto& b = observed_buckets_[i];
    const float x = std::floor(strip.rect.x + pitch * static_cast<float>(i)), ahead = x >= cursor ? 0.32F : 1.0F;
    const float up = std::ceil(unit * std::sqrt(static_cast<float>(b.stored))),
                down = std::ceil(unit * std::sqrt(static_cast<float>(b.gone)));
    if (up > 0) list->AddRectFilled(ImVec2(x, mid - up), ImVec2(x + bar, mid), faded(look.theme.block_stored, ahead));
    if (down > 0)
      list->AddRectFilled(ImVec2(x, mid), ImVec2(x + bar, mid + down), faded(look.theme.block_evicted, ahead));
  }
}

void Timeline::draw_axis(const FrameContext& ctx, const Strip& strip, float y) {
  const Look& look = ctx.look;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const double lo = strip.shown.begin / 1e6, hi = strip.shown.end / 1e6;
  const Ticks ticks = linear_ticks(lo, hi, static_cast<int>(strip.rect.w / look.px(110)) + 1);
  for (const double at : ticks.at) {
    const float x = std::floor(strip.x(at * 1e6));
    list->AddRectFilled(ImVec2(x, strip.rect.bottom()), ImVec2(x + 1, strip.rect.bottom() + look.px(3)),
                        look.theme.line_strong);
    const std::string label = format_tick(at, ticks.step, hi) + " s";
    const float w = text_width(look, FontRole::Small, label);
    const float left = std::clamp(x - w / 2, strip.rect.x, strip.rect.right() - w);
    draw_text(list, look, FontRole::Small, look.theme.text_muted, ImVec2(left, y), label);
  }
}

void Timeline::draw_marks(FrameContext& ctx, const Strip& strip) {
  const Look& look = ctx.look;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  const bool hovered = ImGui::IsItemHovered();
  const float size = look.px(5), top = strip.rect.y - look.px(1);
  const auto visible = [&](double t) { return t >= strip.shown.begin && t <= strip.shown.end; };
  const auto mark = [&](SimTime t, Color color, int kind, const std::string& what) {
    if (!visible(static_cast<double>(t))) return;
    const float x = std::floor(strip.x(static_cast<double>(t)));
    list->AddRectFilled(ImVec2(x, top), ImVec2(x + 1, strip.rect.bottom()), faded(color, 0.55F));
    if (kind == 0) {  // fault: triangle
      list->AddTriangleFilled(ImVec2(x - size, top - size), ImVec2(x + size + 1, top - size),
                              ImVec2(x + 0.5F, top + size), color);
    } else if (kind == 1) {  // change: diamond
      list->AddQuadFilled(ImVec2(x, top - size), ImVec2(x + size, top), ImVec2(x, top + size), ImVec2(x - size, top),
                          color);
    } else {  // bookmark: flag
      list->AddRectFilled(ImVec2(x, top - size), ImVec2(x + size * 1.6F, top + size * 0.4F), color);
    }
    if (hovered && std::abs(mouse.x - x) < look.px(7)) tooltip(look, what, moment_text(t));
  };
  for (const Fault& fault : ctx.fleet.config().faults) mark(fault.t, look.theme.warn, 0, fault_text(fault));
  for (const SentPrompt& prompt : ctx.scenario.prompts)
    mark(prompt.t, look.theme.good, 1, "Sent: " + one_line(prompt.text, 60));
  for (const RunChange& change : ctx.changes) mark(change.t, look.theme.accent, 1, change.label);
  if (ctx.observed != nullptr) {
    for (const ObservedStrip::Mark& m : observed_.marks()) {
      const LoggedEvent& e = ctx.log[m.event];
      mark(m.t, m.bad ? look.theme.bad : look.theme.warn, 0,
           fmt::format("{}: {}", worker_name(ctx, e.worker), event_detail(ctx, e)));
    }
  }
  for (const Bookmark& b : ctx.bookmarks) mark(b.t, look.theme.text_secondary, 2, b.label);
  const Linked pointed = linked_to(ctx, ctx.hover), selected = linked_to(ctx, ctx.selection);
  for (const auto& [what, color] : {std::pair{&selected, look.theme.accent}, {&pointed, look.theme.text}}) {
    if (what->time && visible(static_cast<double>(*what->time))) {
      const float x = std::floor(strip.x(static_cast<double>(*what->time)));
      list->AddRectFilled(ImVec2(x, strip.rect.y), ImVec2(x + 1, strip.rect.bottom()), color);
    }
    if (!what->span) continue;  // of a request: from its arrival to its end
    const float a = std::max(strip.rect.x, strip.x(static_cast<double>(what->span->begin)));
    const float b = std::min(strip.rect.right(), std::max(a + 2, strip.x(static_cast<double>(what->span->end))));
    if (b < a) continue;
    list->AddRectFilled(ImVec2(a, strip.rect.y), ImVec2(b, strip.rect.bottom()), faded(color, 0.16F));
    list->AddRectFilled(ImVec2(a, strip.rect.y - look.px(2)), ImVec2(b, strip.rect.y), color);
  }
}

// The range that limits plots and tables: its ends, its times, and a way to let go of it.
void Timeline::draw_range(FrameContext& ctx, const Strip& strip) {
  const Look& look = ctx.look;
  const float a = strip.x(static_cast<double>(ctx.range->begin)), b = strip.x(static_cast<double>(ctx.range->end));
  if (b < strip.rect.x || a > strip.rect.right()) return;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float top = strip.rect.y - look.px(4);
  for (const float x : {a, b}) {
    if (x < strip.rect.x - 1 || x > strip.rect.right() + 1) continue;
    list->AddRectFilled(ImVec2(std::floor(x), top), ImVec2(std::floor(x) + look.px(2), strip.rect.bottom()),
                        look.theme.accent);
  }
  const std::string words = fmt::format("{:.1f} – {:.1f} s", static_cast<double>(ctx.range->begin) / 1e6,
                                        static_cast<double>(ctx.range->end) / 1e6);
  const float w = text_width(look, FontRole::Small, words) + look.px(34), h = look.px(18);
  const float left = std::clamp((a + b) / 2 - w / 2, strip.rect.x, strip.rect.right() - w);
  const Rect tag{std::floor(left), strip.rect.y - look.px(2), w, h};
  list->AddRectFilled(tag.min(), tag.max(), look.theme.raised, look.px(5));
  compat::add_rect(list, tag.min(), tag.max(), look.theme.accent, look.px(5));
  draw_text(list, look, FontRole::Small, look.theme.text, ImVec2(tag.x + look.px(8), tag.center().y), words);
  const bool hot = tag.contains(ImGui::GetIO().MousePos) && ImGui::IsWindowHovered();
  draw_text_right(list, look, FontRole::Small, hot ? look.theme.text : look.theme.text_muted,
                  ImVec2(tag.right() - look.px(7), tag.center().y), icons::kTimes);
  look.mark("range", tag);
  range_tag_ = tag;
  if (!hot) return;
  tooltip(look, "Plots and tables show this range", "Click to clear it.", "Esc");
}

void Timeline::draw(FrameContext& ctx, const Rect& rect) {
  const Look& look = ctx.look;
  CardOptions bare;
  bare.padded = false;
  begin_card(look, "timeline", rect, bare);
  ImDrawList* list = ImGui::GetWindowDrawList();

  const Workload& workload = ctx.fleet.workload();
  SimTime end = ctx.known_end;
  if (!ctx.complete && workload.closed.users == 0 && !workload.requests.empty()) {
    end = std::max(end, workload.requests.back().arrival);
  }
  const Shown whole{static_cast<double>(ctx.begin), std::max(static_cast<double>(ctx.begin) + 1e5, static_cast<double>(end))};
  if (fits_ != ctx.ui.fits || run_ != &ctx.metrics) zoomed_ = false;
  fits_ = ctx.ui.fits;
  run_ = &ctx.metrics;
  if (zoomed_) {
    zoom_.end = std::min(zoom_.end, whole.end);
    zoom_.begin = std::clamp(zoom_.begin, whole.begin, std::max(whole.begin, zoom_.end - kClosest));
  }
  const float axis_h = look.px(18), pad = look.px(14);
  Strip strip{{rect.x + pad, rect.y + look.px(11), rect.w - 2 * pad, std::max(4.0F, rect.h - look.px(11) - axis_h)},
              zoomed_ ? zoom_ : whole};

  ImGui::SetCursorScreenPos(ImVec2(strip.rect.x, rect.y));
  ImGui::InvisibleButton("##strip", ImVec2(strip.rect.w, rect.h));
  look.mark("strip", strip.rect);
  const bool hovered = ImGui::IsItemHovered(), active = ImGui::IsItemActive();
  handle_mouse(ctx, strip, whole);

  if (ctx.range) {
    const float a = std::max(strip.rect.x, strip.x(static_cast<double>(ctx.range->begin)));
    const float b = std::min(strip.rect.right(), strip.x(static_cast<double>(ctx.range->end)));
    if (b > a)
      list->AddRectFilled(ImVec2(a, strip.rect.y - look.px(4)), ImVec2(b, strip.rect.bottom()),
                          faded(look.theme.accent, 0.16F));
  }
  const float base = strip.rect.bottom();
  list->AddRectFilled(ImVec2(strip.rect.x, base), ImVec2(strip.rect.right(), base + 1), look.theme.line_strong);
  if (ctx.observed != nullptr) {
    observed_.update(ctx);
    ctx.observed->routed() ? draw_bars(ctx, strip) : draw_observed_bars(ctx, strip);
  } else {
    draw_bars(ctx, strip);
  }
  draw_axis(ctx, strip, rect.bottom() - axis_h * 0.46F);
  draw_marks(ctx, strip);

  // How far the run has been seen, and the cursor.
  const float newest = strip.x(static_cast<double>(ctx.newest)), at = std::floor(strip.x(static_cast<double>(ctx.now)));
  const float left = strip.rect.x, right = strip.rect.right(), thick = look.px(3);
  list->AddRectFilled(ImVec2(left, base), ImVec2(std::clamp(newest, left, right), base + thick),
                      faded(look.theme.accent, 0.35F));
  list->AddRectFilled(ImVec2(left, base), ImVec2(std::clamp(at, left, right), base + thick), look.theme.accent);
  if (at >= left - 1 && at <= right + 1) {
    list->AddRectFilled(ImVec2(at, rect.y + look.px(5)), ImVec2(at + look.px(1.5F), base), look.theme.text);
    list->AddCircleFilled(ImVec2(at + 0.5F, base + thick / 2), look.px(6), look.theme.accent);
    list->AddCircleFilled(ImVec2(at + 0.5F, base + thick / 2), look.px(3), rgb(0xFFFFFF));
  }
  if (ctx.range) draw_range(ctx, strip);
  if (zoomed_) {  // which part of the whole this is, as a bar along the upper edge and in words
    const auto part = [&](double t) {
      return strip.rect.x + static_cast<float>((t - whole.begin) / (whole.end - whole.begin)) * strip.rect.w;
    };
    const float y = rect.y + look.px(2), a = part(strip.shown.begin), b = part(strip.shown.end);
    list->AddRectFilled(ImVec2(strip.rect.x, y), ImVec2(right, y + look.px(2)), look.theme.line);
    list->AddRectFilled(ImVec2(a, y), ImVec2(std::max(a + look.px(4), b), y + look.px(2)), look.theme.text_secondary);
  }
  const std::string remark = !ctx.complete ? "computing ahead …"
                             : zoomed_     ? fmt::format("{:.3g} of {:.3g} s   F: all",
                                                         (strip.shown.end - strip.shown.begin) / 1e6, whole.end / 1e6)
                                           : std::string();
  if (!remark.empty()) {
    const float y = strip.rect.y + look.px(5), w = text_width(look, FontRole::Small, remark) + look.px(8);
    list->AddRectFilled(ImVec2(right - w, y - look.px(8)), ImVec2(right, y + look.px(8)),
                        faded(look.theme.panel, 0.85F), look.px(3));
    draw_text_right(list, look, FontRole::Small, look.theme.text_secondary, ImVec2(right - look.px(4), y), remark);
  }
  if (hovered && !active && ImGui::GetIO().MouseWheel == 0) {
    const float x = ImGui::GetIO().MousePos.x;
    list->AddRectFilled(ImVec2(x, strip.rect.y), ImVec2(x + 1, base), faded(look.theme.text, 0.4F));
    const auto t = static_cast<SimTime>(std::clamp(strip.t(x), whole.begin, whole.end));
    ctx.hover_on(SelectedTime{t});
    help_tooltip(
        look, clock_text(t),
        "Drag to go there, scroll to zoom, double-click for all. Shift-drag selects a range for plots and tables.");
  }
  end_card(look);
}

}  // namespace blockyard
