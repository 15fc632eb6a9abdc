// loss_waterfall: where the hit rate was lost. Pure.
#pragma once

#include "app/figures/figures.h"
#include "core/experiment/waterfall.h"

namespace blockyard {

Figure loss_waterfall_figure(const LossWaterfall& waterfall);

}  // namespace blockyard
