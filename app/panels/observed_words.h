// What panels say of the workers of a fleet that is observed: the state in words with a sign, figures with their age,
// what is absent where nobody told it. Stateless.
#pragma once

#include <optional>
#include <string>

#include "app/panels/panel_text.h"
#include "core/live/observed/observed_fleet.h"

namespace blockyard {

struct ObservedState {
  std::string_view words;  ///< "live", "gap"
  Tone tone = Tone::Neutral;
  const char* icon = nullptr;
  std::string_view help;  ///< one sentence: what that means
};
ObservedState observed_state(live::WorkerState state);

/// "vllm", "sglang" or, where nothing says which, "".
std::string_view engine_words(const live::LiveWorker& worker);
/// "0.4 s", of something that was known at `at`.
std::string age_text(const FrameContext& ctx, SimTime at);
/// Blocks known of capacity: "212 of 256 blocks"; "212 blocks" where the capacity is not known.
std::string held_text(const FrameContext& ctx, WorkerId w);
/// Share of the capacity that is known to be held; nothing where the capacity is not known.
std::optional<double> held_share(const FrameContext& ctx, WorkerId w);
/// "+12 ms": time of arrival less the engine's own time stamp of the last batch; "" where there is none.
std::string lag_text(const FrameContext& ctx, WorkerId w);
/// "42 %", or "" where the engine does not say.
std::string in_use_text(const live::LiveWorker& worker);

/// Whether nothing has come from any worker's stream yet.
bool nothing_streams(const FrameContext& ctx);
/// What an engine is to be started with so that it tells of its blocks.
extern const char* const kVllmFlags;
extern const char* const kSglangFlags;
/// Why hits are not known, and what to switch on.
extern const char* const kHitsUntold;

}  // namespace blockyard
