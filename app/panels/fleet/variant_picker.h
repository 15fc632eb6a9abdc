// The popup over a fleet of a comparison in which a person says how that fleet differs: a setting that was changed, as
// it was loaded, or any setting with a value of its own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/session/frame_context.h"
#include "core/settings/setting.h"

namespace blockyard {

class VariantPicker {
 public:
  /// Opens it in the next draw.
  void open() { wanted_ = true; }
  /// Draws it where it is open; what was picked.
  std::optional<Variant> draw(const FrameContext& ctx);

 private:
  void fill(const FrameContext& ctx);

  bool wanted_ = false;
  std::vector<const Setting*> settings_;
  std::vector<std::string> now_;    // their values in words
  std::vector<Variant> as_loaded_;  // those that were changed, as they were
  int chosen_ = 0;
  std::string value_;
};

}  // namespace blockyard
