#include "app/ui/fonts.h"

#include <cmath>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <system_error>
#include <utility>

#include "app/ui/font_file.h"

namespace blockyard {
namespace {

struct Face {
  const char* file;
  const char* fallback;
  float size;
  bool text;   // wide character coverage
  bool icons;  // icons merged in
};

constexpr std::array<Face, static_cast<std::size_t>(FontRole::Count)> kFaces = {{
    {"Inter-Regular.otf", "DejaVuSans.ttf", 15, true, true},
    {"Inter-Medium.otf", "DejaVuSans.ttf", 15, false, true},
    {"Inter-SemiBold.otf", "DejaVuSans-Bold.ttf", 15, false, true},
    {"Inter-Medium.otf", "DejaVuSans.ttf", 13, true, true},
    {"InterDisplay-SemiBold.otf", "DejaVuSans-Bold.ttf", 24, false, false},
    {"JetBrainsMono-Medium.ttf", "DejaVuSansMono.ttf", 14, true, false},
    {"JetBrainsMono-Medium.ttf", "DejaVuSansMono.ttf", 16, false, false},
    {"Inter-Regular.otf", "DejaVuSans.ttf", 17, false, false},
}};

// Latin, punctuation, super- and subscripts, currency, arrows, maths, shapes, check marks.
constexpr ImWchar kCommon[] = {0x0020, 0x017F, 0x0370, 0x03FF, 0x2010, 0x205E, 0x2070, 0x209C, 0x20AC, 0x20AC, 0x2190,
                               0x21D5, 0x2200, 0x22FF, 0x25A0, 0x25FF, 0x2713, 0x2718, 0xFFFD, 0xFFFD, 0};
// The same and Cyrillic: what a prompt may be typed in.
constexpr ImWchar kText[] = {0x0020, 0x017F, 0x0370, 0x04FF, 0x2010, 0x205E, 0x2070, 0x209C, 0x20AC, 0x20AC, 0x2190,
                             0x21D5, 0x2200, 0x22FF, 0x25A0, 0x25FF, 0x2713, 0x2718, 0xFFFD, 0xFFFD, 0};
constexpr ImWchar kIcons[] = {0xF000, 0xF2FF, 0};

// The files of a folder that can be used, each looked at once.
class SoundFiles {
 public:
  explicit SoundFiles(std::string dir) : dir_(std::move(dir)) {}
  // The path of the first of them that is there and sound; "" where none is.
  std::string find(std::initializer_list<const char*> names) {
    for (const char* name : names) {
      const std::string path = (std::filesystem::path(dir_) / name).string();
      const auto [known, is_new] = known_.try_emplace(path, false);
      std::error_code error;
      if (is_new) known->second = std::filesystem::is_regular_file(path, error) && font_file_damage(path).empty();
      if (known->second) return path;
    }
    return {};
  }

 private:
  std::string dir_;
  std::map<std::string, bool> known_;
};

}  // namespace

float font_size(FontRole role) { return kFaces[static_cast<std::size_t>(role)].size; }

Fonts load_fonts(ImFontAtlas& atlas, const std::string& font_dir, float scale) {
  Fonts fonts;
  fonts.folder = font_dir;
  atlas.Clear();
  SoundFiles files(font_dir);
  const std::string icon_file = files.find({"forkawesome-webfont.ttf", "fontawesome-webfont.ttf"});
  if (icon_file.empty()) fonts.missing.emplace_back("forkawesome-webfont.ttf");
  for (std::size_t i = 0; i < kFaces.size(); ++i) {
    const Face& face = kFaces[i];
    const float size = std::round(face.size * scale);
    const ImWchar* ranges = face.text ? kText : kCommon;
    ImFontConfig config;
    config.OversampleH = 2;
    config.OversampleV = 1;
    const std::string own = files.find({face.file});
    const std::string fallback = files.find({face.fallback});
    if (own.empty()) fonts.missing.emplace_back(face.file);
    const std::string& first = own.empty() ? fallback : own;
    if (first.empty()) {
      config.SizePixels = size;
      fonts.faces[i] = atlas.AddFontDefault(&config);
    } else {
      fonts.faces[i] = atlas.AddFontFromFileTTF(first.c_str(), size, &config, ranges);
    }
    config.MergeMode = true;
    // Icons before the fallback: 1.92 takes no notice of ranges, and DejaVu draws some of these code points too.
    if (face.icons && !icon_file.empty()) {
      ImFontConfig lower = config;
      lower.GlyphOffset.y = std::round(size * 0.04f);
      atlas.AddFontFromFileTTF(icon_file.c_str(), std::round(size * 0.95f), &lower, kIcons);
    }
    if (!own.empty() && !fallback.empty()) {  // for the characters that the first face lacks
      atlas.AddFontFromFileTTF(fallback.c_str(), std::round(size * 0.92f), &config, ranges);
    }
  }
  return fonts;
}

}  // namespace blockyard
