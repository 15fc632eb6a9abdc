// The card of experiments: where the hit rate went, strategies on the same requests, sweeps. A form, progress, then the
// figures of what came out. What runs is the Session's; here are only the wishes.
#pragma once

#include <imgui.h>

#include <cstdint>
#include <string>
#include <vector>

#include "app/panels/plots/tab_plot.h"
#include "app/session/frame_context.h"
#include "core/settings/setting.h"

namespace blockyard {

class ExperimentCard {
 public:
  void draw(FrameContext& ctx, ImVec2 screen);

 private:
  /// What stands over the outcome for each kind of experiment, in the order of UiState::Experiment.
  struct Form {
    const char* label;
    void (ExperimentCard::*draw)(FrameContext& ctx);
  };
  static const std::vector<Form>& forms();

  void one_button(FrameContext& ctx, const char* label, const char* what, ExperimentWanted wanted);
  void waterfall_form(FrameContext& ctx);
  void pictures_form(FrameContext& ctx);
  void comparison_form(FrameContext& ctx);
  void sweep_form(FrameContext& ctx);
  void sweep_row(FrameContext& ctx, const char* id, const Setting*& chosen, std::string& values, bool may_be_none);
  bool form_folds(FrameContext& ctx, bool scarce);
  // experiment_outcome.cpp
  void outcome(FrameContext& ctx, const ExperimentState& state);
  void progress(FrameContext& ctx, const ExperimentState& state);

  // What is varied, rows of the table of settings; the second may be none.
  const Setting* axis_[2] = {nullptr, nullptr};
  std::string values_[2];
  std::vector<std::uint32_t> strategies_;
  std::int64_t seeds_ = 1;
  std::string shown_;  // title of the figures in box_
  int picture_ = 0;
  bool unfolded_ = false;  // the form is asked for although it has little room
  PlotBox box_;
};

/// Opens the card on the waterfall and begins it.
void explain_hit_rate(FrameContext& ctx);

}  // namespace blockyard
