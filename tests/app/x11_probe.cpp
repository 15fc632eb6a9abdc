// What the window test needs of X11 and no common tool offers without a window manager:
//   x11_probe picture WINDOW   a digest of what the window shows, and how many colours it has
//   x11_probe close WINDOW     asks the window to close, as a click on its cross does (WM_DELETE_WINDOW)
#include <X11/Xlib.h>
#include <X11/Xutil.h>

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
  if (argc != 3) return 2;
  Display* display = XOpenDisplay(nullptr);
  if (display == nullptr) return 1;
  const Window window = std::strtoul(argv[2], nullptr, 0);
  const std::string what = argv[1];
  const int status = what == "picture" ? picture(display, window) : what == "close" ? close(display, window) : 2;
  XCloseDisplay(display);
  return status;
}
