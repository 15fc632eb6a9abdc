// Assets that are damaged: what can be replaced is, and said; what cannot is named in one line. Nothing ends the
// program in any other way, and nothing is written.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "tests/cli/program.h"

namespace blockyard {
namespace {

using test::Folder;
namespace fs = std::filesystem;

struct Damage {
  const char* what;
  std::function<std::string(std::string)> of;
};

const std::vector<Damage>& damages() {
  static const std::vector<Damage> kDamages = {
      {"empty", [](const std::string&) { return std::string(); }},
      {"cut in half", [](const std::string& bytes) { return bytes.substr(0, bytes.size() / 2); }},
      {"noise",
       [](std::string bytes) {
         unsigned state = 1;
         for (char& c : bytes) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
         return bytes;
       }},
      {"a hole of zeros", [](std::string bytes) { return bytes.replace(bytes.size() / 3, 64, std::string(64, '\0')); }},
  };
  return kDamages;
}

// A copy of the program's assets in `a`, to be damaged.
void copy_assets(const Folder& f) {
  const fs::path share = fs::path(BLOCKYARD_PROGRAM).parent_path().parent_path() / "share" / "blockyard";
  fs::copy(share, f.path("a"), fs::copy_options::recursive);
}

bool one_line(const std::string& text) {
  return !text.empty() && std::count(text.begin(), text.end(), '\n') == 1 && text.back() == '\n';
}

TEST(DamagedAssets, AnotherFontTakesThePlaceOfABrokenOne) {
  const Folder f;
  if (!test::kDraws) GTEST_SKIP() << "built without the window";
  copy_assets(f);
  const std::string shot = "shot first-look --at 200 --size 1280x720 --out s.png --assets a";
  auto o = f.run(shot);
  ASSERT_EQ(o.status, 0) << o.err;
  EXPECT_EQ(o.err.find("fonts/"), std::string::npos) << o.err;
  const std::string sound = f.read("s.png");
  const std::string font = f.read("a/fonts/Inter-Regular.otf");
  for (const Damage& damage : damages()) {
    SCOPED_TRACE(damage.what);
    f.write("a/fonts/Inter-Regular.otf", damage.of(font));
    fs::remove(f.path("s.png"));
    o = f.run(shot);
    EXPECT_EQ(o.status, 0) << o.err;
    EXPECT_TRUE(one_line(o.err)) << o.err;
    EXPECT_NE(o.err.find("a/fonts/Inter-Regular.otf"), std::string::npos) << o.err;
    EXPECT_NE(o.err.find("another font takes its place"), std::string::npos) << o.err;
    const std::string replaced = f.read("s.png");
    EXPECT_GT(replaced.size(), 10000U);
    EXPECT_NE(replaced, sound) << "the broken font was drawn with";
  }
  std::size_t fonts = 0;
  for (const auto& entry : fs::directory_iterator(f.path("a/fonts"))) {
    f.write("a/fonts/" + entry.path().filename().string(), "no font");
    ++fonts;
  }
  fs::remove(f.path("s.png"));
  o = f.run(shot);
  EXPECT_EQ(o.status, 0) << o.err;
  EXPECT_EQ(std::count(o.err.begin(), o.err.end(), '\n'), static_cast<std::ptrdiff_t>(fonts)) << o.err;
  EXPECT_GT(f.read("s.png").size(), 10000U) << "with the font that is built in";
}

TEST(DamagedAssets, AreNamed) {
  struct Case {
    std::string file, command;
  };
  const std::vector<Case> cases = {
      {"presets/models.json", "presets"},
      {"presets/gpus.json", "presets"},
      {"scenarios/first-look.json", "run first-look --out x"},
      {"scenarios/crash.json", "presets"},
      {"lessons/8-batching.json", "lessons"},
      {"experiments/routers.json", "experiment routers --out x"},
      {"tokenizer/built-in.json", "tokenize hello"},
      {"traces/thrash.jsonl", "run thrash --out x"},
      {"corpus/written/contexts.txt", "run original --out x"},
  };
  const Folder f;
  copy_assets(f);
  for (const Case& c : cases) {
    const std::string sound = f.read("a/" + c.file);
    ASSERT_FALSE(sound.empty()) << c.file;
    for (const Damage& damage : damages()) {
      SCOPED_TRACE(c.file + ": " + damage.what);
      f.write("a/" + c.file, damage.of(sound));
      const std::size_t entries = f.size();
      const auto o = f.run(c.command + " --assets a");
      EXPECT_EQ(o.status, 2) << o.err;
      EXPECT_TRUE(one_line(o.err)) << o.err;
      EXPECT_LT(o.err.size(), 3000U);
      EXPECT_NE(o.err.find(fs::path(c.file).filename().string()), std::string::npos) << o.err;
      EXPECT_EQ(f.size(), entries);
    }
    f.write("a/" + c.file, sound);
    fs::remove_all(f.path("x"));
  }
}

}  // namespace
}  // namespace blockyard
