// Fleets side by side: the run on screen (A) and fleets that differ in strategy or any other setting (B, C) on the same
// requests at the same moment, under one row of the differences between B and A. What is selected or pointed at in one
// fleet shows in all: requests and blocks are the same ones everywhere.
//
// It takes the place of the key figures and the fleet while strategies are compared. The runs are the Session's.
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "app/panels/fleet/fleet.h"
#include "app/panels/fleet/variant_picker.h"
#include "app/panels/key_figures.h"

namespace blockyard {

class SideBySide {
 public:
  /// Whether there is a comparison, and a person wants to see its fleets.
  static bool shown(const FrameContext& ctx);

  /// One row: of each key figure B − A, over the span that the switch says, large, and the two figures under it.
  void draw_differences(FrameContext& ctx, const Rect& rect);
  /// As many fleets as there is room for, A first.
  void draw_fleets(FrameContext& ctx, const Rect& rect);

 private:
  static constexpr std::size_t kMost = 3;
  void head(FrameContext& ctx, const Rect& rect, std::size_t column, std::size_t columns);

  std::array<FleetPanel, kMost> fleets_;
  std::array<VariantPicker, kMost> pickers_;
  std::array<std::string, kKeyFigures> help_;
  Alarms alarms_;
  Refresh due_{5};
};

/// Opens the comparison, with another strategy beside the scenario's own where none is compared yet.
void open_comparison(FrameContext& ctx);

}  // namespace blockyard
