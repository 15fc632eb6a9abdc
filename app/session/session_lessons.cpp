// Lessons: the run before is set aside whole, the lesson's run is made anew for whichever step is shown, and comes out
// the same whether one goes forward, back, or has turned every knob meanwhile.
#include <fmt/format.h>

#include <algorithm>

#include "app/session/session.h"
#include "core/experiment/metric.h"
#include "core/settings/scenario.h"

namespace blockyard {
namespace {

Result<Document> lesson_document(const Lesson& lesson, const std::string& assets_dir) {
  if (lesson.inline_scenario) return Document{lesson.scenario, lesson.folder, ""};
  return open_document(lesson.scenario, assets_dir);
}

Result<Document> with_settings(Document document, const std::vector<LessonSetting>& settings) {
  for (const auto& [path, value] : settings) {
    auto text = set_json_value(document.text, path, value);
    if (!text) return text.error();
    document.text = std::move(*text);
  }
  return document;
}

std::string label_of(const LessonChange& change) {
  std::string label;
  for (const auto& [path, value] : change.settings) {
    label += fmt::format("{}{} {}", label.empty() ? "" : ", ", path.substr(path.rfind('.') + 1), value);
  }
  return label;
}

void select(const LessonStep& step, Selection& out) {
  out.emplace<std::monostate>();
  if (step.selected == LessonSubject::kRequest) out.emplace<SelectedRequest>(SelectedRequest{step.selected_index});
  if (step.selected == LessonSubject::kDecision) out.emplace<SelectedDecision>(SelectedDecision{step.selected_index});
  if (step.selected == LessonSubject::kWorker) out.emplace<SelectedWorker>(SelectedWorker{step.selected_index});
}

// Where a small window has to turn to.
UiState::Page page_of(const LessonStep& step) {
  const std::string area = step.point.substr(0, step.point.find('/'));
  if (area == "controls") return UiState::Page::kControls;
  if (area == "tree" || area == "inspector") return UiState::Page::kTree;
  if (area == "bottom") return UiState::Page::kPlots;
  return UiState::Page::kFleet;
}

}  // namespace

void Session::bring_back() {
  run_.end_tracks();
  run_ = std::move(aside_->run);
  const UiState& view = aside_->view;
  ui_.bottom_tab = view.bottom_tab;
  ui_.tree_mode = view.tree_mode;
  ui_.tree_icicle = view.tree_icicle;
  ui_.page = view.page;
  ui_.folded = view.folded;
  ui_.show_tree = view.show_tree;
  ui_.show_bottom = view.show_bottom;
  aside_.reset();
  playing_ = false;
  hover_ = {};
  moved();
}

Result<void> Session::make_lesson_run(const Lesson& lesson, const LessonStep& step) {
  auto as_given = lesson_document(lesson, options_.assets_dir);
  if (!as_given) return as_given.error();
  auto base = with_settings(std::move(*as_given), step.settings);
  if (!base) return base.error();
  Document now = *base;
  for (const LessonChange& change : step.changes) {
    auto changed = with_settings(std::move(now), change.settings);
    if (!changed) return changed.error();
    now = std::move(*changed);
  }
  if (run_.is_open() && run_.base.text == base->text && run_.document.text == now.text &&
      player().changes().size() == step.changes.size()) {
    return {};
  }
  auto scenario = parse_scenario(base->text, base->base_dir, presets_dir());
  if (!scenario) return scenario.error();
  Made made = make_requests(*scenario, options_.most_memory);
  if (!made.prepared) return Error{made.trouble};
  run_.end_tracks();
  run_.prepared = std::move(made.prepared);
  run_.original = run_.base = run_.document = std::move(*base);
  run_.original_scenario = run_.base_scenario = run_.scenario = std::move(*scenario);
  run_.own = OpenRun::make_track(run_.scenario.config, *run_.prepared);
  run_.documents.clear();
  for (const LessonChange& change : step.changes) {
    auto document = with_settings(run_.document, change.settings);
    auto next = parse_scenario(document->text, document->base_dir, presets_dir());
    if (!next) return next.error();
    if (!changes_in_flight(run_.scenario, *next)) return Error{label_of(change) + " cannot be changed in flight"};
    const auto t = time_of(change.at, *run_.own.player);
    if (!t) return Error{label_of(change) + ": its moment never comes"};
    run_.own.player->seek(*t);
    edit_in_flight(*next, std::move(*document), label_of(change));
  }
  return {};
}

void Session::start_lesson(const std::string& id, std::size_t step) {
  const auto& shelf = lessons_.lessons;
  const auto at = std::find_if(shelf.begin(), shelf.end(), [&id](const Lesson& l) { return l.id == id; });
  if (at == shelf.end()) return notify(fmt::format("There is no lesson {}", id), true);
  if (loading_) cancel();
  stop_going();
  std::string before = lesson_ ? lesson_->before : run_.scenario.name;
  if (!aside_) {
    aside_ = Aside{std::move(run_), ui_};
    run_ = {};
    compared_.clear();
  }
  lesson_ = LessonRun{&*at, static_cast<std::size_t>(at - shelf.begin()), 0, {}, {}, {}, std::move(before)};
  lesson_->answers.resize(at->steps.size());
  lesson_->first_right.resize(at->steps.size());
  lesson_->figures.resize(at->steps.size());
  ui_.lessons_open = false;
  ui_.first_start = false;
  show_step(step);
}

void Session::show_step(std::size_t number) {
  if (!lesson_) return;
  stop_going();
  const Lesson& lesson = *lesson_->lesson;
  number = std::min(number, lesson.steps.size() - 1);
  const LessonStep& step = lesson.steps[number];
  auto trouble = [&](const std::string& why) {
    notify(fmt::format("Lesson {}: {}: {}", lesson.id, step.title, why), true);
    leave_lesson(true);
  };
  if (const auto made = make_lesson_run(lesson, step); !made) return trouble(made.error().message);
  const auto t = time_of(step.at, *run_.own.player);
  if (!t) return trouble("its moment never comes in this run");
  lesson_->step = number;
  run_.own.player->seek(*t);
  if (!step.row.empty()) {
    const Summary summary = summarize(run_.own.player->cursor());
    lesson_->figures[number].clear();
    for (const auto& [title, metric] : step.columns) {
      lesson_->figures[number].push_back(find_metric(metric)->of(summary));
    }
  }
  playing_ = false;
  select(step, run_.selection);
  run_.range.reset();
  run_.undo.clear();
  run_.redo.clear();
  message_.clear();
  // What is not pointed at stays as a person likes it; the parts of the window that the text speaks of are open.
  ui_.lesson_leaving = false;
  ui_.lesson_controls = !step.controls.empty();
  ui_.unfold_only = step.controls;
  ui_.show_tree = ui_.show_bottom = true;
  ui_.tree_icicle = false;
  ui_.tree_filter.clear();
  ui_.tree_mode = step.tree;
  if (!step.tab.empty()) ui_.bottom_tab = step.tab;
  ui_.page = page_of(step);
  moved();
}

void Session::answer_lesson(std::size_t choice) {
  if (!lesson_ || !lesson_->now().question || choice >= lesson_->now().question->choices.size()) return;
  auto& answer = lesson_->answers[lesson_->step];
  if (!answer) lesson_->first_right[lesson_->step] = lesson_->now().question->choices[choice].right;
  answer = choice;
}

void Session::leave_lesson(bool back) {
  if (!lesson_) return;
  stop_going();
  lesson_.reset();
  ui_.lesson_leaving = false;
  if (back && aside_) return bring_back();
  aside_.reset();
}

}  // namespace blockyard
