#include <fmt/format.h>

#include <map>
#include <tuple>

#include "app/plot/draw/vector/page.h"

namespace blockyard {
namespace {

std::string number(float v) {
  std::string out = fmt::format("{:.2f}", v);
  while (out.back() == '0') out.pop_back();
  if (out.back() == '.') out.pop_back();
  return out == "-0" ? "0" : out;
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string fill(ImU32 c) {
  const unsigned alpha = c >> IM_COL32_A_SHIFT & 255U;
  std::string out = fmt::format("fill=\"#{:02x}{:02x}{:02x}\"", c >> IM_COL32_R_SHIFT & 255U,
                                c >> IM_COL32_G_SHIFT & 255U, c >> IM_COL32_B_SHIFT & 255U);
  if (alpha < 255) out += fmt::format(" fill-opacity=\"{}\"", number(static_cast<float>(alpha) / 255));
  return out;
}

const char* family(VectorFace face) {
  return face == VectorFace::Mono ? "'JetBrains Mono', 'DejaVu Sans Mono', monospace"
                                  : "Inter, Helvetica, Arial, 'DejaVu Sans', sans-serif";
}

}  // namespace

std::string to_svg(const VectorPage& page, float points) {
  const float height = page.width > 0 ? points * page.height / page.width : 0;
  std::map<std::tuple<float, float, float, float>, std::size_t> clips;
  const auto clip_of = [&](const Rect& r) -> std::string {
    if (r.x <= 0 && r.y <= 0 && r.right() >= page.width && r.bottom() >= page.height) return "";
    const auto at = clips.emplace(std::tuple{r.x, r.y, r.w, r.h}, clips.size()).first;
    return fmt::format(" clip-path=\"url(#c{})\"", at->second);
  };
  std::string body;
  for (const auto& item : page.items) {
    if (const auto* shape = std::get_if<VectorShape>(&item)) {
      body += fmt::format("<path {}{} d=\"", fill(shape->colour), clip_of(shape->clip));
      for (const auto& polygon : shape->polygons) {
        for (std::size_t i = 0; i < polygon.size(); ++i)
          body += fmt::format("{}{} {}", i == 0 ? "M" : "L", number(polygon[i].x), number(polygon[i].y));
        body += "Z";
      }
      body += "\"/>\n";
    } else if (const auto* t = std::get_if<VectorText>(&item)) {
      body += fmt::format(
          "<text {}{} x=\"{}\" y=\"{}\" font-family=\"{}\" font-size=\"{}\"{} textLength=\"{}\" "
          "lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\">{}</text>\n",
          fill(t->colour), clip_of(t->clip), number(t->x), number(t->base), family(t->face), number(t->size),
          t->face == VectorFace::SansBold ? " font-weight=\"600\"" : "", number(t->width), escaped(t->text));
    }
  }
  std::string defs;
  for (const auto& [rect, id] : clips) {
    const auto& [x, y, w, h] = rect;
    defs += fmt::format("<clipPath id=\"c{}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/></clipPath>\n", id,
                        number(x), number(y), number(w), number(h));
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}pt\" "
      "height=\"{}pt\" viewBox=\"0 0 {} {}\">\n<defs>\n{}</defs>\n{}</svg>\n",
      number(points), number(height), number(page.width), number(page.height), defs, body);
}

}  // namespace blockyard
