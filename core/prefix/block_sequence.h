// BlockSequence: the blocks of one request's whole sequence: its prompt, the answer as far as the workload knows it,
// and behind that ids that are the request's own. A view into a workload, made on the fly.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/base/ids.h"
#include "core/prefix/block_set.h"

namespace blockyard {

struct BlockSequence {
  Chain known;                      ///< the prompt's blocks, then those of the answer that are known
  std::uint32_t known_blocks = 0;   ///< chain_length(known)
  std::uint32_t prompt_blocks = 0;  ///< full blocks of the prompt
  BlockId private_first = kNone;    ///< the id behind the known ones; those that follow it are consecutive
  RequestId chain = kNone;          ///< which of the radix tree's chains the prompt is

  /// Calls f(Span) for blocks [from, to), in order.
  template <class F>
  void each_run(std::uint32_t from, std::uint32_t to, F f) const {
    std::uint32_t at = 0;  // blocks before the run
    for (const Span& run : known) {
      if (at >= to) return;
      const std::uint32_t begin = from > at ? from - at : 0;
      const std::uint32_t end = std::min(run.count, to - at);
      if (begin < end) f(Span{run.first + begin, end - begin});
      at += run.count;
    }
    const std::uint32_t begin = std::max(from, known_blocks);
    if (begin < to) f(Span{private_first + (begin - known_blocks), to - begin});
  }

  /// The prompt's full blocks.
  std::vector<Span> prompt() const {
    std::vector<Span> out;
    each_run(0, prompt_blocks, [&out](Span run) { out.push_back(run); });
    return out;
  }
};

}  // namespace blockyard
