#include "app/ui/raster/image.h"

#include <algorithm>
#include <string_view>

#include "core/io/files.h"

#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#include <stb_image_write.h>

namespace blockyard {

Image::Image(int w, int h) : width(w), height(h), rgba(static_cast<std::size_t>(w) * static_cast<std::size_t>(h) * 4) {
  for (std::size_t i = 3; i < rgba.size(); i += 4) rgba[i] = 255;
}

std::array<std::uint8_t, 4> Image::at(int x, int y) const {
  const std::uint8_t* p = row(y) + static_cast<std::size_t>(x) * 4;
  return {p[0], p[1], p[2], p[3]};
}

Image Image::cropped(int x, int y, int w, int h) const {
  const int x0 = std::clamp(x, 0, width), y0 = std::clamp(y, 0, height);
  const int x1 = std::clamp(x + w, x0, width), y1 = std::clamp(y + h, y0, height);
  Image out(x1 - x0, y1 - y0);
  for (int r = 0; r < out.height; ++r)
    std::copy_n(row(y0 + r) + static_cast<std::size_t>(x0) * 4, static_cast<std::size_t>(out.width) * 4, out.row(r));
  return out;
}

std::vector<std::uint8_t> encode_png(const Image& image) {
  std::vector<std::uint8_t> bytes;
  if (image.empty()) return bytes;
  const auto append = [](void* context, void* data, int size) {
    auto* out = static_cast<std::vector<std::uint8_t>*>(context);
    const auto* from = static_cast<const std::uint8_t*>(data);
    out->insert(out->end(), from, from + size);
  };
  if (!stbi_write_png_to_func(append, &bytes, image.width, image.height, 4, image.rgba.data(), image.width * 4))
    bytes.clear();
  return bytes;
}

std::string write_png(const Image& image, const std::string& path) {
  const std::vector<std::uint8_t> bytes = encode_png(image);
  if (bytes.empty()) return "cannot write '" + path + "': the picture is empty";
  const auto written = io::write_file(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return written ? std::string() : written.error().message;
}

}  // namespace blockyard
