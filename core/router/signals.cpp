#include "core/router/signals.h"

#include <array>

namespace blockyard {

std::span<const SignalRow> signal_table() {
  using F = WorkerFigures;
  static constexpr auto kTable = std::to_array<SignalRow>({
      {Signal::kOverlap, "overlap", "believed",
       "Leading blocks of the prompt that the router believes the worker to hold",
       [](const F& w) -> double { return w.overlap; }},
      {Signal::kLoad, "load", "load seen", "The load that the router saw, with its own additions",
       [](const F& w) { return w.load; }},
      {Signal::kWaiting, "waiting", "waiting", "Requests waiting there, as last told",
       [](const F& w) -> double { return w.waiting; }},
      {Signal::kInUse, "in_use", "in use", "Blocks in use there, as last told",
       [](const F& w) -> double { return w.in_use; }},
      {Signal::kActive, "active", "active", "Requests that the router sent there and that have not finished",
       [](const F& w) -> double { return w.active; }},
      {Signal::kActiveBlocks, "active_blocks", "active blocks",
       "Blocks of the prompts of its active requests, added up",
       [](const F& w) { return static_cast<double>(w.active_blocks); }},
      {Signal::kActiveDistinct, "active_distinct", "different blocks",
       "Different blocks in the prompts of its active requests",
       [](const F& w) -> double { return w.active_distinct; }},
      {Signal::kPendingTokens, "pending_tokens", "pending tokens",
       "Tokens to prefill of its requests whose first token has not come",
       [](const F& w) { return static_cast<double>(w.pending_tokens); }},
      {Signal::kSession, "session", "session", "The session of the request", nullptr},
  });
  return kTable;
}

}  // namespace blockyard
