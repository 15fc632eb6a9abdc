#include "core/metrics/series.h"

#include "core/metrics/summary.h"

namespace blockyard {

void Series::gauge(Bucket& bucket, const Simulation& sim) const {
  bucket.phantom_blocks = bucket.unknown_blocks = 0;
  bucket.load_ms.clear();
  bucket.resident.clear();
  bucket.in_use.clear();
  for (WorkerId w = 0; w < sim.workers().size(); ++w) {
    const Divergence d = sim.divergence(w);
    bucket.phantom_blocks += d.phantom;
    bucket.unknown_blocks += d.unknown;
    bucket.load_ms.push_back(sim.true_load(w));
    bucket.resident.push_back(sim.workers()[w].taken());
    bucket.in_use.push_back(sim.workers()[w].in_use());
  }
}

void Series::halve() {
  std::vector<Bucket> half;
  half.reserve(kMost);
  for (std::size_t i = 0; i < buckets_.size(); i += 2) {
    Bucket b = buckets_[i];
    if (i + 1 < buckets_.size()) {
      const Bucket& c = buckets_[i + 1];
      b.arrivals += c.arrivals;
      b.completed += c.completed;
      b.hit_requests += c.hit_requests;
      b.hit_blocks += c.hit_blocks;
      b.prompt_blocks += c.prompt_blocks;
      b.predicted_blocks += c.predicted_blocks;
      b.false_hits += c.false_hits;
      b.false_hit_us += c.false_hit_us;
      b.evictions += c.evictions;
      b.phantom_blocks = c.phantom_blocks;
      b.unknown_blocks = c.unknown_blocks;
      b.load_ms = c.load_ms;
      b.resident = c.resident;
      b.in_use = c.in_use;
    }
    half.push_back(std::move(b));
  }
  buckets_ = std::move(half);
  width_ *= 2;
}

void Series::advance(SimTime t, const Simulation& sim) {
  if (buckets_.empty()) buckets_.emplace_back();
  if (t < static_cast<SimTime>(buckets_.size()) * width_) return;
  gauge(buckets_.back(), sim);
  while (t >= static_cast<SimTime>(kMost) * width_) halve();
  while (t >= static_cast<SimTime>(buckets_.size()) * width_) {
    Bucket next;  // nothing happened in a skipped bucket: its gauges are those before it
    const Bucket& last = buckets_.back();
    next.phantom_blocks = last.phantom_blocks;
    next.unknown_blocks = last.unknown_blocks;
    next.load_ms = last.load_ms;
    next.resident = last.resident;
    next.in_use = last.in_use;
    buckets_.push_back(std::move(next));
  }
}

void Series::on_event(const Event& event, const Simulation& sim) {
  advance(event.t, sim);
  Bucket& b = buckets_.back();
  switch (event.type) {
    case EventType::kArrive:
      ++b.arrivals;
      break;
    case EventType::kEvict:
      b.evictions += event.value;
      break;
    case EventType::kFinish: {
      const RequestRecord& r = sim.records()[event.request];
      ++b.completed;
      b.hit_requests += r.hit > 0 ? 1 : 0;
      b.hit_blocks += r.hit;
      b.prompt_blocks += sim.request(event.request).prompt_blocks;
      b.predicted_blocks += r.predicted;
      b.false_hits += r.predicted > r.hit ? 1 : 0;
      b.false_hit_us += phantom_price(sim, event.request);
      break;
    }
    default:
      break;
  }
}

void Series::finish(const Simulation& sim) {
  if (!buckets_.empty()) gauge(buckets_.back(), sim);
}

}  // namespace blockyard
