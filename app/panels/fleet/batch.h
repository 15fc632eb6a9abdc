// The step that a worker of engine continuous is running, as it is composed: decoding sequences and chunks of prefill
// in the token budget, and what it takes.
#pragma once

#include "app/session/frame_context.h"

namespace blockyard {

/// Stands at the cursor and takes the width that is there. Nothing for other engines.
void draw_batch(FrameContext& ctx, WorkerId w);

}  // namespace blockyard
