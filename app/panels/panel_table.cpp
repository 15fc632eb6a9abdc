#include "app/panels/panel.h"

namespace blockyard {

std::span<const PanelRow> panel_table() { return {}; }

}  // namespace blockyard
