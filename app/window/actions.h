// The table of actions: what the keys do, what the palette finds, what the card of keys lists. One row an action.
#pragma once

#include <span>
#include <string_view>

#include "app/session/frame_context.h"

namespace blockyard {

struct Action {
  std::string_view id;  ///< what the program calls it; the label is for people alone
  std::string_view label;
  std::string_view keys;  ///< as shown; "" = none
  std::string_view help;
  bool (*pressed)();  ///< whether its key went down in this frame; nullptr = no key
  void (*run)(FrameContext& ctx);
};

std::span<const Action> action_table();
/// The action of that id, which must be in the table.
const Action& action_named(std::string_view id);

/// Runs what the keys of this frame ask for. Rests while text is typed; under a card that covers the window, keys that
/// would change the run behind it rest too.
void handle_keys(FrameContext& ctx);

}  // namespace blockyard
