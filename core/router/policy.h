// Routing policies: one function and one table row each (SPEC 5 and 5.1).
//
// A policy chooses one of RouteInput::routable. What it must remember between choices (the tie cursor, bindings, its
// random stream) is in RouterMemory, a value that is copied with the simulation. Where `why` is given, the policy
// explains itself.
#pragma once

#include <array>
#include <cstdint>
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

/// A point of the consistent-hash ring of `prefix_hash`.
struct RingPoint {
  std::uint64_t at;
  WorkerId worker;
};

struct RouterMemory {
  explicit RouterMemory(std::uint64_t seed) : rng(seed, RngPurpose::kRouting) {}
  WorkerId cursor = 0;  ///< ties go to the smallest (w − cursor) mod W
  WorkerId next_round_robin = 0;
  std::unordered_map<BlockId, WorkerId> bound;  ///< sticky_prefix: key block to worker; only ever looked up
  std::vector<RingPoint> ring;                  ///< prefix_hash: ascending; made at first need
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

using PolicyFunction = WorkerId (*)(const RouteInput&, const PolicyParams&, RouterMemory&, Explanation* why);

struct PolicyRow {
  std::string_view id;
  std::string_view label;
  std::string_view help;                     ///< one line
  std::string_view source;                   ///< after which system; "" for the textbook ones
  bool needs_overlap;                        ///< reads RouteInput::overlap
  std::span<const std::string_view> params;  ///< keys of its own parameters
  PolicyFunction choose;
};

/// All policies in the order of SPEC.md. Index = RouterConfig::strategy.
std::span<const PolicyRow> policy_table();
/// Index of that id, or kNone.
std::uint32_t find_policy(std::string_view id);

}  // namespace blockyard
