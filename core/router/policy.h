// Routing policies: one function and one table row each (SPEC 5 and 5.1).
//
// A policy chooses one of RouteInput::routable. What it must remember between choices (the tie cursor, bindings, its
// random stream) is in RouterMemory, a value that is copied with the simulation. Where `why` is given, the policy
// explains itself.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/ids.h"
#include "core/base/rng.h"
#include "core/router/view.h"
#include "core/settings/router_params.h"

namespace blockyard {

/// A point of the consistent-hash ring of `prefix_hash` and `session_hash`.
struct RingPoint {
  std::uint64_t at;
  WorkerId worker;
};

/// Which worker each session is bound to, and how many live ones each worker has (`sticky_session`). A session is live
/// while its last routing is at most a time to live ago.
struct SessionBindings {
  struct Binding {
    WorkerId worker = kNone;
    SimTime last = 0;
  };
  struct Routing {
    SimTime at = 0;
    std::uint32_t session = kNone;
  };
  std::unordered_map<std::uint32_t, Binding> bound;  ///< live ones, as of the last forget(); only ever looked up
  std::deque<Routing> routings;                      ///< ascending in time; older than a session's last: void
  std::vector<std::uint32_t> live;                   ///< per worker

  /// Lets go of the sessions whose last routing is more than `ttl` ago.
  void forget(SimTime now, SimTime ttl);
  void bind(std::uint32_t session, WorkerId w, SimTime now);
};

struct RouterMemory {
  /// Of router number `replica`: router 0 draws as the only one would.
  explicit RouterMemory(std::uint64_t seed, std::uint32_t replica = 0)
      : rng(seed + 0x9e3779b97f4a7c15ULL * replica, RngPurpose::kRouting) {}
  /// A router that starts anew: it has forgotten everything, but its random stream goes on.
  void forget() {
    cursor = next_round_robin = 0;
    bound.clear();
    sessions = {};
  }
  WorkerId cursor = 0;  ///< ties go to the smallest (w − cursor) mod W
  WorkerId next_round_robin = 0;
  std::unordered_map<BlockId, WorkerId> bound;  ///< sticky_prefix: key block to worker; only ever looked up
  SessionBindings sessions;                     ///< sticky_session
  std::vector<RingPoint> ring;                  ///< the hashing ones: ascending; made at first need
  std::uint32_t ring_nodes = 0;                 ///< virtual nodes that `ring` was made with
  Rng rng;
};

/// Score terms of one worker in a decision; names are in Explanation::terms.
struct CandidateScore {
  std::array<double, 4> terms{};
  double score = 0;
  bool eligible = false;  ///< was among those the tie-break chose from, or won outright
};

/// Why a policy chose as it did; filled only on request.
struct Explanation {
  std::vector<std::string_view> terms;  ///< names of the terms, up to 4
  std::string_view score_name;          ///< "" where the policy has no score
  bool lower_is_better = true;
  std::vector<CandidateScore> candidates;  ///< one a worker
  std::string reason;                      ///< one sentence: the branch taken and the tie-break
};

/// What a policy can read of each worker: what "why here?" shows, and what is counted only where somebody reads it.
enum class Signal : std::uint16_t {
  kOverlap = 1,
  kLoad = 2,
  kWaiting = 4,
  kInUse = 8,
  kActive = 16,
  kActiveBlocks = 32,
  kActiveDistinct = 64,  ///< and fresh_blocks
  kPendingTokens = 128,
  kSession = 256,  ///< of the request
};
constexpr std::uint16_t operator|(Signal a, Signal b) {
  return static_cast<std::uint16_t>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr std::uint16_t operator|(std::uint16_t a, Signal b) {
  return static_cast<std::uint16_t>(a | static_cast<unsigned>(b));
}

using PolicyFunction = WorkerId (*)(const RouteInput&, const PolicyParams&, RouterMemory&, Explanation* why);

struct PolicyRow {
  std::string_view id;
  std::string_view label;
  std::string_view help;                     ///< one line
  std::string_view source = "";              ///< after which system; "" for the textbook ones
  std::string_view upstream = "";            ///< what was read of it: repository and commit, or the paper
  std::string_view read_on = "";             ///< when, as a date
  std::string_view left_out = "";            ///< what of the original is not modelled; "" where that is nothing
  std::uint16_t signals = 0;                 ///< Signal, or'ed: what it reads
  std::span<const std::string_view> params;  ///< keys of its own parameters
  PolicyFunction choose;
  bool reads(Signal s) const { return (signals & static_cast<std::uint16_t>(s)) != 0; }
};

/// All policies in the order of SPEC.md. Index = RouterConfig::strategy.
std::span<const PolicyRow> policy_table();
/// Index of that id, or kNone.
std::uint32_t find_policy(std::string_view id);

}  // namespace blockyard
