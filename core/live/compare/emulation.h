// Emulation: the requests of a recording once more, on simulated workers: each goes to the worker that really served
// it, when it was really sent there, and its answer is as long as it really was. What comes out differs from what
// happened only by what the simulator's worker does otherwise than the real one.
//
// A worker alone is simulated: who goes where is given, so workers know nothing of each other. Before its first request
// stands what it held by its stream as the recording's first request was routed, brought there by prompts of its own,
// oldest first. What a real worker stored of an answer, and who else used it, is not known here. Invariant: same
// records, same config: same pairs.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/live/session.h"
#include "core/settings/config.h"

namespace blockyard::live {

/// A request as it was and as it is emulated. µs since its arrival at the router.
struct RequestPair {
  std::uint64_t request = 0;
  WorkerId worker = 0;
  std::uint32_t prompt_tokens = 0, prompt_blocks = 0;
  std::optional<std::uint32_t> hit_real;  ///< blocks; nothing: its engine did not tell
  std::uint32_t hit_emulated = 0;
  std::optional<SimTime> ttft_real;  ///< nothing: its answer was not streamed
  SimTime ttft_emulated = 0, e2e_real = 0, e2e_emulated = 0;
};

class Emulation {
 public:
  /// A record, with the session as it is before it.
  void see(const Record& record, const LiveSession& before);
  /// Requests with a chain that a worker began to serve.
  std::size_t requests() const { return sent_.size(); }
  /// Those of them that completed, in order of their numbers, on workers of this config's engine, latency and capacity.
  /// `rejected`: how many did not fit. Errors: blocks of another size than the recording's.
  Result<std::vector<RequestPair>> run(const Config& config, std::size_t* rejected = nullptr) const;

 private:
  struct Chain {
    Digest root = kRootDigest;
    std::vector<Code> codes;
  };
  struct Entry {
    Chain chain;
    std::uint32_t prompt_tokens = 0;
    RequestRecord end;
    bool mistokenized = false;
  };
  void keep_truth(const LiveSession& session);
  void run_worker(const Config& config, WorkerId w, std::vector<RequestPair>& out, std::size_t& rejected) const;

  std::uint32_t block_tokens_ = 0;
  std::vector<std::vector<Chain>> held_;  // by worker, as the first request was routed
  std::map<std::uint64_t, Entry> routed_, sent_;
};

/// pairs.csv: a head, and a row a pair.
std::string pairs_csv(const std::vector<RequestPair>& pairs, const LiveFleet& fleet);

}  // namespace blockyard::live
