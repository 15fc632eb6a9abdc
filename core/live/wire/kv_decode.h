// KvDecoder: the payload of one message of a worker's stream, as vLLM, SGLang and their kin write it, as a WireBatch.
//
// Batches and events come as arrays or maps, fields may be missing or unknown: core/live/README.md, "Payload", says
// what is taken for what. Invariants: 1. a payload is refused whole or its good events are all given, in order; 2.
// every event is either given or counted under one reason; 3. the only thing remembered from one payload to the next is
// which groups of blocks are of no full attention.
#pragma once

#include <unordered_map>
#include <variant>

#include "core/live/wire/kv_event.h"
#include "core/live/wire/msgpack.h"

namespace blockyard::live {

inline constexpr std::size_t kLongestName = 256;  ///< bytes of a name, an adapter or a salt

class KvDecoder {
 public:
  /// The batch, or why the whole of it is refused.
  std::variant<WireBatch, Refusal> decode(Bytes payload);
  /// The engine restarted: its groups may be others.
  void forget() { other_groups_.clear(); }

 private:
  struct Fields;
  void event(Cursor& at, WireBatch& batch);
  /// The fields of an event by their names in the table; nothing where it has no kind.
  static bool fields_of(Cursor& at, Fields& out);
  std::optional<Drop> read(const Fields& f, WireEvent& out);
  bool of_other_group(const Fields& f, const WireEvent& e, std::string_view spec_kind);

  std::unordered_map<std::int64_t, bool> other_groups_;  // by group_idx, where a store has said it
};

}  // namespace blockyard::live
