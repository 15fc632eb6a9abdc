// What is drawn again is all that has changed: outside it, the picture of before and the one of now are the same.
#include "app/ui/raster/damage.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

#include "app/session/session.h"
#include "app/ui/raster/headless.h"
#include "app/window/main_frame.h"
#include "core/base/rng.h"

namespace blockyard {
namespace {

constexpr const char* kScenario = R"({"name": "damage", "fleet": {"workers": 6, "slots": 3},
  "workload": {"type": "rag", "requests": 400, "rate": 20, "documents": 30}})";

// Hands everything on and notes down what is replaced, as the window's textures do.
class Recorder final : public TextureStore {
 public:
  explicit Recorder(TextureStore& to) : to_(to) {}
  ImTextureID create(int w, int h) override {
    const ImTextureID id = to_.create(w, h);
    sizes_[compat::texture_value(id)] = {w, h};
    return id;
  }
  void update(ImTextureID id, int x, int y, int w, int h, const std::uint8_t* rgba) override {
    to_.update(id, x, y, w, h, rgba);
    const auto [width, height] = sizes_.at(compat::texture_value(id));
    changes_.push_back({id, width, height, x, y, w, h});
  }
  void destroy(ImTextureID id) override { to_.destroy(id); }
  std::vector<TextureChange> take() { return std::exchange(changes_, {}); }

 private:
  TextureStore& to_;
  std::map<std::uintptr_t, std::pair<int, int>> sizes_;
  std::vector<TextureChange> changes_;
};

class Watched {
 public:
  Watched(int w, int h, float scale)
      : session_({BLOCKYARD_ASSETS, "", testing::TempDir(), 1000}),
        ui_(w, h, scale, dark_theme(), BLOCKYARD_FONT_DIR),
        recorder_(*ui_.look().textures),
        look_(ui_.look()) {
    look_.textures = &recorder_;
    if (const auto opened = session_.open({kScenario, "", ""}, false); !opened)
      throw std::runtime_error(opened.error().message);
    session_.ui().first_start = false;
    while (session_.busy()) session_.update(0);
    session_.apply(cmd::Seek{3'000'000});
    ui_.set_ui([this] {
      session_.apply_all(commands_);
      session_.settle();
      session_.update(1.0 / 60);
      FrameContext ctx = session_.frame(look_, commands_);
      frame_.draw(ctx, ui_.size());
    });
    ui_.frames(3);
    step();
  }
  Session& session() { return session_; }
  HeadlessUi& ui() { return ui_; }
  double changed() const { return changed_; }

  // A frame. Where something differs outside of what Damage says, that is a failure.
  void step() {
    ui_.frames(1);
    const std::vector<Rect>& rects = damage_.of(ui_.draw_data(), recorder_.take());
    const Image now = ui_.picture();
    changed_ = 0;
    for (std::size_t i = 0; i < rects.size(); ++i) {
      changed_ += static_cast<double>(rects[i].w) * static_cast<double>(rects[i].h);
      for (std::size_t k = 0; k < i; ++k) {
        EXPECT_FALSE(rects[i].x < rects[k].right() && rects[k].x < rects[i].right() && rects[i].y < rects[k].bottom() &&
                     rects[k].y < rects[i].bottom())
            << "they are disjoint";
      }
    }
    EXPECT_LE(rects.size(), 12U);
    changed_ /= static_cast<double>(now.width) * now.height;
    if (before_.width == now.width && before_.height == now.height) compare(now, rects);
    before_ = now;
  }

 private:
  void compare(const Image& now, const std::vector<Rect>& rects) const {
    const auto bytes = static_cast<std::ptrdiff_t>(now.width) * 4;
    for (int y = 0; y < now.height; ++y) {
      if (std::equal(now.row(y), now.row(y) + bytes, before_.row(y))) continue;
      for (int x = 0; x < now.width; ++x) {
        if (std::equal(now.row(y) + x * 4, now.row(y) + x * 4 + 4, before_.row(y) + x * 4)) continue;
        const ImVec2 p(static_cast<float>(x), static_cast<float>(y));
        if (std::any_of(rects.begin(), rects.end(), [&](const Rect& r) { return r.contains(p); })) continue;
        ADD_FAILURE() << "pixel " << x << "," << y << " changed unseen";
        return;
      }
    }
  }

  Session session_;
  HeadlessUi ui_;
  Recorder recorder_;
  Look look_;
  MainFrame frame_;
  std::vector<Command> commands_;
  Damage damage_;
  Image before_;
  double changed_ = 0;
};

TEST(Damage, HoldsAllThatChangesWhileTheRunPlaysAndHandsMove) {
  for (const auto& [w, h, scale] : {std::tuple{1280, 720, 1.0F}, {1600, 1000, 1.5F}}) {
    Watched s(w, h, scale);
    Rng rng(11, RngPurpose::kTest);
    s.session().apply(cmd::Play{});
    for (int i = 0; i < 40; ++i) {
      if (i == 10) s.session().ui().open_bottom("requests");
      if (i == 20) s.session().ui().experiment_open = true;
      if (i == 25) s.session().ui().experiment_open = false;
      if (i == 30) s.session().apply(cmd::Pause{});
      s.ui().move({static_cast<float>(rng.below(static_cast<std::uint64_t>(w))),
                   static_cast<float>(rng.below(static_cast<std::uint64_t>(h)))});
      s.step();
    }
  }
}

TEST(Damage, IsNothingWhereNothingChanges) {
  Watched s(1600, 1000, 1);
  for (int i = 0; i < 20; ++i) s.step();
  EXPECT_EQ(s.changed(), 0) << "a still window is not drawn again";
  const Rect* compare = s.ui().anchors().find("top/Compare");
  ASSERT_NE(compare, nullptr);
  s.ui().move(compare->center());
  double most = 0;
  for (int i = 0; i < 3; ++i) {
    s.step();
    most = std::max(most, s.changed());
  }
  EXPECT_GT(most, 0);
  EXPECT_LT(most, 0.1) << "a button that lights up is not a new window";
}

}  // namespace
}  // namespace blockyard
