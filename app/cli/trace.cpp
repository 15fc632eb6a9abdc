// blockyard trace info: what a trace holds and how much of it a cache could serve at best.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/parts/checks.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/options.h"
#include "app/cli/parts/table.h"
#include "core/base/text.h"
#include "core/base/words/printable.h"
#include "core/workload/trace_info.h"

namespace blockyard::cli {
namespace {

struct TraceArgs {
  std::vector<std::string> paths;
  WorkloadSpec spec;
  std::uint32_t trace_block_tokens = 0;  // 0: recognised
  std::uint32_t limit = 0;               // 0: none
  std::uint32_t block_tokens = 16;
  WordSettings words;
};

// How far a long file is, on a terminal.
void show_progress(std::uint64_t bytes, std::size_t requests) {
  note("\r{:.0f} MB read, {} requests", static_cast<double>(bytes) / 1e6, requests);
}

std::vector<std::string> length_row(const std::string& name, const LengthSummary& l) {
  return {name,
          fmt::format("{}", l.min),
          fmt::format("{:.1f}", l.mean),
          fmt::format("{:.1f}", l.p50),
          fmt::format("{:.1f}", l.p95),
          fmt::format("{}", l.max)};
}

// The two ends of a long text.
std::string both_ends(const std::string& text) {
  constexpr std::size_t kBegin = 56, kEnd = 28;
  const std::string all = one_line(text, std::string::npos / 2);
  const std::string begin = one_line(text, kBegin + kEnd);
  if (begin == all) return all;
  std::size_t at = all.size() - kEnd;
  while (at < all.size() && (static_cast<unsigned char>(all[at]) & 0xC0) == 0x80) ++at;
  return one_line(text, kBegin) + " " + all.substr(at);
}

void print_shared(const Workload& workload) {
  const RadixTree tree = RadixTree::build(workload.prompt_chains(), workload.id_count());
  std::vector<std::vector<std::string>> rows{{"shared by", "tokens", "the longest prefixes that are shared"}};
  for (const SharedPrefix& p : shared_prefixes(workload, tree, 10))
    rows.push_back({fmt::format("{} requests", p.requests), fmt::format("{}", p.tokens), both_ends(p.words)});
  if (rows.size() == 1) {
    fmt::print("no two requests share a full block of {} tokens\n\n", workload.block_tokens);
  } else {
    fmt::print("{}\n", text_table(rows, LastColumn::kNotes));
  }
}

int info(const TraceArgs& args, const Context& context) {
  WorkloadSpec spec = args.spec;
  spec.type = WorkloadType::kTrace;
  if (args.trace_block_tokens > 0) spec.block_tokens = args.trace_block_tokens;
  if (args.limit > 0) spec.limit = args.limit;
  TraceReading reading;
  reading.cache_block_tokens = args.block_tokens;
  reading.limits.most_memory = context.most_memory;
  WordLender words(args.words);
  reading.words = &words;
  if (progress_wanted()) reading.progress = show_progress;
  auto raw = parse_trace(args.paths, spec, reading);
  if (progress_wanted()) note("\r{:60}\r", "");
  if (!raw) return refuse(raw.error());
  const auto workload = cut_trace(*raw, spec, reading);
  if (!workload) return refuse(workload.error());
  const IdReuse reuse = id_reuse(*raw);
  const std::uint32_t trace_block = raw->block_tokens;
  *raw = RawTrace();  // what follows needs the workload alone
  note("blockyard: {}\n", printable(workload->read_as));
  for (const std::string& warning : workload->warnings) note("blockyard: warning: {}\n", printable(warning));

  const auto capacities = curve_capacities(100, workload->tree.size());
  const TraceInfo i = trace_info(*workload, capacities);
  const auto percent = [](double part, double whole) {
    return whole == 0 ? std::string("–") : fmt::format("{:.3f} %", 100 * part / whole);
  };
  fmt::print("{}\n\n", printable(fmt::format("{}", fmt::join(args.paths, ", "))));
  fmt::print(
      "{}\n",
      text_table(
          {{"requests", with_commas(i.requests)},
           {"span", fmt::format("{:.3f} s", static_cast<double>(i.span) / 1e6)},
           {"block references", with_commas(i.prompt_blocks), fmt::format("of {} tokens", i.block_tokens)},
           {"distinct blocks", with_commas(i.distinct_blocks)},
           {"best possible hit ratio",
            percent(static_cast<double>(i.best_hit_blocks), static_cast<double>(i.prompt_blocks)),
            fmt::format("{}, {}: one cache without limit", counted(i.best_hit_blocks, "block"),
                        counted(i.best_hit_requests, "request"))},
           {"  in the trace's own blocks", percent(static_cast<double>(reuse.hits), static_cast<double>(reuse.ids)),
            fmt::format("of {} tokens, a partial last one counted", trace_block)}},
          LastColumn::kNotes));
  fmt::print("{}\n", text_table({{"tokens", "min", "mean", "p50", "p95", "max"},
                                 length_row("prompt", i.prompt),
                                 length_row("output", i.output)}));
  if (workload->words) print_shared(*workload);
  std::vector<std::vector<std::string>> curve{
      {"one LRU cache of", "requests that fit", "hit blocks", "of", "hit ratio"}};
  for (const CapacityPoint& p : i.curve) {
    curve.push_back({counted(p.capacity_blocks, "block"), with_commas(p.requests), with_commas(p.hit_blocks),
                     with_commas(p.prompt_blocks), fmt::format("{:.3f} %", 100 * p.ratio)});
  }
  fmt::print("{}", text_table(curve));
  return kDone;
}

}  // namespace

std::function<int()> make_trace(CLI::App& app, const Context& context) {
  auto args = std::make_shared<TraceArgs>();
  app.require_subcommand(1);
  CLI::App* sub = app.add_subcommand(
      "info", "Show counts, time span, lengths, unique blocks, the best possible hit rate and hit rate by capacity");
  sub->add_option("file", args->paths,
                  "Traces, or folders of traces (merged by time), plain or compressed; - is standard input")
      ->required();
  std::vector<std::string> formats;
  for (const TraceFormatRow& row : trace_formats()) formats.emplace_back(row.id);
  sub->add_option("--format", args->spec.format, "The file's format (default: recognised from its content)")
      ->type_name("FORMAT")
      ->check(one_of(formats));
  sub->add_option("--trace-block-tokens", args->trace_block_tokens, "Tokens per hash id (default: recognised)")
      ->check(whole(1, 1U << 20));
  sub->add_option("--limit", args->limit, "Read only the file's first N requests (default: all of them)")
      ->check(whole(1, 2'000'000'000));
  sub->add_option("--block-tokens", args->block_tokens, "Tokens per cache block")
      ->check(whole(1, 1U << 16))
      ->capture_default_str();
  sub->add_option("--tokenizer", args->words.tokenizer,
                  "Tokenizer for traces of words: built-in, or the path of a Hugging Face tokenizer.json (BPE)")
      ->type_name("FILE")
      ->capture_default_str();
  end_help(app, {"blockyard workload multi-turn --out chat.jsonl", "blockyard trace info chat.jsonl"});
  end_help(*sub, {"blockyard workload multi-turn --out chat.jsonl", "blockyard trace info chat.jsonl --block-tokens 8",
                  "gzip -c chat.jsonl | blockyard trace info -"});
  return [args, context] {
    args->words.assets_dir = Assets(context.assets_dir).dir();
    return info(*args, context);
  };
}

}  // namespace blockyard::cli
