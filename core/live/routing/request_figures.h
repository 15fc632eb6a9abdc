// RequestFigures: what the requests of a router came to, one after another as they end: the figures of results.json,
// and a row of requests.csv each.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/hash.h"
#include "core/live/record/record.h"
#include "core/live/routing/time_spread.h"

namespace blockyard::live {

/// A request that has ended, with what its last routing said.
struct EndedRequest {
  RequestRecord end;
  bool chain = false;
  std::uint32_t prompt_tokens = 0, prompt_blocks = 0, predicted = 0;
  /// Engine and chain disagree about the prompt: neither predicted nor hit counts.
  bool mistokenized() const { return chain && end.told_prompt_tokens && *end.told_prompt_tokens != prompt_tokens; }
  std::optional<std::uint32_t> hit(std::uint32_t block_tokens) const {
    if (!end.cached_tokens || mistokenized()) return std::nullopt;
    return *end.cached_tokens / block_tokens;
  }
};

class RequestFigures {
 public:
  RequestFigures(std::uint32_t block_tokens, std::size_t workers) : block_tokens_(block_tokens), workers_(workers) {}
  void add(const EndedRequest& r);
  /// A worker has joined; its index is the next one.
  void join() { workers_.emplace_back(); }

  std::uint64_t requests() const { return requests_; }
  std::uint64_t completed() const { return e2e_.size(); }
  std::uint64_t failed() const { return failed_; }
  std::uint64_t cancelled() const { return cancelled_; }
  /// The object `summary` of results.json, as JSON.
  std::string summary_json() const;
  /// `match_length_histogram`, as JSON.
  std::string histogram_json() const;
  std::uint64_t requests_of(WorkerId w) const { return workers_[w].requests; }
  std::uint64_t hit_blocks_of(WorkerId w) const { return workers_[w].hit_blocks; }
  void add_to(StateHash& hash) const;

 private:
  struct PerWorker {
    std::uint64_t requests = 0, hit_blocks = 0;
  };
  std::uint32_t block_tokens_;
  std::vector<PerWorker> workers_;
  std::uint64_t requests_ = 0, failed_ = 0, cancelled_ = 0, retries_ = 0, untokenized_ = 0, mistokenized_ = 0;
  // Of completed ones whose hit is known.
  std::uint64_t known_ = 0, hit_requests_ = 0, hit_blocks_ = 0, prompt_blocks_ = 0, prompt_tokens_ = 0;
  std::uint64_t predicted_ = 0, false_hits_ = 0, missed_hits_ = 0, output_tokens_ = 0;
  SimTime last_finish_ = 0;
  TimeSpread e2e_, ttft_, e2e_hit_, e2e_miss_, ttft_hit_, ttft_miss_;
  std::map<std::uint32_t, std::uint64_t> lengths_;
};

/// The first line of requests.csv, and a row.
std::string requests_csv_head();
std::string requests_csv_row(const EndedRequest& r, std::uint32_t block_tokens, const std::string& worker_name);

}  // namespace blockyard::live
