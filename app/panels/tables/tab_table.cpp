#include "app/panels/tables/tab_table.h"

#include <algorithm>
#include <cmath>

#include "app/ui/compat.h"

namespace blockyard {

void cell_text(const Look& look, const Rect& cell, const TableColumn& column, std::string_view words, Color ink) {
  if (cell.w <= 0) return;
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

namespace {

// Pixels for each column within `room`; 0: it has none. Fixed columns go by TableColumn::spare until the rest fits, and
// are narrowed alike where even that does not do; what they leave is shared by those without a width.
std::vector<float> column_widths(const Look& look, std::span<const TableColumn> columns, float room, float gap) {
  const float least_share = look.px(40);
  std::vector<float> widths(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i)
    widths[i] = columns[i].width > 0 ? look.px(columns[i].width) : least_share;
  const auto taken = [&] {
    float sum = -gap;
    for (const float w : widths) sum += w > 0 ? w + gap : 0;
    return sum;
  };
  while (taken() > room) {
    const TableColumn* first = nullptr;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (widths[i] > 0 && columns[i].spare > (first ? first->spare : 0)) first = &columns[i];
    }
    if (!first) break;
    widths[static_cast<std::size_t>(first - columns.data())] = 0;
  }
  float left = room - taken();
  if (left < 0) {
    // Names may be shortened, figures only where that is not enough: half a number is a wrong one.
    float names = 0, sum = 0, gaps = -gap;
    for (std::size_t i = 0; i < columns.size(); ++i) names += columns[i].right ? 0 : widths[i];
    const float shortened = names > 0 ? std::max(0.3f, (names + left) / names) : 1;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (!columns[i].right) widths[i] = std::floor(widths[i] * shortened);
      sum += widths[i], gaps += widths[i] > 0 ? gap : 0;
    }
    const float narrowed = std::clamp((room - gaps) / sum, 0.1f, 1.0f);
    for (float& w : widths) w = std::floor(w * narrowed);
    return widths;
  }
  float sharing = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) sharing += columns[i].width > 0 || widths[i] <= 0 ? 0.0f : 1.0f;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].width <= 0 && widths[i] > 0) widths[i] += std::floor(left / sharing);
  }
  return widths;
}

}  // namespace

TableResult draw_table(const Look& look, const char* id, const Rect& rect, std::span<const TableColumn> columns,
                       std::size_t rows, const std::function<void(const TableRow&)>& draw,
                       const std::function<bool(std::size_t)>& marked) {
  const Theme& theme = look.theme;
  const float row_h = look.px(24), gap = look.px(rect.w < look.px(440) ? 9 : 12), pad = look.px(6);
  const std::vector<float> widths = column_widths(look, columns, rect.w - 2 * pad, gap);
  std::vector<Rect> cells(columns.size());
  float x = rect.x + pad;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    cells[i] = {x, rect.y, widths[i], row_h};
    if (widths[i] > 0) x += widths[i] + gap;
  }
  ImDrawList* list = ImGui::GetWindowDrawList();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (cells[i].w <= 0) continue;
    const float y = rect.y + look.px(9);
    const std::string title = ellipsized(look, FontRole::Small, columns[i].title, cells[i].w);
    if (columns[i].right) {
      draw_text_right(list, look, FontRole::Small, theme.text_muted, ImVec2(cells[i].right(), y), title);
    } else {
      draw_text(list, look, FontRole::Small, theme.text_muted, ImVec2(cells[i].x, y), title);
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
