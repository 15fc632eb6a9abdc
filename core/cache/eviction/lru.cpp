// lru: the front of the idle order (SPEC 4.1).
#include "core/cache/eviction/rows.h"

namespace blockyard::eviction {
namespace {

class Lru : public EvictionIndex {
 public:
  std::unique_ptr<EvictionIndex> clone() const override { return std::make_unique<Lru>(*this); }
  SlotId victim(const IdleOrder& idle, Rng&) override { return idle.front; }
};

}  // namespace

const EvictionRow kLru{
    .id = "lru",
    .label = "LRU",
    .help = "The idle block that was released longest ago; of one request, its last block first.",
    .listens = false,
    .make = make<Lru>,
};

}  // namespace blockyard::eviction
