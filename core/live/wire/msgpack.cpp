#include "core/live/wire/msgpack.h"

#include <array>
#include <bit>

#include "core/base/check.h"

namespace blockyard::live {
namespace {

std::uint64_t big_endian(const std::uint8_t* p, std::uint32_t bytes) {
  std::uint64_t v = 0;
  for (std::uint32_t i = 0; i < bytes; ++i) v = v << 8 | p[i];
  return v;
}

// What a first byte says: how many more bytes the head has, and what they count.
struct Form {
  Kind kind = Kind::kNil;
  std::uint8_t length_bytes = 0;  // bytes of the head that hold a length or count
  std::uint8_t fixed = 0;         // length, count or value bytes that the first byte alone gives
  bool known = true;
};

constexpr Form form_of(std::uint8_t b) {
  if (b <= 0x7f || b >= 0xe0) return {Kind::kInt};
  if (b <= 0x8f) return {Kind::kMap, 0, static_cast<std::uint8_t>(b & 15)};
  if (b <= 0x9f) return {Kind::kArray, 0, static_cast<std::uint8_t>(b & 15)};
  if (b <= 0xbf) return {Kind::kText, 0, static_cast<std::uint8_t>(b & 31)};
  switch (b) {
    case 0xc0:
      return {Kind::kNil};
    case 0xc2:
    case 0xc3:
      return {Kind::kBool};
    case 0xc4:
      return {Kind::kBinary, 1};
    case 0xc5:
      return {Kind::kBinary, 2};
    case 0xc6:
      return {Kind::kBinary, 4};
    case 0xc7:
      return {Kind::kExt, 1, 1};
    case 0xc8:
      return {Kind::kExt, 2, 1};
    case 0xc9:
      return {Kind::kExt, 4, 1};
    case 0xca:
      return {Kind::kFloat, 0, 4};
    case 0xcb:
      return {Kind::kFloat, 0, 8};
    case 0xcc:
    case 0xd0:
      return {Kind::kInt, 0, 1};
    case 0xcd:
    case 0xd1:
      return {Kind::kInt, 0, 2};
    case 0xce:
    case 0xd2:
      return {Kind::kInt, 0, 4};
    case 0xcf:
    case 0xd3:
      return {Kind::kInt, 0, 8};
    case 0xd4:
      return {Kind::kExt, 0, 2};
    case 0xd5:
      return {Kind::kExt, 0, 3};
    case 0xd6:
      return {Kind::kExt, 0, 5};
    case 0xd7:
      return {Kind::kExt, 0, 9};
    case 0xd8:
      return {Kind::kExt, 0, 17};
    case 0xd9:
      return {Kind::kText, 1};
    case 0xda:
      return {Kind::kText, 2};
    case 0xdb:
      return {Kind::kText, 4};
    case 0xdc:
      return {Kind::kArray, 2};
    case 0xdd:
      return {Kind::kArray, 4};
    case 0xde:
      return {Kind::kMap, 2};
    case 0xdf:
      return {Kind::kMap, 4};
    default:
      return {Kind::kNil, 0, 0, false};  // 0xc1
  }
}

constexpr auto kForms = [] {
  std::array<Form, 256> forms{};
  for (unsigned b = 0; b < 256; ++b) forms[b] = form_of(static_cast<std::uint8_t>(b));
  return forms;
}();

constexpr bool holds_others(Kind kind) { return kind == Kind::kArray || kind == Kind::kMap; }

}  // namespace

Cursor::Head Cursor::head() const {
  const Form& form = kForms[*p_];
  const std::uint64_t length = form.length_bytes == 0 ? 0 : big_endian(p_ + 1, form.length_bytes);
  const auto size = static_cast<std::uint32_t>(1 + form.length_bytes);
  if (holds_others(form.kind)) return {form.kind, size, 0, static_cast<std::uint32_t>(length + form.fixed)};
  return {form.kind, size, length + form.fixed, 0};
}

Refusal check_msgpack(Bytes bytes) {
  std::array<std::uint64_t, kDeepestMsgpack + 1> left{};  // values that each open array or map still waits for
  std::uint32_t depth = 0;
  left[0] = 1;
  std::uint64_t elements = 0;
  const std::uint8_t* const end = bytes.data() + bytes.size();
  Cursor at(bytes);
  while (true) {
    while (depth > 0 && left[depth] == 0) --depth;
    if (left[depth] == 0) break;
    --left[depth];
    const auto rest = static_cast<std::uint64_t>(end - at.p_);
    if (rest == 0) return Refusal::kTruncated;
    const Form& form = kForms[*at.p_];
    if (!form.known) return Refusal::kShape;
    if (rest < 1U + form.length_bytes) return Refusal::kTruncated;
    const Cursor::Head head = at.head();
    if (++elements > kMostElements) return Refusal::kShape;
    const std::uint64_t inside = std::uint64_t{head.elements} * (head.kind == Kind::kMap ? 2 : 1);
    if (head.body + inside > rest - head.size) return Refusal::kTruncated;
    at.p_ += head.size + head.body;
    if (!holds_others(head.kind)) continue;
    if (depth == kDeepestMsgpack) return Refusal::kDepth;
    left[++depth] = inside;
  }
  return at.p_ == end ? Refusal::kNone : Refusal::kTrailing;
}

Kind Cursor::kind() const { return kForms[*p_].kind; }

std::optional<WireInt> Cursor::integer() {
  if (kind() != Kind::kInt) return std::nullopt;
  const std::uint8_t b = *p_;
  const std::uint32_t width = kForms[b].fixed;
  WireInt out;
  if (width == 0) {
    out = {static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<std::int8_t>(b))), b >= 0xe0};
  } else {
    out.bits = big_endian(p_ + 1, width);
    if (b >= 0xd0) {
      const unsigned shift = 64 - 8 * width;
      out.bits = static_cast<std::uint64_t>(static_cast<std::int64_t>(out.bits << shift) >> shift);
      out.negative = static_cast<std::int64_t>(out.bits) < 0;
    }
  }
  p_ += 1 + width;
  return out;
}

std::optional<double> Cursor::floating() {
  if (kind() != Kind::kFloat) return std::nullopt;
  const std::uint32_t width = kForms[*p_].fixed;
  const std::uint64_t bits = big_endian(p_ + 1, width);
  p_ += 1 + width;
  if (width == 4) return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  return std::bit_cast<double>(bits);
}

std::optional<std::string_view> Cursor::text() {
  if (kind() != Kind::kText) return std::nullopt;
  const Head h = head();
  const auto* chars = reinterpret_cast<const char*>(p_ + h.size);
  p_ += h.size + h.body;
  return std::string_view(chars, h.body);
}

std::optional<Bytes> Cursor::binary() {
  if (kind() != Kind::kBinary) return std::nullopt;
  const Head h = head();
  const Bytes out(p_ + h.size, h.body);
  p_ += h.size + h.body;
  return out;
}

std::optional<std::uint32_t> Cursor::array() {
  if (kind() != Kind::kArray) return std::nullopt;
  const Head h = head();
  p_ += h.size;
  return h.elements;
}

std::optional<std::uint32_t> Cursor::map() {
  if (kind() != Kind::kMap) return std::nullopt;
  const Head h = head();
  p_ += h.size;
  return h.elements;
}

bool Cursor::nil() {
  if (kind() != Kind::kNil) return false;
  ++p_;
  return true;
}

void Cursor::skip() {
  std::uint64_t left = 1;
  while (left > 0) {
    const Head h = head();
    --left;
    left += std::uint64_t{h.elements} * (h.kind == Kind::kMap ? 2 : 1);
    p_ += h.size + h.body;
  }
}

}  // namespace blockyard::live
