#include "panels_stage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "app/ui/widgets.h"

namespace blockyard {

PanelStage::PanelStage(const std::string& scenario_json, int w, int h, float scale, bool dark) {
  auto scenario = parse_scenario(scenario_json, ".", BLOCKYARD_PRESETS_DIR);
  if (!scenario) throw std::runtime_error(scenario.error().message);
  auto made = prepare(*scenario);
  if (!made) throw std::runtime_error(made.error().message);
  prepared_ = std::move(*made);
  player_ = std::make_unique<Player>(prepared_->scenario.config, prepared_->workload, prepared_->tree, &metrics_);
  ui_ = std::make_unique<HeadlessUi>(w, h, scale, dark ? dark_theme() : light_theme(), BLOCKYARD_FONT_DIR);
  ui_->set_ui([this] { frame(); });
}

void PanelStage::show(std::function<void(FrameContext&, const Rect&)> draw) { draw_ = std::move(draw); }

void PanelStage::show(Panel& panel) {
  show([&panel](FrameContext& ctx, const Rect& rect) { panel.draw(ctx, rect); });
}

void PanelStage::seek(double ms, double ahead) {
  if (ahead > 0) {
    player_->seek(ms_to_us(ms + ahead));
  }
  player_->seek(ms_to_us(ms));
}

void PanelStage::frame() {
  std::optional<RoutingStudy> study;
  if (const RequestId r = selected_request(selection_); r != kNone) study = player_->routing_of(r);
  std::vector<Command> commands;
  FrameContext ctx{.look = ui_->look(),
                   .scenario = prepared_->scenario,
                   .original = prepared_->scenario,
                   .fleet = player_->cursor(),
                   .simulation = &player_->cursor(),
                   .tree = prepared_->tree,
                   .metrics = metrics_,
                   .log = player_->events(),
                   .log_at = player_->events_at_cursor(),
                   .leaves_messages_out = player_->leaves_messages_out(),
                   .changes = player_->changes(),
                   .study = study ? &*study : nullptr,
                   .now = player_->now(),
                   .newest = player_->newest(),
                   .known_end = player_->frontier(),
                   .complete = player_->complete(),
                   .over = player_->cursor().done(),
                   .playing = playing_,
                   .speed = 1,
                   .screen_time = screen_time_,
                   .range = {},
                   .bookmarks = {},
                   .selection = selection_,
                   .hover = hover_,
                   .compared = {},
                   .scenarios = {},
                   .scenario_source = "test",
                   .assets_dir = {},
                   .message = {},
                   .loading = false,
                   .toasts = {},
                   .ui = state_,
                   .commands = commands,
                   .animate_until = animate_until_};
  const ImVec2 size = ui_->size();
  begin_root(ui_->look(), size);
  if (draw_) draw_(ctx, {0, 0, size.x, size.y});
  end_root();
  screen_time_ += 1.0 / 60;
  apply(std::move(commands));
}

void PanelStage::apply(std::vector<Command> commands) {
  hover_ = {};
  for (Command& c : commands) {
    if (const auto* s = std::get_if<cmd::Select>(&c)) {
      selection_ = s->what;
    } else if (const auto* h = std::get_if<cmd::Hover>(&c)) {
      hover_ = h->what;
    } else {
      kept_.push_back(std::move(c));
    }
  }
}

void PanelStage::save(const std::string& name) {
  std::filesystem::create_directories(BLOCKYARD_TEST_OUTPUT);
  EXPECT_EQ(write_png(ui_->picture(), std::string(BLOCKYARD_TEST_OUTPUT) + "/" + name), "");
}

}  // namespace blockyard
