// The tables at the bottom: a head that stays, rows of one height that scroll, drawn only where they are seen.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "app/panels/panel_text.h"

namespace blockyard {

struct TableColumn {
  const char* title;
  float width;         ///< at scale 1; 0: shares what is left
  bool right = false;  ///< figures: right-aligned, mono
  const char* help = nullptr;
  int spare = 0;  ///< where room is short, the columns with the highest go first; 0: stays
};

struct TableRow {
  std::size_t index = 0;
  Rect rect;
  std::span<const Rect> cells;
  bool hovered = false;
};

struct TableResult {
  std::optional<std::size_t> hovered, clicked, double_clicked;
};

/// Draws a table into `rect`; calls `draw` for each row that is seen, after its background. `marked` rows stand out.
TableResult draw_table(const Look& look, const char* id, const Rect& rect, std::span<const TableColumn> columns,
                       std::size_t rows, const std::function<void(const TableRow&)>& draw,
                       const std::function<bool(std::size_t)>& marked = nullptr);

/// Writes into a cell the way its column does; nothing where the column has no room (cell.w is 0).
void cell_text(const Look& look, const Rect& cell, const TableColumn& column, std::string_view words, Color ink = 0);

}  // namespace blockyard
