#include "app/panels/tables/tab_events.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <span>

#include "app/panels/beside.h"
#include "app/panels/happened.h"
#include "app/panels/inspector/inspector_parts.h"
#include "app/panels/linked.h"
#include "app/panels/whose_belief.h"
#include "app/ui/compat.h"
#include "app/ui/icons.h"

namespace blockyard {
namespace {

constexpr std::uint32_t bit(EventType t) { return 1U << static_cast<unsigned>(t); }

struct TypeGroup {
  const char* label;
  std::uint32_t types;
};
constexpr std::array<TypeGroup, 5> kObservedGroups = {{
    {"requests", bit(EventType::kArrive) | bit(EventType::kRoute) | bit(EventType::kFinish) | bit(EventType::kFail) |
                     bit(EventType::kCancel)},
    {"blocks", bit(EventType::kStore) | bit(EventType::kEvict) | bit(EventType::kClear)},
    {"streams", bit(EventType::kConnect) | bit(EventType::kDisconnect) | bit(EventType::kGap) |
                    bit(EventType::kSettle) | bit(EventType::kLose) | bit(EventType::kLeaveOut) |
                    bit(EventType::kAnew)},
    {"health", bit(EventType::kUp) | bit(EventType::kDown)},
    {"commands", bit(EventType::kChange) | bit(EventType::kDrain) | bit(EventType::kResume)},
}};
constexpr std::array<TypeGroup, 5> kGroups = {{
    {"requests", bit(EventType::kArrive) | bit(EventType::kReject) | bit(EventType::kStart) |
                     bit(EventType::kFirstToken) | bit(EventType::kFinish) | bit(EventType::kPreempt)},
    {"routing", bit(EventType::kRoute)},
    {"evictions", bit(EventType::kEvict)},
    {"messages", bit(EventType::kHeartbeat) | bit(EventType::kSync) | bit(EventType::kDeliver)},
    {"faults and changes",
     bit(EventType::kFault) | bit(EventType::kDetect) | bit(EventType::kRestart) | bit(EventType::kChange)},
}};

std::string lower_case(std::string_view s) {
  std::string out(s);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// What a filter is looked for in.
std::string event_words(const FrameContext& ctx, const LoggedEvent& e) {
  std::string out(event_name(e.type));
  if (e.worker != kNone) out += fmt::format(" {} w{}", worker_name(ctx, e.worker), e.worker);
  if (several_routers(ctx) && of_router(e)) out += " " + router_of_event(ctx, e);
  if (e.request != kNone) out += " " + request_text(ctx, e.request);
  return lower_case(out);
}

bool matches(const std::string& words, std::string_view filter) {
  while (!filter.empty()) {
    const std::size_t end = std::min(filter.find(' '), filter.size());
    const std::string_view word = filter.substr(0, end);
    filter.remove_prefix(std::min(filter.size(), end + 1));
    // A number means the whole number: "7" is not 17.
    const bool number =
        !word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
    std::size_t at = words.find(word);
    while (number && at != std::string::npos) {
      const auto digit = [&](std::size_t i) { return i < words.size() && words[i] >= '0' && words[i] <= '9'; };
      if (!(at > 0 && digit(at - 1)) && !digit(at + word.size())) break;
      at = words.find(word, at + 1);
    }
    if (at == std::string::npos) return false;
  }
  return true;
}

Color event_color(const Theme& theme, EventType type) {
  switch (type) {
    case EventType::kEvict:
    case EventType::kPreempt:
      return theme.block_evicted;
    case EventType::kFault:
    case EventType::kReject:
    case EventType::kDetect:
    case EventType::kLose:
    case EventType::kDown:
    case EventType::kAnew:
    case EventType::kFail:
      return theme.bad;
    case EventType::kCancel:
    case EventType::kGap:
    case EventType::kLeaveOut:
    case EventType::kDisconnect:
      return theme.warn;
    case EventType::kStore:
      return theme.block_stored;
    case EventType::kRoute:
      return theme.accent;
    case EventType::kStart:
    case EventType::kFirstToken:
    case EventType::kFinish:
      return theme.hit;
    default:
      return theme.text_muted;
  }
}

}  // namespace

void worker_cell(const FrameContext& ctx, const Rect& cell, WorkerId w) {
  if (w == kNone) return;
  const bool pointed = selected_worker(ctx.hover) == w || selected_worker(ctx.selection) == w;
  worker_chip(ImGui::GetWindowDrawList(), ctx.look, ImVec2(cell.x, cell.center().y), w, pointed);
}

void EventList::update(const FrameContext& ctx, std::uint32_t types, const std::string& filter) {
  const Moment run = run_of(ctx);
  const std::string wanted = lower_case(filter);
  // The log is only ever cut off and written on: what was read stays as long as it is still there.
  const bool same = run == run_ && types == types_ && wanted == filter_ && changes_ == ctx.changes.size() &&
                    read_ <= ctx.log.size() && (read_ == 0 || ctx.log[read_ - 1].t == read_to_);
  if (!same) {
    places_.clear();
    read_ = 0;
    run_ = run;
    types_ = types;
    filter_ = wanted;
    changes_ = ctx.changes.size();
  }
  for (; read_ < ctx.log_at; ++read_) {
    const LoggedEvent& e = ctx.log[read_];
    if ((types & bit(e.type)) == 0) continue;
    if (!wanted.empty() && !matches(event_words(ctx, e), wanted)) continue;
    places_.push_back(read_);
  }
  if (read_ > 0) read_to_ = ctx.log[read_ - 1].t;
  const auto until = std::lower_bound(places_.begin(), places_.end(), ctx.log_at);
  const auto first_at = [&](SimTime t) {
    return std::partition_point(places_.begin(), until, [&](std::size_t place) { return ctx.log[place].t < t; });
  };
  begin_ = ctx.range ? static_cast<std::size_t>(first_at(ctx.range->begin) - places_.begin()) : 0;
  end_ = static_cast<std::size_t>((ctx.range ? first_at(ctx.range->end + 1) : until) - places_.begin());
}

float EvictionsTable::fleets(const FrameContext& ctx, float x, const Rect& head) {
  const Look& look = ctx.look;
  fleet_ = std::min(fleet_, ctx.compared.size());
  for (std::size_t i = 0; !ctx.compared.empty() && i <= ctx.compared.size() && i < kFleets; ++i) {
    const std::string name = fleet_letter(i);
    const float width = chip_width(look, name.c_str());
    ImGui::SetCursorScreenPos(ImVec2(x, head.y));
    if (chip(look, name.c_str(), i == fleet_ ? Tone::Accent : Tone::Neutral)) fleet_ = i;
    help_tooltip(look, {},
                 i == 0 ? std::string("Those of fleet A, the run itself")
                        : fmt::format("Those of fleet {}, {}", name, ctx.compared[i - 1].variant->name));
    look.mark("evictions of " + name, {x, head.y, width, head.h});
    x += width + look.px(4);
  }
  return x;
}

void EvictionsTable::draw(FrameContext& shown, const Rect& rect) {
  const Look& look = shown.look;
  ImDrawList* list = ImGui::GetWindowDrawList();
  Rect rest = rect;
  const Rect head = rest.take_top(look.px(20), look.px(6));
  float x = draw_text(list, look, FontRole::BodyBold, look.theme.text, ImVec2(head.x + look.px(6), head.center().y),
                      shown.observed != nullptr ? "Removals" : "Evictions");
  x = fleets(shown, x + look.px(9), head);
  std::optional<FrameContext> other;
  if (fleet_ > 0) other.emplace(context_of(shown, shown.compared[fleet_ - 1]));
  FrameContext& ctx = other ? *other : shown;
  EventList& events = lists_[fleet_];
  tree_.update(ctx);
  events.update(ctx, bit(EventType::kEvict));
  std::uint64_t all = 0;
  for (const Worker& w : ctx.fleet.workers()) all += w.cache().evictions();
  const std::string since = with_commas(all) + (shown.compared.empty() ? " blocks since start" : " since start");
  draw_text_right(list, look, FontRole::Small, look.theme.text_muted, ImVec2(head.right(), head.center().y),
                  ellipsized(look, FontRole::Small, since, head.right() - x));
  // The events of another fleet have no numbers that the rest of the window would know: their blocks stand for them.
  const auto subject = [&](std::size_t at) -> Selection {
    const LoggedEvent& e = ctx.log[at];
    if (!other) return SelectedEvent{at};
    if (e.block == kNone) return SelectedWorker{e.worker};
    return SelectedBlock{e.block, e.worker};
  };
  if (events.size() == 0) {
    empty_state(look, rest, nullptr, "None yet",
                ctx.observed != nullptr
                    ? "Blocks that a worker says to be gone are listed here."
                    : "Evicted blocks are listed here. Fewer blocks per worker or more documents cause evictions.");
    return;
  }
  const EdgeId pointed = linked_to(ctx, ctx.hover).edge;
  constexpr std::array<TableColumn, 4> kColumns = {{{"time", 76, true}, {"", 20}, {"prefix", 0}, {"blocks", 44, true}}};
  const TableResult r = draw_table(
      look, "evictions", rest, kColumns, events.size(),
      [&](const TableRow& row) {
        const LoggedEvent& e = ctx.log[events.at(row.index)];
        cell_text(look, row.cells[0], kColumns[0], moment_text(e.t), look.theme.text_secondary);
        worker_cell(ctx, row.cells[1], e.worker);
        const NodeIndex n = e.block == kNone ? kNone : tree_.node_of(ctx.tree.edge_of(e.block));
        cell_text(look, row.cells[2], kColumns[2],
                  n == kNone ? std::string_view(ctx.observed != nullptr ? "out of the tree" : "answers")
                             : std::string_view(tree_.node(n).label),
                  look.theme.text);
        cell_text(look, row.cells[3], kColumns[3], std::to_string(e.value));
      },
      [&](std::size_t i) {
        if (!other && ctx.selection == Selection{SelectedEvent{events.at(i)}}) return true;
        const BlockId block = ctx.log[events.at(i)].block;
        return pointed != kNone && block != kNone && ctx.tree.edge_of(block) == pointed;
      });
  if (r.hovered) {
    const LoggedEvent& e = ctx.log[events.at(*r.hovered)];
    ctx.hover_on(subject(events.at(*r.hovered)));
    if (ImGui::GetIO().MousePos.x < rest.right())
      help_tooltip(look, {},
                   fmt::format("Made room for {}", e.request == kNone ? "a step" : request_text(ctx, e.request)));
  }
  if (r.clicked) ctx.select(subject(events.at(*r.clicked)));
}

void EventsTab::draw(FrameContext& ctx, const Rect& rect) {
  const Look& look = ctx.look;
  Rect rest = rect;
  const Rect head = rest.take_top(look.px(32), look.px(6));
  ImGui::SetCursorScreenPos(head.min());
  const float field = std::min(look.px(260), head.w * 0.36f);
  compat::begin_child("filter", ImVec2(field, head.h), false,
                      ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoScrollbar);
  text_field(look, "events filter", icons::kFilter,
             ctx.observed != nullptr ? "Filter: gap w2, lost" : "Filter: route w2, request 17, doc 4",
             &ctx.ui.event_filter);
  ImGui::EndChild();
  float x = head.x + field + look.px(10), y = head.y + look.px(6);
  const std::span<const TypeGroup> groups =
      ctx.observed != nullptr ? std::span<const TypeGroup>(kObservedGroups) : std::span<const TypeGroup>(kGroups);
  float chips = 0;
  for (const auto& group : groups) chips += chip_width(look, group.label) + look.px(6);
  if (x + chips > head.right()) {  // a row of their own
    const Rect row = rest.take_top(look.px(22), look.px(6));
    x = row.x;
    y = row.y;
  }
  std::uint32_t types = 0;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const bool on = (off_ & (1U << i)) == 0;
    if (on) types |= groups[i].types;
    ImGui::SetCursorScreenPos(ImVec2(x, y));
    if (chip(look, groups[i].label, on ? Tone::Accent : Tone::Neutral)) off_ ^= 1U << i;
    help_tooltip(look, {}, on ? "Click to hide these" : "Click to show these");
    x += chip_width(look, groups[i].label) + look.px(6);
  }
  list_.update(ctx, types, ctx.ui.event_filter);
  const std::string count = fmt::format("{}{} of {}", ctx.leaves_messages_out ? "later messages left out, " : "",
                                        with_commas(list_.size()), with_commas(ctx.log_at));
  const float taken = y > head.bottom() ? head.x + field + look.px(10) : x;
  if (taken + text_width(look, FontRole::Small, count) < head.right())
    draw_text_right(ImGui::GetWindowDrawList(), look, FontRole::Small, look.theme.text_muted,
                    ImVec2(head.right(), head.y + look.px(16)), count);
  if (list_.size() == 0) {
    const bool none = ctx.log_at == 0;
    empty_state(look, rest, none ? icons::kPlay : icons::kFilter, none ? "Nothing has happened yet" : "Nothing matches",
                none && ctx.observed != nullptr ? "What the workers tell is listed here as it comes, latest first."
                : none ? "Every event of the run is listed here, latest first. Press Space to play, or . for the next "
                         "event."
                : ctx.range ? "Clear the filter, turn the kinds of events above back on, or clear the range on the "
                              "timeline with Esc."
                            : "Clear the filter, or turn the kinds of events above back on.");
    return;
  }
  const bool observed = ctx.observed != nullptr;
  const std::array<TableColumn, 5> kColumns = {{{"time", 84, true},
                                                {"event", 100},
                                                {"worker", 44},
                                                {observed ? "" : "request", observed ? 120.0F : 190.0F},
                                                {"what", 0}}};
  const Happened now = what_happened(ctx);
  const RequestId wanted = linked_to(ctx, ctx.hover).request;
  const RequestId selected = selected_request(ctx.selection);
  const std::uint32_t session = session_meant(ctx);
  const TableResult r = draw_table(
      look, "events", rest, kColumns, list_.size(),
      [&](const TableRow& row) {
        const LoggedEvent& e = ctx.log[list_.at(row.index)];
        const bool just = now.holds(list_.at(row.index));
        // The step that the run stands at: a bar before it, and its words at full strength.
        if (just) {
          const Rect& first = row.cells[0];
          ImGui::GetWindowDrawList()->AddRectFilled(ImVec2(first.x - look.px(4), first.y + look.px(3)),
                                                    ImVec2(first.x - look.px(1), first.bottom() - look.px(3)),
                                                    look.theme.accent, look.px(1));
          look.mark("now", first);
        }
        cell_text(look, row.cells[0], kColumns[0], moment_text(e.t),
                  just ? look.theme.accent : look.theme.text_secondary);
        const Rect& c = row.cells[1];
        const float d = look.px(3);
        ImGui::GetWindowDrawList()->AddCircleFilled(ImVec2(c.x + d, c.center().y), d, event_color(look.theme, e.type));
        cell_text(look, {c.x + look.px(13), c.y, c.w - look.px(13), c.h}, kColumns[1],
                  observed && e.type == EventType::kEvict ? "remove" : event_name(e.type), look.theme.text);
        worker_cell(ctx, row.cells[2], e.worker);
        if (observed && e.worker != kNone) cell_text(look, row.cells[3], kColumns[3], worker_name(ctx, e.worker));
        if (e.request != kNone) cell_text(look, row.cells[3], kColumns[3], request_text(ctx, e.request));
        cell_text(look, row.cells[4], kColumns[4], event_detail(ctx, e));
      },
      [&](std::size_t i) {
        const std::size_t place = list_.at(i);
        return ctx.selection == Selection{SelectedEvent{place}} ||
               (wanted != kNone && ctx.log[place].request == wanted) ||
               (selected != kNone && ctx.log[place].request == selected) ||
               is_turn_of(ctx, ctx.log[place].request, session);
      });
  if (r.hovered) ctx.hover_on(SelectedEvent{list_.at(*r.hovered)});
  if (r.double_clicked) {
    ctx.push(cmd::Seek{ctx.log[list_.at(*r.double_clicked)].t});
  } else if (r.clicked) {
    ctx.select(SelectedEvent{list_.at(*r.clicked)});
  }
}

}  // namespace blockyard
