#include "app/window/bars/observed_strip.h"

#include <algorithm>

namespace blockyard {
namespace {

enum class Kind { kNone, kNotable, kBad };

Kind kind_of(EventType type) {
  switch (type) {
    case EventType::kChange:
    case EventType::kDrain:
    case EventType::kResume:
    case EventType::kGap:
    case EventType::kLeaveOut:
    case EventType::kDisconnect:
      return Kind::kNotable;
    case EventType::kLose:
    case EventType::kDown:
    case EventType::kAnew:
      return Kind::kBad;
    default:
      return Kind::kNone;
  }
}

}  // namespace

void ObservedStrip::update(const FrameContext& ctx) {
  const std::uint64_t first = ctx.log.empty() ? 0 : ctx.log.front().handled;
  if (run_ != &ctx.metrics || read_ > ctx.log.size() || first != first_) {
    marks_.clear();
    read_ = 0;
    run_ = &ctx.metrics;
    first_ = first;
  }
  for (; read_ < ctx.log.size(); ++read_) {
    const LoggedEvent& e = ctx.log[read_];
    if (const Kind kind = kind_of(e.type); kind != Kind::kNone) marks_.push_back({e.t, read_, kind == Kind::kBad});
  }
}

std::vector<ObservedStrip::Bucket> ObservedStrip::buckets(const FrameContext& ctx, double begin, double end,
                                                          std::size_t n) const {
  std::vector<Bucket> out(n);
  const auto from = std::partition_point(ctx.log.begin(), ctx.log.end(),
                                         [begin](const LoggedEvent& e) { return static_cast<double>(e.t) < begin; });
  for (auto e = from; e != ctx.log.end() && static_cast<double>(e->t) < end; ++e) {
    if (e->type != EventType::kStore && e->type != EventType::kEvict) continue;
    const double share = (static_cast<double>(e->t) - begin) / (end - begin);
    Bucket& b = out[std::min(n - 1, static_cast<std::size_t>(share * static_cast<double>(n)))];
    (e->type == EventType::kStore ? b.stored : b.gone) += e->value;
  }
  return out;
}

}  // namespace blockyard
