#include "app/ui/compat.h"

#include <imgui_internal.h>

#include <algorithm>
#include <array>

namespace blockyard::compat {
namespace {

#if IMGUI_VERSION_NUM >= 18700

ImGuiKey imgui_key(Key key) {
  const auto from = [key](Key first, ImGuiKey base) {
    return static_cast<ImGuiKey>(static_cast<int>(base) + static_cast<int>(key) - static_cast<int>(first));
  };
  if (key >= Key::Num0) return from(Key::Num0, ImGuiKey_0);
  if (key >= Key::A) return from(Key::A, ImGuiKey_A);
  if (key >= Key::F1) return from(Key::F1, ImGuiKey_F1);
  if (key == Key::KeypadEnter) return ImGuiKey_KeypadEnter;
  if (key == Key::Escape) return ImGuiKey_Escape;
  return from(Key::Tab, ImGuiKey_Tab);  // Tab … Enter stand in the same order there
}

#else

// 1.86 counts keys by the numbers of the platform, here those of GLFW; the first sixteen are not in a row there.
constexpr std::array<int, 16> kNative = {258, 263, 262, 265, 264, 266, 267, 268, 269, 260, 261, 259, 32, 257, 335, 256};

int native_key(Key key) {
  const int k = static_cast<int>(key);
  if (key >= Key::Num0) return '0' + k - static_cast<int>(Key::Num0);
  if (key >= Key::A) return 'A' + k - static_cast<int>(Key::A);
  if (key >= Key::F1) return 290 + k - static_cast<int>(Key::F1);
  return kNative[static_cast<std::size_t>(k)];
}

#endif

}  // namespace

bool key_pressed(Key key, bool repeat) {
#if IMGUI_VERSION_NUM >= 18700
  return ImGui::IsKeyPressed(imgui_key(key), repeat);
#else
  return ImGui::IsKeyPressed(native_key(key), repeat);
#endif
}

bool typed_char(unsigned c) {
  for (const ImWchar queued : ImGui::GetIO().InputQueueCharacters)
    if (static_cast<unsigned>(queued) == c) return true;
  return false;
}

void add_rect(ImDrawList* list, ImVec2 a, ImVec2 b, ImU32 color, float rounding, float thickness) {
#if IMGUI_VERSION_NUM >= 19280
  list->AddRect(a, b, color, rounding, thickness, ImDrawFlags_None);
#else
  list->AddRect(a, b, color, rounding, ImDrawFlags_None, thickness);
#endif
}

void add_polyline(ImDrawList* list, const ImVec2* points, int count, ImU32 color, float thickness, bool closed) {
  const ImDrawFlags flags = closed ? ImDrawFlags_Closed : ImDrawFlags_None;
#if IMGUI_VERSION_NUM >= 19280
  list->AddPolyline(points, count, color, thickness, flags);
#else
  list->AddPolyline(points, count, color, flags, thickness);
#endif
}

void path_stroke(ImDrawList* list, ImU32 color, float thickness, bool closed) {
  add_polyline(list, list->_Path.Data, list->_Path.Size, color, thickness, closed);
  list->PathClear();
}

float char_advance(ImFont* font, float size, unsigned code_point) {
#if IMGUI_VERSION_NUM >= 19200
  return font->GetFontBaked(size)->GetCharAdvance(static_cast<ImWchar>(code_point));
#else
  return font->GetCharAdvance(static_cast<ImWchar>(code_point)) * size / font->FontSize;
#endif
}

const char* line_end(ImFont* font, float size, const char* begin, const char* end, float width) {
#if IMGUI_VERSION_NUM >= 19200
  const char* stop = font->CalcWordWrapPosition(size, begin, end, width);
#else
  const char* stop = font->CalcWordWrapPositionA(size / font->FontSize, begin, end, width);
#endif
  if (stop == begin && begin < end) {
    ++stop;
    while (stop < end && (static_cast<unsigned char>(*stop) & 0xC0) == 0x80) ++stop;  // inside a character
  }
  return stop;
}

void add_image_nearest(ImDrawList* list, ImTextureID texture, ImVec2 a, ImVec2 b, ImVec2 uv0, ImVec2 uv1, ImU32 tint) {
#if IMGUI_VERSION_NUM >= 19280
  // Its OpenGL back end binds a linear sampler over the texture's own filter. Without a back end there are no
  // callbacks.
  const ImGuiPlatformIO& platform = ImGui::GetPlatformIO();
  const bool switchable = platform.DrawCallback_SetSamplerNearest && platform.DrawCallback_SetSamplerLinear;
  if (switchable) list->AddCallback(platform.DrawCallback_SetSamplerNearest, nullptr);
  list->AddImage(texture, a, b, uv0, uv1, tint);
  if (switchable) list->AddCallback(platform.DrawCallback_SetSamplerLinear, nullptr);
#else
  list->AddImage(texture, a, b, uv0, uv1, tint);
#endif
}

ImTextureID texture_id(std::uintptr_t value) { return (ImTextureID)value; }
std::uintptr_t texture_value(ImTextureID id) { return (std::uintptr_t)id; }

ImTextureID font_texture(ImFontAtlas& atlas) {
#if IMGUI_VERSION_NUM >= 19200
  return atlas.TexRef.GetTexID();
#else
  return atlas.TexID;
#endif
}

void set_font_texture(ImFontAtlas& atlas, ImTextureID id) { atlas.SetTexID(id); }

bool begin_child(const char* id, ImVec2 size, bool padded, ImGuiWindowFlags flags) {
#if IMGUI_VERSION_NUM >= 19000
  return ImGui::BeginChild(id, size, padded ? ImGuiChildFlags_AlwaysUseWindowPadding : ImGuiChildFlags_None, flags);
#else
  return ImGui::BeginChild(id, size, false, flags | (padded ? ImGuiWindowFlags_AlwaysUseWindowPadding : 0));
#endif
}

bool text_entry_active(ImGuiID id) { return ImGui::TempInputIsActive(id); }

void bring_to_front() { ImGui::BringWindowToDisplayFront(ImGui::GetCurrentWindow()); }

void keep_wheel() {
#if IMGUI_VERSION_NUM >= 18960
  ImGui::SetItemKeyOwner(ImGuiKey_MouseWheelY);
#else
  ImGui::SetItemUsingMouseWheel();
#endif
}

int open_popups() { return ImGui::GetCurrentContext()->OpenPopupStack.Size; }

bool close_popups() {
  if (open_popups() == 0) return false;
  ImGui::ClosePopupToLevel(0, true);
  return true;
}

float hovered_seconds() { return ImGui::GetCurrentContext()->HoveredIdTimer; }

#if IMGUI_VERSION_NUM >= 18700
void KeyStrokes::pressed(int, Mods) {}
void KeyStrokes::before_frame(ImGuiIO&) {}
void KeyStrokes::after_frame(ImGuiIO&) {}
#else
void KeyStrokes::pressed(int native, Mods mods) {
  if (native >= 0 && native < IM_ARRAYSIZE(ImGuiIO::KeysDown)) strokes_.push_back({native, mods});
}

void KeyStrokes::before_frame(ImGuiIO& io) {
  const auto among = [](const std::vector<int>& keys, int key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  };
  std::vector<Stroke> later;
  std::vector<int> seen;  // keys that go down in this frame
  for (const Stroke& stroke : strokes_) {
    if (among(seen, stroke.native)) {
      later.push_back(stroke);
    } else if (among(last_seen_, stroke.native)) {
      // The same key again: it has to be seen up for a frame in between.
      io.KeysDown[stroke.native] = false;
      later.push_back(stroke);
    } else {
      seen.push_back(stroke.native);
      if (!io.KeysDown[stroke.native]) held_.push_back(stroke.native);
      io.KeysDown[stroke.native] = true;
      // What was held with it may have been let go of before it.
      io.KeyCtrl = io.KeyCtrl || stroke.mods.ctrl;
      io.KeyShift = io.KeyShift || stroke.mods.shift;
      io.KeyAlt = io.KeyAlt || stroke.mods.alt;
    }
  }
  strokes_ = std::move(later);
  last_seen_ = std::move(seen);
}

void KeyStrokes::after_frame(ImGuiIO& io) {
  if (last_seen_.empty()) return;
  for (const int native : held_) io.KeysDown[native] = false;
  held_.clear();
  const auto down = [&io](int left, int right) { return io.KeysDown[left] || io.KeysDown[right]; };
  io.KeyShift = down(340, 344);
  io.KeyCtrl = down(341, 345);
  io.KeyAlt = down(342, 346);
}
#endif

void setup_keys(ImGuiIO& io) {
#if IMGUI_VERSION_NUM >= 18700
  (void)io;
#else
  for (int k = 0; k <= static_cast<int>(Key::Enter); ++k) io.KeyMap[ImGuiKey_Tab + k] = native_key(static_cast<Key>(k));
  io.KeyMap[ImGuiKey_Escape] = native_key(Key::Escape);
  io.KeyMap[ImGuiKey_KeyPadEnter] = native_key(Key::KeypadEnter);
  io.KeyMap[ImGuiKey_A] = 'A';
  io.KeyMap[ImGuiKey_C] = 'C';
  io.KeyMap[ImGuiKey_V] = 'V';
  io.KeyMap[ImGuiKey_X] = 'X';
  io.KeyMap[ImGuiKey_Y] = 'Y';
  io.KeyMap[ImGuiKey_Z] = 'Z';
#endif
}

void set_mouse_pos(ImGuiIO& io, ImVec2 pos) {
#if IMGUI_VERSION_NUM >= 18700
  io.AddMousePosEvent(pos.x, pos.y);
#else
  io.MousePos = pos;
#endif
}

void set_mouse_button(ImGuiIO& io, int button, bool down) {
#if IMGUI_VERSION_NUM >= 18700
  io.AddMouseButtonEvent(button, down);
#else
  io.MouseDown[button] = down;
#endif
}

void add_wheel(ImGuiIO& io, float dy, float dx) {
#if IMGUI_VERSION_NUM >= 18700
  io.AddMouseWheelEvent(dx, dy);
#else
  io.MouseWheel += dy;
  io.MouseWheelH += dx;
#endif
}

void set_key(ImGuiIO& io, Key key, bool down) {
#if IMGUI_VERSION_NUM >= 18700
  io.AddKeyEvent(imgui_key(key), down);
#else
  io.KeysDown[native_key(key)] = down;
#endif
}

void set_mods(ImGuiIO& io, Mods mods) {
#if IMGUI_VERSION_NUM >= 18700
  io.AddKeyEvent(ImGuiMod_Ctrl, mods.ctrl);
  io.AddKeyEvent(ImGuiMod_Shift, mods.shift);
  io.AddKeyEvent(ImGuiMod_Alt, mods.alt);
#else
  io.KeyCtrl = mods.ctrl;
  io.KeyShift = mods.shift;
  io.KeyAlt = mods.alt;
#endif
}

}  // namespace blockyard::compat
