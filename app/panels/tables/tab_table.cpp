#include "app/panels/tables/tab_table.h"

#include <algorithm>
#include <cmath>

#include "app/ui/compat.h"

namespace blockyard {

void cell_text(const Look& look, const Rect& cell, const TableColumn& column, std::string_view words, Color ink) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  const FontRole role = column.right ? FontRole::Mono14 : FontRole::Small;
  const Color color = ink ? ink : column.right ? look.theme.text : look.theme.text_secondary;
  const std::string shown = ellipsized(look, role, words, cell.w);
  if (column.right) {
    draw_text_right(list, look, role, color, ImVec2(cell.right(), cell.center().y), shown);
  } else {
    draw_text(list, look, role, color, ImVec2(cell.x, cell.center().y), shown);
  }
}

TableResult draw_table(const Look& look, const char* id, const Rect& rect, std::span<const TableColumn> columns,
                       std::size_t rows, const std::function<void(const TableRow&)>& draw,
                       const std::function<bool(std::size_t)>& marked) {
  const Theme& theme = look.theme;
  const float row_h = look.px(24), gap = look.px(12), pad = look.px(6);
  // What the fixed columns leave is shared.
  float fixed = gap * static_cast<float>(columns.size() - 1) + 2 * pad;
  int sharing = 0;
  for (const TableColumn& c : columns) {
    if (c.width > 0) {
      fixed += look.px(c.width);
    } else {
      ++sharing;
    }
  }
  const float share = std::max(look.px(40), std::floor((rect.w - fixed) / static_cast<float>(std::max(1, sharing))));
  std::vector<Rect> cells(columns.size());
  float x = rect.x + pad;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const float w = columns[i].width > 0 ? look.px(columns[i].width) : share;
    cells[i] = {x, rect.y, std::max(1.0f, std::min(w, rect.right() - pad - x)), row_h};
    x += w + gap;
  }
  ImDrawList* list = ImGui::GetWindowDrawList();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const float y = rect.y + look.px(9);
    if (columns[i].right) {
      draw_text_right(list, look, FontRole::Small, theme.text_muted, ImVec2(cells[i].right(), y), columns[i].title);
    } else {
      draw_text(list, look, FontRole::Small, theme.text_muted, ImVec2(cells[i].x, y),
                ellipsized(look, FontRole::Small, columns[i].title, cells[i].w));
    }
    if (!columns[i].help) continue;
    ImGui::SetCursorScreenPos(cells[i].min());
    ImGui::PushID(static_cast<int>(i));
    ImGui::InvisibleButton("##head", ImVec2(cells[i].w, look.px(18)));
    ImGui::PopID();
    help_tooltip(look, columns[i].title, columns[i].help);
  }
  const float line = rect.y + look.px(20);
  list->AddRectFilled(ImVec2(rect.x, line), ImVec2(rect.right(), line + std::max(1.0f, look.px(1))), theme.line);

  TableResult result;
  ImGui::SetCursorScreenPos(ImVec2(rect.x, line + look.px(2)));
  // The bar stands right of the rectangle, in what the card keeps free, or in the gap to a neighbour.
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  ImGui::PushStyleVar(ImGuiStyleVar_ScrollbarSize, look.px(8));
  ImGui::PushID(id);
  compat::begin_child("rows", ImVec2(rect.w + look.px(8), rect.bottom() - line - look.px(2)), false,
                      ImGuiWindowFlags_NoBackground);
  ImGuiListClipper clipper;
  clipper.Begin(static_cast<int>(rows), row_h);
  while (clipper.Step()) {
    for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
      const ImVec2 at = ImGui::GetCursorScreenPos();
      TableRow row;
      row.index = static_cast<std::size_t>(i);
      row.rect = {at.x, at.y, rect.w, row_h};
      ImGui::PushID(i);
      const bool clicked = ImGui::InvisibleButton("##row", row.rect.size());
      ImGui::PopID();
      row.hovered = ImGui::IsItemHovered();
      ImDrawList* inner = ImGui::GetWindowDrawList();
      if (marked && marked(row.index)) {
        inner->AddRectFilled(row.rect.min(), row.rect.max(), theme.selection, look.px(4));
      } else if (row.hovered) {
        inner->AddRectFilled(row.rect.min(), row.rect.max(), theme.raised, look.px(4));
      }
      inner->AddRectFilled(ImVec2(row.rect.x, row.rect.bottom() - 1), ImVec2(row.rect.right(), row.rect.bottom()),
                           faded(theme.line, 0.55f));
      for (Rect& cell : cells) cell.y = at.y;
      row.cells = cells;
      draw(row);
      if (row.hovered) {
        result.hovered = row.index;
        if (ImGui::IsMouseDoubleClicked(0)) result.double_clicked = row.index;
      }
      if (clicked) result.clicked = row.index;
    }
  }
  ImGui::EndChild();
  ImGui::PopID();
  ImGui::PopStyleVar(2);
  look.mark(id, rect);
  return result;
}

}  // namespace blockyard
