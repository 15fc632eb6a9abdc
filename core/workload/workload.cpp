#include "core/workload/workload.h"

#include <algorithm>

#include "core/base/check.h"

namespace blockyard {

std::vector<Span> Workload::prompt_chain(const Request& r) const {
  std::vector<Span> out;
  each_prompt_run(r, [&out](Span run) { out.push_back(run); });
  return out;
}

ChainList Workload::prompt_chains() const {
  ChainList out;
  out.reserve(requests.size(), runs.size());
  for (const Request& r : requests) {
    each_prompt_run(r, [&out](Span run) { out.add(run); });
    out.end_chain();
  }
  return out;
}

BlockId Workload::block_at(const Request& r, std::uint32_t k) const {
  if (k >= r.known_blocks) {
    BY_CHECK(r.private_first != kNone, "private blocks are not numbered");
    return r.private_first + (k - r.known_blocks);
  }
  for (const Span& run : known_chain(r)) {
    if (k < run.count) return run.first + k;
    k -= run.count;
  }
  BY_CHECK(false, "a chain is shorter than its known blocks");
}

void Workload::number_private_blocks() {
  std::uint64_t next = tree.size();
  for (Request& r : requests) {
    const std::uint64_t tokens = std::uint64_t{r.prompt_tokens} + std::max(r.output_tokens, 1U) - 1;
    const auto full = static_cast<std::uint32_t>(tokens / block_tokens);
    r.private_first = static_cast<BlockId>(next);
    if (full > r.known_blocks) next += full - r.known_blocks;
    BY_CHECK(next < kNone, "more than 2^32 blocks");
  }
  private_blocks = static_cast<std::uint32_t>(next - tree.size());
}

}  // namespace blockyard
