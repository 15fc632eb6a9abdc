// A run and a window for tests of panels, without a session: a scenario, a Player with its metrics, a HeadlessUi, and a
// FrameContext a frame. Selections and hovers that panels push take effect in the next frame; all other commands are
// only kept.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/panels/panel.h"
#include "app/ui/raster/headless.h"
#include "core/experiment/prepared.h"
#include "core/metrics/live.h"
#include "core/replay/player.h"

namespace blockyard {

class PanelStage {
 public:
  PanelStage(const std::string& scenario_json, int w, int h, float scale = 1, bool dark = true);

  // What to draw in every frame; the rectangle is the whole screen.
  void show(std::function<void(FrameContext&, const Rect&)> draw);
  void show(Panel& panel);
  // The run at time t, ms; everything behind it is known up to `ahead` more.
  void seek(double ms, double ahead = 0);
  void frames(int n) { ui_->frames(n); }
  // Leaves the picture beside the test.
  void save(const std::string& name);

  HeadlessUi& ui() { return *ui_; }
  Player& player() { return *player_; }
  UiState& state() { return state_; }
  const Prepared& prepared() const { return *prepared_; }
  void select(Selection what) { selection_ = what; }
  const Selection& selection() const { return selection_; }
  const Selection& hover() const { return hover_; }
  // All that was pushed but Select and Hover.
  std::vector<Command>& commands() { return kept_; }
  template <class T>
  bool pushed() const {
    for (const Command& c : kept_) {
      if (std::holds_alternative<T>(c)) return true;
    }
    return false;
  }

 private:
  void frame();
  void apply(std::vector<Command> commands);

  std::unique_ptr<Prepared> prepared_;
  LiveMetrics metrics_;
  std::unique_ptr<Player> player_;
  std::unique_ptr<HeadlessUi> ui_;
  std::function<void(FrameContext&, const Rect&)> draw_;
  UiState state_;
  Selection selection_, hover_;
  std::vector<Command> kept_;
  double screen_time_ = 0, animate_until_ = 0;
  bool playing_ = false;
};

}  // namespace blockyard
