// random: any idle block, uniformly, from the scenario's generator (SPEC 4.1).
#include <vector>

#include "core/cache/eviction/rows.h"

namespace blockyard::eviction {
namespace {

class Random : public EvictionIndex {
 public:
  std::unique_ptr<EvictionIndex> clone() const override { return std::make_unique<Random>(*this); }

  void joined(const IdleOrder&, SlotId s) override {
    at_least(place_, s + 1U);
    place_[s] = static_cast<std::uint32_t>(idle_.size());
    idle_.push_back(s);
  }

  void leaves(const IdleOrder&, SlotId s) override {
    const SlotId last = idle_.back();
    idle_[place_[s]] = last;
    place_[last] = place_[s];
    idle_.pop_back();
  }

  SlotId victim(const IdleOrder&, Rng& rng) override { return idle_[rng.below(idle_.size())]; }

 private:
  std::vector<SlotId> idle_;
  std::vector<std::uint32_t> place_;  // per slot, in idle_
};

}  // namespace

const EvictionRow kRandom{
    .id = "random",
    .label = "Random",
    .help = "Any idle block, uniformly.",
    .foreseeable = false,
    .make = make<Random>,
};

}  // namespace blockyard::eviction
