#include "app/cli/parts/table.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"

namespace blockyard::cli {
namespace {

// Characters on screen: UTF-8 continuation bytes take no column.
std::size_t columns(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::vector<std::string> spread_row(const std::string& name, const std::optional<Spread>& s) {
  if (!s) return {name, "–", "–", "–", "–", "–"};
  const auto ms = [](double v) { return duration_text(v, 4); };
  return {name, ms(s->mean), ms(s->p50), ms(s->p95), ms(s->p99), ms(s->max)};
}

}  // namespace

std::string text_table(const std::vector<std::vector<std::string>>& rows, LastColumn last) {
  std::vector<std::size_t> width;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (width.size() <= i) width.push_back(0);
      width[i] = std::max(width[i], columns(row[i]));
    }
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string pad(width[i] - columns(row[i]), ' ');
      const bool left = i == 0 || (last == LastColumn::kNotes && i + 1 == width.size());
      line += (i == 0 ? "" : "  ") + (left ? row[i] + pad : pad + row[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string saturated_line(const Summary& s, const Scenario& scenario) {
  if (!s.saturation) return "";
  return fmt::format("SATURATED: {}. What would help: {}.\n", saturation_text(*s.saturation),
                     saturation_remedy(*s.saturation, scenario));
}

std::string summary_table(const std::string& title, const Summary& s, const Scenario& scenario) {
  const auto percent = [](double v) { return fmt::format("{:.2f} %", 100 * v); };
  std::string out = title + "\n\n";
  if (!s.rejected_reason.empty()) out += fmt::format("REJECTED: {}.\n\n", s.rejected_reason);
  if (s.saturation) out += saturated_line(s, scenario) + "\n";
  out += text_table(
      {
          {"requests", with_commas(s.requests),
           fmt::format("{} completed, {} rejected, {}, {}", with_commas(s.completed), with_commas(s.rejected),
                       counted(s.retries, "retry", "retries"), counted(s.preemptions, "preemption"))},
          {"block hit rate", percent(s.block_hit_rate),
           fmt::format("{} of {}", with_commas(s.hit_blocks), counted(s.prompt_blocks, "block"))},
          {"token hit rate", percent(s.token_hit_rate), ""},
          {"request hit rate", percent(s.request_hit_rate),
           fmt::format("{} of {}", with_commas(s.hit_requests), counted(s.completed, "request"))},
          {"false hits", with_commas(s.false_hits),
           fmt::format("the router believed more than was there: {} of prefill", duration_text(s.false_hit_ms, 4))},
          {"missed hits", with_commas(s.missed_hits), "more was there than the router believed"},
          {"evictions", with_commas(s.evictions), ""},
          {"makespan", duration_text(s.makespan_ms, 4),
           fmt::format("{:.1f} output tokens per s{}", s.output_tokens_per_s,
                       s.goodput ? fmt::format("; goodput {:.3f} requests per s, {} of requests",
                                               s.goodput->requests_per_s, percent(s.goodput->share))
                                 : "")},
          {"imbalance", fmt::format("{:.3f} ×", s.imbalance), fmt::format("Jain index {:.4f}", s.jain_index)},
      },
      LastColumn::kNotes);
  out += "\n";
  out += text_table({{"", "mean", "p50", "p95", "p99", "max"},
                     spread_row("end to end", s.e2e),
                     spread_row("  hits", s.e2e_hit),
                     spread_row("  misses", s.e2e_miss),
                     spread_row("first token", s.ttft),
                     spread_row("  hits", s.ttft_hit),
                     spread_row("  misses", s.ttft_miss),
                     spread_row("queue", s.queue),
                     spread_row("prefill", s.prefill),
                     spread_row("decode", s.decode),
                     spread_row("per output token", s.tpot),
                     spread_row("between tokens", s.itl)});
  out += "\n";
  std::vector<std::vector<std::string>> rows{
      {"worker", "requests", "hit blocks", "evictions", "peak", "resident", "busy"}};
  constexpr std::size_t kMostShown = 16;
  for (std::size_t w = 0; w < s.workers.size() && w < kMostShown; ++w) {
    const WorkerSummary& x = s.workers[w];
    rows.push_back({fmt::format("{}", w), with_commas(x.requests), with_commas(x.hit_blocks), with_commas(x.evictions),
                    with_commas(x.peak_blocks), with_commas(x.resident_blocks), percent(x.utilization)});
  }
  out += text_table(rows);
  if (s.workers.size() > kMostShown)
    out += fmt::format("… and {}\n", counted(s.workers.size() - kMostShown, "more worker"));
  return out;
}

std::string session_table(const SessionFigures& s) {
  const auto plain = [](double v) { return figure_text(v, 4, true); };
  std::vector<std::vector<std::string>> spreads{{"sessions", "mean", "p50", "p95", "p99", "max"}};
  if (s.turns)
    spreads.push_back({"turns", plain(s.turns->mean), plain(s.turns->p50), plain(s.turns->p95), plain(s.turns->p99),
                       plain(s.turns->max)});
  spreads.push_back(spread_row("between turns", s.between));
  spreads.push_back(spread_row("duration", s.duration));
  std::string out = text_table(spreads);
  out += fmt::format("{} of {}; {} of {} went to another worker than the turn before", counted(s.sessions, "session"),
                     counted(s.requests, "completed request"), with_commas(s.moved), counted(s.followed, "later turn"));
  out += fmt::format("; evicted while thinking: {} before {}\n\n", counted(s.evicted_blocks, "block"),
                     counted(s.evicted_turns, "turn"));
  std::vector<std::vector<std::string>> rows{{"turn", "requests", "hit blocks", "of", "block hit rate"}};
  constexpr std::size_t kMostShown = 12;
  for (std::size_t i = 0; i < std::min(kMostShown, s.by_turn.size()); ++i) {
    const SessionFigures::Turn& t = s.by_turn[i];
    const double rate =
        t.prompt_blocks == 0 ? 0 : static_cast<double>(t.hit_blocks) / static_cast<double>(t.prompt_blocks);
    rows.push_back({fmt::format("{}{}", t.turn, t.and_later ? " and later" : ""), with_commas(t.requests),
                    with_commas(t.hit_blocks), with_commas(t.prompt_blocks), fmt::format("{:.2f} %", 100 * rate)});
  }
  out += text_table(rows);
  if (s.by_turn.size() > kMostShown)
    out += fmt::format("… and {}\n", counted(s.by_turn.size() - kMostShown, "later turn"));
  return out;
}

}  // namespace blockyard::cli
