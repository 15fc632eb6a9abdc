// LiveRouter: chooses a worker for each request of a live fleet, by the policies of core/router over what the session
// believes. What it chose becomes a RouteRecord; what follows from that for the session is the session's.
//
// Pure: it reads the session and is told the time. What it keeps beside the session are the policies' memory, the
// breakers, which models are served where, and counts of its own requests that no record needs. Invariants: 1. it
// chooses only workers that are routable for the request; 2. its counts are those of the requests that were sent() and
// are not over().
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/live/record/record.h"
#include "core/live/routing/ask.h"
#include "core/live/routing/breaker.h"
#include "core/live/session.h"
#include "core/prefix/prefix_tree.h"
#include "core/router/policy.h"

namespace blockyard::live {

struct RouteQuestion {
  std::uint64_t request = 0;
  std::uint32_t attempt = 0;
  std::optional<AskChain> chain;
  std::optional<std::string> model;
  std::string session;
  std::vector<WorkerId> tried;  ///< it has failed there
  bool assignable = false;      ///< a worker without an address will do: it is told whom, and asks there itself
};

/// A decision as the admin API tells it.
struct Decided {
  RouteRecord record;
  SimTime t = 0;
  Explanation why;
};

class LiveRouter {
 public:
  LiveRouter(const LiveSession& session, std::uint64_t seed);

  /// Nothing where no worker is routable. Every attempt that was chosen must be sent() or forgotten.
  std::optional<Decided> choose(const RouteQuestion& q, SimTime now);
  /// It is on its way.
  void sent(const RouteQuestion& q, WorkerId w);
  void first_token(std::uint64_t request);
  /// It is no longer there: done, failed, or left.
  void over(std::uint64_t request);
  enum class How : std::uint8_t { kWell, kBadly, kNeither };
  /// How an attempt at w went; the change of its breaker, where that opened or closed.
  std::optional<StateRecord> went(WorkerId w, How how, const std::string& why, SimTime now);

  void serves(WorkerId w, std::vector<ServedModel> models);
  const std::optional<std::vector<ServedModel>>* models(WorkerId w) const {
    return w < models_.size() ? &models_[w] : nullptr;
  }
  bool is_adapter(const std::string& model) const;
  bool any_routable(SimTime now) const;
  /// Whom to ask for the tokens of a prompt: the least busy that is up and serves the model.
  std::optional<WorkerId> tokenizer(const std::optional<std::string>& model) const;

 private:
  struct Mine {
    WorkerId worker = 0;
    std::uint64_t tokens = 0;  // pending, until its first token
    std::vector<std::uint64_t> blocks;
  };
  /// Workers that have joined since get their places.
  void grow();
  bool serves_model(WorkerId w, const std::optional<std::string>& model) const;
  std::vector<WorkerId> routable(const RouteQuestion& q, SimTime now) const;
  double load_of(const LiveWorker& w) const;
  std::uint32_t session_number(const std::string& name);
  BlockId key_block(const Digest& digest);
  static std::vector<std::uint64_t> keys_of(const AskChain& chain);

  const LiveSession* session_;
  RouterMemory memory_;
  std::vector<Breaker> breakers_;
  std::vector<std::optional<std::vector<ServedModel>>> models_;
  std::unordered_map<std::uint64_t, Mine> mine_;
  std::vector<std::uint64_t> pending_;                                           // tokens, by worker
  std::vector<std::unordered_map<std::uint64_t, std::uint32_t>> active_blocks_;  // by worker: block to requests
  std::unordered_map<std::string, std::uint32_t> sessions_;                      // numbers given to names
  PrefixTree key_blocks_;
};

}  // namespace blockyard::live
