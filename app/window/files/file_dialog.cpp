#include "app/window/files/file_dialog.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "app/panels/overlay_parts.h"
#include "app/ui/compat.h"
#include "app/ui/icons.h"
#include "app/ui/widgets.h"

namespace blockyard {
namespace {

namespace fs = std::filesystem;

bool is_folder(const std::string& path) {
  std::error_code ec;
  return fs::is_directory(path, ec);
}

std::string parent_of(const std::string& folder) { return fs::path(folder).parent_path().string(); }

// A row with an icon; true if it was clicked.
bool row(const Look& look, const char* id, const char* icon, std::string_view label, bool selected, Rect* where) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const Rect r{at.x, at.y, ImGui::GetContentRegionAvail().x - look.px(8), look.px(26)};
  ImGui::PushID(id);
  const bool clicked = ImGui::InvisibleButton("##row", r.size());
  ImGui::PopID();
  ImDrawList* list = ImGui::GetWindowDrawList();
  if (selected || ImGui::IsItemHovered()) {
    list->AddRectFilled(r.min(), r.max(), selected ? look.theme.selection : look.theme.frame, look.px(6));
  }
  const float y = r.center().y;
  draw_text(list, look, FontRole::Small, look.theme.text_muted, ImVec2(r.x + look.px(8), y), icon);
  draw_text(list, look, FontRole::Body, look.theme.text, ImVec2(r.x + look.px(30), y),
            ellipsized(look, FontRole::Body, label, r.w - look.px(36)));
  *where = r;
  return clicked;
}

}  // namespace

std::string FileDialog::path_of(const FolderEntry& entry) const { return (fs::path(folder_) / entry.name).string(); }

void FileDialog::enter(const std::string& folder) {
  std::error_code ec;
  folder_ = fs::absolute(folder, ec).lexically_normal().string();
  if (folder_.size() > 1 && folder_.back() == '/') folder_.pop_back();
  text_.clear();
  trouble_.clear();
  selected_ = 0;
  auto listed = list_folder(folder_);
  entries_ = listed ? std::move(*listed) : std::vector<FolderEntry>{};
  if (!listed) trouble_ = listed.error().message;
}

void FileDialog::choose(FrameContext& ctx, const std::string& path) {
  if (is_folder(path)) return enter(path);
  std::error_code ec;
  if (!fs::exists(path, ec)) {
    trouble_ = path + ": there is no such file";
    return;
  }
  ctx.push(cmd::OpenFile{path});
  ctx.ui.file_open = false;
}

void FileDialog::draw_places(FrameContext& ctx) {
  const Look& look = ctx.look;
  const char* home = std::getenv("HOME");
  std::error_code ec;
  const std::array<std::pair<const char*, std::string>, 3> places{
      {{"Home", home != nullptr ? home : ""},
       {"Working folder", fs::current_path(ec).string()},
       {"Scenarios of the program", std::string(ctx.assets_dir) + "/scenarios"}}};
  text(look, FontRole::Small, look.theme.text_secondary, "Places");
  Rect where;
  for (const auto& [name, folder] : places) {
    if (folder.empty()) continue;
    if (row(look, name, icons::kFolderOpen, name, folder_ == folder, &where)) enter(folder);
    help_tooltip(look, {}, folder);
    look.mark(std::string("place/") + name, where);
  }
  ImGui::Dummy(ImVec2(1, look.px(4)));
  text(look, FontRole::Small, look.theme.text_secondary, "Recent files");
  if (ctx.ui.recent.empty()) text_wrapped(look, FontRole::Small, look.theme.text_muted, "None so far.");
  for (const std::string& file : ctx.ui.recent) {
    if (row(look, file.c_str(), icons::kFileText, fs::path(file).filename().string(), false, &where)) choose(ctx, file);
    help_tooltip(look, {}, file);
    look.mark("recent/" + fs::path(file).filename().string(), where);
  }
}

// The folder that is listed, each of its parents a button.
void FileDialog::draw_path(const Look& look) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float room = ImGui::GetContentRegionAvail().x, height = look.px(24);
  ImDrawList* list = ImGui::GetWindowDrawList();
  std::vector<std::pair<std::string, std::string>> parts;  // what is shown, where it leads
  for (fs::path p = folder_; !p.empty(); p = p.parent_path()) {
    const std::string name = p.filename().string();
    parts.insert(parts.begin(), {name.empty() ? "/" : name, p.string()});
    if (p == p.parent_path()) break;
  }
  const auto width = [&](std::size_t i) {
    return text_width(look, FontRole::BodyMedium, parts[i].first) + look.px(22);
  };
  std::size_t first = parts.size();
  for (float used = look.px(20); first > 0 && used + width(first - 1) <= room; --first) used += width(first - 1);
  float x = at.x;
  if (first > 0) x = draw_text(list, look, FontRole::BodyMedium, look.theme.text_muted, {x, at.y + height / 2}, "… ");
  std::string target;
  for (std::size_t i = std::min(first, parts.size() - 1); i < parts.size(); ++i) {
    const std::string name = ellipsized(look, FontRole::BodyMedium, parts[i].first, at.x + room - x - look.px(10));
    const float w = text_width(look, FontRole::BodyMedium, name);
    ImGui::SetCursorScreenPos(ImVec2(x, at.y));
    ImGui::PushID(static_cast<int>(i));
    if (ImGui::InvisibleButton("##part", ImVec2(std::max(1.0F, w), height))) target = parts[i].second;
    ImGui::PopID();
    const bool last = i + 1 == parts.size();
    draw_text(list, look, FontRole::BodyMedium,
              last || ImGui::IsItemHovered() ? look.theme.text : look.theme.text_secondary,
              ImVec2(x, at.y + height / 2), name);
    x += w + look.px(6);
    if (!last && parts[i].first != "/") {
      draw_text(list, look, FontRole::BodyMedium, look.theme.text_muted, ImVec2(x, at.y + height / 2), "/");
      x += look.px(10);
    }
  }
  ImGui::SetCursorScreenPos(at);
  ImGui::Dummy(ImVec2(room, height));
  if (!target.empty()) enter(target);
}

void FileDialog::draw_entries(FrameContext& ctx, bool enter_pressed) {
  const Look& look = ctx.look;
  const bool typed_path = text_.find('/') != std::string::npos || text_.starts_with("~");
  shown_ = shown_entries(entries_, all_files_, typed_path ? std::string_view{} : std::string_view(text_));
  const bool has_parent = folder_ != "/" && !folder_.empty();
  const bool up_row = has_parent && text_.empty();
  const int n = static_cast<int>(shown_.size()) + (up_row ? 1 : 0);
  const bool down = compat::key_pressed(compat::Key::Down, true), up = compat::key_pressed(compat::Key::Up, true);
  if (down) ++selected_;
  if (up) --selected_;
  selected_ = n == 0 ? 0 : (selected_ + n) % n;

  std::string chosen;
  const auto target = [&](int i) {
    if (up_row && i == 0) return parent_of(folder_);
    return path_of(entries_[shown_[static_cast<std::size_t>(i - (up_row ? 1 : 0))]]);
  };
  if (enter_pressed && typed_path) chosen = pasted_path(text_);
  if (enter_pressed && !typed_path && n > 0) chosen = target(selected_);

  const float row_h = look.px(26);
  begin_scroll(look, "##files");
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  ImGuiListClipper clipper;
  clipper.Begin(n, row_h);
  while (clipper.Step()) {
    for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
      const bool up_one = up_row && i == 0;
      const FolderEntry* e = up_one ? nullptr : &entries_[shown_[static_cast<std::size_t>(i - (up_row ? 1 : 0))]];
      const std::string name = up_one ? ".." : e->name;
      Rect where;
      const float figures = look.px(190);
      ImGui::PushID(i);
      const ImVec2 at = ImGui::GetCursorScreenPos();
      const float width = ImGui::GetContentRegionAvail().x - look.px(8);
      const bool clicked = ImGui::InvisibleButton("##entry", ImVec2(width, row_h));
      const bool twice = ImGui::IsItemHovered() && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left);
      const bool hot = ImGui::IsItemHovered();
      ImGui::PopID();
      where = {at.x, at.y, width, row_h};
      ImDrawList* list = ImGui::GetWindowDrawList();
      if (i == selected_ || hot) {
        list->AddRectFilled(where.min(), where.max(), i == selected_ ? look.theme.selection : look.theme.frame,
                            look.px(6));
      }
      const float y = where.center().y;
      const bool folder = up_one || e->folder;
      draw_text(list, look, FontRole::Small, folder ? look.theme.accent : look.theme.text_muted,
                ImVec2(at.x + look.px(8), y), folder ? icons::kFolderOpen : icons::kFileText);
      draw_text(list, look, FontRole::Body, look.theme.text, ImVec2(at.x + look.px(32), y),
                ellipsized(look, FontRole::Body, name, width - look.px(40) - (folder ? 0 : figures)));
      if (!folder) {
        draw_text_right(list, look, FontRole::Small, look.theme.text_secondary, ImVec2(at.x + width - look.px(110), y),
                        bytes_text(e->bytes));
        draw_text_right(list, look, FontRole::Small, look.theme.text_muted, ImVec2(at.x + width - look.px(8), y),
                        age_text(e->days_old));
      }
      look.mark("entry/" + name, where);
      if (clicked) selected_ = i;
      // A folder opens at a click, as it does in a tree; a file at two, or by the button.
      if ((clicked && folder) || (twice && !folder)) chosen = target(i);
    }
  }
  clipper.End();
  if (down || up) {
    const float top = static_cast<float>(selected_) * row_h, view = ImGui::GetWindowHeight();
    if (top < ImGui::GetScrollY()) ImGui::SetScrollY(top);
    if (top + row_h > ImGui::GetScrollY() + view) ImGui::SetScrollY(top + row_h - view);
  }
  ImGui::PopStyleVar();
  if (n == 0 && trouble_.empty()) {
    text_wrapped(look, FontRole::Small, look.theme.text_muted,
                 entries_.empty() ? "This folder is empty."
                                  : "No matches here. “All files” shows those that are no scenario and no "
                                    "trace by their name.");
  }
  end_scroll("##files");
  if (!chosen.empty()) choose(ctx, chosen);
}

void FileDialog::draw(FrameContext& ctx, ImVec2 screen) {
  if (!ctx.ui.file_open) {
    was_open_ = false;
    return;
  }
  const Look& look = ctx.look;
  if (!was_open_) {
    std::error_code ec;
    const std::string last = ctx.ui.recent.empty() ? "" : parent_of(ctx.ui.recent.front());
    enter(is_folder(last) ? last : fs::current_path(ec).string());
  }
  was_open_ = true;
  begin_overlay(ctx, "file", screen, ImVec2(look.px(860), look.px(560)), look.px(80), &ctx.ui.file_open);
  section_header(look, icons::kFolderOpen, "Open a scenario or a trace", "Esc closes");
  if (entry_field(look, "path", icons::kSearch, "A part of a name, or a path: type it or paste it.", &text_)) {
    selected_ = 0;
    trouble_.clear();
    // A whole path that is pasted: a folder is shown at once.
    if (text_.ends_with('/') && text_.size() > 1 && is_folder(pasted_path(text_))) enter(pasted_path(text_));
  }
  const bool enter_pressed = compat::key_pressed(compat::Key::Enter) || compat::key_pressed(compat::Key::KeypadEnter);
  const float foot = look.px(46), avail = ImGui::GetContentRegionAvail().x;
  const float height = std::max(look.px(60), ImGui::GetContentRegionAvail().y - foot);
  const float places = avail > look.px(560) ? look.px(230) : 0;
  if (places > 0) {
    compat::begin_child("##places", ImVec2(places - look.px(14), height), false, ImGuiWindowFlags_NoBackground);
    draw_places(ctx);
    ImGui::EndChild();
    ImGui::SameLine(0, look.px(14));
  }
  compat::begin_child(
      "##list", ImVec2(0, height), false,
      ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
  draw_path(look);
  if (!trouble_.empty()) text_wrapped(look, FontRole::Small, look.theme.bad_text, trouble_);
  draw_entries(ctx, enter_pressed);
  ImGui::EndChild();

  const ImVec2 at = ImGui::GetCursorScreenPos();
  ButtonSpec open{"Open"};
  open.kind = ButtonKind::Primary;
  ButtonSpec cancel{"Cancel"};
  const float open_w = button_width(look, open), cancel_w = button_width(look, cancel), gap = look.px(8);
  compat::begin_child("##kind", ImVec2(std::min(look.px(150), avail - open_w - cancel_w - 3 * gap), look.px(34)), false,
                      ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoScrollbar);
  ImGui::SetCursorPosY(look.px(6));
  if (toggle(look, "All files", &all_files_)) selected_ = 0;
  ImGui::EndChild();
  ImGui::SetCursorScreenPos(ImVec2(at.x + avail - open_w, at.y));
  if (button(look, open) && ctx.ui.file_open) {
    const bool typed_path = text_.find('/') != std::string::npos || text_.starts_with("~");
    const int first = folder_ != "/" && text_.empty() ? 1 : 0;
    if (typed_path) {
      choose(ctx, pasted_path(text_));
    } else if (selected_ - first >= 0 && static_cast<std::size_t>(selected_ - first) < shown_.size()) {
      choose(ctx, path_of(entries_[shown_[static_cast<std::size_t>(selected_ - first)]]));
    } else if (first == 1) {
      enter(parent_of(folder_));
    }
  }
  ImGui::SetCursorScreenPos(ImVec2(at.x + avail - open_w - gap - cancel_w, at.y));
  if (button(look, cancel)) ctx.ui.file_open = false;
  end_overlay(look);
}

}  // namespace blockyard
