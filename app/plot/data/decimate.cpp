#include "app/plot/data/decimate.h"

#include <algorithm>
#include <cmath>

namespace blockyard {
namespace {

using Extremes = MinMaxPyramid::Extremes;

void take(Extremes& into, std::span<const double> values, Extremes from) {
  if (!from.any()) return;
  if (!into.any() || values[from.min] < values[into.min]) into.min = from.min;
  if (into.max == MinMaxPyramid::kNone || values[from.max] > values[into.max]) into.max = from.max;
}

Extremes one(std::span<const double> values, std::size_t i) {
  if (!std::isfinite(values[i])) return {};
  const auto index = static_cast<std::uint32_t>(i);
  return {index, index};
}

}  // namespace

void MinMaxPyramid::clear() {
  levels_.clear();
  size_ = 0;
}

void MinMaxPyramid::update(std::span<const double> values) {
  if (values.size() < size_) clear();
  if (values.size() == size_) return;
  std::size_t first = size_ / kFan;  // the first block of this level that changes
  std::size_t below = values.size();
  for (std::size_t level = 0; below > kFan; ++level) {
    if (levels_.size() <= level) {
      levels_.emplace_back();
      first = 0;  // a new level is built from the start
    }
    std::vector<Extremes>& blocks = levels_[level];
    const std::size_t count = (below + kFan - 1) / kFan;
    blocks.resize(count);
    for (std::size_t b = std::min(first, count); b < count; ++b) {
      Extremes e;
      for (std::size_t i = b * kFan; i < std::min(below, (b + 1) * kFan); ++i) {
        take(e, values, level == 0 ? one(values, i) : levels_[level - 1][i]);
      }
      blocks[b] = e;
    }
    first /= kFan;
    below = count;
  }
  size_ = values.size();
}

Extremes MinMaxPyramid::extremes(std::span<const double> values, std::size_t first, std::size_t last) const {
  Extremes e;
  last = std::min(last, values.size());
  const auto node = [&](std::size_t level, std::size_t i) {
    return level == 0 ? one(values, i) : levels_[level - 1][i];
  };
  std::size_t level = 0;
  while (first < last) {
    const bool can_rise = level < levels_.size() && (level > 0 || last <= size_);
    if (!can_rise) {
      for (; first < last; ++first) take(e, values, node(level, first));
      break;
    }
    for (; first < last && first % kFan != 0; ++first) take(e, values, node(level, first));
    for (; first < last && last % kFan != 0; --last) take(e, values, node(level, last - 1));
    first /= kFan;
    last /= kFan;
    ++level;
  }
  return e;
}

void decimate(std::span<const double> x, std::span<const double> y, const MinMaxPyramid* pyramid,
              const AxisScale& scale, std::vector<std::size_t>& out) {
  out.clear();
  const std::size_t n = std::min(x.size(), y.size());
  if (n == 0) return;
  const auto index_of = [&](double v, std::size_t from) {
    return static_cast<std::size_t>(
        std::lower_bound(x.begin() + static_cast<std::ptrdiff_t>(from), x.begin() + static_cast<std::ptrdiff_t>(n), v) -
        x.begin());
  };
  const auto put = [&](std::size_t i) {
    if (!out.empty() && out.back() == i) return;
    if (i == kGap && out.empty()) return;
    out.push_back(i);
  };
  const auto put_point = [&](std::size_t i) { put(std::isfinite(y[i]) && std::isfinite(x[i]) ? i : kGap); };

  std::size_t first = index_of(scale.lo, 0);
  std::size_t last = std::min(n, index_of(scale.hi, first) + 2);
  first = first > 0 ? first - 1 : 0;
  const auto columns = static_cast<std::size_t>(std::max(1.0F, std::abs(scale.p1 - scale.p0)));
  if (last - first <= 4 * columns) {
    for (std::size_t i = first; i < last; ++i) put_point(i);
    return;
  }
  static const MinMaxPyramid kNoPyramid;
  const MinMaxPyramid& tree = pyramid != nullptr && pyramid->size() == y.size() ? *pyramid : kNoPyramid;
  if (first < index_of(scale.lo, 0)) put_point(first++);
  for (std::size_t c = 0; c < columns && first < last; ++c) {
    const double edge = scale.at_fraction(static_cast<double>(c + 1) / static_cast<double>(columns));
    const std::size_t next = c + 1 == columns ? std::max(first, index_of(scale.hi, first)) : index_of(edge, first);
    if (next == first) continue;
    const Extremes e = tree.extremes(y, first, next);
    if (!e.any()) {
      put(kGap);
    } else {
      std::size_t keep[] = {first, std::min(e.min, e.max), std::max(e.min, e.max), next - 1};
      for (std::size_t i : keep) {
        if (std::isfinite(y[i])) put(i);
      }
    }
    first = next;
  }
  for (; first < last; ++first) put_point(first);
}

}  // namespace blockyard
