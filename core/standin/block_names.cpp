#include "core/standin/block_names.h"

#include "core/base/check.h"

namespace blockyard::standin {
namespace {

Digest root(std::string_view salt) {
  if (salt.empty()) return kRootDigest;
  return sha256({reinterpret_cast<const std::uint8_t*>(salt.data()), salt.size()});
}

std::uint64_t last_bytes(const Digest& d) {
  std::uint64_t out = 0;
  for (std::size_t i = 24; i < 32; ++i) out = out << 8 | d[i];
  return out;
}

}  // namespace

std::optional<std::vector<BlockId>> BlockNames::name(std::span<const std::uint32_t> tokens, std::uint32_t block_tokens,
                                                     std::string_view salt) {
  const std::size_t count = tokens.size() / block_tokens;
  if (count > most_ - taken()) return std::nullopt;  // none of them might be known
  std::vector<BlockId> out;
  out.reserve(count);
  Digest digest = root(salt);
  BlockId before = kNone;
  for (std::size_t k = 0; k < count; ++k) {
    const auto part = tokens.subspan(k * block_tokens, block_tokens);
    digest = block_digest(digest, part);
    const auto [at, made] = by_digest_.try_emplace(digest, kNone);
    if (made) {
      if (free_.empty()) {
        at->second = static_cast<BlockId>(blocks_.size());
        blocks_.emplace_back();
      } else {
        at->second = free_.top();
        free_.pop();
      }
      Block& block = blocks_[at->second];
      block.digest = digest;
      block.hash = last_bytes(digest);
      if (before != kNone) block.parent = blocks_[before].hash;
      if (before == kNone) block.salt = salt;
      block.tokens.assign(part.begin(), part.end());
    }
    ++blocks_[at->second].named;
    before = at->second;
    out.push_back(before);
  }
  return out;
}

void BlockNames::let_go(std::span<const BlockId> chain) {
  for (const BlockId id : chain) {
    BY_CHECK(blocks_[id].named > 0, "a block was let go that nobody names");
    --blocks_[id].named;
    collect(id);
  }
}

std::uint32_t BlockNames::set_copies(BlockId id, std::uint32_t copies) {
  const std::uint32_t before = blocks_[id].copies;
  blocks_[id].copies = copies;
  if (before > 0) collect(id);
  return before;
}

void BlockNames::collect(BlockId id) {
  Block& block = blocks_[id];
  if (block.named > 0 || block.copies > 0) return;
  by_digest_.erase(block.digest);
  block = Block();
  free_.push(id);
}

}  // namespace blockyard::standin
