#include "app/panels/observed_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/ui/icons.h"

namespace blockyard {

const char* const kVllmFlags =
    "--kv-events-config '{\"enable_kv_cache_events\":true,\"publisher\":\"zmq\",\"endpoint\":\"tcp://*:5557\","
    "\"replay_endpoint\":\"tcp://*:5558\"}'";
const char* const kSglangFlags =
    "--kv-events-config '{\"publisher\":\"zmq\",\"endpoint\":\"tcp://*:5557\",\"replay_endpoint\":\"tcp://*:5558\"}' "
    "--enable-metrics";

const char* const kHitsUntold =
    "Its engine did not say what it found: vLLM tells with --enable-prompt-tokens-details, SGLang with "
    "--enable-cache-report; of streamed answers with proxy.ask_usage in the fleet file.";

ObservedState observed_state(live::WorkerState state) {
  using S = live::WorkerState;
  switch (state) {
    case S::kDown:
      return {"down", Tone::Bad, icons::kTimes, "Its health does not answer."};
    case S::kNoStream:
      return {"no stream", Tone::Bad, icons::kWarning,
              "Its blocks and ours do not fit in one another: its stream is left."};
    case S::kStale:
      return {"stale", Tone::Warn, icons::kClock, "Its stream or its metrics are not reached any more."};
    case S::kGap:
      return {"gap", Tone::Warn, icons::kExchange, "Batches of its stream are missing, and asked for."};
    case S::kJoining:
      return {"joining", Tone::Neutral, icons::kPlus, "Nothing has come from it yet."};
    case S::kPartial:
      return {"partial", Tone::Warn, icons::kInfo,
              "Blocks that it stored before the first batch here, or in one that was lost, are not known."};
    case S::kDraining:
      return {"draining", Tone::Neutral, icons::kDownload, "It gets no new requests; those that run there go on."};
    case S::kBreakerOpen:
      return {"breaker open", Tone::Bad, icons::kBolt, "It has failed several times in a row: it is left alone for a while."};
    case S::kRemoved:
      return {"removed", Tone::Neutral, icons::kTimes, "It belongs to the fleet no more."};
    case S::kLive:
      return {"live", Tone::Good, icons::kCheck, "All that its stream has said is known."};
  }
  return {};
}

std::string_view engine_words(const live::LiveWorker& worker) {
  if (worker.setup.engine == live::EngineNames::kVllm) return "vLLM";
  if (worker.setup.engine == live::EngineNames::kSglang) return "SGLang";
  return "";
}

std::string age_text(const FrameContext& ctx, SimTime at) {
  return fmt::format("{:.1f} s", std::max(0.0, us_to_ms(ctx.now - at) / 1000));
}

std::string held_text(const FrameContext& ctx, WorkerId w) {
  const std::uint32_t held = ctx.observed->workers()[w].resident();
  const auto capacity = ctx.observed->known_capacity(w);
  return capacity ? fmt::format("{} of {}", with_commas(held), counted(*capacity, "block")) : counted(held, "block");
}

std::optional<double> held_share(const FrameContext& ctx, WorkerId w) {
  const auto capacity = ctx.observed->known_capacity(w);
  if (!capacity || *capacity == 0) return {};
  return static_cast<double>(ctx.observed->workers()[w].resident()) / *capacity;
}

std::string lag_text(const FrameContext& ctx, WorkerId w) {
  const auto lag = ctx.observed->lag(w);
  if (!lag) return "";
  const double ms = *lag * 1000;
  return std::abs(ms) < 9'995 ? fmt::format("{}{}", ms < 0 ? "−" : "", duration_text(std::abs(ms)))
                              : fmt::format("{}{:.0f} s", ms < 0 ? "−" : "", std::abs(*lag));
}

std::string in_use_text(const live::LiveWorker& worker) {
  return worker.figures.usage ? fmt::format("{:.0f} %", 100 * *worker.figures.usage) : std::string();
}

bool nothing_streams(const FrameContext& ctx) {
  const auto& workers = ctx.observed->session().workers();
  return std::all_of(workers.begin(), workers.end(), [](const live::LiveWorker& w) { return w.last_batch < 0; });
}

}  // namespace blockyard
