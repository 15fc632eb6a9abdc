// SlotMap: which slot each resident block of a cache has, by block id.
//
// A cache holds few of a workload's blocks, in stretches of consecutive ids: so there are pages of kPage ids, and only
// those that hold something. Invariants: 1. a page exists exactly where one of its blocks has a slot; 2. blocks without
// a slot have kNone. A value.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/base/ids.h"

namespace blockyard {

class SlotMap {
 public:
  explicit SlotMap(std::uint32_t ids) : ids_(ids), page_of_(ids / kPage + 1, kNone) {}

  std::uint32_t ids() const { return ids_; }
  /// kNone where it has none.
  SlotId operator[](BlockId block) const {
    const std::uint32_t page = page_of_[block / kPage];
    return page == kNone ? kNone : slots_[place(page, block)];
  }
  /// The block must have no slot.
  void insert(BlockId block, SlotId slot) {
    std::uint32_t& page = page_of_[block / kPage];
    if (page == kNone) page = new_page();
    ++used_[page];
    slots_[place(page, block)] = slot;
  }
  /// The block, which must have a slot, has this one from now on.
  void replace(BlockId block, SlotId slot) { slots_[place(page_of_[block / kPage], block)] = slot; }
  /// The block must have a slot.
  void erase(BlockId block) {
    const std::uint32_t page = page_of_[block / kPage];
    slots_[place(page, block)] = kNone;
    if (--used_[page] == 0) free_page(block);
  }

 private:
  static constexpr std::uint32_t kPage = 256;
  static std::size_t place(std::uint32_t page, BlockId block) { return std::size_t{page} * kPage + block % kPage; }
  [[gnu::noinline]] void free_page(BlockId block) {
    std::uint32_t& page = page_of_[block / kPage];
    free_.push_back(page);
    page = kNone;
  }
  [[gnu::noinline]] std::uint32_t new_page() {  // seldom called: the callers stay small
    if (!free_.empty()) {
      const std::uint32_t page = free_.back();
      free_.pop_back();
      return page;
    }
    slots_.resize(slots_.size() + kPage, kNone);
    used_.push_back(0);
    return static_cast<std::uint32_t>(used_.size() - 1);
  }

  std::uint32_t ids_;
  std::vector<std::uint32_t> page_of_;  // by block id / kPage; kNone: nothing there has a slot
  std::vector<SlotId> slots_;           // page by page
  std::vector<std::uint32_t> used_;     // by page: blocks that have a slot
  std::vector<std::uint32_t> free_;     // pages
};

}  // namespace blockyard
