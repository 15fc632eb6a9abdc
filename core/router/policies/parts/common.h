// What the policies share: lowest-of with the cursor's tie-break, and the writing of explanations.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/check.h"
#include "core/router/policy.h"

namespace blockyard::policies {

/// Distance of w from the cursor, around: the order in which ties are broken.
inline WorkerId cursor_distance(const RouterMemory& m, WorkerId w, std::size_t workers) {
  return w >= m.cursor ? w - m.cursor : w + static_cast<WorkerId>(workers) - m.cursor;  // the cursor is below W
}

inline void move_cursor(RouterMemory& m, WorkerId chosen, std::size_t workers) {
  m.cursor = (chosen + 1) % static_cast<WorkerId>(workers);
}

/// The worker of `among` (ascending) with the lowest value(w); ties by the cursor, which moves. Marks the tied ones in
/// `why`.
template <class Value>
WorkerId take_lowest(const RouteInput& in, std::span<const WorkerId> among, RouterMemory& m, Value value,
                     Explanation* why) {
  BY_CHECK(!among.empty(), "a policy without candidates");
  // From the cursor on, around: so the first of those that are tied is met first.
  const auto cursor = std::lower_bound(among.begin(), among.end(), m.cursor);
  WorkerId best = cursor == among.end() ? among.front() : *cursor;
  auto best_value = value(best);
  const auto look_at = [&](WorkerId w) {
    const auto v = value(w);
    if (v < best_value) {
      best = w;
      best_value = v;
    }
  };
  std::for_each(cursor, among.end(), look_at);
  std::for_each(among.begin(), cursor, look_at);
  if (why != nullptr) {
    std::size_t tied = 0;
    for (const WorkerId w : among) {
      if (value(w) == best_value) {
        why->candidates[w].eligible = true;
        ++tied;
      }
    }
    if (tied > 1) why->reason += "; tie of " + std::to_string(tied) + " broken by the cursor";
  }
  move_cursor(m, best, in.size());
  return best;
}

inline WorkerId take_least_loaded(const RouteInput& in, std::span<const WorkerId> among, RouterMemory& m,
                                  Explanation* why) {
  return take_lowest(
      in, among, m, [&in](WorkerId w) { return in.load[w]; }, why);
}

inline WorkerId take_lowest_active(const RouteInput& in, std::span<const WorkerId> among, RouterMemory& m,
                                   Explanation* why) {
  return take_lowest(
      in, among, m, [&in](WorkerId w) { return in.active[w]; }, why);
}

/// The greatest overlap over the routable workers.
inline std::uint32_t greatest_overlap(const RouteInput& in) {
  std::uint32_t d = 0;
  if (in.routable.size() == in.size()) {  // as nearly always: no detour by the list
    for (const std::uint32_t overlap : in.overlap) d = std::max(d, overlap);
    return d;
  }
  for (const WorkerId w : in.routable) d = std::max(d, in.overlap[w]);
  return d;
}

inline std::vector<WorkerId> with_overlap(const RouteInput& in, std::uint32_t d) {
  std::vector<WorkerId> out;
  for (const WorkerId w : in.routable) {
    if (in.overlap[w] == d) out.push_back(w);
  }
  return out;
}

struct ActiveRange {
  std::uint32_t low;
  std::uint32_t high;
};

inline ActiveRange active_range(const RouteInput& in) {
  ActiveRange r{in.active[in.routable[0]], in.active[in.routable[0]]};
  for (const WorkerId w : in.routable) {
    r.low = std::min(r.low, in.active[w]);
    r.high = std::max(r.high, in.active[w]);
  }
  return r;
}

inline void say(Explanation* why, std::string reason) {
  if (why != nullptr) why->reason = std::move(reason) + why->reason;
}

/// Id of block k (from 0) of the chain.
inline BlockId chain_block(Chain chain, std::uint32_t k) {
  for (const Span& run : chain) {
    if (k < run.count) return run.first + k;
    k -= run.count;
  }
  BY_CHECK(false, "block beyond the chain");
}

/// Every policy once, in the order of policy_table(): each row is defined in the file of its policy.
#define BLOCKYARD_POLICIES(ROW) \
  ROW(kRoundRobin)              \
  ROW(kRandom)                  \
  ROW(kLeastLoaded)             \
  ROW(kPowerOfTwo)              \
  ROW(kCacheAware)              \
  ROW(kStickyPrefix)            \
  ROW(kKvCost)                  \
  ROW(kSglangCacheAware)        \
  ROW(kLlmdWeighted)            \
  ROW(kAibrixPrefixCache)       \
  ROW(kPrefixHash)              \
  ROW(kLmetric)                 \
  ROW(kDynamoKv)                \
  ROW(kLlmdSticky)              \
  ROW(kStickySession)           \
  ROW(kSessionHash)             \
  ROW(kPstackLoadaware)

#define BLOCKYARD_DECLARE(NAME) extern const PolicyRow NAME;
BLOCKYARD_POLICIES(BLOCKYARD_DECLARE)
#undef BLOCKYARD_DECLARE

}  // namespace blockyard::policies
