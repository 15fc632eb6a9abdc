// The path of a prompt in the tree of a run: which of its full blocks other prompts have brought there, and what the
// fleet would do with it at this moment.
//
// Pure: no drawing. Made anew when the prompt or the run changes; what the fleet does is asked again as time goes on.
// Invariant: the known blocks are the first ones; behind the block where the path leaves the tree nothing is known.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "app/session/frame_context.h"
#include "core/sim/probe.h"
#include "core/tokens/tokenizer.h"

namespace blockyard {

class PromptPath {
 public:
  /// To be told of a run before the first set(), and of every other one.
  void follow(const Workload& workload);
  /// Of a prompt in words. Only a run of words knows any of its blocks.
  void set(const Workload& workload, std::span<const TokenId> ids);
  /// Of a request of the run.
  void set(const Workload& workload, const Request& request);

  /// Leading blocks that the tree knows: of all prompts of the run, whether they have come yet or not.
  std::uint32_t known() const { return known_; }
  std::uint32_t blocks() const { return blocks_; }
  std::uint32_t prompt_tokens() const { return prompt_tokens_; }
  BlockId block(std::uint32_t k) const { return ids_[k]; }

  /// Requests that have come by now and hold block k.
  std::uint32_t arrived(const FrameContext& ctx, std::uint32_t k) const;

  struct Answers {
    std::vector<ProbeWorker> workers;
    std::vector<Decision> strategies;  ///< by each row of policy_table()
  };
  /// What it finds and what each strategy would choose, at the cursor.
  Answers ask(const Simulation& sim) const;

 private:
  PrefixTree tree_;  // the run's, and what the prompts so far have added: their ids are nobody's
  std::vector<Span> chain_;
  std::vector<BlockId> ids_;
  std::uint32_t blocks_ = 0;
  std::uint32_t known_ = 0;
  std::uint32_t prompt_tokens_ = 0;
};

}  // namespace blockyard
