// What the window test needs and no common tool offers without a window manager, or everywhere:
//   x11_probe picture WINDOW   a digest of what the window shows, and how many colours it has
//   x11_probe close WINDOW     asks the window to close, as a click on its cross does (WM_DELETE_WINDOW)
//   x11_probe size PNG         its width and height
//   x11_probe differ PNG PNG   the pixels per thousand that differ by more than a tenth of the range in a channel, 1000
//                              where the sizes do
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_PNG
#include <stb_image.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>

namespace {

int picture(Display* display, Window window) {
  XWindowAttributes a;
  if (XGetWindowAttributes(display, window, &a) == 0) return 1;
  XImage* image = XGetImage(display, window, 0, 0, static_cast<unsigned>(a.width), static_cast<unsigned>(a.height),
                            AllPlanes, ZPixmap);
  if (image == nullptr) return 1;
  std::uint64_t hash = 1469598103934665603ULL;
  std::set<unsigned long> colours;
  for (int y = 0; y < a.height; ++y) {
    for (int x = 0; x < a.width; ++x) {
      const unsigned long pixel = XGetPixel(image, x, y);
      hash = (hash ^ pixel) * 1099511628211ULL;
      if (colours.size() < 1000) colours.insert(pixel);
    }
  }
  std::printf("%016llx %zu\n", static_cast<unsigned long long>(hash), colours.size());
  XDestroyImage(image);
  return 0;
}

struct Png {
  explicit Png(const char* path) { rgb = stbi_load(path, &w, &h, nullptr, 3); }
  ~Png() { stbi_image_free(rgb); }
  Png(const Png&) = delete;
  Png& operator=(const Png&) = delete;
  int w = 0, h = 0;
  unsigned char* rgb = nullptr;
};

int size(const char* path) {
  const Png png(path);
  if (png.rgb == nullptr) return 1;
  std::printf("%d %d\n", png.w, png.h);
  return 0;
}

int differ(const char* path_a, const char* path_b) {
  const Png a(path_a), b(path_b);
  if (a.rgb == nullptr || b.rgb == nullptr) return 1;
  if (a.w != b.w || a.h != b.h) {
    std::printf("1000\n");
    return 0;
  }
  const long pixels = static_cast<long>(a.w) * b.h;
  long other = 0;
  for (long i = 0; i < pixels; ++i) {
    bool far = false;
    for (long c = 3 * i; c < 3 * i + 3; ++c) far = far || std::abs(a.rgb[c] - b.rgb[c]) > 25;
    other += far ? 1 : 0;
  }
  std::printf("%ld\n", (other * 1000 + pixels - 1) / pixels);
  return 0;
}

int close(Display* display, Window window) {
  XEvent e{};
  e.xclient.type = ClientMessage;
  e.xclient.window = window;
  e.xclient.message_type = XInternAtom(display, "WM_PROTOCOLS", False);
  e.xclient.format = 32;
  e.xclient.data.l[0] = static_cast<long>(XInternAtom(display, "WM_DELETE_WINDOW", False));
  const int sent = XSendEvent(display, window, False, NoEventMask, &e);
  XFlush(display);
  return sent != 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  if (std::string(argv[1]) == "size") return size(argv[2]);
  if (std::string(argv[1]) == "differ") return argc == 4 ? differ(argv[2], argv[3]) : 2;
  Display* display = XOpenDisplay(nullptr);
  if (display == nullptr) return 1;
  const Window window = std::strtoul(argv[2], nullptr, 0);
  const std::string what = argv[1];
  const int status = what == "picture" ? picture(display, window) : what == "close" ? close(display, window) : 2;
  XCloseDisplay(display);
  return status;
}
