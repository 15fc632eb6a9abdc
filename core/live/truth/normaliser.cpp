#include "core/live/truth/normaliser.h"

#include <algorithm>
#include <utility>

#include "core/live/truth/worker_truth.h"

namespace blockyard::live {
namespace {

std::string mark_of(const WireEvent& e, std::size_t block) {
  for (const auto& [b, mark] : e.marks) {
    if (b == block) return mark;
  }
  return {};
}

}  // namespace

KvBatch Normaliser::refused(std::uint64_t seq, bool replayed, Refusal why) {
  KvBatch out;
  out.seq = seq;
  out.replayed = replayed;
  out.refused = why;
  return out;
}

KvBatch Normaliser::batch(std::uint64_t seq, bool replayed, WireBatch&& read) {
  KvBatch out;
  out.seq = seq;
  out.replayed = replayed;
  out.ts = read.ts;
  out.rank = read.rank;
  out.dropped = read.dropped;
  out.events.reserve(read.events.size());
  for (WireEvent& e : read.events) {
    KvEvent& event = out.events.emplace_back();
    event.op = e.op;
    event.tier = e.tier;
    event.group = e.group;
    if (e.op == KvOp::kCleared) parts_.clear();
    if (e.op == KvOp::kRemoved) remove(e);
    if (e.op == KvOp::kStored) {
      event.block_size = e.block_size;
      event.parent = e.parent;
      if (!e.parent || *e.parent == 0) event.root = root_digest(e.adapter, e.salt);
      if (e.block_size % unit_ == 0) {
        whole_blocks(e, event);
      } else if (unit_ % e.block_size == 0) {
        parts(e, event);
      }
    }
    event.hashes = std::move(e.hashes);
  }
  return out;
}

void Normaliser::whole_blocks(const WireEvent& e, KvEvent& out) const {
  const std::size_t each = e.block_size / unit_;
  out.codes.reserve(each * e.hashes.size());
  for (std::size_t b = 0; b < e.hashes.size(); ++b) {
    const std::string mark = e.marks.empty() ? std::string() : mark_of(e, b);
    for (std::size_t u = 0; u < each; ++u)
      out.codes.push_back(code_of(std::span(e.tokens).subspan(b * e.block_size + u * unit_, unit_), mark));
  }
}

void Normaliser::parts(const WireEvent& e, KvEvent& out) {
  out.codes.assign(e.hashes.size(), Code());
  if (parts_.size() + e.hashes.size() > kMostEngineBlocks) return;
  std::uint64_t before = e.parent.value_or(0);
  bool behind = e.parent && (*e.parent != 0 || parts_.contains(0));
  for (std::size_t i = 0; i < e.hashes.size(); ++i) {
    const auto [at, made] = parts_.try_emplace(e.hashes[i]);
    Part& part = at->second;
    if (!part.placed && !(behind && before == e.hashes[i])) settle(part, e, i, behind ? &before : nullptr);
    std::uint8_t& copies = part.copies[static_cast<std::size_t>(e.tier)];
    if (copies < kMostCopies) ++copies;
    if (part.placed && part.end == unit_) out.codes[i] = code(part);
    before = e.hashes[i];
    behind = true;
  }
}

void Normaliser::settle(Part& part, const WireEvent& e, std::size_t i, const std::uint64_t* parent) {
  part.has_parent = parent != nullptr;
  part.parent = parent == nullptr ? 0 : *parent;
  std::uint32_t begin = 0;
  part.placed = true;
  if (parent != nullptr) {
    const auto known = parts_.find(*parent);
    part.placed = known != parts_.end() && known->second.placed;
    if (part.placed) begin = known->second.end % unit_;
  }
  part.end = begin + e.block_size;
  if (part.end > unit_) part.placed = false;
  const auto first = e.tokens.begin() + static_cast<std::ptrdiff_t>(i * e.block_size);
  part.tokens.assign(first, first + e.block_size);
  part.mark = mark_of(e, i);
}

// The code of the unit block that this part completes; none where a part before it is gone.
Code Normaliser::code(const Part& last) const {
  std::vector<const Part*> chain{&last};
  std::size_t tokens = last.tokens.size();
  while (tokens < unit_) {
    const auto before = parts_.find(chain.back()->parent);
    if (before == parts_.end()) return {};
    chain.push_back(&before->second);
    tokens += before->second.tokens.size();
  }
  if (tokens != unit_) return {};
  std::vector<std::uint32_t> all;
  std::string mark;
  for (auto p = chain.rbegin(); p != chain.rend(); ++p) {
    all.insert(all.end(), (*p)->tokens.begin(), (*p)->tokens.end());
    mark += (*p)->mark;
  }
  return code_of(all, mark);
}

void Normaliser::remove(const WireEvent& e) {
  for (const std::uint64_t hash : e.hashes) {
    const auto at = parts_.find(hash);
    if (at == parts_.end()) continue;
    auto& copies = at->second.copies;
    std::uint8_t& these = copies[static_cast<std::size_t>(e.tier)];
    these = one_copy_ || these == 0 ? std::uint8_t{0} : static_cast<std::uint8_t>(these - 1);
    if (std::all_of(std::begin(copies), std::end(copies), [](std::uint8_t c) { return c == 0; })) parts_.erase(at);
  }
}

}  // namespace blockyard::live
