// The window: GLFW, OpenGL 3.3 core and Dear ImGui's back ends behind one object.
//
// Owns the GLFW library, the window, the OpenGL context, the Dear ImGui context, fonts, textures and anchors. Knows
// nothing of what is drawn: run() calls back once a frame. One at a time, on the main thread.
// 1. Nothing is drawn while nothing happens: run() sleeps until there is input, wake(), or the frame asked to go on.
//    After input it goes on for a moment, so that hovering can turn into a tooltip.
// 2. At most 60 frames a second. 3. Scale and theme change between frames only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/ui/look.h"
#include "app/ui/raster/image.h"

namespace blockyard {

struct WindowOptions {
  std::string title = "Blockyard";
  int width = 1600;
  int height = 1000;
  bool maximized = false;
  float scale = 0;  // 0 = what the screen asks for
  Theme theme = dark_theme();
  std::string font_dir;
};

// How large the window is when it is neither maximised nor full screen, in its own units, and whether it is maximised.
struct WindowPlacement {
  int width = 0, height = 0;
  bool maximized = false;
};

// What a frame wants next.
struct FrameWish {
  bool animate = false;  // another frame at once (60 a second); otherwise sleep
  bool quit = false;
};

// What has happened, for whoever watches from outside.
struct WindowNews {
  std::uint64_t frames = 0;  // drawn and shown
  std::uint64_t inputs = 0;  // that these frames have seen
  bool resting = false;      // no further frame until something happens
  // Of the last frame, ms: making it, drawing it, putting it on the screen; and the share of the screen that was drawn.
  double build_ms = 0, raster_ms = 0, show_ms = 0;
  float changed = 0;
};

class Window {
 public:
  // Null on failure; then `error` says what is missing and what can be done without a window.
  static std::unique_ptr<Window> open(const WindowOptions& options, std::string* error);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  // Runs `frame` until it wants to quit or the window is closed. It is called between ImGui::NewFrame and Render.
  void run(const std::function<FrameWish()>& frame);

  const Look& look() const { return look_; }
  ImVec2 size() const;
  // Takes effect before the next frame. A scale of 0 goes back to what the screen asks for.
  void set_theme(const Theme& theme);
  void set_scale(float scale);
  void set_title(const std::string& title);
  void set_fullscreen(bool on);
  bool fullscreen() const;
  WindowPlacement placement() const;

  // The frame that is being built, as it will be on the screen, handed over when it is drawn.
  void capture(std::function<void(Image)> done) { capture_ = std::move(done); }
  // Files dropped on the window since the last call.
  std::vector<std::string> take_dropped_files();

  // Called after every frame, and again before a sleep.
  void set_watcher(std::function<void(const WindowNews&)> watcher) { watcher_ = std::move(watcher); }
  const Anchors& anchors() const { return anchors_; }

  // Ends a sleep; may be called from any thread.
  static void wake();

 private:
  Window() = default;
  void apply_look();
  void show_frame();
  void draw_frame(const std::function<FrameWish()>& frame, FrameWish* wish);

  struct Parts;
  std::unique_ptr<Parts> parts_;
  Look look_;
  Anchors anchors_;
  std::string font_dir_;
  float wanted_scale_ = 0;
  bool look_changed_ = false;
  std::function<void(Image)> capture_;
  std::function<void(const WindowNews&)> watcher_;
  WindowNews news_;
};

}  // namespace blockyard
