// The table of a run's figures: a picture that stands here is drawn by `plot`, is in every report, and can be looked at
// in the window.
#include <array>

#include "app/figures/figures.h"

namespace blockyard {
namespace {

#define BLOCKYARD_ROW(NAME, LABEL) FigureRow{#NAME, LABEL, NAME},
constexpr auto kFigures = std::to_array<FigureRow>({BLOCKYARD_RUN_FIGURES(BLOCKYARD_ROW)});
#undef BLOCKYARD_ROW

}  // namespace

std::span<const FigureRow> run_figure_table() { return kFigures; }

std::vector<NamedFigure> run_figures(const RunResults& results) {
  std::vector<NamedFigure> out;
  for (const FigureRow& row : kFigures) out.push_back({std::string(row.name), row.make(results)});
  return out;
}

}  // namespace blockyard
