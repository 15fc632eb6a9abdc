#include "core/workload/workload.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/tokens/sha256.h"

namespace blockyard {

std::vector<Span> Workload::prompt_chain(const Request& r) const {
  std::vector<Span> out;
  each_prompt_run(r, [&out](Span run) { out.push_back(run); });
  return out;
}

std::vector<std::uint32_t> Workload::prompt_words(const Request& r, std::size_t most) const {
  if (!words) return {};
  most = std::min<std::size_t>(most, r.prompt_tokens);
  std::vector<std::uint32_t> out = words->tokens_of(known_chain(r), most);
  const std::span<const std::uint32_t> rest = words->rest(index_of(r));
  out.insert(out.end(), rest.begin(),
             rest.begin() + static_cast<std::ptrdiff_t>(std::min(rest.size(), most - out.size())));
  return out;
}

std::vector<std::uint32_t> Workload::answer_words(const Request& r) const {
  if (!words) return {};
  std::vector<std::uint32_t> all = words->tokens_of(known_chain(r));
  const std::span<const std::uint32_t> rest = words->rest(index_of(r));
  all.insert(all.end(), rest.begin(), rest.end());
  if (all.size() <= r.prompt_tokens) return {};
  return {all.begin() + r.prompt_tokens, all.end()};
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

void Workload::insert_words(RequestId at, Request r, std::span<const std::uint32_t> tokens) {
  BY_CHECK(words.has_value() && tokens.size() >= r.prompt_tokens, "a prompt without its words");
  r.prompt_blocks = r.prompt_tokens / block_tokens;
  // The last token of an answer is never computed by the request that makes it.
  const std::size_t filled = (std::size_t{r.prompt_tokens} + std::max(r.output_tokens, 1U) - 1) / block_tokens;
  r.known_blocks = static_cast<std::uint32_t>(
      std::max<std::size_t>(r.prompt_blocks, std::min(filled, tokens.size() / block_tokens)));
  std::vector<Span> chain;
  PrefixTree::NodeId node = kNone;
  for (std::uint32_t k = 0; k < r.known_blocks; ++k) {
    const auto block = tokens.subspan(std::size_t{k} * block_tokens, block_tokens);
    const std::uint32_t before = tree.size();
    node = tree.extend(node, token_block_key(block), 1, chain);
    if (tree.size() > before) words->add_block(block);
  }
  words->insert_rest(at, tokens.subspan(std::size_t{r.known_blocks} * block_tokens));
  r.runs_begin = static_cast<std::uint32_t>(runs.size());
  r.runs_count = static_cast<std::uint32_t>(chain.size());
  runs.insert(runs.end(), chain.begin(), chain.end());
  requests.insert(requests.begin() + at, r);
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
