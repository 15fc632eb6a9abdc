// Why a request waits at its worker, in the terms of the engine's own tests (SPEC 4.2, 4.3), at the moment that the
// simulation stands at. For the window; no figure depends on it.
#pragma once

#include <cstdint>
#include <string>

#include "core/fleet/fleet.h"

namespace blockyard {

enum class WaitReason : std::uint8_t {
  kNotWaiting,
  kBehind,     ///< others are before it
  kBatchFull,  ///< as many run as may
  kBlocks,     ///< its blocks (engine continuous: of its next chunk) would not fit
  kPrompt,     ///< its next chunk would fit, all of its prompt would not
  kNextStep    ///< nothing but that the next step has not been scheduled yet, or its budget was used up
};

struct Wait {
  WaitReason reason = WaitReason::kNotWaiting;
  std::uint32_t before = 0;  ///< kBehind: how many
  std::uint32_t needed = 0;  ///< kBlocks, kPrompt: blocks that it needs beside those that others use
  std::uint32_t room = 0;    ///< blocks that are free or idle
};

Wait wait_of(const Fleet& fleet, RequestId r);

/// "all of its prompt would not fit: it needs 256 blocks, 172 are free or idle"; "" where it does not wait.
std::string wait_text(const Wait& wait);

}  // namespace blockyard
