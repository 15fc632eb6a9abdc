// SlotMap: which slot each resident block of a cache has, by block id.
//
// A cache holds few of a workload's blocks, in stretches of consecutive ids: so there are pages of kPage ids, and only
// those that hold something. Invariants: 1. a page exists exactly where one of its blocks has a slot; 2. blocks without
// a slot have kNone. A value.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
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
  /// The blocks first, first + 1, … , which must have no slots, have these.
  void insert(BlockId first, std::span<const SlotId> slots) {
    for (std::size_t done = 0; done < slots.size();) {
      const auto block = static_cast<BlockId>(first + done);
      const std::size_t n = std::min<std::size_t>(slots.size() - done, kPage - block % kPage);
      std::uint32_t& page = page_of_[block / kPage];
      if (page == kNone) page = new_page();
      used_[page] += static_cast<std::uint32_t>(n);
      std::copy_n(slots.begin() + static_cast<std::ptrdiff_t>(done), n,
                  slots_.begin() + static_cast<std::ptrdiff_t>(place(page, block)));
      done += n;
    }
  }
  /// The block, which must have a slot, has this one from now on.
  void replace(BlockId block, SlotId slot) { slots_[place(page_of_[block / kPage], block)] = slot; }
  /// The block must have a slot.
  void erase(BlockId block) {
    const std::uint32_t page = page_of_[block / kPage];
    slots_[place(page, block)] = kNone;
    if (--used_[page] == 0) free_page(block);
  }
  /// The blocks first, first + 1, … first + count - 1 must have slots.
  void erase(BlockId first, std::uint32_t count) {
    for (std::uint32_t done = 0; done < count;) {
      const BlockId block = first + done;
      const std::uint32_t n = std::min(count - done, kPage - block % kPage);
      const std::uint32_t page = page_of_[block / kPage];
      std::fill_n(slots_.begin() + static_cast<std::ptrdiff_t>(place(page, block)), n, kNone);
      used_[page] -= n;
      if (used_[page] == 0) free_page(block);
      done += n;
    }
  }
  /// Adds the slots of these blocks, which must have some.
  void list(BlockId first, std::uint32_t count, std::vector<SlotId>& out) const {
    for (std::uint32_t done = 0; done < count;) {
      const BlockId block = first + done;
      const std::uint32_t n = std::min(count - done, kPage - block % kPage);
      const auto at = slots_.begin() + static_cast<std::ptrdiff_t>(place(page_of_[block / kPage], block));
      out.insert(out.end(), at, at + static_cast<std::ptrdiff_t>(n));
      done += n;
    }
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
