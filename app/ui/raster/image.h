// An RGBA8 picture in memory, and its PNG form. A plain value; row 0 is the top row, rows are tightly packed,
// colours are sRGB and not premultiplied.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace blockyard {

struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgba;  // width * height * 4

  Image() = default;
  // Filled with opaque black.
  Image(int w, int h);

  bool empty() const { return rgba.empty(); }
  std::uint8_t* row(int y) { return rgba.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width) * 4; }
  const std::uint8_t* row(int y) const {
    return rgba.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width) * 4;
  }
  // The pixel (x, y), which must be inside.
  std::array<std::uint8_t, 4> at(int x, int y) const;
  // The part of this picture that lies in the rectangle.
  Image cropped(int x, int y, int w, int h) const;

  bool operator==(const Image&) const = default;
};

// The bytes of a PNG file; empty if the picture is empty. Equal pictures give equal bytes.
std::vector<std::uint8_t> encode_png(const Image& image);

// Writes the PNG to `path`: the whole file or, on any error, nothing (written beside it, then renamed over it).
// Returns an empty text, or what went wrong with which path.
std::string write_png(const Image& image, const std::string& path);

}  // namespace blockyard
