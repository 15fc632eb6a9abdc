// RequestTrace: the requests of a recording as a trace in Mooncake's format, for run, compare and sweep.
//
// Those whose tokens were known, in order of arrival, completed or not; a block's id is its place in the order in which
// chains first come to it, so that the file tells which prompts share what, and no more.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/live/record/record.h"

namespace blockyard::live {

class RequestTrace {
 public:
  explicit RequestTrace(std::uint32_t block_tokens) : block_tokens_(block_tokens) {}

  /// The records of a session in their order; only those of requests count.
  void add(const Record& record);
  std::size_t size() const { return requests_.size(); }
  /// The lines.
  std::string text() const;

 private:
  struct Entry {
    SimTime arrival = 0;
    std::uint32_t prompt_tokens = 0, output_tokens = 0;
    std::vector<std::uint64_t> blocks;  // what names each with all before it
  };
  std::uint32_t block_tokens_;
  std::map<std::uint64_t, Entry> requests_;  // by their number
};

}  // namespace blockyard::live
