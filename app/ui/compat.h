// The differences between Dear ImGui 1.86 (Debian 12) and 1.92, in one place.
//
// Everything else in the program is written against the calls that both versions share. What this file wraps either
// does not exist on one side, or (worse) compiles on both and means something else: native key numbers, the order of
// flags and thickness, the sampler of textures. It owns no state; all state is Dear ImGui's.
#pragma once

#include <imgui.h>

#include <cstdint>
#include <vector>

namespace blockyard::compat {

// The keys that the program knows. Characters (`?`, `.`, `[`) are asked for by typed_char(), because their key differs
// from keyboard to keyboard.
// clang-format off
enum class Key {
  Tab, Left, Right, Up, Down, PageUp, PageDown, Home, End, Insert, Delete, Backspace, Space, Enter, KeypadEnter, Escape,
  F1, F2, F3, F4, F5, F6, F7, F8, F9, F10, F11, F12,
  A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S, T, U, V, W, X, Y, Z,
  Num0, Num1, Num2, Num3, Num4, Num5, Num6, Num7, Num8, Num9,
  Count
};
// clang-format on

struct Mods {
  bool ctrl = false;
  bool shift = false;
  bool alt = false;
};

// True in the frame in which the key goes down (and on its repeats, if `repeat`).
bool key_pressed(Key key, bool repeat = false);
// True if this character was typed in this frame. Reads the queue, takes nothing from it.
bool typed_char(unsigned c);

// Outlines. Thickness in pixels; whole widths are cheap.
void add_rect(ImDrawList* list, ImVec2 a, ImVec2 b, ImU32 color, float rounding = 0.0f, float thickness = 1.0f);
void add_polyline(ImDrawList* list, const ImVec2* points, int count, ImU32 color, float thickness, bool closed = false);
void path_stroke(ImDrawList* list, ImU32 color, float thickness, bool closed = false);

// A texture drawn with nearest sampling whatever the back end binds by default.
void add_image_nearest(ImDrawList* list, ImTextureID texture, ImVec2 a, ImVec2 b, ImVec2 uv0 = ImVec2(0, 0),
                       ImVec2 uv1 = ImVec2(1, 1), ImU32 tint = IM_COL32_WHITE);

ImTextureID texture_id(std::uintptr_t value);
std::uintptr_t texture_value(ImTextureID id);
// The texture that the commands of text and shapes name.
ImTextureID font_texture(ImFontAtlas& atlas);
void set_font_texture(ImFontAtlas& atlas, ImTextureID id);

// How far a character moves the pen at `size`.
float char_advance(ImFont* font, float size, unsigned code_point);

// Where a line of text at `size` ends that begins at `begin` and has `width` pixels: between two words where it can,
// behind one character at least.
const char* line_end(ImFont* font, float size, const char* begin, const char* end, float width);

// A child window; `padded` gives it style.WindowPadding without a border. Pair with ImGui::EndChild().
bool begin_child(const char* id, ImVec2 size, bool padded, ImGuiWindowFlags flags = 0);
// Puts the window that is being drawn over all others.
void bring_to_front();
// The wheel is the last item's while it is hovered: the window around it does not scroll.
void keep_wheel();
// How many menus and pop-ups are open.
int open_popups();
// Closes every menu and pop-up; false if none was open.
bool close_popups();
// Whether the slider `id` is being typed into instead of dragged.
bool text_entry_active(ImGuiID id);
// Seconds for which the hovered item has been hovered.
float hovered_seconds();

// Short key strokes. 1.86 sees only the keys that are down when a frame begins, so that a stroke within one frame is
// lost; 1.92 queues them. The window reports every press here and brackets its frames.
class KeyStrokes {
 public:
  // `native`: the number that the platform back end uses.
  void pressed(int native, Mods mods);
  void before_frame(ImGuiIO& io);
  void after_frame(ImGuiIO& io);

 private:
  struct Stroke {
    int native;
    Mods mods;
  };
  std::vector<Stroke> strokes_;
  std::vector<int> held_;       // put down by before_frame
  std::vector<int> last_seen_;  // went down in the frame before
};

// Synthetic input, for windows without a platform back end.
void setup_keys(ImGuiIO& io);
void set_mouse_pos(ImGuiIO& io, ImVec2 pos);
void set_mouse_button(ImGuiIO& io, int button, bool down);
void add_wheel(ImGuiIO& io, float dy, float dx = 0.0f);
void set_key(ImGuiIO& io, Key key, bool down);
void set_mods(ImGuiIO& io, Mods mods);

}  // namespace blockyard::compat
