#include "core/live/wire/kv_decode.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace blockyard::live {
namespace {

// The fields that mean something, in the order in which arrays have them (those of a removal in an order of their own).
enum Field : std::uint8_t {
  kHashes,
  kParent,
  kTokens,
  kBlockSize,
  kLoraId,
  kMedium,
  kLoraName,
  kExtraKeys,
  kGroup,
  kSpecKind,
  kSlidingWindow,
  kLocality,
  kOwnership,
  kSession,
  kSalt,  // of maps alone
  kFields
};
constexpr std::string_view kFieldNames[kFields] = {"block_hashes",
                                                   "parent_block_hash",
                                                   "token_ids",
                                                   "block_size",
                                                   "lora_id",
                                                   "medium",
                                                   "lora_name",
                                                   "extra_keys",
                                                   "group_idx",
                                                   "kv_cache_spec_kind",
                                                   "kv_cache_spec_sliding_window",
                                                   "locality",
                                                   "ownership",
                                                   "session_id",
                                                   "cache_salt"};
constexpr Field kStoredOrder[] = {kHashes,    kParent, kTokens,   kBlockSize,     kLoraId,   kMedium,    kLoraName,
                                  kExtraKeys, kGroup,  kSpecKind, kSlidingWindow, kLocality, kOwnership, kSession};
constexpr Field kRemovedOrder[] = {kHashes, kMedium, kGroup, kLocality, kOwnership};
constexpr std::string_view kKinds[] = {"BlockStored", "BlockRemoved", "AllBlocksCleared"};

std::optional<std::uint64_t> hash_at(Cursor& at) {
  if (const auto i = at.integer()) return i->bits;
  const auto bytes = at.binary();
  if (!bytes || bytes->size() < 8 || bytes->size() > kLongestName) return std::nullopt;
  std::uint64_t out = 0;
  for (std::size_t i = bytes->size() - 8; i < bytes->size(); ++i) out = out << 8 | (*bytes)[i];
  return out;
}

// A token, or a pair [token, the next one].
std::optional<std::uint32_t> token_at(Cursor& at) {
  bool pair = false;
  if (at.kind() == Kind::kArray) {
    const auto n = at.array();
    if (!n || *n != 2) return std::nullopt;
    pair = true;
  }
  const auto i = at.integer();
  if (!i || i->negative || i->bits > 0xFFFFFFFFU) return std::nullopt;
  if (pair) at.skip();
  return static_cast<std::uint32_t>(i->bits);
}

std::optional<Tier> tier_of(std::string_view medium) {
  std::string upper(medium);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  struct Row {
    std::string_view name;
    Tier tier;
  };
  static constexpr Row kMedia[] = {{"GPU", Tier::kGpu},          {"DEVICE", Tier::kGpu},    {"CPU", Tier::kCpu},
                                   {"CPU_PINNED", Tier::kCpu},   {"CPU_TIER1", Tier::kCpu}, {"STORAGE", Tier::kDisk},
                                   {"DISK", Tier::kDisk},        {"NVME", Tier::kDisk},     {"CPU_TIER2", Tier::kDisk},
                                   {"EXTERNAL", Tier::kExternal}};
  for (const Row& row : kMedia) {
    if (row.name == upper) return row.tier;
  }
  return std::nullopt;
}

bool full_attention(std::string_view spec_kind) {
  return spec_kind == "full_attention" || spec_kind == "mla_attention" || spec_kind == "sink_full_attention";
}

// The place of an optional field: nothing where it is absent or nil.
std::optional<Cursor> given(const std::uint8_t* place) {
  if (place == nullptr) return std::nullopt;
  Cursor at(Bytes(place, 1));
  if (at.kind() == Kind::kNil) return std::nullopt;
  return at;
}

// A text or nothing; false where it is something else, or too long.
bool text_or_none(const std::uint8_t* place, std::string_view& out) {
  auto at = given(place);
  if (!at) return true;
  const auto text = at->text();
  if (!text || text->size() > kLongestName) return false;
  out = *text;
  return true;
}

bool integer_or_none(const std::uint8_t* place, std::optional<std::int64_t>& out) {
  auto at = given(place);
  if (!at) return true;
  const auto i = at->integer();
  if (!i) return false;
  out = static_cast<std::int64_t>(i->bits);
  return true;
}

// The value under `name` of the map that comes next, which is gone past.
std::optional<Cursor> member(Cursor& at, std::string_view name) {
  const std::uint32_t pairs = at.map().value_or(0);
  std::optional<Cursor> out;
  for (std::uint32_t i = 0; i < pairs; ++i) {
    const auto key = at.text();
    if (!key) at.skip();
    if (key == name) out = at;
    at.skip();
  }
  return out;
}

// One key of one block: the salt, or something that the block hangs on beside its text. False: malformed.
bool extra_key(Cursor& at, bool first_block, WireEvent& out, std::string& mark) {
  const std::uint8_t* const begin = at.place();
  const auto keep = [&] {
    mark.append(reinterpret_cast<const char*>(begin), static_cast<std::size_t>(at.place() - begin));
  };
  switch (at.kind()) {
    case Kind::kText: {
      const std::string_view text = *at.text();
      if (text.size() > kLongestName) return false;
      if (text == out.adapter) return true;
      if (first_block && out.salt.empty()) {
        out.salt = text;
      } else if (!first_block) {
        keep();
      }
      return true;
    }
    case Kind::kInt:
      at.skip();
      return true;  // the number of an adapter
    case Kind::kBinary:
      at.skip();
      keep();
      return true;
    case Kind::kArray: {
      Cursor inside = at;
      const bool pair = inside.array() == 2U;
      at.skip();
      keep();
      return pair;
    }
    case Kind::kMap: {
      Cursor look = at, other = at;
      auto type = member(look, "type");
      const auto name = type ? type->text() : std::nullopt;
      at.skip();
      if (!name) return false;
      if (*name == "lora") return true;
      if (*name != "cache_salt") {
        keep();
        return *name == "mm" || *name == "prompt_embeds" || *name == "legacy";
      }
      auto salt = member(other, "salt");
      const auto text = salt ? salt->text() : std::nullopt;
      if (!text || text->size() > kLongestName) return false;
      if (first_block && out.salt.empty()) out.salt = *text;
      return true;
    }
    default:
      return false;
  }
}

bool extra_keys(const std::uint8_t* place, WireEvent& out) {
  auto at = given(place);
  if (!at) return true;
  const auto blocks = at->array();
  if (!blocks) return false;
  for (std::uint32_t b = 0; b < *blocks; ++b) {
    if (at->nil()) continue;
    const auto keys = at->array();
    if (!keys) return false;
    std::string mark;
    for (std::uint32_t k = 0; k < *keys; ++k) {
      if (!extra_key(*at, b == 0, out, mark)) return false;
    }
    if (!mark.empty() && b < out.hashes.size()) out.marks.emplace_back(b, std::move(mark));
  }
  return true;
}

}  // namespace

struct KvDecoder::Fields {
  KvOp op = KvOp::kCleared;
  bool known = false;
  std::array<const std::uint8_t*, kFields> place{};
};

bool KvDecoder::fields_of(Cursor& at, Fields& out) {
  const auto kind_of = [&out](std::string_view name) {
    const auto* const found = std::find(std::begin(kKinds), std::end(kKinds), name);
    out.known = found != std::end(kKinds);
    if (out.known) out.op = static_cast<KvOp>(found - std::begin(kKinds));
  };
  if (const auto count = at.array()) {
    if (*count == 0) return false;
    const auto name = at.text();
    if (!name) at.skip();
    if (name) kind_of(*name);
    const std::span<const Field> order = out.op == KvOp::kStored    ? std::span<const Field>(kStoredOrder)
                                         : out.op == KvOp::kRemoved ? std::span<const Field>(kRemovedOrder)
                                                                    : std::span<const Field>();
    for (std::uint32_t i = 1; i < *count; ++i) {
      if (i - 1 < order.size()) out.place[order[i - 1]] = at.place();
      at.skip();
    }
    return name.has_value();
  }
  const auto pairs = at.map();
  if (!pairs) {
    at.skip();
    return false;
  }
  bool named = false;
  for (std::uint32_t i = 0; i < *pairs; ++i) {
    const auto key = at.text();
    if (!key) at.skip();
    if (key == "type") {
      Cursor value = at;
      const auto name = value.text();
      named = name.has_value();
      if (name) kind_of(*name);
    } else if (key) {
      const auto* const found = std::find(std::begin(kFieldNames), std::end(kFieldNames), *key);
      if (found != std::end(kFieldNames))
        out.place[static_cast<std::size_t>(found - std::begin(kFieldNames))] = at.place();
    }
    at.skip();
  }
  return named;
}

bool KvDecoder::of_other_group(const Fields& f, const WireEvent& e, std::string_view spec_kind) {
  if (!spec_kind.empty()) {
    const bool other = !full_attention(spec_kind);
    if (e.group && f.op == KvOp::kStored && other_groups_.size() < 4096) other_groups_[*e.group] = other;
    return other;
  }
  if (!e.group) return false;
  const auto known = other_groups_.find(*e.group);
  return known != other_groups_.end() && known->second;
}

std::optional<Drop> KvDecoder::read(const Fields& f, WireEvent& out) {
  if (!f.known) return Drop::kUnknownKind;
  out.op = f.op;
  if (f.op == KvOp::kCleared) return std::nullopt;

  auto hashes = given(f.place[kHashes]);
  const auto count = hashes ? hashes->array() : std::nullopt;
  if (!count) return Drop::kMalformed;
  out.hashes.reserve(*count);
  for (std::uint32_t i = 0; i < *count; ++i) {
    const auto hash = hash_at(*hashes);
    if (!hash) return Drop::kMalformed;
    out.hashes.push_back(*hash);
  }
  std::string_view medium, locality, ownership, spec_kind;
  if (!text_or_none(f.place[kMedium], medium) || !text_or_none(f.place[kLocality], locality) ||
      !text_or_none(f.place[kOwnership], ownership) || !text_or_none(f.place[kSpecKind], spec_kind) ||
      !integer_or_none(f.place[kGroup], out.group))
    return Drop::kMalformed;
  if (f.op == KvOp::kStored) {
    if (auto parent = given(f.place[kParent])) {
      out.parent = hash_at(*parent);
      if (!out.parent) return Drop::kMalformed;
    }
    auto tokens = given(f.place[kTokens]);
    const auto given_tokens = tokens ? tokens->array() : std::nullopt;
    const std::uint32_t length = given_tokens.value_or(0);
    auto size = given(f.place[kBlockSize]);
    const auto block_size = size ? size->integer() : std::nullopt;
    if (!given_tokens || !block_size || block_size->negative || block_size->bits > 0x7FFFFFFFU) return Drop::kMalformed;
    out.block_size = static_cast<std::uint32_t>(block_size->bits);
    if (out.block_size == 0 && length > 0) return Drop::kMalformed;
    out.tokens.reserve(length);
    for (std::uint32_t i = 0; i < length; ++i) {
      const auto token = token_at(*tokens);
      if (!token) return Drop::kMalformed;
      out.tokens.push_back(*token);
    }
    std::optional<std::int64_t> lora_id;
    if (!integer_or_none(f.place[kLoraId], lora_id)) return Drop::kMalformed;
    std::string_view lora_name, salt;
    if (auto metadata = given(f.place[kLoraName]); metadata && metadata->kind() == Kind::kMap) {
      if (auto inside = member(*metadata, "cache_salt")) {
        if (!text_or_none(inside->place(), salt)) return Drop::kMalformed;
      }
    } else if (!text_or_none(f.place[kLoraName], lora_name)) {
      return Drop::kMalformed;
    }
    if (!text_or_none(f.place[kSalt], salt)) return Drop::kMalformed;
    out.adapter = !lora_name.empty() ? std::string(lora_name) : lora_id ? std::to_string(*lora_id) : "";
    out.salt = salt;
    if (!extra_keys(f.place[kExtraKeys], out)) return Drop::kMalformed;
  }
  if (ownership == "kvcr") return Drop::kForeignOwner;
  if (!locality.empty() && locality != "LOCAL") return Drop::kRemote;
  if (!medium.empty()) {
    const auto tier = tier_of(medium);
    if (!tier) return Drop::kUnknownTier;
    out.tier = *tier;
  }
  if (of_other_group(f, out, spec_kind)) return Drop::kOtherGroup;
  if (f.op == KvOp::kRemoved) return std::nullopt;
  if (out.hashes.empty() || out.tokens.empty()) return Drop::kNoTokens;
  if (out.tokens.size() != out.hashes.size() * std::uint64_t{out.block_size}) return Drop::kUnaligned;
  if (out.parent && std::find(out.hashes.begin(), out.hashes.end(), *out.parent) != out.hashes.end())
    return Drop::kOwnParent;
  return std::nullopt;
}

void KvDecoder::event(Cursor& at, WireBatch& batch) {
  Fields fields;
  const std::optional<Drop> dropped = [&]() -> std::optional<Drop> {
    if (!fields_of(at, fields)) return Drop::kMalformed;
    WireEvent event;
    const auto reason = read(fields, event);
    if (!reason) batch.events.push_back(std::move(event));
    return reason;
  }();
  if (dropped) ++batch.dropped[static_cast<std::size_t>(*dropped)];
}

std::variant<WireBatch, Refusal> KvDecoder::decode(Bytes payload) {
  if (payload.size() > kLongestPayload) return Refusal::kShape;
  if (const Refusal why = check_msgpack(payload); why != Refusal::kNone) return why;
  Cursor at(payload);
  std::optional<Cursor> ts, events, rank;
  if (const auto count = at.array()) {
    std::optional<Cursor>* const order[] = {&ts, &events, &rank};
    for (std::uint32_t i = 0; i < *count; ++i) {
      if (i < 3) *order[i] = at;
      at.skip();
    }
  } else if (const auto pairs = at.map()) {
    for (std::uint32_t i = 0; i < *pairs; ++i) {
      const auto key = at.text();
      if (!key) at.skip();
      if (key == "ts") ts = at;
      if (key == "events") events = at;
      if (key == "data_parallel_rank" || key == "attn_dp_rank" || key == "dp_rank") rank = at;
      at.skip();
    }
  }
  if (!ts || !events) return Refusal::kShape;
  WireBatch batch;
  if (const auto i = ts->integer()) {
    batch.ts = i->negative ? static_cast<double>(static_cast<std::int64_t>(i->bits)) : static_cast<double>(i->bits);
  } else if (const auto f = ts->floating()) {
    batch.ts = *f;
  } else {
    return Refusal::kShape;
  }
  if (!std::isfinite(batch.ts)) return Refusal::kShape;
  if (rank && !rank->nil()) {
    const auto i = rank->integer();
    if (!i) return Refusal::kShape;
    batch.rank = static_cast<std::int64_t>(i->bits);
  }
  const auto count = events->array();
  if (!count) return Refusal::kShape;
  for (std::uint32_t i = 0; i < *count; ++i) event(*events, batch);
  return batch;
}

}  // namespace blockyard::live
