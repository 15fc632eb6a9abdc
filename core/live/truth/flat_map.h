// FlatMap: keys to 32-bit numbers, for maps of millions that change thousands of times a second: open addressing with
// linear probing, erased by shifting back, so that nothing is left behind and no age makes it slow.
//
// Invariants: 1. at most 7/8 of the places are taken; 2. from its first place to where a key stands none is free;
// 3. kNone is no value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/ids.h"

namespace blockyard::live {

/// `Hash` gives 64 well-mixed bits of a key.
template <class Key, class Hash>
class FlatMap {
 public:
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  /// The value, or kNone.
  std::uint32_t find(const Key& key) const {
    if (size_ == 0) return kNone;
    return places_[place_of(key)].value;
  }
  /// Sets it, whether it was there or not.
  void set(const Key& key, std::uint32_t value) {
    if ((size_ + 1) * 8 > places_.size() * 7) grow();
    Place& p = places_[place_of(key)];
    if (p.value == kNone) ++size_;
    p = {key, value};
  }
  /// Nothing where it is not there.
  void erase(const Key& key) {
    if (size_ == 0) return;
    std::size_t hole = place_of(key);
    if (places_[hole].value == kNone) return;
    --size_;
    for (std::size_t next = (hole + 1) & mask(); places_[next].value != kNone; next = (next + 1) & mask()) {
      const std::size_t home = Hash()(places_[next].key) & mask();
      if (((next - home) & mask()) < ((next - hole) & mask())) continue;  // it may not stand before its home
      places_[hole] = places_[next];
      hole = next;
    }
    places_[hole].value = kNone;
  }
  void clear() {
    places_.clear();
    size_ = 0;
  }
  /// Calls see(key, value) for each, in no order that means anything.
  template <class See>
  void each(const See& see) const {
    for (const Place& p : places_) {
      if (p.value != kNone) see(p.key, p.value);
    }
  }

 private:
  struct Place {
    Key key{};
    std::uint32_t value = kNone;
  };
  std::size_t mask() const { return places_.size() - 1; }
  /// Where it stands, or would.
  std::size_t place_of(const Key& key) const {
    std::size_t at = Hash()(key) & mask();
    while (places_[at].value != kNone && !(places_[at].key == key)) at = (at + 1) & mask();
    return at;
  }
  void grow() {
    std::vector<Place> before(places_.empty() ? 16 : places_.size() * 2);
    before.swap(places_);
    for (const Place& p : before) {
      if (p.value != kNone) places_[place_of(p.key)] = p;
    }
  }

  std::vector<Place> places_;
  std::size_t size_ = 0;
};

}  // namespace blockyard::live
