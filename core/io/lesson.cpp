#include "core/io/lesson.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "core/experiment/metric.h"
#include "core/settings/json_reader.h"
#include "core/settings/json_text.h"
#include "core/settings/scenario.h"

namespace blockyard {
namespace {

using io::Json;
using io::ObjectReader;

constexpr std::uint64_t kMostIndex = 0xFFFF'FFFEU;

struct SubjectRow {
  std::string_view key;
  LessonSubject subject;
  std::vector<std::string_view> figures;
};

const std::vector<SubjectRow>& subjects() {
  static const std::vector<SubjectRow> kRows{
      {"request",
       LessonSubject::kRequest,
       {"tokens", "blocks", "hit", "predicted", "on", "ttft_ms", "prefill_ms", "queue_ms", "price_ms", "preemptions"}},
      {"decision", LessonSubject::kDecision, {"overlap", "true_overlap", "chosen"}},
      {"worker",
       LessonSubject::kWorker,
       {"capacity", "resident", "in_use", "shared", "running", "waiting", "evictions", "believed", "phantom",
        "unknown"}}};
  return kRows;
}

bool is_metric(const std::string& id) {
  const Metric* metric = find_metric(id);
  return metric != nullptr && metric->of_aftermath == nullptr;
}

void read_text(ObjectReader& in, std::string_view key, std::string& out) {
  in.string(key, out);
  if (out.empty()) in.fail(key, "is missing; it must be a text");
}

void read_moment(ObjectReader& in, LessonMoment& at) {
  at = {};
  int said = 0;
  double ms = 0;
  if (in.has("ms")) ++said, in.number("ms", ms, 0, 1e12);
  at.t = ms_to_us(ms);
  static constexpr std::array<std::pair<std::string_view, EventType>, 4> kOfRequest{{{"arrived", EventType::kArrive},
                                                                                     {"routed", EventType::kRoute},
                                                                                     {"started", EventType::kStart},
                                                                                     {"finished", EventType::kFinish}}};
  for (const auto& [key, type] : kOfRequest) {
    if (!in.has(key)) continue;
    ++said;
    at.event = type;
    in.integer(key, at.request, 0, kMostIndex);
  }
  if (in.has("first")) {
    ++said;
    std::size_t which = 0;
    in.choice("first", which, {"hit", "phantom_hit", "eviction", "preemption", "sync"});
    static constexpr std::array<EventType, 5> kTypes{EventType::kStart, EventType::kStart, EventType::kEvict,
                                                     EventType::kPreempt, EventType::kSync};
    at.event = kTypes[which];
    at.hit = which == 0;
    at.phantom = which == 1;
  }
  if (in.has("end")) ++said, in.boolean("end", at.end);
  for (const char* key : {"ms", "arrived", "routed", "started", "finished", "first", "end"}) in.ignore(key);
  if (said != 1) in.fail("ms", "a moment is exactly one of ms, arrived, routed, started, finished, first, end");
}

std::vector<LessonSetting> read_settings(ObjectReader& in, std::string_view key) {
  std::vector<LessonSetting> out;
  in.members(key, [&out](const std::string& path, const Json& value) { out.emplace_back(path, io::dump_json(value)); });
  return out;
}

// {"request": 3}, {"worker": 0}, … or {} for nothing.
void read_subject(ObjectReader& in, LessonSubject& subject, std::uint32_t& index) {
  subject = LessonSubject::kNothing;
  for (const SubjectRow& row : subjects()) {
    if (!in.has(row.key)) {
      in.ignore(row.key);
      continue;
    }
    if (subject != LessonSubject::kNothing) in.fail(row.key, "one subject is allowed");
    subject = row.subject;
    in.integer(row.key, index, 0, kMostIndex);
  }
}

// One entry of `expect` may name several figures: a fact each.
void read_facts(ObjectReader& in, std::vector<LessonFact>& out) {
  LessonFact fact;
  if (in.has("metric")) {
    in.string("metric", fact.figure);
    if (!is_metric(fact.figure)) in.fail("metric", "\"" + fact.figure + "\" is not a metric of a run");
    in.optional_number("at_least", fact.at_least, -1e15, 1e15);
    in.optional_number("at_most", fact.at_most, -1e15, 1e15);
    if (!fact.at_least && !fact.at_most) in.fail("metric", "at_least or at_most is missing");
    out.push_back(fact);
    return;
  }
  read_subject(in, fact.subject, fact.index);
  const std::size_t before = out.size();
  for (const std::string_view figure : lesson_figures(fact.subject)) {
    fact.figure = figure;
    fact.values.clear();
    if (figure == "overlap" || figure == "true_overlap") {
      in.numbers(figure, fact.values, 0, 1e9);
    } else {
      std::optional<double> value;
      in.optional_number(figure, value, 0, 1e12);
      if (value) fact.values = {*value};
    }
    if (!fact.values.empty()) out.push_back(fact);
  }
  if (out.size() == before) in.fail("metric", "a fact is about a metric, or a figure of a request, decision or worker");
}

void read_question(ObjectReader& in, LessonQuestion& question) {
  read_text(in, "text", question.text);
  in.objects("choices", [&question](ObjectReader& choice) {
    LessonChoice c;
    read_text(choice, "text", c.text);
    choice.boolean("right", c.right);
    read_text(choice, "because", c.because);
    question.choices.push_back(std::move(c));
  });
  if (question.choices.size() < 2 || question.choices.size() > 4) in.fail("choices", "there must be two to four");
  const auto right =
      std::count_if(question.choices.begin(), question.choices.end(), [](const LessonChoice& c) { return c.right; });
  if (right != 1) in.fail("choices", "exactly one must be right");
}

void read_step(ObjectReader& in, LessonStep& step, const LessonMoment& before) {
  read_text(in, "title", step.title);
  read_text(in, "text", step.text);
  if (in.has("settings")) {
    step.settings = read_settings(in, "settings");
    step.changes.clear();
  }
  if (in.has("change")) step.changes.push_back({before, read_settings(in, "change")});
  in.ignore("settings");
  in.ignore("change");
  in.object("at", [&step](ObjectReader& at) { read_moment(at, step.at); });
  in.object("select", [&step](ObjectReader& s) { read_subject(s, step.selected, step.selected_index); });
  in.string("tab", step.tab);
  auto tree = static_cast<std::size_t>(step.tree);
  in.choice("tree", tree, {"belief", "truth", "difference"});
  step.tree = static_cast<LessonTree>(tree);
  in.string("point", step.point);
  if (in.has("lab")) in.integer("lab", step.lab.emplace(0), 0, 1000000);
  in.string("controls", step.controls);
  in.string("row", step.row);
  if (in.has("columns")) step.columns.clear();
  in.members("columns", [&](const std::string& title, const Json& metric) {
    const std::string id = metric.is_string() ? metric.get<std::string>() : "";
    if (!is_metric(id)) in.fail("columns", io::dump_json(metric) + " is not a metric of a run");
    step.columns.emplace_back(title, id);
  });
  if (!step.row.empty() && (step.columns.empty() || step.columns.size() > 3)) {
    in.fail("columns", "a row needs one to three columns");
  }
  in.object("question", [&step](ObjectReader& q) { read_question(q, step.question.emplace()); });
  in.objects("expect", [&step](ObjectReader& fact) { read_facts(fact, step.facts); });
}

}  // namespace

std::vector<std::string_view> lesson_figures(LessonSubject subject) {
  for (const SubjectRow& row : subjects()) {
    if (row.subject == subject) return row.figures;
  }
  return {};
}

Result<Lesson> parse_lesson(const std::string& json_text, const std::string& id, const std::string& folder) {
  const auto parsed = io::parse_json(json_text);
  if (!parsed) return parsed.error();
  const Json& json = *parsed;
  std::optional<Error> error;
  ObjectReader in(json, "", error);
  Lesson lesson;
  lesson.id = id;
  lesson.folder = folder;
  read_text(in, "title", lesson.title);
  read_text(in, "about", lesson.about);
  if (json.is_object() && json.contains("scenario") && json["scenario"].is_object()) {
    lesson.inline_scenario = true;
    lesson.scenario = io::dump_json(json["scenario"]);
    in.ignore("scenario");
  } else {
    read_text(in, "scenario", lesson.scenario);
  }
  LessonStep step;
  in.objects("steps", [&](ObjectReader& one) {
    const LessonMoment before = step.at;
    step.title.clear();
    step.text.clear();
    step.point.clear();
    step.controls.clear();
    step.lab.reset();
    step.row.clear();
    step.question.reset();
    step.facts.clear();
    read_step(one, step, before);
    lesson.steps.push_back(step);
  });
  if (lesson.steps.empty()) in.fail("steps", "is missing; a lesson has at least one step");
  in.finish();
  if (error) return *error;
  return lesson;
}

LessonShelf read_lessons(const std::string& folder) {
  namespace fs = std::filesystem;
  std::vector<fs::path> files;
  std::error_code ec;
  for (const auto& file : fs::directory_iterator(folder, ec)) {
    if (file.path().extension() == ".json") files.push_back(file.path());
  }
  std::sort(files.begin(), files.end());
  LessonShelf shelf;
  for (const fs::path& file : files) {
    const auto text = read_file(file.string());
    auto lesson = text ? parse_lesson(*text, file.stem().string(), folder) : Result<Lesson>(text.error());
    if (lesson) {
      shelf.lessons.push_back(std::move(*lesson));
    } else {
      shelf.troubles.push_back(file.filename().string() + ": " + lesson.error().message);
    }
  }
  return shelf;
}

}  // namespace blockyard
