#include "app/panels/inspector/why_here.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

#include "app/panels/fleet/side_by_side.h"
#include "app/panels/key_figures.h"
#include "app/panels/whose_belief.h"
#include "app/ui/icons.h"
#include "core/metrics/waiting.h"
#include "core/router/signals.h"

namespace blockyard {
namespace {

std::string score_text(double v) {
  const double size = std::abs(v);
  return size >= 1000 ? fmt::format("{:.0f}", v) : size >= 10 ? fmt::format("{:.1f}", v) : fmt::format("{:.3g}", v);
}

// Widths of columns at scale 1; between two of them 12, and 6 at either end.
constexpr float kChip = 24, kBelieved = 56, kHeld = 34, kLoadWidth = 62, kAge = 52, kScore = 60, kVerdict = 56;
constexpr float kLeastStrategies = 250;  // at which the table of strategies still says who they are

// What came of a real request.
std::string measured(const FrameContext& ctx, RequestId r) {
  const RequestRecord& record = ctx.fleet.records()[r];
  std::string out = fmt::format(" Predicted {} of {}", record.predicted, counted(ctx.fleet.request(r).prompt_blocks, "block"));
  if (record.status == RequestStatus::kRunning) return out + "; it runs.";
  out += record.hit_told ? fmt::format(", hit {}", record.hit) : std::string(", hit not told");
  if (record.first_token >= 0) out += fmt::format("; first token after {}", duration_text(us_to_ms(record.first_token - record.arrival)));
  return out + ".";
}

float signal_width(const SignalRow& signal) {
  return 12.0F + 7.0F * static_cast<float>(std::max<std::size_t>(4, signal.label.size()));
}

}  // namespace

void WhyHereTab::draw(FrameContext& ctx, const Rect& rect) {
  const Look& look = ctx.look;
  const Theme& theme = look.theme;
  const RequestId r = selected_request(ctx.selection);
  if (r == kNone || r >= ctx.fleet.records().size()) {
    if (empty_state(look, rect, icons::kQuestion, "Select a request or a decision",
                    "Why the router sent it there: what it saw of each worker, what was true, and "
                    "what every other strategy would have done.",
                    ctx.fleet.arrived() > 0 ? "Take the latest" : nullptr)) {
      for (RequestId latest = ctx.fleet.arrived(); latest-- > 0;) {
        if (ctx.fleet.records()[latest].worker == kNone) continue;
        ctx.select(SelectedDecision{latest});
        break;
      }
    }
    return;
  }
  if (ctx.study == nullptr || ctx.study->used.request != r) {
    const bool rejected = ctx.fleet.records()[r].status == RequestStatus::kRejected;
    empty_state(look, rect, icons::kClock,
                rejected ? fmt::format("Request {} was rejected", r) : fmt::format("Request {} is not routed yet", r),
                rejected ? "Its prompt is longer than a worker's memory, so it was never routed."
                         : "It has no decision at this time. Move on, or go to the end of the run.");
    return;
  }
  const RoutingStudy& study = *ctx.study;
  const Decision& d = study.used;
  Rect rest = rect;
  Rect head = rest.take_top(look.px(22), look.px(6));
  // Two tables where both have room, else the one that is asked for.
  const float least = workers_width(ctx, study) + look.px(kLeastStrategies + 25);
  const bool one = rect.w < least;
  if (one) choose_table(look, head);
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float y = head.center().y;
  float x = draw_text(list, look, FontRole::BodyBold, theme.text, ImVec2(head.x + look.px(6), y),
                      ellipsized(look, FontRole::BodyBold, request_text(ctx, r), head.w - look.px(110)));
  x = draw_text(list, look, FontRole::Small, theme.text_muted, ImVec2(x + look.px(9), y), "went to");
  if (d.chosen != kNone) x = worker_chip(list, look, ImVec2(x + look.px(8), y), d.chosen);
  const auto policies = policy_table();
  std::string sentence = fmt::format(
      "at {} by {}{}: {}.", moment_text(d.t), d.strategy < policies.size() ? policies[d.strategy].label : "?",
      several_routers(ctx) ? fmt::format(" at router {}", d.router) : std::string(), d.why.reason);
  if (ctx.observed != nullptr) sentence += measured(ctx, r);
  draw_text(list, look, FontRole::Small, theme.text_secondary, ImVec2(x + look.px(9), y),
            ellipsized(look, FontRole::Small, sentence, head.right() - x - look.px(9)));
  ImGui::SetCursorScreenPos(ImVec2(x, head.y));
  ImGui::InvisibleButton("##reason", ImVec2(std::max(1.0f, head.right() - x), head.h));
  help_tooltip(look, "Why", sentence);
  look.mark("why", head);
  if (const std::string why = wait_text(wait_of(ctx.fleet, r)); !why.empty()) {
    const Rect under = rest.take_top(look.px(16), look.px(7));
    const std::string waits = "It waits there: " + why + ".";
    draw_text(list, look, FontRole::Small, theme.text, ImVec2(under.x + look.px(6), under.center().y),
              ellipsized(look, FontRole::Small, waits, under.w - look.px(12)));
    ImGui::SetCursorScreenPos(under.min());
    ImGui::InvisibleButton("##waits", ImVec2(under.w, under.h));
    help_tooltip(look, "Why it waits", waits);
    look.mark("waits", under);
  }

  if (one) {
    page_ == 0 ? workers(ctx, study, rest) : strategies(ctx, study, rest);
    return;
  }
  const float side = std::clamp(rest.w - least + look.px(kLeastStrategies), look.px(kLeastStrategies),
                                std::min(look.px(330), std::max(look.px(kLeastStrategies), rest.w * 0.4f)));
  const Rect right = rest.take_right(side, look.px(25));
  const float line = rest.right() + look.px(12);
  list->AddRectFilled(ImVec2(line, rest.y), ImVec2(line + std::max(1.0f, look.px(1)), rest.bottom()), theme.line);
  workers(ctx, study, rest);
  strategies(ctx, study, right);
}

// The names of the two tables at the right end of `head`, which is left with the rest.
void WhyHereTab::choose_table(const Look& look, Rect& head) {
  constexpr std::array<const char*, 2> kNames{"workers", "other strategies"};
  for (std::size_t i = kNames.size(); i-- > 0;) {
    const Rect r = head.take_right(chip_width(look, kNames[i]), look.px(i == 0 ? 10 : 5));
    ImGui::SetCursorScreenPos(r.min());
    if (chip(look, kNames[i], static_cast<int>(i) == page_ ? Tone::Accent : Tone::Neutral)) page_ = static_cast<int>(i);
    look.mark(i == 0 ? "why/workers" : "why/strategies", r);
  }
}

// How wide the table of workers is without score terms, pixels.
float WhyHereTab::workers_width(const FrameContext& ctx, const RoutingStudy& study) {
  const PolicyRow& policy = policy_table()[study.used.strategy];
  float width = 6 * 2 + kChip + 12 + kVerdict + (study.used.why.score_name.empty() ? 0 : kScore + 12);
  for (const SignalRow& signal : signal_table()) {
    if (signal.of == nullptr || (!policy.reads(signal.signal) && signal.signal != Signal::kOverlap)) continue;
    width += signal.signal == Signal::kOverlap ? kBelieved + kHeld + 24
             : signal.signal == Signal::kLoad  ? 2 * kLoadWidth + kAge + 36
                                               : signal_width(signal) + 12;
  }
  return ctx.look.px(width);
}

void WhyHereTab::workers(FrameContext& ctx, const RoutingStudy& study, const Rect& rect) const {
  const Look& look = ctx.look;
  const Theme& theme = look.theme;
  const Decision& d = study.used;
  // What the policy read of each worker, with what was true where belief and truth can differ.
  const PolicyRow& policy = policy_table()[d.strategy];
  using Cell = std::function<void(const Rect&, const TableColumn&, const DecisionRow&)>;
  std::vector<TableColumn> columns = {{"", kChip}};
  std::vector<Cell> cells;
  const auto add = [&](const char* title, float width, const char* help, Cell cell) {
    columns.push_back({title, width, true, help});
    cells.push_back(std::move(cell));
  };
  const auto overlap_ink = [&theme](const DecisionRow& line) {
    return line.seen.overlap != line.true_overlap ? theme.warn_text : Color{0};
  };
  for (const SignalRow& signal : signal_table()) {
    // Overlaps stand here even where they were not read: the hit comes of them.
    if (signal.of == nullptr || (!policy.reads(signal.signal) && signal.signal != Signal::kOverlap)) continue;
    if (signal.signal == Signal::kOverlap) {
      add("believed", kBelieved,
          policy.reads(signal.signal)
              ? "Leading blocks of the prompt that the router believed the worker to hold"
              : "Leading blocks of the prompt that the router believed the worker to hold; this "
                "strategy does not look at them",
          [&](const Rect& r, const TableColumn& c, const DecisionRow& line) {
            cell_text(look, r, c, std::to_string(line.seen.overlap), overlap_ink(line));
          });
      add("held", kHeld, "Leading blocks that it did hold",
          [&](const Rect& r, const TableColumn& c, const DecisionRow& line) {
            cell_text(look, r, c, std::to_string(line.true_overlap), overlap_ink(line));
          });
    } else if (signal.signal == Signal::kLoad) {
      add("load seen", kLoadWidth, "The load that the router saw, with its own additions",
          [&](const Rect& r, const TableColumn& c, const DecisionRow& line) {
            cell_text(look, r, c, load_text(ctx, line.seen.load));
          });
      add("age", kAge, "How old the seen load was", [&](const Rect& r, const TableColumn& c, const DecisionRow& line) {
        cell_text(look, r, c, duration_text(us_to_ms(line.load_age)), theme.text_muted);
      });
      // How much a real worker had to do at that very moment nobody knows.
      if (ctx.observed == nullptr) add("true load", kLoadWidth, "The load at that moment",
          [&](const Rect& r, const TableColumn& c, const DecisionRow& line) {
            cell_text(look, r, c, load_text(ctx, line.true_load));
          });
    } else {
      add(signal.label.data(), signal_width(signal), signal.help.data(),
          [&look, of = signal.of](const Rect& r, const TableColumn& c, const DecisionRow& line) {
            cell_text(look, r, c, with_commas(static_cast<std::uint64_t>(of(line.seen))));
          });
    }
  }
  const std::size_t signals = cells.size();
  // Score terms, as many as there is room for.
  const std::size_t terms = d.why.terms.size();
  float used = 6 * 2;
  for (const TableColumn& c : columns) used += c.width + 12;
  std::size_t shown_terms = 0;
  std::vector<std::string> names;
  names.reserve(terms);
  const bool scored = !d.why.score_name.empty();
  const float room = rect.w / look.scale - used - (scored ? 72 : 0) - 60;
  for (std::size_t i = 0; i < terms && 78.0f * static_cast<float>(i + 1) <= room; ++i) {
    names.emplace_back(d.why.terms[i]);
    columns.push_back({names.back().c_str(), 66, true});
    ++shown_terms;
  }
  const std::string score_name(d.why.score_name);
  if (scored)
    columns.push_back(
        {score_name.c_str(), kScore, true, d.why.lower_is_better ? "Lower is better" : "Higher is better"});
  columns.push_back({"", kVerdict});
  const TableResult result = draw_table(
      look, "why workers", rect, columns, d.rows.size(),
      [&](const TableRow& row) {
        const auto w = static_cast<WorkerId>(row.index);
        const DecisionRow& line = d.rows[row.index];
        worker_chip(ImGui::GetWindowDrawList(), look, ImVec2(row.cells[0].x, row.rect.center().y), w,
                    selected_worker(ctx.hover) == w);
        for (std::size_t i = 0; i < signals; ++i) cells[i](row.cells[i + 1], columns[i + 1], line);
        std::size_t at = 1 + signals;
        for (std::size_t i = 0; i < shown_terms; ++i, ++at)
          cell_text(look, row.cells[at], columns[at], score_text(line.score.terms[i]), theme.text_secondary);
        if (scored) {
          cell_text(look, row.cells[at], columns[at], score_text(line.score.score));
          ++at;
        }
        const bool won = w == d.chosen;
        cell_text(look, row.cells[at], columns[at],
                  won                   ? "chosen"
                  : !line.seen.routable ? "not routable"
                  : line.score.eligible ? "tied"
                                        : "",
                  won ? theme.accent : theme.text_muted);
      },
      [&](std::size_t i) { return i == d.chosen; });
  if (result.hovered) ctx.hover_on(SelectedWorker{static_cast<WorkerId>(*result.hovered)});
}

void WhyHereTab::strategies(FrameContext& ctx, const RoutingStudy& study, const Rect& rect) const {
  const Look& look = ctx.look;
  const Theme& theme = look.theme;
  const auto policies = policy_table();
  const std::array<TableColumn, 4> kColumns = {
      {{"on the same state", 0},
       {"", 24},
       {"held", 40, true, "Leading blocks that its choice held"},
       {ctx.observed != nullptr ? "to compute" : "prefill", 76, true,
        ctx.observed != nullptr ? "Blocks of the prompt that its choice did not hold"
                                : "Time to the first token once started there",
        1}}};
  const TableResult result = draw_table(
      look, "why strategies", rect, kColumns, study.strategies.size(),
      [&](const TableRow& row) {
        const Decision& d = study.strategies[row.index];
        const bool used = d.strategy == study.used.strategy;
        cell_text(look, row.cells[0], kColumns[0], d.strategy < policies.size() ? policies[d.strategy].label : "?",
                  used ? theme.text : theme.text_secondary);
        if (d.chosen == kNone) {
          if (ctx.observed != nullptr) cell_text(look, row.cells[1], kColumns[1], "?", theme.text_muted);
          return;
        }
        worker_chip(ImGui::GetWindowDrawList(), look, ImVec2(row.cells[1].x, row.rect.center().y), d.chosen);
        const std::uint32_t held = d.rows[d.chosen].true_overlap;
        cell_text(look, row.cells[2], kColumns[2], std::to_string(held));
        if (ctx.observed != nullptr) {  // what a block takes a real worker is not known: what is left to compute is
          cell_text(look, row.cells[3], kColumns[3], fmt::format("{} blk", d.chain_blocks - std::min(held, d.chain_blocks)));
          return;
        }
        cell_text(look, row.cells[3], kColumns[3],
                  duration_text(us_to_ms(ctx.fleet.config().latency.prefill(
                      d.chain_blocks - std::min(held, d.chain_blocks), ctx.fleet.config().cache.block_tokens))));
      },
      [&](std::size_t i) { return study.strategies[i].strategy == study.used.strategy; });
  if (!result.hovered) return;
  const Decision& d = study.strategies[*result.hovered];
  if (d.chosen != kNone) ctx.hover_on(SelectedWorker{d.chosen});
  if (d.strategy < policies.size())
    help_tooltip(look, policies[d.strategy].label,
                 fmt::format("{}\nHere: {}.", policies[d.strategy].help, d.why.reason));
}

void CompareTab::draw(FrameContext& ctx, const Rect& rect) {
  const Look& look = ctx.look;
  if (ctx.compared.empty()) {
    if (empty_state(
            look, rect, icons::kExchange, "Compare strategies on the same requests",
            "Other strategies run beside this one, at the same moment, and their figures stand here line by line. "
            "Many strategies and seeds over the whole run, as a picture: Experiments in the command palette.",
            "Compare"))
      open_comparison(ctx);
    return;
  }
  struct Line {
    std::string name;
    const LiveMetrics* metrics;
  };
  std::vector<Line> lines = {{std::string(policy_table()[ctx.fleet.config().router.strategy].label), &ctx.metrics}};
  for (const RunBeside& c : ctx.compared) lines.push_back({c.variant->name, c.metrics});
  if (ctx.recorded != nullptr) lines.push_back({"what really happened", nullptr});
  constexpr std::array<TableColumn, 7> kColumns = {
      {{"fleet", 0},
       {"hit rate", 76, true, "Blocks found in a cache ÷ prompt blocks"},
       {"TTFT p50", 78, true},
       {"TTFT p95", 78, true},
       {"end-to-end p95", 104, true},
       {"evictions", 78, true, "Blocks, over the span that the switch beside the key figures says"},
       {"imbalance", 78, true, "Most requests on a worker ÷ mean"}}};
  Rect table = rect;
  const Rect foot = table.take_bottom(look.px(30), look.px(6));
  ButtonSpec whole{"Whole run, more strategies, seeds …", icons::kFlask, ButtonKind::Ghost};
  ImGui::SetCursorScreenPos(foot.min());
  if (button(look, whole)) {
    ctx.ui.experiment_open = true;
    ctx.ui.experiment = UiState::Experiment::kComparison;
  }
  ButtonSpec fleets{"Fleets side by side", icons::kExchange, ButtonKind::Ghost};
  fleets.active = ctx.ui.side_by_side;
  ImGui::SetCursorScreenPos(ImVec2(foot.x + button_width(look, whole) + look.px(8), foot.y));
  if (button(look, fleets)) ctx.ui.side_by_side = !ctx.ui.side_by_side;
  draw_table(
      look, "compare", table, kColumns, lines.size(),
      [&](const TableRow& row) {
        const Line& l = lines[row.index];
        const bool real = l.metrics == nullptr;
        if (real) look.mark("really", row.rect);
        const KeyFigures k = real ? ctx.recorded->figures : shown_figures(ctx, *l.metrics);
        cell_text(look, row.cells[0], kColumns[0],
                  real ? fmt::format("     {}, all of it", l.name)
                       : fmt::format("{}   {}", static_cast<char>('A' + row.index), l.name),  // as over the fleets
                  look.theme.text);
        cell_text(look, row.cells[1], kColumns[1], percent_text(k.block_hit_rate));
        cell_text(look, row.cells[2], kColumns[2], duration_text(k.ttft_p50_ms));
        cell_text(look, row.cells[3], kColumns[3], duration_text(k.ttft_p95_ms));
        cell_text(look, row.cells[4], kColumns[4], duration_text(k.e2e_p95_ms));
        cell_text(look, row.cells[5], kColumns[5], with_commas(k.evictions));
        cell_text(look, row.cells[6], kColumns[6], quantity_text(k.imbalance, "×"));
      },
      [](std::size_t i) { return i == 0; });
}

}  // namespace blockyard
