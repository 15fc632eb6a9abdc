// blockyard trace info: what a trace holds and how much of it a cache could serve at best.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/options.h"
#include "app/cli/table.h"
#include "core/workload/trace_info.h"

namespace blockyard::cli {
namespace {

struct TraceArgs {
  std::string path;
  std::string format = "mooncake";
  std::uint32_t trace_block_tokens = 0;  // 0: the format's own
  std::uint32_t block_tokens = 16;
};

std::vector<std::string> length_row(const std::string& name, const LengthSummary& l) {
  return {name,
          fmt::format("{}", l.min),
          fmt::format("{:.1f}", l.mean),
          fmt::format("{:.1f}", l.p50),
          fmt::format("{:.1f}", l.p95),
          fmt::format("{}", l.max)};
}

int info(const TraceArgs& args) {
  const TraceFormat format = args.format == "bailian" ? TraceFormat::kBailian : TraceFormat::kMooncake;
  const std::uint32_t own = format == TraceFormat::kBailian ? 16 : 512;
  const std::uint32_t trace_block = args.trace_block_tokens == 0 ? own : args.trace_block_tokens;
  if (trace_block % args.block_tokens != 0) {
    return refuse(
        Error{fmt::format("--trace-block-tokens {}: not allowed; it must be a multiple of --block-tokens ({})",
                          trace_block, args.block_tokens)});
  }
  const auto raw = parse_trace(args.path, format, trace_block, 1.0, std::nullopt, args.block_tokens);
  if (!raw) return refuse(raw.error());
  const auto workload = cut_trace(*raw, args.block_tokens);
  if (!workload) return refuse(workload.error());
  for (const std::string& warning : workload->warnings) fmt::print(stderr, "blockyard: warning: {}\n", warning);

  const auto capacities = curve_capacities(100, workload->tree.size());
  const TraceInfo i = trace_info(*workload, capacities);
  const IdReuse reuse = id_reuse(*raw);
  const auto percent = [](double part, double whole) {
    return whole == 0 ? std::string("–") : fmt::format("{:.3f} %", 100 * part / whole);
  };
  fmt::print("{}\n\n", args.path);
  fmt::print(
      "{}\n",
      text_table(
          {{"requests", fmt::format("{}", i.requests)},
           {"span", fmt::format("{:.3f} s", static_cast<double>(i.span) / 1e6)},
           {"block references", fmt::format("{}", i.prompt_blocks), fmt::format("of {} tokens", i.block_tokens)},
           {"distinct blocks", fmt::format("{}", i.distinct_blocks)},
           {"best possible hit ratio",
            percent(static_cast<double>(i.best_hit_blocks), static_cast<double>(i.prompt_blocks)),
            fmt::format("{} blocks, {} requests: one cache without limit", i.best_hit_blocks, i.best_hit_requests)},
           {"  in the trace's own blocks", percent(static_cast<double>(reuse.hits), static_cast<double>(reuse.ids)),
            fmt::format("of {} tokens, a partial last one counted", trace_block)}},
          LastColumn::kNotes));
  fmt::print("{}\n", text_table({{"tokens", "min", "mean", "p50", "p95", "max"},
                                 length_row("prompt", i.prompt),
                                 length_row("output", i.output)}));
  std::vector<std::vector<std::string>> curve{{"one LRU cache of", "hit blocks", "hit ratio"}};
  for (const CapacityPoint& p : i.curve) {
    curve.push_back({fmt::format("{} blocks", p.capacity_blocks), fmt::format("{}", p.hit_blocks),
                     fmt::format("{:.3f} %", 100 * p.ratio)});
  }
  fmt::print("{}", text_table(curve));
  return kDone;
}

}  // namespace

std::function<int()> make_trace(CLI::App& app, const Context&) {
  auto args = std::make_shared<TraceArgs>();
  app.require_subcommand(1);
  CLI::App* sub = app.add_subcommand(
      "info", "Counts, span, lengths, unique blocks, best possible hit ratio, hit ratio over capacity");
  sub->add_option("file", args->path, "A trace, plain or gzip")->required();
  sub->add_option("--format", args->format, "mooncake or bailian")
      ->check(CLI::IsMember({"mooncake", "bailian"}))
      ->capture_default_str();
  sub->add_option("--trace-block-tokens", args->trace_block_tokens, "Tokens a hash id (default: the format's)")
      ->check(CLI::Range(1, 1 << 20));
  sub->add_option("--block-tokens", args->block_tokens, "Tokens a cache block")
      ->check(CLI::Range(1, 1 << 16))
      ->capture_default_str();
  return [args] { return info(*args); };
}

}  // namespace blockyard::cli
