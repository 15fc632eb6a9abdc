#include "app/platform/window.h"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>
#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_opengl3.h>
#include <glad/gl.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/platform/gl_canvas.h"
#include "app/platform/gl_texture.h"
#include "app/platform/part_copy.h"
#include "app/ui/compat.h"
#include "app/ui/raster/damage.h"

namespace blockyard {

struct Window::Parts {
  GLFWwindow* window = nullptr;
  ImGuiContext* imgui = nullptr;
  std::unique_ptr<GlTextureStore> textures;
  std::unique_ptr<GlCanvas> canvas = std::make_unique<GlCanvas>();
  std::unique_ptr<PartCopy> copy;
  Damage damage;
  std::vector<std::string> dropped;
  compat::KeyStrokes strokes;
  bool tips = true;          // see Look
  bool touched = true;       // input arrived since the last look
  std::uint64_t inputs = 0;  // since the window opened
  bool redraw = true;        // the system wants the picture again
  bool exposed = true;       // and has not been given it yet
  int windowed_x = 0, windowed_y = 0, windowed_w = 0, windowed_h = 0;
  WindowPlacement placement, former;  // before the last resize
};

namespace {

constexpr double kFrame = 1.0 / 60.0;
constexpr double kLinger = 0.7;       // seconds of frames after the last input: longer than a tooltip waits
constexpr double kCaretPeriod = 0.2;  // a blinking caret needs frames

constexpr const char* kWithout = " Without one, the commands of the command line (run, compare, shot, …) still work.";

// GLFW reports errors to a callback of its own before any window exists; this is where it leaves them.
std::string describe_glfw_error(const char* what) {
  const char* detail = nullptr;
  const int code = glfwGetError(&detail);
  std::string text = what;
  if (code == GLFW_VERSION_UNAVAILABLE || code == GLFW_FORMAT_UNAVAILABLE || code == GLFW_API_UNAVAILABLE)
    text = "OpenGL 3.3 is required, and the driver of this display does not offer it";
  if (detail) text += std::string(" (") + detail + ")";
  return text + "." + kWithout;
}

float screen_scale(GLFWwindow* window) {
  float sx = 1, sy = 1;
  glfwGetWindowContentScale(window, &sx, &sy);
  // Where window coordinates are not pixels, Dear ImGui scales by itself what the framebuffer has more.
  int w = 1, h = 1, fw = 1, fh = 1;
  glfwGetWindowSize(window, &w, &h);
  glfwGetFramebufferSize(window, &fw, &fh);
  if (w > 0 && fw > 0) sx *= static_cast<float>(w) / static_cast<float>(fw);
  return std::clamp(sx, 0.5f, 4.0f);
}

}  // namespace

std::unique_ptr<Window> Window::open(const WindowOptions& options, std::string* error) {
  if (!glfwInit()) {
    *error = describe_glfw_error("A window needs a display, and there is none");
    return nullptr;
  }
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
  glfwWindowHint(GLFW_VISIBLE, GLFW_FALSE);
  glfwWindowHint(GLFW_MAXIMIZED, options.maximized ? GLFW_TRUE : GLFW_FALSE);
  // No bigger than the screen.
  int width = options.width, height = options.height;
  if (GLFWmonitor* monitor = glfwGetPrimaryMonitor()) {
    int x = 0, y = 0, w = 0, h = 0;
    glfwGetMonitorWorkarea(monitor, &x, &y, &w, &h);
    if (w > 0 && h > 0) {
      width = std::min(width, w);
      height = std::min(height, h);
    }
  }
  auto parts = std::make_unique<Parts>();
  parts->window = glfwCreateWindow(width, height, options.title.c_str(), nullptr, nullptr);
  if (!parts->window) {
    *error = describe_glfw_error("The window could not be opened");
    glfwTerminate();
    return nullptr;
  }
  glfwMakeContextCurrent(parts->window);
  if (!gladLoadGL(glfwGetProcAddress)) {
    *error = std::string("OpenGL 3.3 is required, and its functions could not be loaded.") + kWithout;
    glfwDestroyWindow(parts->window);
    glfwTerminate();
    return nullptr;
  }
  glfwSwapInterval(1);
  glfwSetWindowSizeLimits(parts->window, 640, 400, GLFW_DONT_CARE, GLFW_DONT_CARE);

  // Our callbacks come first; Dear ImGui's back end calls on to them.
  GLFWwindow* window = parts->window;
  glfwSetWindowUserPointer(window, parts.get());
  static constexpr auto kTouch = [](GLFWwindow* w) {
    auto* self = static_cast<Parts*>(glfwGetWindowUserPointer(w));
    self->touched = true;
    ++self->inputs;
  };
  glfwSetKeyCallback(window, [](GLFWwindow* w, int key, int, int action, int mods) {
    kTouch(w);
    const compat::Mods held = {(mods & GLFW_MOD_CONTROL) != 0, (mods & GLFW_MOD_SHIFT) != 0,
                               (mods & GLFW_MOD_ALT) != 0};
    auto* self = static_cast<Parts*>(glfwGetWindowUserPointer(w));
    if (action == GLFW_PRESS) self->strokes.pressed(key, held);
    const bool modifier = key >= GLFW_KEY_LEFT_SHIFT && key <= GLFW_KEY_RIGHT_SUPER;
    if (action == GLFW_PRESS && !modifier) self->tips = false;
  });
  glfwSetCharCallback(window, [](GLFWwindow* w, unsigned) { kTouch(w); });
  static constexpr auto kMouse = [](GLFWwindow* w) {
    kTouch(w);
    static_cast<Parts*>(glfwGetWindowUserPointer(w))->tips = true;
  };
  glfwSetMouseButtonCallback(window, [](GLFWwindow* w, int, int, int) { kMouse(w); });
  glfwSetScrollCallback(window, [](GLFWwindow* w, double, double) { kMouse(w); });
  glfwSetCursorPosCallback(window, [](GLFWwindow* w, double, double) { kMouse(w); });
  glfwSetCursorEnterCallback(window, [](GLFWwindow* w, int) { kTouch(w); });
  glfwSetWindowFocusCallback(window, [](GLFWwindow* w, int) { kTouch(w); });
  glfwSetFramebufferSizeCallback(window, [](GLFWwindow* w, int, int) { kTouch(w); });
  parts->placement = parts->former = {width, height, options.maximized};
  glfwSetWindowSizeCallback(window, [](GLFWwindow* w, int wide, int high) {
    auto* self = static_cast<Parts*>(glfwGetWindowUserPointer(w));
    self->touched = true;
    if (glfwGetWindowMonitor(w) || glfwGetWindowAttrib(w, GLFW_MAXIMIZED) || wide <= 0 || high <= 0) return;
    self->former = self->placement;
    self->placement.width = wide, self->placement.height = high;
  });
  glfwSetWindowMaximizeCallback(window, [](GLFWwindow* w, int maximized) {
    auto* self = static_cast<Parts*>(glfwGetWindowUserPointer(w));
    self->touched = true;
    int wide = 0, high = 0;
    glfwGetWindowSize(w, &wide, &high);
    // Some window managers resize it first and say afterwards that this was maximising.
    if (maximized && wide == self->placement.width && high == self->placement.height) self->placement = self->former;
    self->placement.maximized = maximized != 0;
  });
  glfwSetWindowContentScaleCallback(window, [](GLFWwindow* w, float, float) { kTouch(w); });
  glfwSetWindowRefreshCallback(window, [](GLFWwindow* w) {
    auto* self = static_cast<Parts*>(glfwGetWindowUserPointer(w));
    self->redraw = self->exposed = true;
  });
  glfwSetDropCallback(window, [](GLFWwindow* w, int count, const char** paths) {
    auto* self = static_cast<Parts*>(glfwGetWindowUserPointer(w));
    self->dropped.insert(self->dropped.end(), paths, paths + count);
    self->touched = true;
  });

  parts->imgui = ImGui::CreateContext();
  ImGui::GetIO().IniFilename = nullptr;
  ImGui::GetIO().LogFilename = nullptr;
  ImGui_ImplGlfw_InitForOpenGL(window, true);
  if (!ImGui_ImplOpenGL3_Init("#version 330 core")) {
    *error = std::string("Dear ImGui could not set up OpenGL 3.3.") + kWithout;
    ImGui_ImplGlfw_Shutdown();
    ImGui::DestroyContext(parts->imgui);
    glfwDestroyWindow(window);
    glfwTerminate();
    return nullptr;
  }
  parts->textures = std::make_unique<GlTextureStore>();
  parts->copy = std::make_unique<PartCopy>(window);

  std::unique_ptr<Window> out(new Window);
  out->parts_ = std::move(parts);
  out->font_dir_ = options.font_dir;
  out->look_.theme = options.theme;
  out->look_.textures = out->parts_->textures.get();
  out->look_.anchors = &out->anchors_;
  out->wanted_scale_ = options.scale;
  out->apply_look();
  return out;
}

Window::~Window() {
  parts_->canvas.reset();
  parts_->textures.reset();
  ImGui_ImplOpenGL3_Shutdown();
  ImGui_ImplGlfw_Shutdown();
  ImGui::DestroyContext(parts_->imgui);
  glfwDestroyWindow(parts_->window);
  glfwTerminate();
}

void Window::apply_look() {
  look_changed_ = false;
  const float scale = wanted_scale_ > 0 ? wanted_scale_ : screen_scale(parts_->window);
  if (scale != look_.scale || !look_.font(FontRole::Body)) {
    const bool first = !look_.font(FontRole::Body);
    look_.scale = scale;
    look_.fonts = load_fonts(*ImGui::GetIO().Fonts, font_dir_, scale);
    parts_->damage.forget();
#if IMGUI_VERSION_NUM >= 19200
    if (first) ImGui_ImplOpenGL3_CreateDeviceObjects();  // its atlas is brought up to date by itself
#else
    // The texture of the atlas and nothing else: the back end remembers how large its buffers were, so that new ones
    // would stay too small, and the window empty, until a frame needs larger ones.
    if (first) {
      ImGui_ImplOpenGL3_CreateDeviceObjects();
    } else {
      ImGui_ImplOpenGL3_DestroyFontsTexture();
      ImGui_ImplOpenGL3_CreateFontsTexture();
    }
#endif
  }
  apply_theme(look_.theme, scale, ImGui::GetStyle());
}

void Window::set_theme(const Theme& theme) {
  look_.theme = theme;
  look_changed_ = true;
}

void Window::set_scale(float scale) {
  wanted_scale_ = scale;
  look_changed_ = true;
}

void Window::set_title(const std::string& title) { glfwSetWindowTitle(parts_->window, title.c_str()); }

WindowPlacement Window::placement() const { return parts_->placement; }

bool Window::fullscreen() const { return glfwGetWindowMonitor(parts_->window) != nullptr; }

void Window::set_fullscreen(bool on) {
  if (on == fullscreen()) return;
  Parts& p = *parts_;
  if (!on) {
    glfwSetWindowMonitor(p.window, nullptr, p.windowed_x, p.windowed_y, p.windowed_w, p.windowed_h, GLFW_DONT_CARE);
    return;
  }
  GLFWmonitor* monitor = glfwGetPrimaryMonitor();
  const GLFWvidmode* mode = monitor ? glfwGetVideoMode(monitor) : nullptr;
  if (!mode) return;
  glfwGetWindowPos(p.window, &p.windowed_x, &p.windowed_y);
  glfwGetWindowSize(p.window, &p.windowed_w, &p.windowed_h);
  glfwSetWindowMonitor(p.window, monitor, 0, 0, mode->width, mode->height, mode->refreshRate);
}

ImVec2 Window::size() const { return ImGui::GetIO().DisplaySize; }

std::vector<std::string> Window::take_dropped_files() { return std::exchange(parts_->dropped, {}); }

void Window::wake() { glfwPostEmptyEvent(); }

// Draws what has changed and shows it; where nothing has, the display keeps what it shows.
void Window::show_frame() {
  Parts& p = *parts_;
  ImDrawData& data = *ImGui::GetDrawData();
  int w = 0, h = 0;
  glfwGetFramebufferSize(p.window, &w, &h);
  const ImVec4 ground = to_vec4(look_.theme.background);
  const double begun = glfwGetTime();
  if (p.canvas->resize(w, h)) p.damage.forget();
  const std::vector<Rect>& parts = p.damage.of(data, p.textures->take_changes());
  if (p.canvas->ok()) {
    if (!parts.empty()) p.canvas->draw(data, parts, ground);
  } else {
    glViewport(0, 0, w, h);
    glClearColor(ground.x, ground.y, ground.z, 1.0f);
    glClear(GL_COLOR_BUFFER_BIT);
    ImGui_ImplOpenGL3_RenderDrawData(&data);
  }
  if (watcher_) glFinish();  // whoever watches wants to know what took how long
  const double drawn = glfwGetTime();
  if (capture_ && w > 0 && h > 0) {
    std::exchange(capture_, nullptr)(p.canvas->ok() ? p.canvas->read() : read_framebuffer(w, h));
  }
  const bool exposed = std::exchange(p.exposed, false);
  if (!exposed && !parts.empty() && p.canvas->ok() && p.copy->ok()) {
    const std::vector<Rect> pixels = p.canvas->pixels(parts, data.FramebufferScale);
    p.canvas->show(pixels);
    p.copy->show(pixels, h);
  } else if (exposed || !parts.empty() || !p.canvas->ok()) {
    if (p.canvas->ok()) p.canvas->show();
    glfwSwapBuffers(p.window);
  }
  if (watcher_) glFinish();
  news_.raster_ms = (drawn - begun) * 1000;
  news_.show_ms = (glfwGetTime() - drawn) * 1000;
  float changed = 0;
  for (const Rect& r : parts) changed += r.w * r.h;
  news_.changed = changed / std::max(1.0F, data.DisplaySize.x * data.DisplaySize.y);
}

void Window::draw_frame(const std::function<FrameWish()>& frame, FrameWish* wish) {
  if (look_changed_ || (wanted_scale_ <= 0 && screen_scale(parts_->window) != look_.scale)) apply_look();
  anchors_.begin_frame();
  look_.tips = parts_->tips;
  news_.inputs = parts_->inputs;
  const double begun = glfwGetTime();
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplGlfw_NewFrame();
  parts_->strokes.before_frame(ImGui::GetIO());
  ImGui::NewFrame();
  *wish = frame();
  ImGui::Render();
  parts_->strokes.after_frame(ImGui::GetIO());
  news_.build_ms = (glfwGetTime() - begun) * 1000;
  show_frame();
  ++news_.frames;
  news_.resting = false;
  if (watcher_) watcher_(news_);
}

void Window::run(const std::function<FrameWish()>& frame) {
  Parts& p = *parts_;
  glfwShowWindow(p.window);
  FrameWish wish;
  double awake_until = glfwGetTime() + kLinger;
  while (!glfwWindowShouldClose(p.window) && !wish.quit) {
    const double began = glfwGetTime();
    draw_frame(frame, &wish);
    // Until the next frame is due, events are taken but not drawn.
    const double due = began + kFrame;
    glfwPollEvents();
    for (double now = glfwGetTime(); now < due; now = glfwGetTime()) glfwWaitEventsTimeout(due - now);
    if (std::exchange(p.touched, false)) awake_until = glfwGetTime() + kLinger;
    const bool keep_going = wish.animate || look_changed_ || capture_ || wish.quit;
    if (keep_going || std::exchange(p.redraw, false) || glfwGetTime() < awake_until) continue;
    news_.resting = true;
    if (watcher_) watcher_(news_);
    if (ImGui::GetIO().WantTextInput) {
      glfwWaitEventsTimeout(kCaretPeriod);
    } else {
      glfwWaitEvents();
    }
    if (std::exchange(p.touched, false)) awake_until = glfwGetTime() + kLinger;
  }
}

}  // namespace blockyard
