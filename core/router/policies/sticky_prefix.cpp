// sticky_prefix: a prefix stays with the worker that it was first bound to (SPEC 5).
#include "core/router/policies/parts/common.h"

namespace blockyard::policies {
namespace {

WorkerId choose(const RouteInput& in, const PolicyParams& p, RouterMemory& m, Explanation* why) {
  const auto wanted = static_cast<std::uint32_t>(p.prefix_tokens) / in.block_tokens;
  const std::uint32_t blocks = std::min(wanted, in.chain_blocks);
  if (blocks == 0) {
    const WorkerId w = take_least_loaded(in, in.routable, m, why);
    say(why, "no full block to make a key of: lowest load");
    return w;
  }
  const BlockId key = chain_block(in.chain, blocks - 1);
  const auto it = m.bound.find(key);
  if (it != m.bound.end() && in.is_routable(it->second)) {
    if (why != nullptr) why->candidates[it->second].eligible = true;
    say(why, "its prefix is bound to this worker");
    return it->second;
  }
  const WorkerId w = take_least_loaded(in, in.routable, m, why);
  m.bound[key] = w;
  say(why, "a new prefix, bound to the lowest load");
  return w;
}

constexpr std::string_view kParams[] = {"prefix_tokens"};

}  // namespace

const PolicyRow kStickyPrefix{.id = "sticky_prefix",
                              .label = "Sticky prefix",
                              .help =
                                  "A prompt's first tokens are bound to the worker that first got them. With one "
                                  "system prompt for everybody that is one worker for everything: see sticky_session.",
                              .signals = static_cast<std::uint16_t>(Signal::kLoad),
                              .params = kParams,
                              .choose = choose};

}  // namespace blockyard::policies
