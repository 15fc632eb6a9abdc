#include "app/platform/egl_offscreen.h"

#define EGL_NO_X11
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <backends/imgui_impl_opengl3.h>
#include <glad/gl.h>

#include <array>
#include <vector>

#include "app/platform/gl_texture.h"

namespace blockyard {

struct EglOffscreen::Parts {
  EGLDisplay display = EGL_NO_DISPLAY;
  EGLContext context = EGL_NO_CONTEXT;
  GLuint framebuffer = 0, renderbuffer = 0;
  std::unique_ptr<GlTextureStore> textures;
};

namespace {

// Makes a 3.3 core context on `display` and makes it current.
EGLContext try_display(EGLDisplay display) {
  EGLint major = 0, minor = 0;
  if (display == EGL_NO_DISPLAY || !eglInitialize(display, &major, &minor)) return EGL_NO_CONTEXT;
  constexpr std::array<EGLint, 7> kConfig = {
      EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_RED_SIZE, 8, EGL_NONE};
  constexpr std::array<EGLint, 7> kContext = {
      EGL_CONTEXT_MAJOR_VERSION,           3,       EGL_CONTEXT_MINOR_VERSION, 3, EGL_CONTEXT_OPENGL_PROFILE_MASK,
      EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT, EGL_NONE};
  EGLConfig config = nullptr;
  EGLint count = 0;
  eglBindAPI(EGL_OPENGL_API);
  eglChooseConfig(display, kConfig.data(), &config, 1, &count);
  const EGLContext context =
      eglCreateContext(display, count > 0 ? config : EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, kContext.data());
  if (context != EGL_NO_CONTEXT && eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, context)) return context;
  if (context != EGL_NO_CONTEXT) eglDestroyContext(display, context);
  eglTerminate(display);
  return EGL_NO_CONTEXT;
}

}  // namespace

std::unique_ptr<EglOffscreen> EglOffscreen::open(int w, int h, std::string* error) {
  const auto get_display =
      reinterpret_cast<PFNEGLGETPLATFORMDISPLAYEXTPROC>(eglGetProcAddress("eglGetPlatformDisplayEXT"));
  const auto query_devices = reinterpret_cast<PFNEGLQUERYDEVICESEXTPROC>(eglGetProcAddress("eglQueryDevicesEXT"));
  if (!get_display) {
    *error = "EGL has no platform displays here";
    return nullptr;
  }
  auto parts = std::make_unique<Parts>();
  const auto attempt = [&parts](EGLDisplay display) {
    parts->display = display;
    parts->context = try_display(display);
    return parts->context != EGL_NO_CONTEXT;
  };
  bool opened = false;
  std::array<EGLDeviceEXT, 8> devices{};
  EGLint count = 0;
  if (query_devices && query_devices(static_cast<EGLint>(devices.size()), devices.data(), &count)) {
    for (EGLint i = 0; i < count && !opened; ++i)
      opened = attempt(get_display(EGL_PLATFORM_DEVICE_EXT, devices[static_cast<std::size_t>(i)], nullptr));
  }
  if (!opened) opened = attempt(get_display(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr));
  if (!opened) {
    *error = "no EGL device and no surfaceless display gives OpenGL 3.3";
    return nullptr;
  }
  if (!gladLoadGL(reinterpret_cast<GLADloadfunc>(eglGetProcAddress))) {
    *error = "the functions of OpenGL 3.3 could not be loaded";
    eglDestroyContext(parts->display, parts->context);
    eglTerminate(parts->display);
    return nullptr;
  }
  glGenFramebuffers(1, &parts->framebuffer);
  glGenRenderbuffers(1, &parts->renderbuffer);
  glBindRenderbuffer(GL_RENDERBUFFER, parts->renderbuffer);
  glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, w, h);
  glBindFramebuffer(GL_FRAMEBUFFER, parts->framebuffer);
  glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, parts->renderbuffer);
  parts->textures = std::make_unique<GlTextureStore>();

  std::unique_ptr<EglOffscreen> out(new EglOffscreen);
  out->parts_ = std::move(parts);
  out->width_ = w;
  out->height_ = h;
  out->renderer_ = reinterpret_cast<const char*>(glGetString(GL_RENDERER));
  return out;
}

EglOffscreen::~EglOffscreen() {
  if (attached_) ImGui_ImplOpenGL3_Shutdown();
  parts_->textures.reset();
  glDeleteFramebuffers(1, &parts_->framebuffer);
  glDeleteRenderbuffers(1, &parts_->renderbuffer);
  eglMakeCurrent(parts_->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
  eglDestroyContext(parts_->display, parts_->context);
  eglTerminate(parts_->display);
}

bool EglOffscreen::attach_imgui() { return attached_ = ImGui_ImplOpenGL3_Init("#version 330 core"); }

void EglOffscreen::new_frame() { ImGui_ImplOpenGL3_NewFrame(); }

TextureStore& EglOffscreen::textures() { return *parts_->textures; }

Image EglOffscreen::render(ImDrawData& data, Color background) {
  glBindFramebuffer(GL_FRAMEBUFFER, parts_->framebuffer);
  glViewport(0, 0, width_, height_);
  const ImVec4 clear = to_vec4(background);
  glClearColor(clear.x, clear.y, clear.z, 1.0f);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(&data);
  return read_framebuffer(width_, height_);
}

}  // namespace blockyard
