#include "app/session/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "core/io/files.h"
#include "core/settings/json_edit.h"

namespace blockyard {
namespace {

constexpr std::size_t kMostLessonsDone = 256;

void read_bool(const std::string& text, std::string_view key, bool& out) {
  const auto v = json_value(text, key);
  if (v == "true") out = true;
  if (v == "false") out = false;
}

void read_number(const std::string& text, std::string_view key, float low, float high, float& out) {
  const auto v = json_string(text, key);
  if (!v) return;
  char* end = nullptr;
  const float number = std::strtof(v->c_str(), &end);
  if (end != v->c_str() && number >= low && number <= high) out = number;
}

}  // namespace

std::string default_config_dir() {
  const char* xdg = std::getenv("XDG_CONFIG_HOME");
  if (xdg != nullptr && *xdg == '/') return std::string(xdg) + "/blockyard";
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home == '/') return std::string(home) + "/.config/blockyard";
  return "";
}

std::string settings_text(const UiState& ui) {
  std::string recent;
  for (std::size_t i = 0; i < ui.recent.size(); ++i) {
    recent += fmt::format("{}\"{}\": {}", i == 0 ? "" : ", ", i, json_quoted(ui.recent[i]));
  }
  std::string done;
  std::size_t lessons = 0;
  for (const std::string& id : ui.lessons_done) {
    done += fmt::format("{}\"{}\": {}", lessons == 0 ? "" : ", ", lessons, json_quoted(id));
    ++lessons;
  }
  return fmt::format(
      "{{\n  \"theme\": \"{}\",\n  \"scale\": {},\n  \"show_controls\": {},\n  \"show_tree\": {},\n  \"show_bottom\": "
      "{},\n  \"bottom_height\": {},\n  \"bottom_tab\": {},\n  \"first_start\": {},\n  \"window\": "
      "{{\"width\": {}, \"height\": {}, \"maximized\": {}}},\n  \"last_scenario\": {},\n  "
      "\"lessons_done\": {{{}}},\n  \"recent\": {{{}}}\n}}\n",
      ui.dark ? "dark" : "light", ui.scale, ui.show_controls, ui.show_tree, ui.show_bottom, ui.bottom_height,
      json_quoted(ui.bottom_tab), ui.first_start, ui.window_width, ui.window_height, ui.window_maximized,
      json_quoted(ui.last_scenario), done, recent);
}

void read_settings(const std::string& text, UiState& ui) {
  if (const auto theme = json_string(text, "theme")) ui.dark = *theme != "light";
  read_number(text, "scale", 0, 4, ui.scale);
  if (ui.scale > 0) ui.scale = std::max(ui.scale, 0.5F);
  read_bool(text, "show_controls", ui.show_controls);
  read_bool(text, "show_tree", ui.show_tree);
  read_bool(text, "show_bottom", ui.show_bottom);
  read_number(text, "bottom_height", 0, 2000, ui.bottom_height);
  if (const auto tab = json_string(text, "bottom_tab")) ui.bottom_tab = *tab;
  read_bool(text, "first_start", ui.first_start);
  read_bool(text, "window.maximized", ui.window_maximized);
  // Of a size that a window can have, or none at all.
  float width = 0, height = 0;
  read_number(text, "window.width", 640, 32767, width);
  read_number(text, "window.height", 400, 32767, height);
  if (width > 0 && height > 0) {
    ui.window_width = static_cast<int>(width);
    ui.window_height = static_cast<int>(height);
  }
  if (const auto last = json_string(text, "last_scenario")) ui.last_scenario = *last;
  ui.lessons_done.clear();
  for (std::size_t i = 0; i < kMostLessonsDone; ++i) {
    const auto id = json_string(text, fmt::format("lessons_done.{}", i));
    if (!id) break;
    ui.lessons_done.insert(*id);
  }
  ui.recent.clear();
  for (std::size_t i = 0; i < kMostRecent; ++i) {
    if (const auto file = json_string(text, fmt::format("recent.{}", i))) ui.recent.push_back(*file);
  }
}

std::string write_settings(const std::string& config_dir, const std::string& text) {
  if (auto folder = io::make_folder(config_dir); !folder) return folder.error().message;
  if (auto written = io::write_file(config_dir + "/settings.json", text); !written) return written.error().message;
  return "";
}

}  // namespace blockyard
