// The widgets of the program: thin, stateless functions over Dear ImGui that make its look.
//
// A widget draws, and returns what the user did; it never changes anything but the value that it is given. Sizes are
// taken from Look, so that they follow the scale. Widgets that flow stand at the cursor and take the width that is
// there; those with a Rect stand where they are told. Every widget marks its anchor (look.h) under its label or id.
// Labels may carry an id behind "##".
#pragma once

#include <imgui.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "app/ui/look.h"
#include "app/ui/rect.h"

namespace blockyard {

// --- Frames
// -------------------------------------------------------------------------------------------------------------

// The one window that covers the screen, without a background (the clear colour is it); panels stand inside.
void begin_root(const Look& look, ImVec2 size);
void end_root();

struct CardOptions {
  bool padded = true;   // 14 × 12 inside
  bool scroll = false;  // scrolls when the content is higher
  bool outline = true;
};
// A panel: filled, outlined, rounded. Always pair with end_card().
void begin_card(const Look& look, const char* id, const Rect& rect, const CardOptions& options = {});
void end_card(const Look& look);
// A scrolling part of a card; height 0 = the rest of it. Always pair with end_scroll() of the same id.
void begin_scroll(const Look& look, const char* id, float height = 0);
void end_scroll(const char* id);
// How many pixels of what it holds had no room in it, after end_scroll(); of the frame before, until then.
float scroll_reach(const char* id);

void divider(const Look& look);

// --- Text
// ---------------------------------------------------------------------------------------------------------------

float text_width(const Look& look, FontRole role, std::string_view text);
// `text`, or as much of it as fits into `width` and an ellipsis.
std::string ellipsized(const Look& look, FontRole role, std::string_view text, float width);
// Draws at a place; `at.y` is the vertical centre. Returns the x behind it.
float draw_text(ImDrawList* list, const Look& look, FontRole role, Color color, ImVec2 at, std::string_view text);
float draw_text_right(ImDrawList* list, const Look& look, FontRole role, Color color, ImVec2 right,
                      std::string_view text);
// Flowing text.
void text(const Look& look, FontRole role, Color color, std::string_view text);
// `width`: pixels from the cursor on; 0 = as far as the window goes.
void text_wrapped(const Look& look, FontRole role, Color color, std::string_view text, float width = 0);
// One row: muted label left, figure right.
void key_value(const Look& look, std::string_view label, std::string_view value);
// Icon, title, and a muted remark at the right end.
void section_header(const Look& look, const char* icon, std::string_view title, std::string_view remark = {});

// --- Buttons and choices
// ------------------------------------------------------------------------------------------------

enum class ButtonKind { Primary, Secondary, Ghost };
struct ButtonSpec {
  const char* label = "";  // shown; also the id. "##id" for icons alone
  const char* icon = nullptr;
  ButtonKind kind = ButtonKind::Secondary;
  float width = 0;  // pixels; 0 = as the content needs
  bool enabled = true;
  bool active = false;  // held down, as a mode is
  const char* tooltip = nullptr;
  const char* shortcut = nullptr;  // shown in the tooltip
};
bool button(const Look& look, const ButtonSpec& spec);
bool icon_button(const Look& look, const char* id, const char* icon, const char* tooltip,
                 const char* shortcut = nullptr, bool enabled = true, bool active = false);
// Width that button() will take.
float button_width(const Look& look, const ButtonSpec& spec);

// The index that was clicked, if another than `selected`.
// `room`: pixels that it may take, 0 = as many as it likes.
std::optional<int> segmented(const Look& look, const char* id, std::span<const char* const> labels, int selected,
                             float room = 0);
// Tabs that have no room are behind a sign at the end.
std::optional<int> tab_strip(const Look& look, const char* id, std::span<const char* const> labels, int selected,
                             std::string_view remark = {});

struct Choice {
  const char* label = "";
  const char* help = nullptr;
};
std::optional<int> dropdown(const Look& look, const char* id, std::span<const Choice> choices, int selected,
                            bool enabled = true);

// A switch at the right end of its label. True if it was flipped.
bool toggle(const Look& look, const char* label, bool* value, bool enabled = true, const char* help = nullptr);

// A line of text with an icon before it. True if it changed.
bool text_field(const Look& look, const char* id, const char* icon, const char* hint, std::string* value);
// Text of several lines, as wide as there is room and `height` pixels high; long lines go on to the right. True if it
// changed.
bool text_area(const Look& look, const char* id, std::string* value, float height);
// Appends a character, as Dear ImGui hands it over.
void append_utf8(std::string& out, unsigned c);
// The one text field of a card of commands: it listens from the very frame in which the card appears, with the caret at
// its end, and takes the focus back when it has lost it. True if it changed.
bool entry_field(const Look& look, const char* id, const char* icon, const char* hint, std::string* value);

enum class Tone { Neutral, Accent, Good, Warn, Bad };
// A badge; stands in the row. True if clicked.
bool chip(const Look& look, const char* label, Tone tone = Tone::Neutral, const char* icon = nullptr);
float chip_width(const Look& look, const char* label, const char* icon = nullptr);
// Before a chip that follows another item: beside it where there is room, else the chip stands in the next row.
void chip_beside(const Look& look, const char* label, const char* icon = nullptr);
Color tone_color(const Theme& theme, Tone tone);
Color tone_text(const Theme& theme, Tone tone);

// --- Sliders
// ------------------------------------------------------------------------------------------------------------

struct SliderSpec {
  const char* label = "";
  const char* unit = "";
  double min = 0;
  double max = 1;
  double initial = 0;  // right click goes back to it
  int decimals = 2;    // shown and kept; 0 for whole numbers
  bool logarithmic = false;
  bool enabled = true;
  const char* help = nullptr;
  const char* zero = nullptr;  // what 0 is called, e.g. "never"
  // What may be typed; NaN: what the track reaches.
  double least = std::numeric_limits<double>::quiet_NaN(), most = std::numeric_limits<double>::quiet_NaN();
};
struct SliderResult {
  bool changed = false;           // the value is another one than before
  bool committed = false;         // and the user let go of it
  std::optional<double> refused;  // was typed and lies beyond what may be; the value is what it was before
};
// Label and value over a track. Double click, Ctrl+click or a click on the value: type it. Right click: initial value.
SliderResult slider_row(const Look& look, const SliderSpec& spec, double* value);
SliderResult slider_row(const Look& look, const SliderSpec& spec, std::int64_t* value);

// --- Display
// ------------------------------------------------------------------------------------------------------------

enum class Change { None, Better, Worse, Neutral };
struct KpiSpec {
  const char* label = "";
  std::string_view value;  // "–" when there is none yet
  std::string_view unit;
  Change change = Change::None;
  bool rising = false;  // direction of the arrow
  std::string_view change_text;
  std::span<const float> history;
  Color color = 0;               // of the sparkline
  const char* help = nullptr;    // formula, inputs, time
  const char* short_label = "";  // where the label has no room beside the change
};
// One key figure. True if clicked.
bool kpi_tile(const Look& look, const Rect& rect, const KpiSpec& spec);

void sparkline(ImDrawList* list, const Look& look, const Rect& rect, std::span<const float> values, Color color);
// A bar filled to `fraction` (0..1).
void meter(ImDrawList* list, const Look& look, const Rect& rect, float fraction, Color color);
// A coloured square and its name; stands in the row. True if clicked. `off` draws it faded.
bool legend_item(const Look& look, const char* label, Color color, bool off = false);

// What would be here and how to get it. True if the button (none without a label) was clicked.
bool empty_state(const Look& look, const Rect& rect, const char* icon, std::string_view title, std::string_view body,
                 const char* button_label = nullptr);

// A tooltip now.
void tooltip(const Look& look, std::string_view title, std::string_view body, std::string_view shortcut = {});
// Whether the item before has been hovered for long enough to ask what it is.
bool help_wanted(const Look& look);
// A tooltip for the item before, once it has been hovered for a moment.
void help_tooltip(const Look& look, std::string_view title, std::string_view body, std::string_view shortcut = {});

}  // namespace blockyard
