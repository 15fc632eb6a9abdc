// What a stand-in publishes: a batch of its KV events as MessagePack, as vLLM v1 writes them, as maps or as arrays.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/standin/clocked_worker.h"

namespace blockyard::standin {

enum class PayloadForm : std::uint8_t { kMap, kArray };

/// One batch, with what is said of blocks among these happenings; empty where nothing is. `ts`: seconds since 1970.
std::string kv_payload(std::span<const Happening> happenings, double ts, std::uint32_t block_tokens, PayloadForm form);

}  // namespace blockyard::standin
