#include "core/live/calibrate/recorded_points.h"

#include <algorithm>
#include <cmath>

namespace blockyard::live {
namespace {

// Leading tokens of the chain that its worker holds by its stream.
std::uint32_t held_tokens(const RouteRecord& r, const LiveSession& session) {
  const WorkerTruth& truth = session.workers()[r.worker].truth;
  const Forest& forest = session.forest();
  std::uint32_t blocks = 0;
  NodeId node = forest.find_root(r.root);
  for (std::size_t i = 0; node != kNone && i < r.codes.size(); ++i) {
    node = forest.find_child(node, r.codes[i]);
    if (node == kNone || !truth.resident(node)) break;
    ++blocks;
  }
  return blocks * session.fleet().block_tokens;
}

}  // namespace

void RecordedPoints::see(const Record& record, const LiveSession& before) {
  if (const auto* route = std::get_if<RouteRecord>(&record.body)) {
    open_.erase(route->request);  // it failed where it was
    Open mine{route->worker, route->chain, true, route->prompt_tokens, held_tokens(*route, before)};
    for (auto& [number, other] : open_) {
      if (other.worker == route->worker) other.alone = mine.alone = false;
    }
    open_[route->request] = mine;
  } else if (const auto* metrics = std::get_if<MetricsRecord>(&record.body)) {
    const MetricsFigures& f = metrics->figures;
    const double busy = f.running.value_or(0) + f.waiting.value_or(0);
    for (auto& [number, open] : open_) {
      if (open.worker == metrics->worker && busy > 1) open.alone = false;  // somebody else's is there
    }
    if (f.block_size && *f.block_size >= 1 && f.capacity_tokens) {
      points_.block_tokens = static_cast<std::uint32_t>(*f.block_size);
      points_.capacity_blocks = static_cast<std::uint32_t>(*f.capacity_tokens / *f.block_size);
    }
  } else if (const auto* end = std::get_if<RequestRecord>(&record.body)) {
    ended(*end, before);
    open_.erase(end->request);
  }
}

void RecordedPoints::ended(const RequestRecord& end, const LiveSession& before) {
  const auto at = open_.find(end.request);
  if (at == open_.end() || end.outcome != Outcome::kCompleted || end.sent < 0 || end.first_token < 0) return;
  const Open& open = at->second;
  const LiveWorker& worker = before.workers()[open.worker];
  Measurement m;
  m.prompt_blocks = open.prompt_tokens / kPricedTokens;
  m.cached_tokens = end.cached_tokens;
  if (!worker.setup.events.empty()) m.held_tokens = open.held_tokens;
  m.output_tokens = end.output_tokens;
  m.ttft_ms = us_to_ms(end.first_token - end.sent);
  if (end.output_tokens > 1) m.interval_ms = us_to_ms(end.finish - end.first_token) / (end.output_tokens - 1);
  const bool told = m.cached_tokens || m.held_tokens;
  if (open.alone && open.chain && told && m.prompt_blocks > 0) {
    const std::uint32_t found = m.cached_tokens.value_or(m.held_tokens.value_or(0)) / kPricedTokens;
    m.step = found + 1 >= m.prompt_blocks ? 2 : 1;
    points_.requests.push_back(m);
    if (m.step == 2) {
      m.step = 3;
      points_.requests.push_back(m);
    }
  }
  if (m.interval_ms <= 0 || worker.figures_at < 0 || !worker.figures.running) return;
  m.step = 4;
  m.together = static_cast<std::uint32_t>(std::max(1.0, std::round(*worker.figures.running)));
  points_.requests.push_back(m);
}

CalibrationPoints RecordedPoints::points(const std::string& source) const {
  CalibrationPoints out = points_;
  out.worker = source;
  out.least = kLeast;
  return out;
}

}  // namespace blockyard::live
