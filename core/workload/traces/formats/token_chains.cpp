#include "core/workload/traces/formats/token_chains.h"

#include <algorithm>
#include <vector>

#include "core/tokens/sha256.h"

namespace blockyard {

void add_token_ids(RawTrace& trace, std::span<const std::uint32_t> tokens, std::uint32_t block_tokens,
                   TraceLine& line) {
  const std::size_t prompt_blocks = line.prompt_tokens / block_tokens;
  // The last token of an answer is never computed by the request that makes it.
  const std::size_t filled = (std::size_t{line.prompt_tokens} + std::max(line.output_tokens, 1U) - 1) / block_tokens;
  const std::size_t known = std::min(filled, tokens.size() / block_tokens);
  IdTree::Node node = kNone;
  for (std::size_t k = 0; k < std::max(prompt_blocks, known); ++k) {
    const std::span<const std::uint32_t> block = tokens.subspan(k * block_tokens, block_tokens);
    const std::size_t before = trace.ids.size();
    node = trace.ids.extend(node, token_block_key(block));
    if (trace.has_words && trace.ids.size() > before)
      trace.node_tokens.insert(trace.node_tokens.end(), block.begin(), block.end());
    if (k + 1 == prompt_blocks) line.leaf = node;
    line.output_leaf = node;
  }
  if (trace.has_words) {
    const std::span<const std::uint32_t> rest = tokens.subspan(std::max(prompt_blocks, known) * block_tokens);
    line.rest_begin = trace.rests.size();
    line.rest_count = static_cast<std::uint32_t>(rest.size());
    trace.rests.insert(trace.rests.end(), rest.begin(), rest.end());
  }
  line.ids_count = static_cast<std::uint32_t>(prompt_blocks);
  line.output_ids_count = static_cast<std::uint32_t>(known > prompt_blocks ? known - prompt_blocks : 0);
}

}  // namespace blockyard
