// Workload: the requests of a run, ready to simulate: arrivals, lengths and chains of dense block ids. It is made once
// (a trace reader or a generator) and never changes afterwards; simulations and their copies share it by reference.
//
// Invariants: 1. requests are in index order: by arrival, ties by place in the input; 2. every chain starts at the root
// of `tree` and follows its parents; 3. a request's private ids lie behind all ids of the tree, and belong to it alone.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/sim_time.h"
#include "core/prefix/block_sequence.h"
#include "core/prefix/block_set.h"
#include "core/prefix/prefix_tree.h"
#include "core/prefix/radix.h"
#include "core/workload/words/words.h"

namespace blockyard {

struct Request {
  SimTime arrival = 0;  ///< µs; where arrivals are closed-loop: think time after the user's previous finish
  std::uint32_t prompt_tokens = 0;
  std::uint32_t output_tokens = 0;
  std::uint32_t prompt_blocks = 0;  ///< chain length: full blocks of the prompt
  std::uint32_t known_blocks = 0;   ///< blocks of `runs`: the prompt's, then those of the answer as far as it is known
  std::uint32_t runs_begin = 0;     ///< into Workload::runs
  std::uint32_t runs_count = 0;
  BlockId private_first = kNone;  ///< id of the first generated block that the workload does not know
  std::uint32_t user = 0;         ///< who sends it (session, user of a closed loop, line of a trace)
  std::uint32_t label = kNone;    ///< into Workload::labels: what shared content it begins with
  std::uint32_t session = kNone;  ///< into Workload::sessions: the conversation it belongs to, where it is one's
  std::uint32_t turn = 1;         ///< its place in the session, from 1
};

/// How a closed loop works: each user sends the next of its requests `think` after its last one ended. In a recorded
/// trace the users are its sessions (a request without one is a session of its own), in order of their first request.
struct ClosedLoop {
  std::uint32_t users = 0;  ///< 0: arrivals are given
  /// A recorded trace: the first request of a user comes at its arrival, and requests keep their index.
  bool recorded = false;
  std::uint32_t at_once = 0;  ///< recorded: so many users at a time, the next when one is done; 0: at their own times
  /// Recorded: a request that waits for another user (its sub-agent) to be done. Ascending in `request`.
  struct Wait {
    RequestId request = 0;
    std::uint32_t user = 0;
  };
  std::vector<Wait> waits;
  std::vector<SimTime> think;  ///< recorded: before each request, after the one before it; µs
  /// Recorded, at_once: users that begin with another's turn and take no place: (who, request it follows).
  std::vector<Wait> led;
};

class Workload {
 public:
  std::string name;  ///< what it is, for titles: a file name or a generator
  std::vector<Request> requests;
  std::vector<Span> runs;
  std::vector<std::string> labels;
  std::vector<std::string> sessions;  ///< each one's name, UTF-8; a number is its decimal text
  PrefixTree tree;
  std::uint32_t block_tokens = 16;
  std::uint32_t private_blocks = 0;  ///< ids handed out for generated blocks nobody else can hit
  ClosedLoop closed;
  std::optional<Words> words;  ///< where prompts are words
  std::string read_as;         ///< traces: what the file was taken for, one line
  std::vector<std::string> warnings;

  /// The prompt's chain followed by known answer blocks.
  Chain known_chain(const Request& r) const { return {runs.data() + r.runs_begin, r.runs_count}; }
  /// The prompt's full blocks alone.
  std::vector<Span> prompt_chain(const Request& r) const;
  /// Tokens of the prompt; empty where the request has no words. With `most`: its first ones.
  std::vector<std::uint32_t> prompt_words(const Request& r, std::size_t most = ~std::size_t{0}) const;
  /// Tokens of the answer as far as they are known.
  std::vector<std::uint32_t> answer_words(const Request& r) const;
  /// The prompts' chains of all requests, in index order.
  ChainList prompt_chains() const;
  /// The blocks of one of `requests`, from the first to the last it may ever hold.
  BlockSequence sequence(const Request& r) const {
    return {known_chain(r), r.known_blocks, r.prompt_blocks, r.private_first, index_of(r)};
  }
  /// Index of one of `requests`.
  RequestId index_of(const Request& r) const { return static_cast<RequestId>(&r - requests.data()); }
  /// Calls f(Span) for the prompt's full blocks, in order.
  template <class F>
  void each_prompt_run(const Request& r, F f) const {
    std::uint32_t left = r.prompt_blocks;
    for (std::uint32_t i = 0; i < r.runs_count && left > 0; ++i) {
      const Span run = runs[r.runs_begin + i];
      const std::uint32_t n = run.count < left ? run.count : left;
      f(Span{run.first, n});
      left -= n;
    }
  }
  /// All block ids: those of the tree, then the private ones.
  std::uint32_t id_count() const { return tree.size() + private_blocks; }

  /// The id of block k of the request's whole sequence (prompt, known answer, then private ids).
  BlockId block_at(const Request& r, std::uint32_t k) const;

  /// Adds a request of words: `tokens` are its prompt's and, behind them, its answer's as far as they are known. Sets
  /// its blocks and chain. `words` must be there.
  void add_words(Request r, std::span<const std::uint32_t> tokens) {
    insert_words(static_cast<RequestId>(requests.size()), r, tokens);
  }
  /// The same, as request number `at`: those from there on move on.
  void insert_words(RequestId at, Request r, std::span<const std::uint32_t> tokens);

  /// Gives every request its private ids; call once, after the last request was added.
  void number_private_blocks();
};

}  // namespace blockyard
