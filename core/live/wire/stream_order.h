// StreamOrder: puts the messages of one worker's stream in the order in which they are applied. It holds what comes too
// early, says what to ask a replay for, and drops what a replay has brought already. Pure: it is told the time.
//
// The table of core/live/README.md, "Transport", is what it does. Invariants: 1. numbers that it gives out rise, but
// for those after a restart; 2. what it holds is within `hold_batches` and kMostHeldBytes; 3. at most one replay is
// awaited.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/sim_time.h"

namespace blockyard::live {

inline constexpr std::size_t kMostHeldBytes = 256U << 20;

/// What is to be done next, in order.
struct StreamAction {
  enum class What : std::uint8_t {
    kApply,    ///< the payload of batch `seq`
    kRestart,  ///< the engine began anew: forget what is known of how it writes
    kAsk,      ///< a replay, from batch `seq` on; `ask` names it
    kGap,      ///< batches `seq` to `until` are missing; a replay may bring them
    kSettled,  ///< a replay that was awaited is over, or given up
  };
  What what = What::kApply;
  std::uint64_t seq = 0;
  std::uint64_t until = 0;
  std::uint32_t ask = 0;
  bool replayed = false;
  std::string payload;
};

struct StreamRules {
  bool has_replay = false;
  SimTime replay_timeout = 2'000'000;  ///< µs without another piece of it
  std::size_t hold_batches = 65'536;
};

class StreamOrder {
 public:
  explicit StreamOrder(const StreamRules& rules) : rules_(rules) {}

  /// The subscription is made: what is there already may be asked for, without waiting for a first batch.
  void joined(SimTime now, std::vector<StreamAction>& out);
  /// A message of the stream.
  void live(std::uint64_t seq, std::string payload, SimTime now, std::vector<StreamAction>& out);
  /// A piece of replay `ask`, and its end. Those of an older one are passed over.
  void replayed(std::uint32_t ask, std::uint64_t seq, std::string payload, SimTime now, std::vector<StreamAction>& out);
  void replay_ended(std::uint32_t ask, std::vector<StreamAction>& out);
  /// Time passes: a replay that says nothing any more is given up.
  void tick(SimTime now, std::vector<StreamAction>& out);
  /// When tick() has something to do; kNever where it has not.
  SimTime due() const { return awaiting_ ? heard_ + rules_.replay_timeout : kNever; }
  /// Whether the process behind it is known to be another one.
  void restarted(std::vector<StreamAction>& out);

  bool awaiting() const { return awaiting_; }
  std::size_t held() const { return held_.size(); }
  std::optional<std::uint64_t> last() const { return last_; }

 private:
  void ask(std::uint64_t from, SimTime now, std::vector<StreamAction>& out);
  void hold(std::uint64_t seq, std::string payload);
  void release(std::vector<StreamAction>& out);
  void apply(std::uint64_t seq, bool replayed, std::string payload, std::vector<StreamAction>& out);

  StreamRules rules_;
  std::optional<std::uint64_t> last_;       // given out
  std::optional<std::uint64_t> last_live_;  // came by the stream
  bool awaiting_ = false;
  std::uint32_t ask_ = 0;
  SimTime heard_ = 0;
  std::map<std::uint64_t, std::string> held_;
  std::size_t held_bytes_ = 0;
};

}  // namespace blockyard::live
