#include "app/ui/raster/headless.h"

namespace blockyard {

HeadlessUi::HeadlessUi(int w, int h, float scale, const Theme& theme, const std::string& font_dir)
    : former_(ImGui::GetCurrentContext()),
      context_(ImGui::CreateContext()),
      size_(static_cast<float>(w), static_cast<float>(h)) {
  ImGuiIO& in = io();
  in.IniFilename = nullptr;
  in.LogFilename = nullptr;
  in.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
  in.DisplaySize = size_;
  in.DeltaTime = 1.0f / 60.0f;
  compat::setup_keys(in);
  apply_theme(theme, scale, ImGui::GetStyle());
  look_.theme = theme;
  look_.scale = scale;
  look_.fonts = load_fonts(*in.Fonts, font_dir, scale);
  look_.textures = &textures_;
  look_.anchors = &anchors_;
  font_ = prepare_font_plane(*in.Fonts);
  compat::set_mouse_pos(in, ImVec2(-1e6f, -1e6f));
}

HeadlessUi::~HeadlessUi() {
  ImGuiContext* const own = context_.get();
  context_.reset();
  if (former_ != own) ImGui::SetCurrentContext(former_);
}

ImGuiIO& HeadlessUi::io() {
  ImGui::SetCurrentContext(context_.get());
  return ImGui::GetIO();
}

void HeadlessUi::frames(int count) {
  ImGuiIO& in = io();
  for (int i = 0; i < count; ++i) {
    in.DisplaySize = size_;
    in.DeltaTime = 1.0f / 60.0f;
    anchors_.begin_frame();
    ImGui::NewFrame();
    if (ui_) ui_();
    ImGui::Render();
  }
}

const ImDrawData& HeadlessUi::draw_data() {
  io();
  if (!ImGui::GetDrawData()) frames(2);
  return *ImGui::GetDrawData();
}

Image HeadlessUi::picture() { return rasterize(draw_data(), font_, textures_, look_.theme.background); }

void HeadlessUi::move(ImVec2 to) {
  look_.tips = true;
  compat::set_mouse_pos(io(), to);
  frames();
}

void HeadlessUi::press(int button) {
  look_.tips = true;
  compat::set_mouse_button(io(), button, true);
  frames();
}

void HeadlessUi::release(int button) {
  compat::set_mouse_button(io(), button, false);
  frames();
}

void HeadlessUi::click(ImVec2 at, int button) {
  move(at);
  frames();  // a frame of hovering first
  press(button);
  release(button);
  frames();
}

void HeadlessUi::double_click(ImVec2 at) {
  move(at);
  frames();
  for (int i = 0; i < 2; ++i) {
    press();
    release();
  }
  frames();
}

void HeadlessUi::drag(ImVec2 from, ImVec2 to) {
  move(from);
  frames();
  press();
  constexpr int kSteps = 8;
  for (int i = 1; i <= kSteps; ++i) {
    const float t = static_cast<float>(i) / kSteps;
    move(ImVec2(from.x + (to.x - from.x) * t, from.y + (to.y - from.y) * t));
  }
  release();
  frames();
}

void HeadlessUi::wheel(ImVec2 at, float dy) {
  move(at);
  frames();
  compat::add_wheel(io(), dy);
  frames(2);
}

void HeadlessUi::hold(compat::Mods mods) {
  compat::set_mods(io(), mods);
  frames();
}

void HeadlessUi::key(compat::Key key, compat::Mods mods) {
  look_.tips = false;
  hold(mods);
  compat::set_key(io(), key, true);
  frames();
  compat::set_key(io(), key, false);
  frames();
  hold({});
}

void HeadlessUi::type(std::string_view utf8) {
  // Character by character: a lead byte starts one.
  std::size_t i = 0;
  while (i < utf8.size()) {
    std::size_t n = 1;
    while (i + n < utf8.size() && (static_cast<unsigned char>(utf8[i + n]) & 0xC0) == 0x80) ++n;
    io().AddInputCharactersUTF8(std::string(utf8.substr(i, n)).c_str());
    frames();
    i += n;
  }
}

bool HeadlessUi::click(std::string_view anchor, int button) {
  if (anchors_.all().empty()) frames(2);
  const Rect* rect = anchors_.find(anchor);
  if (!rect) return false;
  click(rect->center(), button);
  return true;
}

}  // namespace blockyard
