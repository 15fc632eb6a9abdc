#include "core/workload/content.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/hash.h"

namespace blockyard {
namespace {

// Every piece of a block goes through a full mix: 64 bits tell some 10^8 stretches behind one parent apart with odds of
// 1 to 3,000.
std::uint64_t mix_in(std::uint64_t hash, std::uint64_t value) {
  return mix64(hash * 0x9e3779b97f4a7c15ULL + value + 0x632be59bd9b4e019ULL);
}

}  // namespace

void ContentTree::walk(std::span<const Segment> segments, std::uint32_t blocks, std::vector<Span>& chain) {
  PrefixTree::NodeId node = kNone;
  std::uint32_t walked = 0;  // blocks of `node`
  std::size_t s = 0;
  std::uint32_t offset = 0;  // tokens of segments[s] that are used up
  while (blocks > 0) {
    // A key says where in its parent the stretch begins, and what it is made of.
    std::uint64_t key = walked;
    std::uint32_t count = 1;
    for (; s < segments.size() && offset == segments[s].tokens; offset = 0) ++s;
    BY_CHECK(s < segments.size(), "segments hold fewer blocks than they should");
    if (const std::uint32_t inside = (segments[s].tokens - offset) / block_tokens_; inside > 0) {
      count = std::min(inside, blocks);
      key = mix_in(mix_in(key, segments[s].content), offset);
      offset += count * block_tokens_;
    } else {
      for (std::uint32_t left = block_tokens_; left > 0;) {
        BY_CHECK(s < segments.size(), "segments hold fewer blocks than they should");
        const std::uint32_t take = std::min(left, segments[s].tokens - offset);
        if (take > 0) {
          key = mix_in(key, segments[s].content);
          key = mix_in(key, (std::uint64_t{offset} << 32U) | take);
        }
        offset += take;
        left -= take;
        if (left > 0) {
          ++s;
          offset = 0;
        }
      }
    }
    node = tree_.extend(node, key, count, chain);
    walked = count;
    blocks -= count;
  }
}

}  // namespace blockyard
