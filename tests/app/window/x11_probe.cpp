// What the window test needs and no common tool offers without a window manager, or everywhere:
//   x11_probe picture WINDOW [X Y W H]   a digest of what the window (or a part of it) shows, and how many colours
//   x11_probe close WINDOW     asks the window to close, as a click on its cross does (WM_DELETE_WINDOW)
//   x11_probe drop WINDOW FILE…  drags the files onto the middle of the window and lets go, as a file manager does
//   (XDND 5)
//   x11_probe size PNG         its width and height
//   x11_probe differ PNG PNG   the pixels per thousand that differ by more than a tenth of the range in a channel, 1000
//                              where the sizes do
#include <X11/Xatom.h>
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_PNG
#include <stb_image.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

int picture(Display* display, Window window, const std::vector<int>& part) {
  XWindowAttributes a;
  if (XGetWindowAttributes(display, window, &a) == 0) return 1;
  int left = 0, top = 0;
  if (part.size() == 4) {
    left = std::clamp(part[0], 0, a.width - 1), top = std::clamp(part[1], 0, a.height - 1);
    a.width = std::clamp(part[2], 1, a.width - left), a.height = std::clamp(part[3], 1, a.height - top);
  }
  XImage* image = XGetImage(display, window, left, top, static_cast<unsigned>(a.width), static_cast<unsigned>(a.height),
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

long atom(Display* display, const char* name) { return static_cast<long>(XInternAtom(display, name, False)); }

bool send_message(Display* display, Window window, const char* type, const std::array<long, 5>& data) {
  XEvent e{};
  e.xclient.type = ClientMessage;
  e.xclient.window = window;
  e.xclient.message_type = XInternAtom(display, type, False);
  e.xclient.format = 32;
  std::copy(data.begin(), data.end(), e.xclient.data.l);
  const bool sent = XSendEvent(display, window, False, NoEventMask, &e) != 0;
  XFlush(display);
  return sent;
}

int close(Display* display, Window window) {
  return send_message(display, window, "WM_PROTOCOLS", {atom(display, "WM_DELETE_WINDOW"), 0, 0, 0, 0}) ? 0 : 1;
}

std::string as_uri(const std::string& path) {
  std::string uri = "file://";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    std::array<char, 4> code{};
    std::snprintf(code.data(), code.size(), "%%%02X", static_cast<unsigned>(byte));
    uri += byte < 128 && (std::isalnum(byte) != 0 || std::string_view("/._-").find(c) != std::string_view::npos)
               ? std::string(1, c)
               : std::string(code.data());
  }
  return uri + "\r\n";
}

// Hands out what is dragged, to whoever asks.
void answer(Display* display, const XSelectionRequestEvent& asked, const std::string& uris) {
  XChangeProperty(display, asked.requestor, asked.property, asked.target, 8, PropModeReplace,
                  reinterpret_cast<const unsigned char*>(uris.data()), static_cast<int>(uris.size()));
  XEvent e{};
  e.xselection.type = SelectionNotify;
  e.xselection.requestor = asked.requestor;
  e.xselection.selection = asked.selection;
  e.xselection.target = asked.target;
  e.xselection.property = asked.property;
  e.xselection.time = asked.time;
  XSendEvent(display, asked.requestor, False, NoEventMask, &e);
  XFlush(display);
}

// Enter, position until the window accepts, drop, then the window fetches the names and says that it has finished.
int drop(Display* display, Window window, const std::vector<std::string>& files) {
  constexpr long kVersion = 5;
  Atom type = 0;
  int format = 0;
  unsigned long items = 0, left = 0;
  unsigned char* aware = nullptr;
  XGetWindowProperty(display, window, XInternAtom(display, "XdndAware", False), 0, 1, False, XA_ATOM, &type, &format,
                     &items, &left, &aware);
  if (aware != nullptr) XFree(aware);
  if (items == 0) return 1;  // takes no drops
  std::string uris;
  for (const std::string& file : files) uris += as_uri(file);

  XWindowAttributes a;
  int x = 0, y = 0;
  Window child = 0;
  if (XGetWindowAttributes(display, window, &a) == 0) return 1;
  XTranslateCoordinates(display, window, a.root, a.width / 2, a.height / 2, &x, &y, &child);
  const Window self = XCreateSimpleWindow(display, a.root, 0, 0, 1, 1, 0, 0, 0);
  XSetSelectionOwner(display, XInternAtom(display, "XdndSelection", False), self, CurrentTime);
  const auto me = static_cast<long>(self);
  send_message(display, window, "XdndEnter", {me, kVersion << 24, atom(display, "text/uri-list"), 0, 0});
  send_message(display, window, "XdndPosition", {me, 0, x << 16 | y, CurrentTime, atom(display, "XdndActionCopy")});
  alarm(60);  // a window that never answers
  for (;;) {
    XEvent e;
    XNextEvent(display, &e);
    if (e.type == SelectionRequest) answer(display, e.xselectionrequest, uris);
    if (e.type != ClientMessage) continue;
    const auto what = static_cast<long>(e.xclient.message_type);
    if (what == atom(display, "XdndFinished")) return e.xclient.data.l[1] != 0 ? 0 : 1;  // GLFW: bytes
    if (what != atom(display, "XdndStatus")) continue;
    if ((e.xclient.data.l[1] & 1) == 0) return 1;  // refused here
    send_message(display, window, "XdndDrop", {me, 0, CurrentTime, 0, 0});
  }
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
  int status = 2;
  if (what == "picture") {
    std::vector<int> part;
    for (int i = 3; i < argc; ++i) part.push_back(std::atoi(argv[i]));
    status = picture(display, window, part);
  }
  if (what == "close") status = close(display, window);
  if (what == "drop" && argc > 3) status = drop(display, window, {argv + 3, argv + argc});
  XCloseDisplay(display);
  return status;
}
