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
  std::vector<unsigned char> bytes(std::size_t{block_tokens} * 4);
  IdTree::Node node = kNone;
  for (std::size_t k = 0; k < std::max(prompt_blocks, known); ++k) {
    for (std::size_t i = 0; i < block_tokens; ++i) {
      const std::uint32_t token = tokens[k * block_tokens + i];
      for (std::size_t b = 0; b < 4; ++b) bytes[i * 4 + b] = static_cast<unsigned char>(token >> (8 * b));
    }
    const Digest digest = sha256(bytes);
    std::uint64_t id = 0;
    for (std::size_t b = 0; b < 8; ++b) id |= std::uint64_t{digest[b]} << (8 * b);
    node = trace.ids.extend(node, id);
    if (k + 1 == prompt_blocks) line.leaf = node;
    line.output_leaf = node;
  }
  line.ids_count = static_cast<std::uint32_t>(prompt_blocks);
  line.output_ids_count = static_cast<std::uint32_t>(known > prompt_blocks ? known - prompt_blocks : 0);
}

}  // namespace blockyard
