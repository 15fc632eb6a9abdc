// A sweep's cells sorted for drawing: which axis is a series, which a repeat, which an axis of the picture. Private to
// figures/.
#pragma once

#include <string>
#include <vector>

#include "core/experiment/answers/ranking.h"
#include "core/experiment/sweep.h"

namespace blockyard::figures {

class SweepTable {
 public:
  /// `first`: the scenario of the first cell, for small print and for where intervals come from; may be null.
  SweepTable(const SweepPlan& plan, const std::vector<SweepCell>& cells, const Scenario* first = nullptr,
             const Warmup& warmup = {});

  /// Axes of the picture, as indices into the plan's; their values as numbers.
  const std::vector<std::size_t>& shown() const { return shown_; }
  std::vector<double> numbers(std::size_t axis) const;
  /// Labels of the series: one without a name where there is no axis of words.
  const std::vector<std::string>& series() const { return series_; }
  /// Axes of words, as indices into the plan's: a series is a value of each, the last one fastest.
  const std::vector<std::size_t>& words() const { return words_; }
  /// The values of an axis of words, as people read them.
  std::vector<std::string> word_values(std::size_t axis) const;
  std::size_t repeats() const { return repeats_; }
  /// A metric over the repeats, at a series and a place on each shown axis, as the table of answers has it: without the
  /// longest warm-up of any series there. Low and high are the mean where there is no interval.
  Interval at(const Metric& metric, std::size_t series, const std::vector<std::size_t>& places) const;
  /// Where intervals come from, in words: "95 % interval over 5 seeds"; "" where there are none.
  std::string intervals() const;
  /// The same over all places there are: calls f(series, places).
  template <class F>
  void each(F f) const {
    std::vector<std::size_t> places(shown_.size(), 0);
    for (std::size_t s = 0; s < series_.size(); ++s) each_place(0, places, [&] { f(s, places); });
  }
  const SweepPlan& plan() const { return plan_; }
  const Scenario* first() const { return first_; }

 private:
  template <class F>
  void each_place(std::size_t axis, std::vector<std::size_t>& places, F f) const {
    if (axis == shown_.size()) return f();
    for (places[axis] = 0; places[axis] < plan_.axes[shown_[axis]].values.size(); ++places[axis])
      each_place(axis + 1, places, f);
    places[axis] = 0;
  }

  FleetRuns runs(const Metric& metric, std::size_t group) const;

  const Scenario* first_;
  Warmup warmup_;
  IntervalFrom from_ = IntervalFrom::kBatches;
  const SweepPlan& plan_;
  const std::vector<SweepCell>& cells_;
  std::vector<std::size_t> shown_, words_;
  std::vector<std::string> series_;
  std::size_t repeats_ = 1;
  std::vector<std::vector<std::size_t>> groups_;  // cells by (series, places), row by row
};

}  // namespace blockyard::figures
