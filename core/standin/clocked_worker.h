// ClockedWorker: one worker of the simulator, moved by a clock that somebody else reads. It is to a stand-in what
// Simulation is to a run: the same cache and engine, but requests come when they come, and leave when they like.
//
// It is told the time with every call; advance(t) lets everything happen that is due by then, in order, and take()
// hands out what did. Requests are known before they run (their answer too), so that their generated blocks have
// identities. Invariants: 1. what its Happenings say was stored and removed is, summed up, exactly what the cache
// holds; 2. a request ends with kFinished or with leave(), and never says anything afterwards; 3. the same calls with
// the same times give the same Happenings.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/result.h"
#include "core/engine/engine.h"
#include "core/settings/config.h"
#include "core/standin/block_names.h"

namespace blockyard::standin {

using Ticket = std::uint64_t;  ///< a request, never given twice

/// What a request is to an engine.
struct Asked {
  std::vector<std::uint32_t> prompt, answer;  ///< tokens; at least one of each
  std::string salt;                           ///< no other salt shares its blocks; empty: those without one
};

/// Blocks that came into the cache one behind the other.
struct StoredRun {
  std::vector<std::uint64_t> hashes;
  std::optional<std::uint64_t> parent;
  std::vector<std::uint32_t> tokens;
  std::string salt;  ///< of the first block, where it begins a chain
};

struct Happening {
  enum class What : std::uint8_t {
    kStarted,   ///< it runs; `count` tokens of its prompt were there
    kToken,     ///< its token number `count` (from 0) is made
    kFinished,  ///< it has all its tokens
    kPreempted,
    kRemoved,  ///< the cache lost a copy of each of `removed`
    kStored,   ///< the cache gained these
    kCleared,  ///< the cache is empty
  };
  What what = What::kStarted;
  SimTime t = 0;
  Ticket ticket = 0;
  std::uint32_t count = 0;
  std::vector<std::uint64_t> removed;
  StoredRun stored;
};

class ClockedWorker {
 public:
  /// All latencies are multiplied by `time_scale`. Errors: what a worker without a future cannot do.
  static Result<std::unique_ptr<ClockedWorker>> make(const Config& config, double time_scale);
  ~ClockedWorker();
  ClockedWorker(const ClockedWorker&) = delete;
  ClockedWorker& operator=(const ClockedWorker&) = delete;

  /// Slots that requests can use.
  std::uint32_t pool() const;
  std::uint32_t block_tokens() const { return config_.cache.block_tokens; }
  /// Why no worker like this could ever serve it; nothing where it can.
  std::optional<std::string> misfit(std::size_t prompt, std::size_t answer) const;
  /// A request comes; it must not be a misfit. Nothing where so much waits already that nobody can count the blocks.
  std::optional<Ticket> add(const Asked& asked, SimTime now);
  /// Whoever asked is gone.
  void leave(Ticket ticket, SimTime now);
  /// Empties the cache. False, and nothing done, while blocks are in use.
  bool reset(SimTime now);

  void advance(SimTime now);
  /// When the next thing happens; kNever where nothing is under way.
  SimTime due() const { return queue_.empty() ? kNever : queue_.top().t; }
  /// What has happened since the last call, in order.
  std::vector<Happening> take();

  std::uint32_t running() const { return static_cast<std::uint32_t>(state_->running.size()); }
  std::uint32_t waiting() const { return static_cast<std::uint32_t>(state_->waiting.size()); }
  std::uint32_t in_use() const { return state_->cache.in_use(); }
  /// Every block that the cache holds, by its digest, ascending.
  std::vector<const BlockNames::Block*> resident() const;
  /// Breaks (BY_CHECK) where an invariant does not hold.
  void check() const;

 private:
  class Host;
  ClockedWorker(const Config& config, double time_scale);
  struct Place {  // of a request among workload_.requests
    Ticket ticket = 0;
    std::uint32_t told = 0;  // tokens handed out
    std::vector<BlockId> chain;
    bool taken = false;
  };
  struct Due {
    SimTime t = 0;
    std::uint64_t order = 0;
    enum class What : std::uint8_t { kStep, kToken, kFinish } what = What::kStep;
    RequestId request = kNone;
    Ticket ticket = 0;         // a request that has left: void
    std::uint32_t serial = 0;  // of a step
    SimTime first = 0, last = 0;
    bool operator<(const Due& other) const { return t != other.t ? t > other.t : order > other.order; }
  };
  void push(Due due);
  void happen(const Due& due);
  void say(Happening::What what, RequestId r, std::uint32_t count);
  void tell_tokens(RequestId r, std::uint32_t generated);
  void settle();  // after anything happened: tokens, blocks, requests that are over
  void tell_blocks();
  void end(RequestId r);
  void abort(Host& host, RequestId r);
  RequestId place_for(const std::vector<BlockId>& chain);
  std::uint32_t copies_in_cache(BlockId id) const;

  Config config_;
  Workload workload_;
  BlockNames names_;
  const Engine* engine_;
  std::optional<EngineState> state_;
  std::vector<Place> places_;
  std::vector<RequestId> free_, over_;
  std::unordered_map<Ticket, RequestId> by_ticket_;
  std::priority_queue<Due> queue_;
  std::vector<BlockId> touched_;
  std::vector<Happening> happened_;
  Ticket next_ticket_ = 1;
  std::uint64_t next_order_ = 0;
  std::size_t live_runs_ = 0;
  SimTime now_ = 0;
};

}  // namespace blockyard::standin
