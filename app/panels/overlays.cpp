#include "app/panels/overlays.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/panels/actions.h"
#include "app/ui/compat.h"
#include "app/ui/icons.h"
#include "app/ui/widgets.h"
#include "core/io/scenario.h"

namespace blockyard {
namespace {

// A card in front of everything; what lies behind is dimmed, and a click there closes it.
bool begin_overlay(FrameContext& ctx, const char* id, ImVec2 screen, ImVec2 size, float top, bool* open) {
  const Look& look = ctx.look;
  ImGui::SetNextWindowPos(ImVec2(0, 0));
  ImGui::SetNextWindowSize(screen);
  ImGui::SetNextWindowBgAlpha(0);
  constexpr ImGuiWindowFlags kBare = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                                     ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoNav;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  ImGui::Begin((std::string(id) + "-dim").c_str(), nullptr, kBare | ImGuiWindowFlags_NoBackground);
  ImGui::GetWindowDrawList()->AddRectFilled(ImVec2(0, 0), screen, faded(look.theme.shadow, 0.75F));
  if (ImGui::IsWindowHovered() && ImGui::IsMouseClicked(ImGuiMouseButton_Left)) *open = false;
  ImGui::End();
  ImGui::PopStyleVar();

  size = ImVec2(std::min(size.x, screen.x - look.px(24)), std::min(size.y, screen.y - top - look.px(12)));
  ImGui::SetNextWindowPos(ImVec2(std::floor((screen.x - size.x) / 2), top));
  ImGui::SetNextWindowSize(size);
  ImGui::SetNextWindowFocus();
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(look.px(18), look.px(16)));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, look.px(10));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 1.0F);
  ImGui::PushStyleColor(ImGuiCol_WindowBg, look.theme.panel);
  ImGui::PushStyleColor(ImGuiCol_Border, look.theme.line_strong);
  const bool visible = ImGui::Begin(id, nullptr, kBare);
  ImGui::PopStyleColor(2);
  ImGui::PopStyleVar(3);
  look.mark(id, {ImGui::GetWindowPos().x, ImGui::GetWindowPos().y, size.x, size.y});
  if (look.anchors) look.anchors->push(id);
  return visible;
}

void end_overlay(const Look& look) {
  ImGui::End();
  if (look.anchors) look.anchors->pop();
}

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
  for (const PolicyRow& p : policy_table()) {
    all.push_back({fmt::format("Route by: {}", p.label), std::string(p.help), "", [&p](FrameContext& c) {
                     c.push(cmd::Set{"router.strategy", std::string(p.id), std::string(p.label)});
                   }});
  }
  for (WorkerId w = 0; w < std::min<std::size_t>(ctx.sim.workers().size(), 16); ++w) {
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
  std::erase_if(all, [&filter](const Entry& e) { return !contains(e.label, filter) && !contains(e.detail, filter); });
  std::stable_partition(all.begin(), all.end(), [&filter](const Entry& e) { return contains(e.label, filter); });
  // "r 17" and "17": a request; "w 3": a worker.
  const auto digits = filter.find_first_of("0123456789");
  if (digits != std::string::npos && filter.size() - digits < 9) {
    const auto n = static_cast<std::uint32_t>(std::strtoul(filter.c_str() + digits, nullptr, 10));
    if (n < ctx.sim.records().size() && filter[0] != 'w') {
      all.insert(all.begin(),
                 {fmt::format("Select request {}", n), "", "", [n](FrameContext& c) { c.select(SelectedRequest{n}); }});
    }
    if (n < ctx.sim.workers().size() && filter[0] != 'r') {
      all.insert(all.begin(),
                 {fmt::format("Select worker-{}", n), "", "", [n](FrameContext& c) { c.select(SelectedWorker{n}); }});
    }
  }
  return all;
}

// What is typed goes to the filter from the very frame in which the palette opens; a text field would be ready to
// listen two frames later and lose the first letters of a quick hand. True if it changed.
bool take_typed(std::string& filter) {
  const ImGuiIO& io = ImGui::GetIO();
  const std::string before = filter;
  if (!io.KeyCtrl) {
    for (const ImWchar c : io.InputQueueCharacters) {
      if (c < 0x20 || c == 0x7F) continue;
      if (c < 0x80) {
        filter += static_cast<char>(c);
      } else if (c < 0x800) {
        filter += static_cast<char>(0xC0 | (c >> 6));
        filter += static_cast<char>(0x80 | (c & 0x3F));
      } else {
        filter += static_cast<char>(0xE0 | (c >> 12));
        filter += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
        filter += static_cast<char>(0x80 | (c & 0x3F));
      }
    }
  }
  if (compat::key_pressed(compat::Key::Backspace, true)) {
    if (io.KeyCtrl) filter.clear();
    while (!filter.empty() && (static_cast<unsigned char>(filter.back()) & 0xC0) == 0x80) filter.pop_back();
    if (!filter.empty()) filter.pop_back();
  }
  return filter != before;
}

void draw_filter(const Look& look, const std::string& filter) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const Rect r{at.x, at.y, ImGui::GetContentRegionAvail().x, look.px(34)};
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddRectFilled(r.min(), r.max(), look.theme.frame, look.px(6));
  compat::add_rect(list, r.min(), r.max(), look.theme.accent, look.px(6));
  const float y = r.center().y, x = r.x + look.px(34);
  draw_text(list, look, FontRole::Small, look.theme.text_muted, ImVec2(r.x + look.px(12), y), icons::kSearch);
  float caret = x;
  if (filter.empty()) {
    draw_text(list, look, FontRole::Body, look.theme.text_secondary, ImVec2(x + look.px(3), y),
              "What do you want to do? A number finds a request or a worker.");
  } else {
    caret = draw_text(list, look, FontRole::Body, look.theme.text, ImVec2(x, y), filter) + look.px(1);
  }
  list->AddRectFilled(ImVec2(caret, y - look.px(9)), ImVec2(caret + look.px(1.5F), y + look.px(9)), look.theme.accent);
  ImGui::Dummy(r.size());
  look.mark("filter", r);
}

void key_row(const Look& look, std::string_view keys, std::string_view what, float width) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float y = at.y + look.px(12);
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float kw = text_width(look, FontRole::Mono14, keys) + look.px(14);
  list->AddRectFilled(ImVec2(at.x, at.y + look.px(2)), ImVec2(at.x + kw, at.y + look.px(22)), look.theme.frame,
                      look.px(5));
  draw_text(list, look, FontRole::Mono14, look.theme.text, ImVec2(at.x + look.px(7), y), keys);
  draw_text(list, look, FontRole::Small, look.theme.text_secondary, ImVec2(at.x + look.px(92), y),
            ellipsized(look, FontRole::Small, what, width - look.px(92)));
  ImGui::Dummy(ImVec2(width, look.px(24)));
}

}  // namespace

void Palette::draw(FrameContext& ctx, ImVec2 screen) {
  if (!ctx.ui.palette_open) {
    was_open_ = false;
    return;
  }
  const Look& look = ctx.look;
  if (!was_open_) {
    filter_.clear();
    selected_ = 0;
  }
  begin_overlay(ctx, "palette", screen, ImVec2(look.px(640), look.px(460)), look.px(90), &ctx.ui.palette_open);
  was_open_ = true;
  if (take_typed(filter_)) selected_ = 0;
  draw_filter(look, filter_);
  const std::vector<Entry> entries = palette_entries(ctx, filter_);
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
         "Nothing is called that. Try “round”, “crash”, “light” or a request's number.");
  end_scroll("##entries");
  end_overlay(look);
  if (run >= 0) {
    ctx.ui.palette_open = false;
    entries[static_cast<std::size_t>(run)].run(ctx);
  }
}

void draw_settings(FrameContext& ctx, ImVec2 screen) {
  if (!ctx.ui.settings_open) return;
  const Look& look = ctx.look;
  begin_overlay(ctx, "settings", screen, ImVec2(look.px(460), look.px(372)), look.px(110), &ctx.ui.settings_open);
  section_header(look, icons::kGear, "Settings", "Esc closes");
  text(look, FontRole::Small, look.theme.text_secondary, "Theme");
  constexpr std::array<const char*, 2> kThemes{"Dark", "Light"};
  if (const auto picked = segmented(look, "theme", kThemes, ctx.ui.dark ? 0 : 1)) ctx.push(cmd::SetTheme{*picked == 0});
  text(look, FontRole::Small, look.theme.text_secondary, "Size of everything");
  constexpr std::array<const char*, 6> kNames{"Screen", "100 %", "125 %", "150 %", "175 %", "200 %"};
  constexpr std::array<double, 6> kScales{0, 1, 1.25, 1.5, 1.75, 2};
  int at = -1;
  for (std::size_t i = 0; i < kScales.size(); ++i) {
    if (static_cast<float>(kScales[i]) == ctx.ui.scale) at = static_cast<int>(i);
  }
  if (const auto picked = segmented(look, "scale", kNames, at))
    ctx.push(cmd::SetScale{kScales[static_cast<std::size_t>(*picked)]});
  divider(look);
  toggle(look, "Controls on the left", &ctx.ui.show_controls);
  toggle(look, "Prefix tree and inspector on the right", &ctx.ui.show_tree);
  toggle(look, "Plots and tables at the bottom", &ctx.ui.show_bottom);
  bool card = ctx.ui.first_start;
  if (toggle(look, "Card of five keys", &card)) ctx.ui.first_start = card;
  divider(look);
  text_wrapped(look, FontRole::Small, look.theme.text_muted,
               "Remembered between starts, with the last scenario. A run's own settings are saved with Ctrl S.");
  end_overlay(look);
}

void draw_keys(FrameContext& ctx, ImVec2 screen) {
  if (!ctx.ui.keys_open) return;
  const Look& look = ctx.look;
  begin_overlay(ctx, "keys", screen, ImVec2(look.px(700), look.px(474)), look.px(90), &ctx.ui.keys_open);
  section_header(look, icons::kKeyboard, "Keys", "Esc closes");
  std::vector<const Action*> with_keys;
  for (const Action& a : action_table()) {
    if (!a.keys.empty()) with_keys.push_back(&a);
  }
  const std::size_t rows = (with_keys.size() + 1) / 2;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float column = ImGui::GetContentRegionAvail().x / 2;
  for (std::size_t i = 0; i < with_keys.size(); ++i) {
    const float x = at.x + (i < rows ? 0 : column), y = at.y + look.px(26) * static_cast<float>(i % rows);
    ImGui::SetCursorScreenPos(ImVec2(x, y));
    key_row(look, with_keys[i]->keys, with_keys[i]->label, column - look.px(12));
  }
  ImGui::SetCursorScreenPos(ImVec2(at.x, at.y + look.px(26) * static_cast<float>(rows) + look.px(8)));
  text_wrapped(look, FontRole::Small, look.theme.text_muted,
               "Sliders: double click types a value, right click goes back to the scenario's. Timeline: drag goes "
               "there, the wheel "
               "zooms, Shift and drag takes a range. Plots: the wheel zooms, right click exports.");
  end_overlay(look);
}

void draw_first_start(FrameContext& ctx, const Rect& fleet) {
  if (!ctx.ui.first_start || fleet.w < ctx.look.px(380)) return;
  const Look& look = ctx.look;
  const ImVec2 size(look.px(360), look.px(218));
  const float margin = look.px(14);
  ImGui::SetNextWindowPos(ImVec2(fleet.right() - size.x - margin, fleet.bottom() - size.y - margin));
  ImGui::SetNextWindowSize(size);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(look.px(16), look.px(14)));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, look.px(10));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 1.0F);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(look.px(8), look.px(2)));
  ImGui::PushStyleColor(ImGuiCol_WindowBg, look.theme.raised);
  ImGui::PushStyleColor(ImGuiCol_Border, look.theme.accent);
  ImGui::Begin("first-start", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                   ImGuiWindowFlags_NoFocusOnAppearing);
  if (look.anchors) look.anchors->push("first-start");
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  section_header(look, icons::kGraduation, "This is running already");
  key_row(look, "Space", "stop and go", width);
  key_row(look, ".   ,", "next and previous event", width);
  key_row(look, "[   ]", "other scenarios", width);
  key_row(look, "Ctrl K", "everything by name", width);
  key_row(look, "?", "all keys; hover explains everything", width);
  ImGui::SetCursorScreenPos(ImVec2(at.x + width - look.px(96), at.y + size.y - look.px(62)));
  ButtonSpec ok{"Got it"};
  ok.kind = ButtonKind::Primary;
  ok.width = look.px(96);
  if (button(look, ok)) ctx.push(cmd::DismissFirstStart{});
  if (look.anchors) look.anchors->pop();
  ImGui::End();
  ImGui::PopStyleColor(2);
  ImGui::PopStyleVar(4);
}

void draw_toasts(FrameContext& ctx, const Rect& above) {
  const Look& look = ctx.look;
  float bottom = above.y - look.px(12);
  for (auto toast = ctx.toasts.rbegin(); toast != ctx.toasts.rend(); ++toast) {
    const float width = std::min(look.px(420), above.w - look.px(24)), inner = width - look.px(64);
    const ImVec2 body =
        look.font(FontRole::Small)->CalcTextSizeA(look.font_px(FontRole::Small), 1e6F, inner, toast->text.c_str());
    const Rect r{above.right() - width - look.px(12), bottom - body.y - look.px(20), width, body.y + look.px(20)};
    bottom = r.y - look.px(8);
    ImGui::SetNextWindowPos(r.min());
    ImGui::SetNextWindowSize(r.size());
    ImGui::SetNextWindowBgAlpha(0);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0.0F);
    ImGui::Begin(fmt::format("toast-{}", toast->id).c_str(), nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoNav);
    ImGui::PopStyleVar(2);
    ImDrawList* list = ImGui::GetWindowDrawList();
    const Color tone = toast->error ? look.theme.bad : look.theme.accent;
    list->AddRectFilled(r.min(), r.max(), look.theme.raised, look.px(8));
    compat::add_rect(list, r.min(), r.max(), look.theme.line_strong, look.px(8));
    list->AddRectFilled(ImVec2(r.x, r.y + look.px(6)), ImVec2(r.x + look.px(3), r.bottom() - look.px(6)), tone);
    draw_text(list, look, FontRole::Body, toast->error ? look.theme.bad_text : look.theme.accent,
              ImVec2(r.x + look.px(14), r.center().y), toast->error ? icons::kWarning : icons::kInfo);
    list->AddText(look.font(FontRole::Small), look.font_px(FontRole::Small),
                  ImVec2(r.x + look.px(38), r.y + look.px(10)), look.theme.text, toast->text.data(),
                  toast->text.data() + toast->text.size(), inner);
    ImGui::SetCursorScreenPos(r.min());
    if (ImGui::InvisibleButton("##toast", r.size())) ctx.push(cmd::DismissToast{toast->id});
    if (ImGui::IsItemHovered()) {
      draw_text(list, look, FontRole::Small, look.theme.text_secondary, ImVec2(r.right() - look.px(20), r.center().y),
                icons::kTimes);
    }
    look.mark("toast", r);
    ImGui::End();
  }
}

}  // namespace blockyard
