// What the fleet would do with a prompt at this moment, as the right half of the prompt lab: what each worker holds and
// is believed to hold, when its first token would come there, and whom each strategy would choose, with its reason.
#pragma once

#include "app/panels/panel_text.h"
#include "app/panels/prompt/prompt_path.h"

namespace blockyard {

/// Draws at the cursor, as wide as there is room.
void draw_prompt_fleet(FrameContext& ctx, const PromptPath& path, const PromptPath::Answers& fleet);

}  // namespace blockyard
