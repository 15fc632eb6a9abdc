// What came out of experiments: progress while one runs, the results that are kept, the picture and its numbers, as
// high as they need to be.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/panels/experiments/experiment.h"
#include "app/panels/experiments/flow.h"
#include "app/panels/panel_text.h"
#include "app/panels/tables/tab_table.h"
#include "app/ui/icons.h"
#include "app/ui/widgets.h"
#include "core/io/files.h"

namespace blockyard {
namespace {

const char* picture_name(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, const char*>, 5> kNames{{{"sweep_bars", "Bars"},
                                                                                   {"sweep_curves", "Curves"},
                                                                                   {"sweep_heatmap", "Heat maps"},
                                                                                   {"sweep_winner", "Who wins where"},
                                                                                   {"sweep_pareto", "Pareto front"}}};
  for (const auto& [id, label] : kNames) {
    if (id == name) return label;
  }
  for (const FigureRow& row : run_figure_table()) {
    if (row.name == name) return row.label.data();
  }
  return "Picture";
}

// Columns as wide as what is in them.
std::vector<TableColumn> columns_of(const Look& look, const NumberTable& table) {
  std::vector<TableColumn> out;
  for (std::size_t c = 0; c < table.head.size(); ++c) {
    const NumberTable::Head& head = table.head[c];
    float width = text_width(look, FontRole::Small, head.text);
    for (const auto& row : table.rows)
      width = std::max(width, text_width(look, head.figures ? FontRole::Mono14 : FontRole::Small, row[c]));
    out.push_back({head.text.c_str(), std::ceil(width / look.scale) + 3, head.figures, nullptr, head.spare});
  }
  return out;
}

void numbers(const FrameContext& ctx, const NumberTable& table, const Rect& rect) {
  const Theme& theme = ctx.look.theme;
  const std::vector<TableColumn> columns = columns_of(ctx.look, table);
  draw_table(ctx.look, "numbers", rect, columns, table.rows.size(), [&](const TableRow& row) {
    const auto& cells = table.rows[row.index];
    for (std::size_t c = 0; c < std::min(cells.size(), columns.size()); ++c) {
      const bool bad = table.head[c].alarm && cells[c] != "0" && cells[c] != "–";
      cell_text(ctx.look, row.cells[c], columns[c], cells[c], bad ? theme.bad_text : theme.text);
    }
  });
}

}  // namespace

void ExperimentCard::progress(FrameContext& ctx, const ExperimentState& state) {
  const Look& look = ctx.look;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  ImDrawList* list = ImGui::GetWindowDrawList();
  ButtonSpec stop{"Cancel", icons::kTimes};
  const float w = button_width(look, stop), left = width - w - look.px(14);
  const std::string far = state.total == 0 ? "generating requests …" : fmt::format("{} of {}", state.done, state.total);
  draw_text(list, look, FontRole::Small, look.theme.text_secondary, ImVec2(at.x, at.y + look.px(14)),
            ellipsized(look, FontRole::Small, fmt::format("{}: {}", state.title, far), left));
  ImGui::SetCursorScreenPos(ImVec2(at.x + width - w, at.y));
  if (button(look, stop)) ctx.push(cmd::StopExperiment{});
  const float part = state.total == 0 ? 0 : static_cast<float>(state.done) / static_cast<float>(state.total);
  meter(list, look, {at.x, at.y + look.px(34), left, look.px(6)}, part, look.theme.accent);
  ImGui::SetCursorScreenPos(ImVec2(at.x, at.y + look.px(50)));
  ImGui::Dummy(ImVec2(1, 1));
}

// Which result is shown, its name, what takes it away; and the files that can be made of it.
void ExperimentCard::result_row(FrameContext& ctx, const std::vector<const ExperimentState*>& results,
                                const ExperimentState& shown) {
  const Look& look = ctx.look;
  std::uint64_t& chosen = chosen_[static_cast<std::size_t>(ctx.ui.experiment)];
  Flow flow(look, look.px(34), look.px(6));
  const float field = std::min(ImGui::GetContentRegionAvail().x - look.px(70), look.px(430));
  flow.place(field);
  ImGui::BeginChild("results", ImVec2(field, look.px(34)), false, ImGuiWindowFlags_NoBackground);
  if (renaming_) {
    if (std::string name = shown.title; text_field(look, "name", icons::kPencil, "its name", &name))
      ctx.push(cmd::RenameResult{shown.id, std::move(name)});
  } else {
    std::vector<std::string> labels;
    int now = 0;
    for (const ExperimentState* r : results) {
      if (r == &shown) now = static_cast<int>(labels.size());
      labels.push_back(r->title);
    }
    std::vector<Choice> choices;
    for (const std::string& label : labels) choices.push_back({label.c_str(), nullptr});
    if (const auto picked = dropdown(look, "result", choices, now))
      chosen = results[static_cast<std::size_t>(*picked)]->id;
  }
  ImGui::EndChild();
  const auto small = [&](const char* id, const char* icon, const char* help, bool on) {
    const ImVec2 at = flow.place(look.px(24));
    ImGui::SetCursorScreenPos(ImVec2(at.x, at.y + look.px(6)));
    return mini_button(look, id, icon, help, on);
  };
  if (small("rename", icons::kPencil, renaming_ ? "Done" : "Rename this result", renaming_)) renaming_ = !renaming_;
  if (small("remove", icons::kTrash, "Remove this result", false)) {
    ctx.push(cmd::RemoveResult{shown.id});
    renaming_ = false;
  }
  PlotAction action;
  action.png_dark = look.theme.dark;
  const auto file = [&](const char* label, const char* help) {
    ButtonSpec spec{label, icons::kDownload, ButtonKind::Ghost};
    spec.tooltip = help;
    flow.place(button_width(look, spec));
    return button(look, spec);
  };
  for (const auto& [label, scale] : {std::pair{"PNG 1×", 1}, {"PNG 2×", 2}, {"PNG 4×", 4}}) {
    if (!file(label, "This picture as a file")) continue;
    action.kind = PlotAction::Kind::ExportPng;
    action.png_scale = scale;
  }
  if (file("SVG", "This picture as vectors, for a column of a paper")) action.kind = PlotAction::Kind::ExportSvg;
  if (file("PDF", "This picture as vectors, for a column of a paper")) action.kind = PlotAction::Kind::ExportPdf;
  if (file("CSV", "Every number of this picture, as a file")) action.kind = PlotAction::Kind::ExportCsv;
  if (file("Table", "The table below, as a CSV file")) {
    ctx.push(cmd::SaveFile{"numbers.csv", [text = to_csv(shown.table)](const std::string& path) {
                             const auto written = io::write_file(path, text);
                             return written ? std::string() : written.error().message;
                           }});
  }
  if (shown.words) {
    const auto copy = [&](const char* label, const char* what, const std::string& text) {
      ButtonSpec spec{label, icons::kCopy, ButtonKind::Ghost};
      spec.tooltip = what;
      flow.place(button_width(look, spec));
      if (!button(look, spec)) return;
      ctx.push(cmd::CopyText{text});
      ctx.push(cmd::Notify{"The table is on the clipboard."});
    };
    copy("Markdown", "Copies the table and what it says, as Markdown", shown.words->markdown);
    copy("LaTeX", "Copies the table as a LaTeX tabular", shown.words->latex);
  }
  carry_out(ctx, action, box_.figure, box_.view);
  flow.end();
}

// Which of the result's pictures stands in box_.
void ExperimentCard::choose_picture(const Look& look, const ExperimentState& state) {
  if (state.figures.size() > 1) {
    std::vector<const char*> names;
    for (const NamedFigure& f : state.figures) names.push_back(picture_name(f.name));
    picture_ = std::clamp(picture_, 0, static_cast<int>(names.size()) - 1);
    constexpr std::size_t kMostTabs = 5;
    std::optional<int> picked;
    if (names.size() <= kMostTabs) {
      picked = tab_strip(look, "pictures", names, picture_);
    } else {
      std::vector<Choice> choices;
      for (const char* name : names) choices.push_back({name, nullptr});
      ImGui::BeginChild("pictures", ImVec2(look.px(260), look.px(34)), false, ImGuiWindowFlags_NoBackground);
      picked = dropdown(look, "picture", choices, picture_);
      ImGui::EndChild();
    }
    if (picked) picture_ = *picked;
  } else {
    picture_ = 0;
  }
  const std::string key = fmt::format("{}/{}", state.id, picture_);
  if (shown_ == key) return;
  shown_ = key;
  const std::uint64_t revision = box_.figure.revision + 1;
  box_.figure = state.figures[static_cast<std::size_t>(picture_)].figure;
  box_.figure.revision = revision;
  box_.view = FigureView{};
}

// What can be told of the table, in sentences; in red what must not be believed; then how it was found.
void ExperimentCard::words_below(const Look& look, const ExperimentWords& words) {
  const ImVec2 from = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  for (const std::string& caution : words.cautions)
    text_wrapped(look, FontRole::Small, look.theme.bad_text, caution + ".");
  for (const std::string& sentence : words.says) {
    const bool of_rival = sentence.starts_with(' ');
    text_wrapped(look, of_rival ? FontRole::Small : FontRole::Body, look.theme.text,
                 of_rival ? sentence.substr(sentence.find_first_not_of(' ')) : sentence);
  }
  text_wrapped(look, FontRole::Small, look.theme.text_muted, words.method);
  look.mark("answers", {from.x, from.y, width, ImGui::GetCursorScreenPos().y - from.y});
}

void ExperimentCard::show_result(FrameContext& ctx, const ExperimentState& state) {
  const Look& look = ctx.look;
  // As many plots beside each other as can be read; the card scrolls where all of it is higher than it is.
  constexpr float kLeastColumn = 360;
  constexpr std::size_t kMostRows = 12;
  const ImVec2 at = ImGui::GetCursorScreenPos(), room = ImGui::GetContentRegionAvail();
  const int columns = state.figures[static_cast<std::size_t>(picture_)].figure.columns;
  box_.figure.columns = std::clamp(static_cast<int>(room.x / look.px(kLeastColumn)), 1, columns);
  const std::size_t rows = std::min(kMostRows, state.table.rows.size());
  const float table = rows == 0 ? 0 : look.px(30) + look.px(24) * static_cast<float>(rows);
  const float gap = rows == 0 ? 0 : look.px(14);
  const float least = least_height(box_.figure, room.x, plot_style(look), box_.view);
  Rect rect{at.x, at.y, room.x, std::max(least + gap + table, room.y - look.px(2))};
  const Rect all = rect;
  if (rows > 0) numbers(ctx, state.table, rect.take_bottom(table, gap));
  show_figure(ctx, "experiment-figure", rect, box_);
  ImGui::SetCursorScreenPos(all.min());
  ImGui::Dummy(all.size());
}

std::vector<const ExperimentState*> ExperimentCard::results_of(const FrameContext& ctx) const {
  std::vector<const ExperimentState*> out;
  for (const ExperimentState& r : ctx.results) {
    if (r.kind == static_cast<std::size_t>(ctx.ui.experiment)) out.insert(out.begin(), &r);  // the latest first
  }
  return out;
}

void ExperimentCard::outcome(FrameContext& ctx) {
  const Look& look = ctx.look;
  const auto kind = static_cast<std::size_t>(ctx.ui.experiment);
  const ExperimentState* last = ctx.experiment != nullptr && ctx.experiment->kind == kind ? ctx.experiment : nullptr;
  if (last != nullptr && last->running) progress(ctx, *last);
  const std::vector<const ExperimentState*> results = results_of(ctx);
  // A new one is shown as it comes.
  const std::uint64_t latest = results.empty() ? 0 : results.front()->id;
  if (latest > latest_[kind]) chosen_[kind] = latest;
  latest_[kind] = latest;
  const ImVec2 at = ImGui::GetCursorScreenPos(), room = ImGui::GetContentRegionAvail();
  const Rect rest{at.x, at.y, room.x, std::max(look.px(200), room.y - look.px(2))};
  const auto nothing = [&](const char* icon, const char* title, std::string_view body) {
    empty_state(look, rest, icon, title, body);
    ImGui::SetCursorScreenPos(rest.min());
    ImGui::Dummy(rest.size());
  };
  if (last != nullptr && !last->running && !last->trouble.empty()) {
    const std::string why = in_words(last->trouble);
    if (results.empty()) return nothing(icons::kWarning, "No picture", why);
    text_wrapped(look, FontRole::Small, look.theme.bad_text, why);
  }
  if (results.empty()) {
    if (last != nullptr && last->running) return;
    return nothing(icons::kFlask, "Nothing has been run here yet",
                   "The picture and its numbers will appear here, and stay. The run behind this card stays as it is.");
  }
  const auto found =
      std::find_if(results.begin(), results.end(), [&](const ExperimentState* r) { return r->id == chosen_[kind]; });
  const ExperimentState& shown = found == results.end() ? *results.front() : **found;
  if (shown.figures.empty()) return;
  result_row(ctx, results, shown);
  choose_picture(look, shown);
  show_result(ctx, shown);
  if (shown.words) words_below(look, *shown.words);
}

}  // namespace blockyard
