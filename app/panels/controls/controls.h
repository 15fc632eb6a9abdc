// The controls on the left: the table of settings, grouped, and the few things that are no settings. A slider that is
// being dragged keeps its own value and asks for it on release. What changes in flight changes from the cursor on; what
// cannot is marked with the restart sign, and restarts the run.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/session/frame_context.h"
#include "app/ui/rect.h"
#include "app/ui/widgets.h"
#include "core/model/presets.h"
#include "core/settings/setting.h"

namespace blockyard {

class Controls {
 public:
  void draw(FrameContext& ctx, const Rect& rect);

 private:
  /// A group of settings; `draw` where it holds more than its rows of the table.
  struct Group {
    SettingGroup group;
    const char* icon;
    const char* title;
    const char* more;  ///< title of the fold with the finer settings
    bool folded_at_first = false;
    bool in_flight_first = false;  ///< what changes in flight stands before what restarts the run
    void (Controls::*draw)(FrameContext& ctx, const Group& group) = nullptr;
  };
  static const std::vector<Group>& groups();

  // controls_observed.cpp: in their place where the fleet is observed
  void observed(FrameContext& ctx);
  /// What this program, as the fleet's router, can be told.
  void live_routing(FrameContext& ctx);
  void drain_workers(FrameContext& ctx);
  /// The groups that there would be, and why they are not; without the first so many.
  static void greyed(const FrameContext& ctx, std::size_t from);

  bool group(FrameContext& ctx, const char* icon, const char* title, bool folded_at_first);
  /// A line that unfolds what follows; true while it is unfolded.
  bool fold(FrameContext& ctx, const char* title);
  /// The settings of a group that matter now, in the order of the table; the finer ones behind a fold.
  void settings(FrameContext& ctx, const Group& group);
  /// One setting: a slider, a choice or a switch, as its row asks for.
  void setting(FrameContext& ctx, const Setting& row);
  void slider(FrameContext& ctx, const Setting& row);
  void choice(FrameContext& ctx, const Setting& row);
  void choose(FrameContext& ctx, const std::string& path, const char* label, bool restarts,
              const std::vector<Choice>& choices, const std::vector<std::string>& ids, int selected);
  void flip(FrameContext& ctx, const Setting& row);

  void routing(FrameContext& ctx, const Group& group);
  void workload(FrameContext& ctx, const Group& group);
  void fleet(FrameContext& ctx, const Group& group);
  void staleness(FrameContext& ctx, const Group& group);
  void memory(FrameContext& ctx);
  void faults(FrameContext& ctx);

  std::map<std::string, double> held_;  // by path: values of sliders that are being dragged or typed
  std::optional<Presets> presets_;
  bool presets_read_ = false;
  bool after_wanted_ = false;  // the group before is the one that is wished for
  double fault_worker_ = 0;
};

}  // namespace blockyard
