// sticky_session: a session stays with its worker; a new one goes where the fewest live sessions are: vLLM router's
// `sticky_least_loaded`, as prime-rl and SkyRL run it (SPEC 5.1).
#include "core/router/policies/parts/common.h"

namespace blockyard::policies {
namespace {

WorkerId choose(const RouteInput& in, const PolicyParams& p, RouterMemory& m, Explanation* why) {
  SessionBindings& sessions = m.sessions;
  if (sessions.live.empty()) sessions.live.assign(in.size(), 0);
  sessions.forget(in.now, ms_to_us(p.session_ttl_ms));
  if (why != nullptr) {
    why->terms = {"live sessions"};
    for (const WorkerId w : in.routable) why->candidates[w].terms = {static_cast<double>(sessions.live[w])};
  }
  const auto known = in.session == kNone ? sessions.bound.end() : sessions.bound.find(in.session);
  if (known != sessions.bound.end() && in.is_routable(known->second.worker)) {
    const WorkerId w = known->second.worker;
    sessions.bind(in.session, w, in.now);
    if (why != nullptr) why->candidates[w].eligible = true;
    say(why, "its session is bound to this worker");
    return w;
  }
  const bool lost = known != sessions.bound.end();
  const WorkerId w = take_lowest(
      in, in.routable, m, [&](WorkerId c) { return sessions.live[c]; }, why);
  if (in.session == kNone) {
    say(why, "no session: fewest live sessions");
    return w;
  }
  sessions.bind(in.session, w, in.now);
  say(why,
      lost ? "its worker is gone: bound to the fewest live sessions" : "a new session, bound to the fewest live ones");
  return w;
}

constexpr std::string_view kParams[] = {"session_ttl_ms"};

}  // namespace

const PolicyRow kStickySession{
    .id = "sticky_session",
    .label = "Sticky session",
    .help = "A session stays with its worker; a new one goes to the worker with the fewest live sessions.",
    .source = "vLLM router (sticky_least_loaded), prime-rl, SkyRL",
    .upstream = "vllm-project/router PR #235, 335c57e2",
    .read_on = "2026-11-25",
    .left_out = "rendezvous hash among equals (the cursor here), sessions that are declared finished",
    .signals = static_cast<std::uint16_t>(Signal::kSession),
    .params = kParams,
    .choose = choose};

}  // namespace blockyard::policies
