// StreamReading: from the bytes of a worker's messages to its batches as applied. One a worker, wherever payloads are
// read: in front of a live session, and inside one that is replayed from raw payloads.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/live/truth/kv_event.h"
#include "core/live/truth/normaliser.h"
#include "core/live/wire/kv_decode.h"

namespace blockyard::live {

class StreamReading {
 public:
  StreamReading(std::uint32_t block_tokens, bool one_copy) : normaliser_(block_tokens, one_copy) {}

  /// The batch; refused, where the payload cannot be read.
  KvBatch read(std::uint64_t seq, bool replayed, std::string_view payload);
  /// The engine began anew.
  void forget();

 private:
  KvDecoder decoder_;
  Normaliser normaliser_;
};

}  // namespace blockyard::live
