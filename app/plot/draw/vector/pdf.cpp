// PDF by hand: a catalog, a page, its stream, three standard fonts and a state for each opacity. Letters are WinAnsi; a
// letter that it lacks is written as its nearest. Widths of Helvetica stretch each text to the width it was laid out
// with.
#include <fmt/format.h>

#include <array>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "app/plot/draw/vector/page.h"

namespace blockyard {
namespace {

std::string number(float v) {
  std::string out = fmt::format("{:.3f}", v);
  while (out.back() == '0') out.pop_back();
  if (out.back() == '.') out.pop_back();
  return out == "-0" ? "0" : out;
}

// Advances of Helvetica (Adobe's metrics of the standard 14 fonts), thousandths of the size, from ' ' to '~'.
constexpr std::array<int, 95> kHelvetica{
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333,  278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,  611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278,  556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,  500, 334, 260, 334, 584};
constexpr std::array<int, 95> kHelveticaBold{
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667,
    611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556,
    278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584};

struct Letter {
  unsigned char code;
  int width;  // in Helvetica
};

// Letters beyond ASCII that pictures use.
std::vector<Letter> letters(const std::string& utf8, VectorFace face) {
  static const std::map<unsigned, Letter> kOthers{
      {0xB1, {0xB1, 584}},   {0xD7, {0xD7, 584}},   {0xB7, {0xB7, 278}},    {0xB5, {0xB5, 556}},
      {0xB0, {0xB0, 400}},   {0x2013, {0x96, 556}}, {0x2014, {0x97, 1000}}, {0x2026, {0x85, 1000}},
      {0x2212, {0x96, 556}}, {0x2020, {0x86, 556}}, {0x2018, {0x91, 222}},  {0x2019, {0x92, 222}},
      {0x201C, {0x93, 333}}, {0x201D, {0x94, 333}}, {0x2022, {0x95, 350}},  {0xA0, {0x20, 278}},
      {0x2009, {0x20, 278}}, {0x202F, {0x20, 278}}};
  std::vector<Letter> out;
  const auto ascii = [face](unsigned char c) {
    return Letter{c, (face == VectorFace::SansBold ? kHelveticaBold : kHelvetica)[c - 32U]};
  };
  for (std::size_t i = 0; i < utf8.size();) {
    const auto byte = static_cast<unsigned char>(utf8[i]);
    const std::size_t n = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    unsigned c = n == 1 ? byte : byte & (0xFFU >> (n + 1));
    for (std::size_t k = 1; k < n && i + k < utf8.size(); ++k)
      c = (c << 6U) | (static_cast<unsigned char>(utf8[i + k]) & 0x3FU);
    i += n;
    if (c >= 32 && c < 127) {
      out.push_back(ascii(static_cast<unsigned char>(c)));
    } else if (const auto it = kOthers.find(c); it != kOthers.end()) {
      out.push_back(it->second);
    } else if (c == 0x2264 || c == 0x2265) {  // ≤ ≥
      out.push_back(ascii(c == 0x2264 ? '<' : '>'));
      out.push_back(ascii('='));
    } else if (c >= 0xC0 && c <= 0xFF) {
      out.push_back({static_cast<unsigned char>(c), 556});
    } else {
      out.push_back(ascii('?'));
    }
  }
  return out;
}

std::string string_of(const std::vector<Letter>& letters) {
  std::string out = "(";
  for (const Letter& l : letters) {
    if (l.code == '(' || l.code == ')' || l.code == '\\') {
      out += '\\';
      out += static_cast<char>(l.code);
    } else if (l.code < 127) {
      out += static_cast<char>(l.code);
    } else {
      out += fmt::format("\\{:03o}", l.code);
    }
  }
  return out + ")";
}

std::string colour(ImU32 c) {
  const auto part = [c](int shift) {
    return number(static_cast<float>(c >> static_cast<unsigned>(shift) & 255U) / 255);
  };
  return fmt::format("{} {} {} rg /a{} gs\n", part(IM_COL32_R_SHIFT), part(IM_COL32_G_SHIFT), part(IM_COL32_B_SHIFT),
                     c >> IM_COL32_A_SHIFT & 255U);
}

std::string clip(const Rect& r) {
  return fmt::format("{} {} {} {} re W n\n", number(r.x), number(r.y), number(r.w), number(r.h));
}

}  // namespace

std::string to_pdf(const VectorPage& page, float points, const std::string& title) {
  const float scale = page.width > 0 ? points / page.width : 1, height = page.height * scale;
  std::set<unsigned> alphas;
  // y downwards, as it was drawn; text turns itself over again.
  std::string stream = fmt::format("{} 0 0 {} 0 {} cm\n", number(scale), number(-scale), number(height));
  for (const auto& item : page.items) {
    if (const auto* shape = std::get_if<VectorShape>(&item)) {
      alphas.insert(shape->colour >> IM_COL32_A_SHIFT & 255U);
      stream += "q\n" + clip(shape->clip) + colour(shape->colour);
      for (const auto& polygon : shape->polygons) {
        for (std::size_t i = 0; i < polygon.size(); ++i)
          stream += fmt::format("{} {} {} ", number(polygon[i].x), number(polygon[i].y), i == 0 ? "m" : "l");
        stream += "h\n";
      }
      stream += "f\nQ\n";
    } else if (const auto* t = std::get_if<VectorText>(&item)) {
      const std::vector<Letter> text = letters(t->text, t->face);
      float natural = 0;
      for (const Letter& l : text)
        natural += static_cast<float>(t->face == VectorFace::Mono ? 600 : l.width) * t->size / 1000;
      alphas.insert(t->colour >> IM_COL32_A_SHIFT & 255U);
      stream += "q\n" + clip(t->clip) + colour(t->colour);
      stream += fmt::format("BT /F{} {} Tf {} Tz 1 0 0 -1 {} {} Tm {} Tj ET\nQ\n", static_cast<int>(t->face) + 1,
                            number(t->size), number(natural > 0 ? 100 * t->width / natural : 100), number(t->x),
                            number(t->base), string_of(text));
    }
  }
  std::string states;
  for (const unsigned a : alphas) states += fmt::format("/a{} << /ca {} >> ", a, number(static_cast<float>(a) / 255));
  std::vector<std::string> objects;
  objects.push_back("<< /Type /Catalog /Pages 2 0 R >>");
  objects.push_back("<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
  objects.push_back(
      fmt::format("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {} {}] /Contents 4 0 R /Resources << /Font << /F1 5 0 R "
                  "/F2 6 0 R /F3 7 "
                  "0 R >> /ExtGState << {}>> >> >>",
                  number(points), number(height), states));
  objects.push_back(fmt::format("<< /Length {} >>\nstream\n{}endstream", stream.size(), stream));
  for (const char* font : {"Helvetica", "Helvetica-Bold", "Courier"}) {
    objects.push_back(fmt::format("<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding >>", font));
  }
  objects.push_back(fmt::format("<< /Title {} /Producer (Blockyard) >>", string_of(letters(title, VectorFace::Sans))));
  std::string out = "%PDF-1.4\n%\xE2\xE3\xCF\xD3\n";
  std::vector<std::size_t> at;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    at.push_back(out.size());
    out += fmt::format("{} 0 obj\n{}\nendobj\n", i + 1, objects[i]);
  }
  const std::size_t table = out.size();
  out += fmt::format("xref\n0 {}\n0000000000 65535 f \n", objects.size() + 1);
  for (const std::size_t offset : at) out += fmt::format("{:010} 00000 n \n", offset);
  return out + fmt::format("trailer\n<< /Size {} /Root 1 0 R /Info {} 0 R >>\nstartxref\n{}\n%%EOF\n",
                           objects.size() + 1, objects.size(), table);
}

}  // namespace blockyard
