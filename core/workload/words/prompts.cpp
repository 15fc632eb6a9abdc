#include "core/workload/words/prompts.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace blockyard {
namespace {

constexpr std::uint64_t kSent = std::uint64_t{1} << 40U;  // above the numbers of requests, which seed their answers

}  // namespace

std::vector<TokenId> tokens_of(const SentPrompt& prompt, const WordSource& words) {
  return prompt.chat ? words.chat(chat_of_plain(prompt.text), true) : words.prompt(prompt.text);
}

std::vector<TokenId> answer_to_sent(const SentPrompt& prompt, std::size_t number, const WordSource& words) {
  const std::vector<TokenId> tokens = tokens_of(prompt, words);
  if (prompt.output_tokens) return words.words(kSent + number, tokens, *prompt.output_tokens);
  return words.answer(kSent + number, tokens, words.settings().max_tokens);
}

std::optional<Error> add_prompts(std::span<const SentPrompt> prompts, const WordSource& words, Workload& out) {
  if (prompts.empty()) return std::nullopt;
  if (out.closed.users > 0) {
    return Error{"/prompts: is not allowed where arrivals follow from the run (closed loops); replay it openly"};
  }
  if (!out.words) {  // what was there has no words
    out.words.emplace(words.tokenizer(), out.block_tokens);
    for (BlockId b = 0; b < out.tree.size(); ++b) out.words->add_block({});
    for (std::size_t r = 0; r < out.requests.size(); ++r) out.words->add_rest({});
  }
  std::uint32_t user = 0;
  for (const Request& r : out.requests) user = std::max(user, r.user + 1);
  std::vector<std::size_t> order(prompts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return prompts[a].t < prompts[b].t; });
  for (const std::size_t i : order) {
    const SentPrompt& prompt = prompts[i];
    std::vector<TokenId> tokens = tokens_of(prompt, words);
    if (tokens.empty()) return Error{fmt::format("/prompts/{}/text: is empty; a prompt needs a token at least", i)};
    Request r;
    r.arrival = prompt.t;
    r.prompt_tokens = static_cast<std::uint32_t>(tokens.size());
    r.user = user++;
    r.label = static_cast<std::uint32_t>(out.labels.size());
    out.labels.push_back(fmt::format("sent {}", i + 1));
    const std::vector<TokenId> answer = answer_to_sent(prompt, i, words);
    r.output_tokens = static_cast<std::uint32_t>(answer.size());
    tokens.insert(tokens.end(), answer.begin(), answer.end());
    const auto at = std::upper_bound(out.requests.begin(), out.requests.end(), r.arrival,
                                     [](SimTime t, const Request& other) { return t < other.arrival; });
    out.insert_words(static_cast<RequestId>(at - out.requests.begin()), r, tokens);
  }
  out.number_private_blocks();
  return std::nullopt;
}

}  // namespace blockyard
