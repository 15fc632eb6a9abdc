#include "core/metrics/live.h"

#include <algorithm>
#include <utility>

#include "core/metrics/summary.h"

namespace blockyard {
namespace {

// The part of samples with begin < t <= end.
template <class T>
std::span<const T> between(const std::vector<T>& samples, SimTime begin, SimTime end) {
  const auto later = [](SimTime t, const T& s) { return t < s.t; };
  const auto first = std::upper_bound(samples.begin(), samples.end(), begin, later);
  const auto last = std::upper_bound(first, samples.end(), end, later);
  return {samples.data() + (first - samples.begin()), static_cast<std::size_t>(last - first)};
}

template <class T>
void cut(std::vector<T>& samples, std::size_t events) {
  while (!samples.empty() && samples.back().event >= events) samples.pop_back();
}

}  // namespace

void LiveMetrics::on_event(const Event& e, const Fleet& fleet) {
  const std::size_t n = events_++;
  switch (e.type) {
    case EventType::kArrive:
      arrivals_.push_back({e.t, n});
      break;
    case EventType::kPreempt:
      preemptions_.push_back({e.t, n});
      break;
    case EventType::kStart:
      starts_.push_back({e.t, n, e.value});
      break;
    case EventType::kEvict:
      evictions_.push_back({e.t, n, evictions_.empty() ? 0 : evictions_.back().before + evictions_.back().n, e.value});
      break;
    case EventType::kFinish: {
      const RequestRecord& r = fleet.records()[e.request];
      const Request& q = fleet.request(e.request);
      const bool streamed = r.first_token >= 0;
      Finish f{e.t,
               n,
               streamed ? r.first_token - r.arrival : kNever,
               streamed ? r.finish - r.first_token : kNever,
               r.finish - r.arrival,
               q.output_tokens,
               r.worker,
               r.hit,
               r.hit_told ? q.prompt_blocks : 0,
               r.hit_told ? 1U : 0U,
               0,
               0,
               0,
               0,
               0,
               r.hit_told && r.predicted > r.hit};
      if (!finishes_.empty()) {
        const Finish& last = finishes_.back();
        f.told_before = last.told_before + last.told;
        f.hits_before = last.hits_before + (last.hit > 0 ? 1 : 0);
        f.false_before = last.false_before + (last.false_hit ? 1 : 0);
        f.hit_before = last.hit_before + last.hit;
        f.blocks_before = last.blocks_before + last.blocks;
      }
      finishes_.push_back(f);
      break;
    }
    default:
      break;
  }
}

void LiveMetrics::on_quiet(const Fleet& fleet, SimTime until) {
  const auto workers = static_cast<std::uint32_t>(fleet.workers().size());
  if (workers > worker_count_ && !points_.empty()) grow(workers);
  worker_count_ = std::max(worker_count_, workers);
  while (static_cast<SimTime>(points_.size() + 1) * step_ < until) {
    LivePoint p;
    p.t = static_cast<SimTime>(points_.size() + 1) * step_;
    p.window = at(p.t);
    for (WorkerId w = 0; w < worker_count_; ++w) {
      const Divergence d = fleet.divergence(w);
      p.phantom_blocks += d.phantom;
      p.unknown_blocks += d.unknown;
      const Worker& worker = fleet.workers()[w];
      const TokenTotals tokens = worker.tokens(fleet.unbooked_steps(w, p.t));
      p.tokens.handed_out += tokens.handed_out;
      p.tokens.gaps += tokens.gaps;
      p.tokens.gap_time += tokens.gap_time;
      worker_points_.push_back({static_cast<float>(fleet.true_load(w, std::max(p.t, fleet.now()))), worker.taken(),
                                worker.in_use(), fleet.queue(w).running, fleet.queue(w).waiting, worker.up()});
    }
    points_.push_back(p);
    if (points_.size() >= kMostPoints) thin_out();
  }
}

// Workers that have joined since: they were not there at the points so far.
void LiveMetrics::grow(std::uint32_t workers) {
  WorkerPoint absent;
  absent.up = false;
  std::vector<WorkerPoint> wider;
  wider.reserve(points_.size() * workers);
  for (std::size_t i = 0; i < points_.size(); ++i) {
    const auto row = this->workers(i);
    wider.insert(wider.end(), row.begin(), row.end());
    wider.resize((i + 1) * workers, absent);
  }
  worker_points_ = std::move(wider);
}

void LiveMetrics::on_forget(SimTime t) {
  const auto old = [t](const auto& sample) { return sample.t < t; };
  const auto forget = [&old](auto& samples) {
    samples.erase(samples.begin(), std::partition_point(samples.begin(), samples.end(), old));
  };
  forget(arrivals_);
  forget(preemptions_);
  forget(starts_);
  forget(evictions_);
  forget(finishes_);
}

void LiveMetrics::thin_out() {
  // Every other point goes: those that remain lie at whole multiples of twice the step.
  for (std::size_t i = 0; 2 * i + 1 < points_.size(); ++i) {
    points_[i] = points_[2 * i + 1];
    for (std::size_t w = 0; w < worker_count_; ++w) {
      worker_points_[i * worker_count_ + w] = worker_points_[(2 * i + 1) * worker_count_ + w];
    }
  }
  points_.resize(points_.size() / 2);
  worker_points_.resize(points_.size() * worker_count_);
  step_ *= 2;
}

void LiveMetrics::on_cut(SimTime t, std::size_t events) {
  events_ = events;
  cut(arrivals_, events);
  cut(preemptions_, events);
  cut(starts_, events);
  cut(evictions_, events);
  cut(finishes_, events);
  while (!points_.empty() && points_.back().t >= t) points_.pop_back();
  worker_points_.resize(points_.size() * worker_count_);
}

KeyFigures LiveMetrics::over(SimTime begin, SimTime end) const {
  KeyFigures k;
  k.begin = std::max<SimTime>(begin, 0);
  k.end = end;
  const double seconds = static_cast<double>(end - k.begin) / 1e6;

  k.started = static_cast<std::uint32_t>(between(starts_, begin, end).size());
  const auto evicted = between(evictions_, begin, end);
  if (!evicted.empty()) k.evictions = evicted.back().before + evicted.back().n - evicted.front().before;
  if (seconds > 0) k.evictions_per_s = static_cast<double>(k.evictions) / seconds;

  const auto finishes = between(finishes_, begin, end);
  k.completed = static_cast<std::uint32_t>(finishes.size());
  if (seconds > 0) k.throughput_rps = k.completed / seconds;
  if (finishes.empty()) return k;
  const Finish& first = finishes.front();
  const Finish& last = finishes.back();
  // The run so far (begin −1, see until()) is served up to its last finish, as the makespan of a summary has it.
  if (begin == -1 && last.t > 0) k.throughput_rps = k.completed / (static_cast<double>(last.t) / 1e6);
  const auto n = static_cast<double>(finishes.size());
  const std::uint32_t told = last.told_before + last.told - first.told_before;
  const auto hit = static_cast<double>(last.hit_before + last.hit - first.hit_before);
  const auto blocks = static_cast<double>(last.blocks_before + last.blocks - first.blocks_before);
  if (told > 0) {  // of a real fleet there may be none whose hit was told
    k.block_hit_rate = blocks > 0 ? hit / blocks : 0.0;
    k.request_hit_rate = (last.hits_before + (last.hit > 0 ? 1U : 0U) - first.hits_before) / static_cast<double>(told);
    k.false_hit_rate = (last.false_before + (last.false_hit ? 1U : 0U) - first.false_before) / static_cast<double>(told);
  }

  std::vector<double> ttft, e2e;
  std::vector<std::uint32_t> per_worker(worker_count_, 0);
  for (const Finish& f : finishes) {
    if (f.to_first_token != kNever) ttft.push_back(us_to_ms(f.to_first_token));
    e2e.push_back(us_to_ms(f.to_end));
    if (f.worker >= per_worker.size()) per_worker.resize(f.worker + 1, 0);
    ++per_worker[f.worker];
  }
  Ranking<double> ends(std::move(e2e));
  if (!ttft.empty()) {  // of a real fleet there may be none that was streamed
    Ranking<double> first_tokens(std::move(ttft));
    k.ttft_p50_ms = first_tokens.percentile(50);
    k.ttft_p95_ms = first_tokens.percentile(95);
    k.ttft_p99_ms = first_tokens.percentile(99);
  }
  k.e2e_p50_ms = ends.percentile(50);
  k.e2e_p95_ms = ends.percentile(95);
  k.imbalance = *std::max_element(per_worker.begin(), per_worker.end()) / (n / static_cast<double>(per_worker.size()));
  return k;
}

std::uint32_t LiveMetrics::kept(SimTime begin, SimTime end, const SloConfig& slo) const {
  const auto all = between(finishes_, begin, end);
  return static_cast<std::uint32_t>(std::count_if(all.begin(), all.end(), [&slo](const Finish& f) {
    return f.to_first_token != kNever && keeps(slo, f.to_first_token, f.decode, f.output_tokens);
  }));
}

std::vector<double> LiveMetrics::goodput(SimTime t, const SloConfig& slo) const {
  std::vector<double> per_s;
  std::vector<SimTime> good;
  for (const Finish& f : between(finishes_, -1, t)) {
    if (f.to_first_token != kNever && keeps(slo, f.to_first_token, f.decode, f.output_tokens)) good.push_back(f.t);
  }
  std::size_t from = 0, to = 0;
  for (const LivePoint& p : series(t)) {
    while (to < good.size() && good[to] <= p.t) ++to;
    while (from < to && good[from] <= p.t - window_) ++from;
    per_s.push_back(static_cast<double>(to - from) / (static_cast<double>(std::min(p.t, window_)) / 1e6));
  }
  return per_s;
}

std::span<const LivePoint> LiveMetrics::series(SimTime t) const {
  const auto end =
      std::upper_bound(points_.begin(), points_.end(), t, [](SimTime at, const LivePoint& p) { return at < p.t; });
  return {points_.data(), static_cast<std::size_t>(end - points_.begin())};
}

std::span<const WorkerPoint> LiveMetrics::workers(std::size_t point) const {
  return std::span<const WorkerPoint>(worker_points_).subspan(point * worker_count_, worker_count_);
}

std::vector<LiveMetrics::TimelineBucket> LiveMetrics::timeline(SimTime begin, SimTime end, std::size_t n) const {
  std::vector<TimelineBucket> buckets(n);
  if (n == 0 || end <= begin) return buckets;
  const auto bucket_of = [&](SimTime t) {
    const double f = static_cast<double>(t - begin) / static_cast<double>(end - begin);
    return std::min(n - 1, static_cast<std::size_t>(f * static_cast<double>(n)));
  };
  for (const Moment& a : between(arrivals_, begin - 1, end)) ++buckets[bucket_of(a.t)].arrivals;
  for (const Moment& p : between(preemptions_, begin - 1, end)) ++buckets[bucket_of(p.t)].preemptions;
  for (const Start& s : between(starts_, begin - 1, end)) {
    TimelineBucket& b = buckets[bucket_of(s.t)];
    ++(s.hit > 0 ? b.hits : b.misses);
  }
  return buckets;
}

}  // namespace blockyard
