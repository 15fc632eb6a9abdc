#include "app/session/lesson_run.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "core/experiment/metric.h"
#include "core/metrics/summary.h"

namespace blockyard {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

bool is_moment(const LessonMoment& m, const LoggedEvent& e, const Simulation& end) {
  if (e.type != m.event || (m.request != kNone && e.request != m.request)) return false;
  if (m.hit) return e.value > 0;
  // Nobody is routed anew between a routing and its start, but for a crash, which lessons show otherwise.
  if (m.phantom) return end.records()[e.request].predicted > e.value;
  return true;
}

double of_request(const Simulation& sim, RequestId r, std::string_view figure) {
  if (r >= sim.records().size()) return kNothing;
  const RequestRecord& record = sim.records()[r];
  if (figure == "tokens") return sim.request(r).prompt_tokens;
  if (figure == "blocks") return sim.request(r).prompt_blocks;
  if (figure == "preemptions") return record.preemptions;
  if (figure == "predicted") return record.worker == kNone ? kNothing : record.predicted;
  if (figure == "on") return record.worker == kNone ? kNothing : record.worker;
  if (record.start < 0) return kNothing;
  if (figure == "hit") return record.hit;
  if (figure == "queue_ms") return us_to_ms(record.start - record.arrival);
  if (figure == "price_ms") return us_to_ms(phantom_price(sim, r));
  if (record.first_token < 0) return kNothing;
  if (figure == "ttft_ms") return us_to_ms(record.first_token - record.arrival);
  return us_to_ms(record.first_token - record.start);
}

double of_worker(const Simulation& sim, WorkerId w, std::string_view figure) {
  if (w >= sim.workers().size()) return kNothing;
  const Worker& worker = sim.workers()[w];
  if (figure == "capacity") return worker.capacity();
  if (figure == "resident") return worker.resident();
  if (figure == "in_use") return worker.in_use();
  if (figure == "running") return static_cast<double>(worker.running().size());
  if (figure == "waiting") return static_cast<double>(worker.waiting().size());
  if (figure == "evictions") return static_cast<double>(worker.evictions());
  if (figure == "believed") return sim.believed(w).count();
  if (figure == "phantom") return sim.divergence(w).phantom;
  if (figure == "unknown") return sim.divergence(w).unknown;
  double shared = 0;
  for (SlotId s = 0; s < worker.capacity(); ++s) shared += worker.cache().slots()[s].refs >= 2 ? 1 : 0;
  return shared;
}

std::vector<double> of_decision(const Player& player, RequestId r, std::string_view figure) {
  const auto study = player.routing_of(r);
  if (!study) return {};
  if (figure == "chosen") return {static_cast<double>(study->used.chosen)};
  std::vector<double> out;
  for (const DecisionRow& row : study->used.rows) {
    out.push_back(figure == "overlap" ? row.seen.overlap : row.true_overlap);
  }
  return out;
}

std::vector<double> values_of(const LessonFact& fact, const Player& player, const Summary& summary) {
  const Simulation& sim = player.cursor();
  switch (fact.subject) {
    case LessonSubject::kRequest:
      return {of_request(sim, fact.index, fact.figure)};
    case LessonSubject::kDecision:
      return of_decision(player, fact.index, fact.figure);
    case LessonSubject::kWorker:
      return {of_worker(sim, fact.index, fact.figure)};
    case LessonSubject::kNothing:
      break;
  }
  return {find_metric(fact.figure)->of(summary)};
}

std::string_view subject_name(LessonSubject subject) {
  switch (subject) {
    case LessonSubject::kRequest:
      return "request ";
    case LessonSubject::kDecision:
      return "decision ";
    case LessonSubject::kWorker:
      return "worker ";
    case LessonSubject::kNothing:
      break;
  }
  return "";
}

}  // namespace

std::optional<SimTime> time_of(const LessonMoment& moment, Player& player) {
  if (moment.end) {
    player.look_ahead_all();
    return player.frontier();
  }
  if (!moment.event) return moment.t;
  for (std::size_t at = 0;;) {
    for (; at < player.events().size(); ++at) {
      if (is_moment(moment, player.events()[at], player.frontier_state())) return player.events()[at].t;
    }
    if (!player.look_ahead(256) && at == player.events().size()) return std::nullopt;
  }
}

std::vector<std::string> facts_broken(const LessonStep& step, const Player& player) {
  const Summary summary = summarize(player.cursor());
  std::vector<std::string> broken;
  for (const LessonFact& fact : step.facts) {
    const std::vector<double> is = values_of(fact, player, summary);
    bool holds = !is.empty();
    if (!fact.values.empty()) holds = is == fact.values;
    for (const double v : is) {
      if (fact.at_least) holds = holds && v >= *fact.at_least;
      if (fact.at_most) holds = holds && v <= *fact.at_most;
    }
    if (holds) continue;
    const std::string index = fact.subject == LessonSubject::kNothing ? "" : fmt::format("{}: ", fact.index);
    broken.push_back(fmt::format("{}{}{} is {}", subject_name(fact.subject), index, fact.figure, fmt::join(is, ", ")));
  }
  return broken;
}

}  // namespace blockyard
