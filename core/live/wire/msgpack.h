// MessagePack as engines send it: a check of the whole, and a cursor over what passed it.
//
// A message comes from the network, so it is looked over once before anything is made of it: check_msgpack() goes over
// the bytes without recursion and without allocating, and names the first thing wrong. A Cursor then reads values of
// which it knows that they are whole. Invariants: 1. no count in a head is believed before that many bytes are there;
// 2. a Cursor never leaves bytes that check_msgpack() passed; 3. nothing here depends on what the values mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace blockyard::live {

using Bytes = std::span<const std::uint8_t>;

/// Why a payload is refused whole (core/live/README.md, "Payload").
enum class Refusal : std::uint8_t { kNone, kTruncated, kTrailing, kDepth, kShape };
inline constexpr std::string_view kRefusalNames[] = {"none", "truncated", "trailing", "depth", "shape"};

inline constexpr std::uint32_t kDeepestMsgpack = 16;       ///< arrays and maps within one another
inline constexpr std::uint64_t kMostElements = 4'194'304;  ///< values of one message
inline constexpr std::size_t kLongestPayload = 64U << 20;  ///< bytes of one message

/// Whether the bytes are one whole MessagePack value within the limits; kNone, or what is wrong first. The byte 0xc1,
/// which stands for nothing, and too many elements are kShape.
Refusal check_msgpack(Bytes bytes);

enum class Kind : std::uint8_t { kNil, kBool, kInt, kFloat, kText, kBinary, kArray, kMap, kExt };

/// An integer of MessagePack: `bits` in two's complement, and whether it is below zero.
struct WireInt {
  std::uint64_t bits = 0;
  bool negative = false;
};

/// Reads values one after another. Made over bytes that passed check_msgpack(), or a part that began at a value.
class Cursor {
 public:
  explicit Cursor(Bytes bytes) : p_(bytes.data()) {}

  Kind kind() const;
  /// Each takes a value of its kind, or leaves everything as it is and gives nothing.
  std::optional<WireInt> integer();
  std::optional<double> floating();
  std::optional<std::string_view> text();
  std::optional<Bytes> binary();
  /// The number of elements (of a map: pairs), which come next.
  std::optional<std::uint32_t> array();
  std::optional<std::uint32_t> map();
  bool nil();
  /// Goes past one value, whatever is in it.
  void skip();
  /// Where it stands: for cutting the bytes of a value out, or coming back to it.
  const std::uint8_t* place() const { return p_; }

 private:
  struct Head {
    Kind kind;
    std::uint32_t size;      // bytes of the head
    std::uint64_t body;      // bytes behind it, but for arrays and maps
    std::uint32_t elements;  // of arrays and maps
  };
  Head head() const;
  friend Refusal check_msgpack(Bytes bytes);
  const std::uint8_t* p_;
};

}  // namespace blockyard::live
