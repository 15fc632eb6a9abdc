#include "core/live/heartbeat/held_set.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace blockyard::live {
namespace {

// What a truth calls the block: it takes 64 bits.
std::uint64_t name_of(const Code& beat) { return beat.high; }

// Whether a block and all before it are in the set, remembered block by block.
class Rooted {
 public:
  Rooted(const KnownChains& known, const FlatMap<Code, CodeHash>& set) : known_(known), set_(set) {}
  bool operator()(std::uint32_t i) {
    path_.clear();
    bool good = true;
    for (std::uint32_t at = i; at != kNone; at = known_.entry(at).parent) {
      if (const std::uint32_t said = told_.find(at); said != kNone) {
        good = said == 1;
        break;
      }
      path_.push_back(at);
    }
    for (auto at = path_.rbegin(); at != path_.rend(); ++at) {
      good = good && set_.find(known_.entry(*at).beat) != kNone;
      told_.set(*at, good ? 1 : 0);
    }
    return good;
  }

 private:
  struct Hash {
    std::uint64_t operator()(std::uint32_t v) const { return mix64(v); }
  };
  const KnownChains& known_;
  const FlatMap<Code, CodeHash>& set_;
  FlatMap<std::uint32_t, Hash> told_;
  std::vector<std::uint32_t> path_;
};

}  // namespace

const Digest& loose_root() {
  // Without a zero byte: no adapter and salt have this one.
  static const Digest root = [] {
    constexpr std::string_view kName = "loose blocks";
    return sha256({reinterpret_cast<const std::uint8_t*>(kName.data()), kName.size()});
  }();
  return root;
}

bool KnownChains::learn(std::span<const Code> codes, std::span<const Code> beats) {
  bool learnt = false;
  std::uint32_t parent = kNone;
  for (std::size_t k = 0; k < std::min(codes.size(), beats.size()); ++k) {
    std::uint32_t i = by_beat_.find(beats[k]);
    if (i == kNone) {
      if (entries_.size() == kMost) break;
      i = size();
      entries_.push_back({beats[k], codes[k], parent});
      by_beat_.set(beats[k], i);
      learnt = true;
    } else if (entries_[i].parent != parent || entries_[i].code != codes[k]) {
      break;  // it is known in another chain, and so is what follows
    }
    parent = i;
  }
  return learnt;
}

void HeldSet::store(const Code& beat, std::uint32_t known_as, const KnownChains& known, std::uint32_t block_tokens,
                    KvBatch& out) {
  KvEvent& e = out.events.emplace_back();
  e.op = KvOp::kStored;
  e.hashes = {name_of(beat)};
  e.block_size = block_tokens;
  if (known_as == kNone) {
    e.codes = {beat};
    e.root = loose_root();
  } else {
    const KnownChains::Entry& entry = known.entry(known_as);
    e.codes = {entry.code};
    if (entry.parent != kNone) e.parent = name_of(known.entry(entry.parent).beat);
  }
  held_.set(beat, known_as == kNone ? kLoose : kInChain);
}

void HeldSet::remove(const Code& beat, KvBatch& out) {
  KvEvent& e = out.events.emplace_back();
  e.op = KvOp::kRemoved;
  e.hashes = {name_of(beat)};
}

KvBatch HeldSet::replace(std::span<const Digest> hashes, const KnownChains& known, std::uint32_t block_tokens) {
  KvBatch out;
  FlatMap<Code, CodeHash> wanted;
  std::vector<Code> in_order;
  for (const Digest& hash : hashes) {
    const Code beat = code_of_beat(hash);
    if (beat.none() || wanted.find(beat) != kNone) continue;
    wanted.set(beat, 0);
    in_order.push_back(beat);
  }
  std::vector<Code> gone;
  held_.each([&](const Code& beat, std::uint32_t) {
    if (wanted.find(beat) == kNone) gone.push_back(beat);
  });
  // In an order that hangs on the blocks alone, as cells that become free do.
  std::sort(gone.begin(), gone.end(),
            [](const Code& a, const Code& b) { return std::pair(a.high, a.low) < std::pair(b.high, b.low); });
  for (const Code& beat : gone) {
    remove(beat, out);
    held_.erase(beat);
  }
  Rooted rooted(known, wanted);
  std::vector<std::uint32_t> path;
  for (const Code& beat : in_order) {
    const std::uint32_t as = known.find(beat);
    const std::uint32_t before = held_.find(beat);
    if (as == kNone || !rooted(as)) {
      if (before == kNone) store(beat, kNone, known, block_tokens, out);
      continue;
    }
    path.clear();  // what precedes it first
    for (std::uint32_t at = as; at != kNone && held_.find(known.entry(at).beat) != kInChain;
         at = known.entry(at).parent)
      path.push_back(at);
    for (auto at = path.rbegin(); at != path.rend(); ++at) {
      const Code& one = known.entry(*at).beat;
      if (held_.find(one) == kLoose) remove(one, out);
      store(one, *at, known, block_tokens, out);
    }
  }
  return out;
}

KvBatch HeldSet::evict(std::span<const Digest> hashes) {
  KvBatch out;
  for (const Digest& hash : hashes) {
    const Code beat = code_of_beat(hash);
    if (held_.find(beat) == kNone) continue;
    remove(beat, out);
    held_.erase(beat);
  }
  return out;
}

KvBatch HeldSet::place(std::span<const Code> beats, const KnownChains& known, std::uint32_t block_tokens) {
  KvBatch out;
  std::uint32_t parent = kNone;
  for (const Code& beat : beats) {
    const std::uint32_t as = known.find(beat);
    if (as == kNone || known.entry(as).parent != parent || !has(beat)) break;
    if (held_.find(beat) == kLoose) {
      remove(beat, out);
      store(beat, as, known, block_tokens, out);
    }
    parent = as;
  }
  return out;
}

}  // namespace blockyard::live
