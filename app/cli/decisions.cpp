// blockyard decisions: the receipts that `run --decisions` wrote, filtered and summed. One line is held at a time.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/options.h"
#include "app/cli/parts/table.h"
#include "core/base/percentile.h"
#include "core/base/text.h"
#include "core/base/words/printable.h"
#include "core/io/receipts.h"

namespace blockyard::cli {
namespace {

struct DecisionsArgs {
  std::string file, where, by;
  bool json = false, lines = false;
};

double figure(const ExpressionRecord& f, ReceiptFigure which) { return f.figure(static_cast<std::uint32_t>(which)); }

// What matched, added up. Blocks and hits are of those that started.
struct Sums {
  std::uint64_t decisions = 0, started = 0, lost = 0;
  double prompt_blocks = 0, predicted = 0, hit = 0, false_blocks = 0, missed_blocks = 0;
  std::uint64_t false_hits = 0, missed_hits = 0;
  std::vector<double> ttft;

  void add(const ExpressionRecord& f) {
    ++decisions;
    if (f.text(static_cast<std::uint32_t>(ReceiptFigure::kOutcome)) == "lost") ++lost;
    const double h = figure(f, ReceiptFigure::kHit);
    if (!std::isnan(h)) {
      const double p = figure(f, ReceiptFigure::kPredicted);
      ++started;
      prompt_blocks += figure(f, ReceiptFigure::kPromptBlocks);
      predicted += p;
      hit += h;
      false_blocks += std::max(0.0, p - h);
      missed_blocks += std::max(0.0, h - p);
      if (p > h) ++false_hits;
      if (p < h) ++missed_hits;
    }
    if (const double t = figure(f, ReceiptFigure::kTtftMs); !std::isnan(t)) ttft.push_back(t);
  }
  void finish() { std::sort(ttft.begin(), ttft.end()); }
  double mean() const {
    double sum = 0;
    for (const double t : ttft) sum += t;
    return ttft.empty() ? 0 : sum / static_cast<double>(ttft.size());
  }
  nlohmann::ordered_json json() const {
    nlohmann::ordered_json out{{"decisions", decisions},
                               {"started", started},
                               {"lost", lost},
                               {"prompt_blocks", prompt_blocks},
                               {"predicted_blocks", predicted},
                               {"hit_blocks", hit},
                               {"false_hits", false_hits},
                               {"false_blocks", false_blocks},
                               {"missed_hits", missed_hits},
                               {"missed_blocks", missed_blocks},
                               {"ttft_ms", nullptr}};
    if (!ttft.empty()) {
      out["ttft_ms"] = {
          {"mean", mean()}, {"p50", percentile(ttft, 50)}, {"p95", percentile(ttft, 95)}, {"max", ttft.back()}};
    }
    return out;
  }
};

std::string count_text(double blocks) { return with_commas(static_cast<std::uint64_t>(blocks)); }

std::string share_text(std::uint64_t part, std::uint64_t all) {
  return all == 0 ? "none"
                  : fmt::format("{} of {} ({})", with_commas(part), with_commas(all),
                                percent_text(static_cast<double>(part) / static_cast<double>(all)));
}

void print_total(const Sums& s, std::uint64_t all) {
  std::vector<std::vector<std::string>> rows{
      {"decisions", share_text(s.decisions, all)},
      {"of them lost in a crash", with_commas(s.lost)},
      {"prompt blocks", count_text(s.prompt_blocks)},
      {"predicted blocks", count_text(s.predicted)},
      {"hit blocks", count_text(s.hit)},
      {"believed, not held",
       fmt::format("{} blocks in {} decisions", count_text(s.false_blocks), with_commas(s.false_hits))},
      {"held, not believed",
       fmt::format("{} blocks in {} decisions", count_text(s.missed_blocks), with_commas(s.missed_hits))}};
  if (!s.ttft.empty()) {
    rows.push_back({"TTFT mean", duration_text(s.mean())});
    rows.push_back({"TTFT p50, p95", fmt::format("{}, {}", duration_text(percentile(s.ttft, 50)),
                                                 duration_text(percentile(s.ttft, 95)))});
    rows.push_back({"TTFT max", duration_text(s.ttft.back())});
  }
  fmt::print("{}", text_table(rows));
}

void print_groups(const std::string& by, const std::vector<std::pair<std::string, const Sums*>>& groups) {
  std::vector<std::vector<std::string>> rows{
      {by, "decisions", "prompt blocks", "predicted", "hit", "not held", "not believed", "TTFT mean", "TTFT p95"}};
  for (const auto& [name, s] : groups) {
    rows.push_back({name, with_commas(s->decisions), count_text(s->prompt_blocks), count_text(s->predicted),
                    count_text(s->hit), count_text(s->false_blocks), count_text(s->missed_blocks),
                    s->ttft.empty() ? "–" : duration_text(s->mean()),
                    s->ttft.empty() ? "–" : duration_text(percentile(s->ttft, 95))});
  }
  fmt::print("\n{}", text_table(rows));
}

// A group's key: its figure, so that groups come in the order of numbers, and its name.
using Key = std::pair<double, std::string>;
Key key_of(const ExpressionRecord& f, const ExpressionField& by) {
  if (by.text) return {0, std::string(f.text(by.index))};
  const double v = f.figure(by.index);
  return std::isnan(v) ? Key{std::numeric_limits<double>::infinity(), "–"} : Key{v, fmt::format("{}", v)};
}

int decisions(const DecisionsArgs& args) {
  const FindField find = [](std::string_view name) { return find_receipt_field(name); };
  std::optional<Expression> where;
  if (!args.where.empty()) {
    auto parsed = Expression::parse(args.where, find);
    if (!parsed) return refuse(Error{fmt::format("--where: {}", parsed.error().message)});
    where = std::move(*parsed);
  }
  std::optional<ExpressionField> by;
  if (!args.by.empty()) {
    auto found = find(args.by);
    if (!found) return refuse(Error{fmt::format("--by {}: {}", args.by, found.error().message)});
    by = *found;
  }
  auto reader = ReceiptReader::open(args.file);
  if (!reader) return refuse(reader.error());
  const PolledInterrupts polled;
  Sums total;
  std::map<Key, Sums> groups;
  std::uint64_t all = 0;
  for (;;) {
    const auto more = (*reader)->next();
    if (!more) return refuse(more.error());
    if (!*more) break;
    if (interrupted()) return refuse(interruption());
    ++all;
    const ExpressionRecord& f = (*reader)->fields();
    if (where && !where->test(f)) continue;
    total.add(f);
    if (by) groups[key_of(f, *by)].add(f);
    if (!args.lines) continue;
    const std::string_view line = (*reader)->line();
    if (std::fwrite(line.data(), 1, line.size(), stdout) != line.size() || std::fputc('\n', stdout) == EOF) break;
  }
  if (args.lines) return finish_standard_output(kDone);
  total.finish();
  std::vector<std::pair<std::string, const Sums*>> shown;
  for (auto& [key, sums] : groups) {
    sums.finish();
    shown.emplace_back(key.second.empty() ? "(none)" : printable(key.second, 60), &sums);
  }
  if (args.json) {
    nlohmann::ordered_json out{{"all", all}, {"where", args.where}, {"sum", total.json()}};
    if (by) {
      out["by"] = args.by;
      out["groups"] = nlohmann::ordered_json::array();
      for (const auto& [name, sums] : shown) {
        nlohmann::ordered_json group{{args.by, name}};
        group.update(sums->json());
        out["groups"].push_back(std::move(group));
      }
    }
    fmt::print("{}\n", out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    return kDone;
  }
  print_total(total, all);
  if (by) print_groups(args.by, shown);
  return kDone;
}

std::string help_text() {
  std::string out =
      "A condition compares fields, numbers and texts in quotes with < <= > >= == and !=, and joins comparisons with "
      "and,\nor, not and parentheses; + - * / work on numbers. A comparison with what is missing (the hit of a lost "
      "routing) is false.\n\nFields:\n";
  for (const ReceiptField& f : receipt_fields()) {
    if (!f.of_candidates) out += fmt::format("  {:22} {}\n", f.name, f.help);
  }
  out +=
      "Of candidates: write chosen.load for the worker that was chosen, min.load and max.load over those that were "
      "routable:\n";
  for (const ReceiptField& f : receipt_fields()) {
    if (f.of_candidates) out += fmt::format("  {:22} {}\n", fmt::format("chosen.{}", f.name), f.help);
  }
  out.pop_back();
  return out;
}

}  // namespace

std::function<int()> make_decisions(CLI::App& app, const Context&) {
  auto args = std::make_shared<DecisionsArgs>();
  app.add_option("file", args->file,
                 "A file written by `run --decisions`, plain or compressed, or - for standard input")
      ->required();
  app.add_option("--where", args->where,
                 "Count only receipts that meet this condition, e.g. 'predicted>hit' (default: all)")
      ->type_name("CONDITION");
  app.add_option("--by", args->by, "Also sum by the values of this field, e.g. worker, router, session (default: no)")
      ->type_name("FIELD");
  app.add_flag("--lines", args->lines, "Print the matching receipts unchanged instead of sums");
  app.add_flag("--json", args->json, "Print the sums as JSON")->excludes("--lines");
  end_help(app,
           {"blockyard run stale-view --decisions d.jsonl",
            "blockyard decisions d.jsonl --where 'predicted>hit' --by worker",
            "blockyard decisions d.jsonl --where 'chosen.overlap < max.overlap and ttft_ms > 500'",
            "blockyard decisions d.jsonl --where 'outcome == \"lost\"' --lines"},
           help_text());
  return [args] { return decisions(*args); };
}

}  // namespace blockyard::cli
