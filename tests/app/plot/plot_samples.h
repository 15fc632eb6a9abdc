// One figure of every kind, for the tests of the plot room.
#pragma once

#include <string>
#include <vector>

#include "app/plot/data/plot.h"

namespace blockyard {

struct SampleFigure {
  std::string name;
  Figure figure;
};

// Always the same numbers.
std::vector<SampleFigure> sample_figures();
Figure sample_latency(std::size_t points);

}  // namespace blockyard
