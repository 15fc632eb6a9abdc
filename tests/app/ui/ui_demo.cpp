// One screen with every widget, in both themes and at three sizes, left as PNG files beside the test for eyes to judge.
// The test itself holds that the pictures are the same twice and are drawn in time.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cmath>

#include "app/ui/compat.h"
#include "app/ui/icons.h"
#include "app/ui/raster/headless.h"
#include "app/ui/widgets.h"
#include "app/window/layout.h"

namespace blockyard {
namespace {

void slider(const Look& look, const char* label, const char* unit, double low, double high, int decimals, double value,
            bool enabled = true) {
  SliderSpec spec;
  spec.label = label;
  spec.unit = unit;
  spec.min = low;
  spec.max = high;
  spec.decimals = decimals;
  spec.enabled = enabled;
  slider_row(look, spec, &value);
}

void top_bar(const Look& look, const Rect& rect) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddRectFilled(rect.min(), rect.max(), look.theme.panel);
  const float y = rect.y + (rect.h - look.px(34)) / 2;
  draw_text(list, look, FontRole::BodyBold, look.theme.text, ImVec2(rect.x + look.px(16), rect.center().y - look.px(9)),
            "Blockyard");
  draw_text(list, look, FontRole::Small, look.theme.text_secondary,
            ImVec2(rect.x + look.px(16), rect.center().y + look.px(10)), "chat-burst.json");
  ImGui::SetCursorScreenPos(ImVec2(rect.x + look.px(292), y));
  icon_button(look, "restart", icons::kRestart, "Restart", "R");
  ImGui::SameLine();
  icon_button(look, "back", icons::kStepBack, "Previous event", ",");
  ImGui::SameLine();
  button(look, {.label = "Pause", .icon = icons::kPause, .kind = ButtonKind::Primary, .width = look.px(98)});
  ImGui::SameLine();
  icon_button(look, "step", icons::kStep, "Next event", ".");
  ImGui::SameLine();
  icon_button(look, "off", icons::kForward, "Next request", nullptr, false);
  ImGui::SameLine(0, look.px(16));
  constexpr std::array<const char*, 5> kSpeeds = {"0.25×", "1×", "4×", "16×", "max"};
  segmented(look, "speed", kSpeeds, 2);
  if (rect.w < look.px(1500)) return;
  ImGui::SetCursorScreenPos(ImVec2(rect.right() - look.px(330), y));
  button(look, {.label = "Compare", .icon = icons::kExchange});
  ImGui::SameLine();
  button(look, {.label = "Export PNG", .icon = icons::kCamera, .active = true});
  ImGui::SameLine();
  icon_button(look, "settings", icons::kGear, "Settings");
}

void controls(const Look& look, const Rect& rect) {
  begin_card(look, "controls", rect);
  constexpr std::array<Choice, 2> kPolicies = {{{"Prefix affinity + load", "help"}, {"Round robin", nullptr}}};
  section_header(look, icons::kRandom, "Routing strategy");
  dropdown(look, "policy", kPolicies, 0);
  slider(look, "Cache affinity weight", "", 0, 1, 2, 0.70);
  slider(look, "Load penalty", "", 0, 4, 2, 1.0);
  slider(look, "Softmax temperature", "", 0, 0.4, 2, 0.1, false);
  divider(look);
  section_header(look, icons::kLineChart, "Workload", "restarts the run");
  dropdown(look, "workload", kPolicies, 1, false);
  slider(look, "Arrival rate", "req/s", 0, 100, 0, 42);
  slider(look, "Popularity skew (Zipf s)", "", 0, 2, 2, 1.1);
  slider(look, "Prompt length, mean", "tok", 0, 3000, 0, 1850);
  divider(look);
  section_header(look, icons::kServer, "Fleet");
  slider(look, "Blocks per worker", "blocks", 0, 2000, 0, 924);
  bool on = true, off = false;
  toggle(look, "Publish evictions", &on);
  toggle(look, "Crash a worker", &off);
  if (ImGui::GetContentRegionAvail().y > look.px(40)) {
    ImGui::SetCursorScreenPos(ImVec2(rect.x + look.px(14), rect.bottom() - look.px(46)));
    button(look, {.label = "Apply and restart", .kind = ButtonKind::Primary, .width = look.px(150)});
    ImGui::SameLine();
    button(look, {.label = "Reset", .width = look.px(76)});
  }
  end_card(look);
}

void key_figures(const Look& look, const Rect& rect) {
  std::array<float, 120> history{};
  for (std::size_t i = 0; i < history.size(); ++i) {
    const auto x = static_cast<float>(i);
    history[i] = std::sin(x * 0.11f) + 0.5f * std::sin(x * 0.93f) + 0.3f * std::sin(x * 2.3f);
  }
  const Theme& t = look.theme;
  const std::array<KpiSpec, 6> specs = {{
      {"Prefix hit rate", "71.8", "%", Change::Better, true, "2.1", history, t.good, "hits / lookups"},
      {"TTFT p95", "486", "ms", Change::Worse, true, "31", history, t.p95, nullptr},
      {"End to end p95", "12.4", "s", Change::Better, false, "0.9", history, t.p99, nullptr},
      {"Throughput", "38.6", "req/s", Change::Better, true, "0.4", history, t.accent, nullptr},
      {"Evictions", "214", "blk/s", Change::Neutral, true, "57", history, t.block_evicted, nullptr},
      {"Load imbalance", "–", "", Change::None, false, "", {}, t.text_muted, nullptr},
  }};
  Rect rest = rect;
  const float gap = look.px(10), width = std::floor((rect.w - 5 * gap) / 6);
  for (const KpiSpec& spec : specs) kpi_tile(look, rest.take_left(width, gap), spec);
}

void fleet(const Look& look, const Rect& rect, ImTextureID texture) {
  begin_card(look, "fleet", rect);
  const Theme& t = look.theme;
  text(look, FontRole::BodyBold, t.text, "worker-0");
  ImGui::SameLine(0, look.px(12));
  chip(look, "14 running");
  ImGui::SameLine();
  chip(look, "6 queued", Tone::Bad, icons::kWarning);
  ImGui::SameLine();
  chip(look, "LIVE", Tone::Good);
  ImGui::SameLine();
  chip(look, "stale 2 s", Tone::Warn);
  ImGui::SameLine();
  chip(look, "you are here", Tone::Accent);
  const std::array<std::pair<const char*, Color>, 6> legend = {{{"free", t.block_free},
                                                                {"cached, idle", t.block_idle},
                                                                {"in use", t.block_used},
                                                                {"shared", t.block_shared},
                                                                {"just stored", t.block_stored},
                                                                {"just evicted", t.block_evicted}}};
  for (const auto& [name, color] : legend) {
    legend_item(look, name, color, name[0] == 's');
    ImGui::SameLine(0, look.px(14));
  }
  ImGui::NewLine();
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float cell = look.px(9);
  const Rect map{at.x, at.y, cell * 44, cell * 12};
  draw_texture(list, texture, map);
  for (int i = 0; i <= 44; ++i)
    list->AddRectFilled(ImVec2(map.x + cell * static_cast<float>(i) - 1, map.y),
                        ImVec2(map.x + cell * static_cast<float>(i), map.bottom()), t.panel);
  for (int i = 0; i <= 12; ++i)
    list->AddRectFilled(ImVec2(map.x, map.y + cell * static_cast<float>(i) - 1),
                        ImVec2(map.right(), map.y + cell * static_cast<float>(i)), t.panel);
  Rect bars{map.right() + look.px(16), map.y, look.px(120), map.h};
  for (int i = 0; i < 8; ++i) {
    const Rect bar = bars.take_top(look.px(6), look.px(6));
    meter(list, look, bar, static_cast<float>(i + 1) / 8, worker_color(t, i));
  }
  const Rect ramp{bars.x + look.px(140), map.y, 1, look.px(20)};
  for (int i = 0; i < 100; ++i) {
    const float x = ramp.x + static_cast<float>(i);
    list->AddRectFilled(ImVec2(x, ramp.y), ImVec2(x + 1, ramp.bottom()), viridis(static_cast<float>(i) / 99));
    list->AddRectFilled(ImVec2(x, ramp.y + look.px(30)), ImVec2(x + 1, ramp.bottom() + look.px(30)),
                        diverging(t, static_cast<float>(i) / 49.5f - 1));
  }
  end_card(look);
}

void right_column(const Look& look, const Layout& l) {
  static constexpr const char* kWhy =
      "Requests that share a prefix appear here as one path. Start the run, or load a trace.";
  begin_card(look, "tree", l.tree);
  section_header(look, nullptr, "Prefix tree", "1,204 nodes");
  std::string filter;
  text_field(look, "filter", icons::kSearch, "Filter by text, worker or hash", &filter);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  empty_state(look, {at.x, at.y, l.tree.w - look.px(28), l.tree.bottom() - at.y - look.px(12)}, icons::kSitemap,
              "Nothing cached yet", kWhy, "Start the run");
  end_card(look);
  if (l.inspector.empty()) return;
  begin_card(look, "inspector", l.inspector);
  section_header(look, nullptr, "few-shot: sql-helper");
  begin_scroll(look, "rows");
  for (int i = 0; i < 6; ++i) {
    key_value(look, "tokens", "3,360");
    key_value(look, "resident on", "w0, w1");
    key_value(look, "prefill saved by keeping it", "20.6 M tok on every worker");
  }
  end_scroll("rows");
  end_card(look);
}

void screen(const Look& look, ImVec2 size, ImTextureID texture) {
  const Layout l = compute_layout(size.x, size.y, look.scale);
  begin_root(look, size);
  top_bar(look, l.top_bar);
  begin_card(look, "timeline", l.timeline);
  end_card(look);
  if (!l.controls.empty()) controls(look, l.controls);
  if (!l.kpis.empty()) key_figures(look, l.kpis);
  fleet(look, l.fleet, texture);
  if (!l.tree.empty()) right_column(look, l);
  begin_card(look, "bottom", l.bottom);
  constexpr std::array<const char*, 9> kTabs = {"Latency",      "Hit rate",  "Blocks", "Requests", "Load",
                                                "Match length", "Decisions", "Events", "Compare"};
  tab_strip(look, "tabs", kTabs, 0, "time to first token");
  text_wrapped(look, FontRole::Body, look.theme.text_secondary,
               "Äußerst schön: Ω ≥ 3 × 10⁴ → µs … – Привет ▲▼ ✓ ≈ ∞ ∑");
  end_card(look);
  const float y = l.status.center().y;
  draw_text(ImGui::GetWindowDrawList(), look, FontRole::Small, look.theme.text_secondary, ImVec2(look.px(16), y),
            "Running at 4×   ·   41,203 requests   ·   seed 42   ·   deterministic");
  end_root();
}

ImTextureID block_texture(const Look& look) {
  const Theme& t = look.theme;
  const std::array<Color, 6> states = {t.block_free,   t.block_idle,   t.block_used,
                                       t.block_shared, t.block_stored, t.block_evicted};
  std::vector<std::uint8_t> texels;
  for (unsigned i = 0; i < 44 * 12; ++i) {
    const Color c = states[(i / 7 * 2654435761u >> 20) % states.size()];
    for (const unsigned v : {red_of(c), green_of(c), blue_of(c), alpha_of(c)})
      texels.push_back(static_cast<std::uint8_t>(v));
  }
  const ImTextureID id = look.textures->create(44, 12);
  look.textures->update(id, 0, 0, 44, 12, texels.data());
  return id;
}

Image draw(int w, int h, float scale, const Theme& theme, double* milliseconds) {
  HeadlessUi ui(w, h, scale, theme, BLOCKYARD_FONT_DIR);
  const ImTextureID texture = block_texture(ui.look());
  ui.set_ui([&] { screen(ui.look(), ui.size(), texture); });
  ui.frames(3);
  if (const Rect* tile = ui.anchors().find("Prefix hit rate")) {
    ui.move(tile->center());
    ui.frames(40);
  }
  const auto began = std::chrono::steady_clock::now();
  const Image image = ui.picture();
  *milliseconds = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count();
  return image;
}

TEST(Demo, DrawsEveryWidgetInBothThemes) {
  double ms = 0;
  const std::string out = BLOCKYARD_TEST_OUTPUT;
  const Image dark = draw(1600, 1000, 1.0f, dark_theme(), &ms);
  RecordProperty("rasterizer_ms", static_cast<int>(ms));
  std::printf("1600x1000 rasterised in %.1f ms\n", ms);
  EXPECT_EQ(write_png(dark, out + "/demo_dark.png"), "");
  EXPECT_EQ(dark, draw(1600, 1000, 1.0f, dark_theme(), &ms));
  EXPECT_EQ(write_png(draw(1600, 1000, 1.0f, light_theme(), &ms), out + "/demo_light.png"), "");
  EXPECT_EQ(write_png(draw(1280, 720, 1.0f, dark_theme(), &ms), out + "/demo_small.png"), "");
  EXPECT_EQ(write_png(draw(2880, 1800, 2.0f, light_theme(), &ms), out + "/demo_scale2.png"), "");
}

TEST(Demo, DrawsWhatIsOpen) {
  const std::string out = BLOCKYARD_TEST_OUTPUT;
  for (const bool dark : {true, false}) {
    HeadlessUi ui(1280, 720, 1.0f, dark ? dark_theme() : light_theme(), BLOCKYARD_FONT_DIR);
    const ImTextureID texture = block_texture(ui.look());
    ui.set_ui([&] { screen(ui.look(), ui.size(), texture); });
    ui.frames(3);
    const Image closed = ui.picture();
    ASSERT_TRUE(ui.click("controls/Load penalty/value"));
    ui.frames(3);
    const Image typing = ui.picture();
    EXPECT_NE(typing.cropped(0, 230, 240, 40), closed.cropped(0, 230, 240, 40));
    EXPECT_EQ(
        write_png(typing.cropped(0, 100, 400, 400), out + (dark ? "/demo_typing_dark.png" : "/demo_typing_light.png")),
        "");
    ASSERT_TRUE(ui.click("controls/policy"));
    ui.frames(3);
    if (const Rect* choice = ui.anchors().find("controls/policy/Prefix affinity + load")) ui.move(choice->center());
    ui.frames(40);
    EXPECT_EQ(write_png(ui.picture().cropped(0, 100, 400, 400),
                        out + (dark ? "/demo_open_dark.png" : "/demo_open_light.png")),
              "");
  }
}

}  // namespace
}  // namespace blockyard
