#include "core/metrics/rejections.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"

namespace blockyard {

std::uint64_t blocks_needed(const Config& config, const Request& request) {
  if (config.fleet.engine == EngineKind::kSlots) return request.prompt_blocks;
  const std::uint64_t tokens = std::uint64_t{request.prompt_tokens} + std::max(request.output_tokens, 1U) - 1;
  return (tokens + config.cache.block_tokens - 1) / config.cache.block_tokens;
}

Rejections rejections_of(const Fleet& fleet) {
  Rejections out;
  out.arrived = static_cast<std::uint32_t>(fleet.arrived());
  out.capacity = fleet.workers().empty() ? 0 : fleet.workers().front().capacity();
  for (RequestId r = 0; r < fleet.arrived(); ++r) {
    if (fleet.records()[r].status != RequestStatus::kRejected) continue;
    ++out.rejected;
    const std::uint64_t needed = blocks_needed(fleet.config(), fleet.request(r));
    if (needed > out.capacity) ++out.too_long;
    out.longest_blocks = std::max(out.longest_blocks, needed);
  }
  return out;
}

std::string rejected_reason(const Rejections& r) {
  if (r.rejected == 0) return "";
  std::string out =
      fmt::format("{} of {} {} more than a worker's {}", with_commas(r.too_long), counted(r.arrived, "request"),
                  r.too_long == 1 ? "needs" : "need", counted(r.capacity, "block"));
  out += (r.too_long == 1 ? ": " : "; the longest needs ") + with_commas(r.longest_blocks);
  if (const std::uint32_t after = r.rejected - r.too_long; after > 0) {
    out += fmt::format("; {} more came after one in the same session", with_commas(after));
  }
  return out;
}

}  // namespace blockyard
