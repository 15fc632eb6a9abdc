// Theme and layout: what can be held without drawing.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <utility>

#include "app/ui/theme.h"
#include "app/window/layout.h"

namespace blockyard {
namespace {

class Contrast : public ::testing::TestWithParam<bool> {};

TEST_P(Contrast, OfTextIsReadable) {
  const Theme t = GetParam() ? dark_theme() : light_theme();
  for (const Color surface : {t.background, t.panel, t.raised}) {
    for (const Color ink : {t.text, t.text_secondary, t.text_muted, t.accent, t.good_text, t.warn_text, t.bad_text})
      EXPECT_GE(contrast(ink, surface), 4.5) << std::hex << ink << " on " << surface;
    EXPECT_GE(contrast(t.p50, surface), 3.0);
    EXPECT_GE(contrast(t.p95, surface), 3.0);
    EXPECT_GE(contrast(t.p99, surface), 3.0);
  }
  for (const Color surface : {t.frame, t.selection}) {
    EXPECT_GE(contrast(t.text, surface), 4.5);
    EXPECT_GE(contrast(t.text_secondary, surface), 4.5);
  }
  EXPECT_GE(contrast(t.on_accent, t.accent), 4.5);
  EXPECT_GE(contrast(t.on_accent, t.accent_hot), 4.5);
  EXPECT_GE(contrast(t.prefix_dot, t.block_free), 4.5);
  for (const Color cell : {t.block_free, t.block_idle, t.block_used, t.block_shared, t.block_stored, t.block_evicted})
    EXPECT_GE(contrast(ink_on(cell), cell), 4.5) << std::hex << cell << ": the number of a block on it";
}
INSTANTIATE_TEST_SUITE_P(Themes, Contrast, ::testing::Values(true, false));

TEST(Theme, KnowsTheWorkedOutContrasts) {
  EXPECT_NEAR(contrast(rgb(0xFFFFFF), rgb(0x000000)), 21.0, 1e-9);
  EXPECT_NEAR(contrast(dark_theme().text, dark_theme().panel), 14.7, 0.1);
  EXPECT_EQ(ink_on(rgb(0xFFFFFF)), rgb(0x0B1220));
  EXPECT_EQ(ink_on(rgb(0x440154)), rgb(0xFFFFFF));
}

TEST(Theme, ScalesRunFromEndToEnd) {
  EXPECT_EQ(viridis(0.0f), rgb(0x440154));
  EXPECT_EQ(viridis(1.0f), rgb(0xFDE725));
  EXPECT_EQ(viridis(-1.0f), viridis(0.0f));
  EXPECT_EQ(viridis(9.0f), viridis(1.0f));
  EXPECT_EQ(viridis(NAN), viridis(0.0f));
  double before = 0;
  for (int i = 0; i <= 100; ++i) {  // ever lighter
    const double now = contrast(viridis(static_cast<float>(i) / 100.0f), rgb(0));
    EXPECT_GE(now, before - 0.02) << i;
    before = now;
  }
  const Theme dark = dark_theme();
  EXPECT_EQ(diverging(dark, NAN), diverging(dark, 0.0f));
  EXPECT_GT(blue_of(diverging(dark, -1.0f)), red_of(diverging(dark, -1.0f)));
  EXPECT_GT(red_of(diverging(dark, 1.0f)), blue_of(diverging(dark, 1.0f)));
  EXPECT_EQ(worker_color(dark, 0), rgb(0xE69F00));
  EXPECT_EQ(worker_color(dark, 8), worker_color(dark, 0));
  EXPECT_EQ(worker_color(dark, -1), worker_color(dark, 7));
}

struct Screen {
  float w, h, scale;
};
class LayoutAt : public ::testing::TestWithParam<Screen> {};

TEST_P(LayoutAt, IsDisjointInsideAndWhole) {
  const Screen s = GetParam();
  for (const auto& [open, page] : {std::pair{true, UiState::Page::kFleet},
                                   {false, UiState::Page::kFleet},
                                   {true, UiState::Page::kControls},
                                   {true, UiState::Page::kTree},
                                   {true, UiState::Page::kPlots}}) {
    const Layout l = compute_layout(s.w, s.h, s.scale, {open, open, open, open ? 0.0f : 400.0f, page});
    const auto is_page = [&l](UiState::Page p) { return (l.pages >> static_cast<unsigned>(p) & 1U) != 0; };
    const std::array<Rect, 9> all = {l.top_bar, l.timeline,  l.kpis,   l.controls, l.fleet,
                                     l.tree,    l.inspector, l.bottom, l.status};
    const Rect window{0, 0, s.w, s.h};
    for (std::size_t i = 0; i < all.size(); ++i) {
      EXPECT_TRUE(all[i].empty() || window.contains(all[i])) << i;
      for (const float v : {all[i].x, all[i].y, all[i].w, all[i].h}) EXPECT_EQ(v, std::round(v)) << i;
      for (std::size_t k = i + 1; k < all.size(); ++k) EXPECT_FALSE(all[i].overlaps(all[k])) << i << " and " << k;
    }
    // What has no room is a page, and the page that is asked for has room.
    EXPECT_EQ(l.controls.empty(), !open || (is_page(UiState::Page::kControls) && page != UiState::Page::kControls));
    EXPECT_EQ(l.tree.empty(), !open || (is_page(UiState::Page::kTree) && page != UiState::Page::kTree));
    EXPECT_EQ(l.bottom.empty(), !open || (is_page(UiState::Page::kPlots) && page != UiState::Page::kPlots));
    EXPECT_EQ(is_page(UiState::Page::kFleet), false);
    EXPECT_TRUE(l.bottom.empty() || page == UiState::Page::kPlots || l.bottom.h >= 180 * s.scale)
        << "room for tabs and nothing under them";
    if (is_page(page)) continue;
    EXPECT_GT(l.fleet.w, s.w * 0.4f);
    EXPECT_GT(l.fleet.h, 0);
    EXPECT_GE(l.fleet.h, std::min(100.0f, s.h / s.scale * 0.4f) * s.scale);
    EXPECT_TRUE(open || (l.controls.empty() && l.tree.empty() && l.inspector.empty() && l.bottom.empty()));
  }
}
TEST_P(LayoutAt, GivesALessonAndWhatItPointsAtTheirRoom) {
  const Screen s = GetParam();
  for (const UiState::Page page :
       {UiState::Page::kFleet, UiState::Page::kControls, UiState::Page::kTree, UiState::Page::kPlots}) {
    for (const bool controls : {true, false}) {
      LayoutOptions options;
      options.controls = controls;
      options.lesson = true;
      options.page = page;
      const Layout l = compute_layout(s.w, s.h, s.scale, options);
      const std::array<Rect, 10> all = {l.top_bar, l.timeline, l.kpis,      l.lesson, l.controls,
                                        l.fleet,   l.tree,     l.inspector, l.bottom, l.status};
      const Rect window{0, 0, s.w, s.h};
      for (std::size_t i = 0; i < all.size(); ++i) {
        EXPECT_TRUE(all[i].empty() || window.contains(all[i])) << i;
        for (const float v : {all[i].x, all[i].y, all[i].w, all[i].h}) EXPECT_EQ(v, std::round(v)) << i;
        for (std::size_t k = i + 1; k < all.size(); ++k) EXPECT_FALSE(all[i].overlaps(all[k])) << i << " and " << k;
      }
      const Rect& pointed_at = page == UiState::Page::kFleet      ? l.fleet
                               : page == UiState::Page::kControls ? l.controls
                               : page == UiState::Page::kTree     ? l.tree
                                                                  : l.bottom;
      EXPECT_FALSE(pointed_at.empty() && (page != UiState::Page::kControls || controls));
      EXPECT_TRUE(s.w / s.scale < 640 || l.lesson.w >= std::floor(304 * s.scale));
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Sizes, LayoutAt,
                         ::testing::Values(Screen{1280, 720, 1}, Screen{1600, 1000, 1}, Screen{3840, 2160, 2},
                                           Screen{1920, 1080, 1.25f}, Screen{1920, 1080, 2}, Screen{1280, 720, 2},
                                           Screen{640, 360, 1}, Screen{1601.5f, 1000.5f, 1.1f}));

TEST(Layout, IsTheDesignedOneAt1600x1000) {
  const Layout l = compute_layout(1600, 1000, 1);
  EXPECT_EQ(l.top_bar.h, 56);
  EXPECT_EQ(l.timeline.h, 64);
  EXPECT_EQ(l.status.h, 28);
  EXPECT_EQ(l.controls.w, 272);
  EXPECT_EQ(l.tree.w, 384);
  EXPECT_EQ(l.bottom.h, 284);
  EXPECT_EQ(l.fleet.x - l.controls.right(), 10);
  EXPECT_GT(l.inspector.h, 200);
}

TEST(Layout, KeepsTheTeachersPartsAtTwiceTheSize) {
  for (const float scale : {1.5f, 2.0f}) {
    const Layout l = compute_layout(1280, 720, scale);
    for (const Rect& r : {l.timeline, l.kpis, l.fleet}) EXPECT_FALSE(r.empty()) << scale;
    EXPECT_GE(l.fleet.h / scale, 150) << scale;
    EXPECT_NE(l.pages, 0U) << scale;
  }
  EXPECT_EQ(compute_layout(1280, 720, 1).pages, 0U);
}

TEST(Layout, KeepsEveryPanelAtTheSmallestGoodSize) {
  const Layout l = compute_layout(1280, 720, 1);
  for (const Rect& r : {l.controls, l.tree, l.inspector, l.bottom, l.kpis, l.timeline}) EXPECT_FALSE(r.empty());
  EXPECT_GE(l.fleet.w, 600);
  EXPECT_GE(l.fleet.h, 170);
  const Layout big = compute_layout(3840, 2160, 2), half = compute_layout(1920, 1080, 1);
  EXPECT_EQ(big.tree.w, 2 * half.tree.w);
}

}  // namespace
}  // namespace blockyard
