// The controls on the left: everything a scenario says, grouped. A slider that is being dragged holds its own value and
// asks for it when it is let go of. What changes in flight changes from the cursor on; what cannot is marked with the
// restart sign, and restarts the run.
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

namespace blockyard {

class Controls {
 public:
  void draw(FrameContext& ctx, const Rect& rect);

 private:
  struct Row {
    std::string path;  // dotted
    std::string label;
    std::string unit;
    std::string help;
    double low = 0, high = 1;
    int decimals = 0;
    bool log = false;
    bool restarts = false;
    const char* zero = nullptr;  // what 0 is called
    bool zero_is_null = false;   // and written so
  };

  bool group(FrameContext& ctx, const char* icon, const char* title, bool folded_at_first);
  /// A line that unfolds what follows; true while it is unfolded.
  bool fold(FrameContext& ctx, const char* title);
  void slider(FrameContext& ctx, const Row& row, double value, double original);
  void choose(FrameContext& ctx, const std::string& path, const char* label, bool restarts,
              const std::vector<Choice>& choices, const std::vector<std::string>& ids, int selected);
  void flip(FrameContext& ctx, const char* path, const char* label, bool value, const char* help);

  void routing(FrameContext& ctx);
  void workload(FrameContext& ctx);
  void fleet(FrameContext& ctx);
  void memory(FrameContext& ctx);
  void cache(FrameContext& ctx);
  void objectives(FrameContext& ctx);
  void latency(FrameContext& ctx);
  void staleness(FrameContext& ctx);
  void faults(FrameContext& ctx);

  std::map<std::string, double> held_;  // by path: values of sliders that are being dragged or typed
  std::optional<Presets> presets_;
  bool presets_read_ = false;
  bool after_wanted_ = false;  // the group before is the one that is wished for
  double fault_worker_ = 0;
};

}  // namespace blockyard
