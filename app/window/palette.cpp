// The palette of commands: everything that can be done, found by a part of its name.
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "app/panels/overlay_parts.h"
#include "app/panels/panel_text.h"
#include "app/ui/compat.h"
#include "app/ui/icons.h"
#include "app/ui/widgets.h"
#include "app/window/actions.h"
#include "app/window/overlays.h"
#include "core/io/lesson.h"
#include "core/settings/scenario.h"

namespace blockyard {
namespace {

bool contains(std::string_view text, std::string_view part) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
  };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

struct Entry {
  std::string label, detail, keys;
  std::function<void(FrameContext&)> run;
};

std::vector<Entry> palette_entries(const FrameContext& ctx, const std::string& filter) {
  std::vector<Entry> all;
  for (const Action& a : action_table())
    all.push_back({std::string(a.label), std::string(a.help), std::string(a.keys), a.run});
  for (const ScenarioEntry& s : ctx.scenarios) {
    all.push_back(
        {"Scenario: " + s.title, s.about, "", [name = s.name](FrameContext& c) { c.push(cmd::LoadScenario{name}); }});
  }
  for (std::size_t i = 0; ctx.lessons != nullptr && i < ctx.lessons->lessons.size(); ++i) {
    const Lesson& l = ctx.lessons->lessons[i];
    all.push_back({fmt::format("Lesson {}: {}", i + 1, l.title), l.about, "", [id = l.id](FrameContext& c) {
                     c.push(cmd::StartLesson{id, 0});
                   }});
  }
  for (const PolicyRow& p : policy_table()) {
    all.push_back({fmt::format("Route by: {}", p.label), std::string(p.help), "", [&p](FrameContext& c) {
                     c.push(cmd::Set{"router.strategy", std::string(p.id), std::string(p.label)});
                   }});
  }
  for (WorkerId w = 0; ctx.simulation != nullptr && w < std::min<std::size_t>(ctx.fleet.workers().size(), 16); ++w) {
    all.push_back({fmt::format("Crash worker-{}", w),
                   "It loses its cache and is back after 5 s; the router learns of it after 3 s.", "",
                   [w](FrameContext& c) {
                     c.push(cmd::AddFault{w, true});
                   }});
    all.push_back(
        {fmt::format("Flush worker-{}", w), "It drops its idle blocks and tells nobody.", "", [w](FrameContext& c) {
           c.push(cmd::AddFault{w, false});
         }});
  }
  for (const std::string& file : ctx.ui.recent) {
    all.push_back({"Open " + file.substr(file.rfind('/') + 1), file, "",
                   [file](FrameContext& c) { c.push(cmd::OpenFile{file}); }});
  }
  std::erase_if(all, [&filter](const Entry& e) { return !contains(e.label, filter) && !contains(e.detail, filter); });
  std::stable_partition(all.begin(), all.end(), [&filter](const Entry& e) { return contains(e.label, filter); });
  // A path: a file to open.
  if (const std::size_t dot = filter.rfind('.'); filter.find('/') != std::string::npos || dot != std::string::npos) {
    const std::string ending = dot == std::string::npos ? "" : filter.substr(dot);
    if (ending == ".json" || ending == ".jsonl" || ending == ".gz" || ending == ".zst" || ending == ".csv") {
      all.insert(all.begin(),
                 {"Open the file " + filter, ending == ".json" ? "A scenario." : "A trace, under these settings.", "",
                  [filter](FrameContext& c) { c.push(cmd::OpenFile{filter}); }});
    }
    return all;
  }
  // "r 17" and "17": a request; "w 3": a worker.
  const auto digits = filter.find_first_of("0123456789");
  if (digits != std::string::npos && filter.size() - digits < 9) {
    const auto n = static_cast<std::uint32_t>(std::strtoul(filter.c_str() + digits, nullptr, 10));
    if (n < ctx.fleet.records().size() && filter[0] != 'w') {
      all.insert(all.begin(),
                 {fmt::format("Select request {}", n), "", "", [n](FrameContext& c) { c.select(SelectedRequest{n}); }});
    }
    if (n < ctx.fleet.workers().size() && filter[0] != 'r') {
      all.insert(all.begin(),
                 {"Select " + worker_name(ctx, n), "", "", [n](FrameContext& c) { c.select(SelectedWorker{n}); }});
    }
  }
  return all;
}

}  // namespace

void Palette::draw(FrameContext& ctx, ImVec2 screen) {
  if (!ctx.ui.palette_open) {
    was_open_ = false;
    return;
  }
  const Look& look = ctx.look;
  std::string& filter = ctx.ui.palette_filter;
  if (!was_open_) {
    filter.clear();
    selected_ = 0;
  }
  begin_overlay(ctx, "palette", screen, ImVec2(look.px(640), look.px(460)), look.px(90), &ctx.ui.palette_open);
  was_open_ = true;
  if (entry_field(look, "filter", icons::kSearch,
                  "What do you want to do? A number finds a request, a path opens a file.", &filter)) {
    selected_ = 0;
  }
  const std::vector<Entry> entries = palette_entries(ctx, filter);
  const int n = static_cast<int>(entries.size());
  if (compat::key_pressed(compat::Key::Down, true)) ++selected_;
  if (compat::key_pressed(compat::Key::Up, true)) --selected_;
  selected_ = n == 0 ? 0 : (selected_ + n) % n;
  const bool enter = compat::key_pressed(compat::Key::Enter) || compat::key_pressed(compat::Key::KeypadEnter);
  int run = enter && n > 0 ? selected_ : -1;

  begin_scroll(look, "##entries");
  for (int i = 0; i < n; ++i) {
    const Entry& e = entries[static_cast<std::size_t>(i)];
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x - look.px(8), height = look.px(32), y = at.y + height / 2;
    ImGui::PushID(i);
    if (ImGui::InvisibleButton("##entry", ImVec2(width, height))) run = i;
    ImGui::PopID();
    const ImVec2 moved = ImGui::GetIO().MouseDelta;
    if (ImGui::IsItemHovered() && (moved.x != 0 || moved.y != 0)) selected_ = i;
    ImDrawList* list = ImGui::GetWindowDrawList();
    if (i == selected_) list->AddRectFilled(at, ImVec2(at.x + width, at.y + height), look.theme.selection, look.px(6));
    const float behind =
        draw_text(list, look, FontRole::BodyMedium, look.theme.text, ImVec2(at.x + look.px(10), y), e.label);
    float right = at.x + width - look.px(10);
    if (!e.keys.empty())
      right = draw_text_right(list, look, FontRole::Mono14, look.theme.text_secondary, ImVec2(right, y), e.keys) -
              look.px(12);
    draw_text(list, look, FontRole::Small, look.theme.text_muted, ImVec2(behind + look.px(12), y),
              ellipsized(look, FontRole::Small, e.detail, std::max(0.0F, right - behind - look.px(12))));
    if (i == selected_ &&
        (enter || compat::key_pressed(compat::Key::Down, true) || compat::key_pressed(compat::Key::Up, true)))
      ImGui::SetScrollHereY();
  }
  if (n == 0)
    text(look, FontRole::Small, look.theme.text_muted,
         "No matches. Try “round”, “crash”, “light” or a request's number.");
  end_scroll("##entries");
  end_overlay(look);
  if (run >= 0) {
    ctx.ui.palette_open = false;
    entries[static_cast<std::size_t>(run)].run(ctx);
  }
}

}  // namespace blockyard
