// StandIns: some stand-in workers on a thread of their own, for who has no use for a context.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/net/standin/options.h"
#include "core/base/result.h"
#include "core/workload/words/word_source.h"

namespace blockyard::net {

/// Where one can be reached; empty: not at all.
struct StandInPlace {
  std::string url, events, replay;
  int pid = 0;
};

class StandIns {
 public:
  /// `words` must outlive them. Errors: a port that is taken, a cache that a stand-in cannot have.
  static Result<std::unique_ptr<StandIns>> start(const std::vector<StandInOptions>& options, const WordSource& words);
  ~StandIns();
  StandIns(const StandIns&) = delete;
  StandIns& operator=(const StandIns&) = delete;

  const std::vector<StandInPlace>& places() const;
  /// Hashes of the blocks that one of them holds now, ascending.
  std::vector<std::uint64_t> resident(std::size_t i);

 private:
  struct Parts;
  StandIns();
  std::unique_ptr<Parts> parts_;
};

}  // namespace blockyard::net
