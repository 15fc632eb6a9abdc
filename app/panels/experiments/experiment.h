// The card of experiments: where the hit rate went, the whole run, fleets on the same requests, sweeps. A form,
// progress, then what came out: a picture with its files, its numbers as a table, and the results of before, a list for
// each kind. What runs and what is kept is the Session's; here are only the wishes.
#pragma once

#include <imgui.h>

#include <array>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "app/panels/experiments/flow.h"
#include "app/panels/experiments/sweep_wish.h"
#include "app/panels/plots/tab_plot.h"
#include "app/session/frame_context.h"

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
  bool form_folds(FrameContext& ctx, bool scarce);
  // experiment_sweep.cpp
  void sweep_form(FrameContext& ctx);
  void plan_form(FrameContext& ctx);
  void strategy_chips(FrameContext& ctx, Flow& flow);
  void sweep_row(FrameContext& ctx, const char* id, SweepWish& wish, bool may_be_none);
  // experiment_outcome.cpp
  void outcome(FrameContext& ctx);
  void progress(FrameContext& ctx, const ExperimentState& state);
  std::vector<const ExperimentState*> results_of(const FrameContext& ctx) const;
  void result_row(FrameContext& ctx, const std::vector<const ExperimentState*>& results, const ExperimentState& shown);
  void choose_picture(const Look& look, const ExperimentState& state);
  void show_result(FrameContext& ctx, const ExperimentState& state);
  static void words_below(const Look& look, const ExperimentWords& words);

  static constexpr std::size_t kKinds = std::variant_size_v<ExperimentWanted>;

  std::array<SweepWish, 2> wishes_;  // the second may vary nothing
  std::string wrong_;                // with them, once it was asked for
  std::vector<std::uint32_t> strategies_;
  std::vector<Variant> variants_;  // fleets that differ in another setting
  std::string slo_;                // objectives of a plan, as they are typed
  std::int64_t seeds_ = 1;
  std::array<std::uint64_t, kKinds> chosen_{};  // result of each kind that is shown; 0: the latest
  std::array<std::uint64_t, kKinds> latest_{};  // when it was looked last
  bool renaming_ = false;
  std::string shown_;  // what is in box_
  int picture_ = 0;
  bool unfolded_ = false;  // the form is asked for although it has little room
  PlotBox box_;
};

/// Opens the card on "How many workers".
void ask_how_many_workers(FrameContext& ctx);
/// Opens the card on the waterfall and begins it.
void explain_hit_rate(FrameContext& ctx);

}  // namespace blockyard
