// Normaliser: a worker's batches as read become batches as applied: token ids leave, the codes of unit blocks come.
//
// Where an engine's block is one or more unit blocks that needs no memory. Where it is a part of one, a unit block's
// code needs the tokens of the parts before it: those of the blocks that are there are kept. Invariant: what is kept
// follows the same stores, removals and clearings as the worker's truth.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/live/truth/kv_event.h"

namespace blockyard::live {

class Normaliser {
 public:
  explicit Normaliser(std::uint32_t block_tokens, bool one_copy = false) : unit_(block_tokens), one_copy_(one_copy) {}

  /// The batch as it is applied and recorded.
  KvBatch batch(std::uint64_t seq, bool replayed, WireBatch&& read);
  /// One whose payload could not be read.
  static KvBatch refused(std::uint64_t seq, bool replayed, Refusal why);
  /// The engine started anew.
  void forget() { parts_.clear(); }

 private:
  // An engine's block that is a part of a unit block.
  struct Part {
    std::uint64_t parent = 0;
    bool has_parent = false;
    bool placed = false;    // where in its unit block it stands is known
    std::uint32_t end = 0;  // tokens of the unit block up to its end; the whole of it at the last part
    std::uint8_t copies[kTiers]{};
    std::vector<std::uint32_t> tokens;
    std::string mark;
  };
  void whole_blocks(const WireEvent& e, KvEvent& out) const;
  void parts(const WireEvent& e, KvEvent& out);
  void settle(Part& part, const WireEvent& e, std::size_t i, const std::uint64_t* parent);
  Code code(const Part& last) const;
  void remove(const WireEvent& e);

  std::uint32_t unit_;
  bool one_copy_;
  std::unordered_map<std::uint64_t, Part> parts_;
};

}  // namespace blockyard::live
