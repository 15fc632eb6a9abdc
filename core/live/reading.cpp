#include "core/live/reading.h"

#include <utility>
#include <variant>

namespace blockyard::live {

KvBatch StreamReading::read(std::uint64_t seq, bool replayed, std::string_view payload) {
  auto decoded = decoder_.decode(Bytes(reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()));
  if (const auto* why = std::get_if<Refusal>(&decoded)) return Normaliser::refused(seq, replayed, *why);
  return normaliser_.batch(seq, replayed, std::move(std::get<WireBatch>(decoded)));
}

void StreamReading::forget() {
  decoder_.forget();
  normaliser_.forget();
}

}  // namespace blockyard::live
