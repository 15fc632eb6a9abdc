// session_hash: a consistent hash of the session, with or without a bound on load: vLLM router, production-stack and
// SGLang's gateway (SPEC 5.1).
#include "core/router/policies/parts/common.h"
#include "core/router/policies/parts/ring.h"
#include "core/tokens/sha256.h"

namespace blockyard::policies {
namespace {

WorkerId choose(const RouteInput& in, const PolicyParams& p, RouterMemory& m, Explanation* why) {
  if (in.session == kNone) {
    const WorkerId w = take_lowest_active(in, in.routable, m, why);
    say(why, "no session to make a key of: fewest active requests");
    return w;
  }
  const std::string_view name = in.session_name;
  const std::uint64_t key = digest_prefix(sha256({reinterpret_cast<const std::uint8_t*>(name.data()), name.size()}));
  return take_by_ring(in, key, static_cast<std::uint32_t>(p.virtual_nodes), p.session_load_bound, "session", m, why);
}

constexpr std::string_view kParams[] = {"session_load_bound", "virtual_nodes"};

}  // namespace

const PolicyRow kSessionHash{
    .id = "session_hash",
    .label = "Session hash",
    .help = "A hash ring over the session, whatever is cached; with a bound, no worker gets far more than its share.",
    .source = "vLLM router and production-stack (consistent_hash, session), SGLang (bounded)",
    .upstream = "vllm-project/router 1aa35009; vllm-project/production-stack a6c01db; sgl-project/sglang 1cfac30c",
    .read_on = "2026-11-25",
    .left_out = "each project's own hash (SHA-256 here); without a session the lowest QPS (fewest active here)",
    .signals = Signal::kSession | Signal::kActive,
    .params = kParams,
    .choose = choose};

}  // namespace blockyard::policies
