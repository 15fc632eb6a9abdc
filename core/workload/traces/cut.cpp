// From checked lines to a workload: times, order, turns, then chains in request order, so that block ids follow it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/hash.h"
#include "core/workload/content.h"
#include "core/workload/draw.h"
#include "core/workload/traces/sessions.h"
#include "core/workload/traces/trace_reader.h"

namespace blockyard {
namespace {

constexpr double kYearUs = 365.0 * 86400 * 1e6;
constexpr double kMostTimeUs = 100 * kYearUs;
constexpr std::uint64_t kOwnKeys = std::uint64_t{3} << 62U;  // above whatever ids of traces reach

std::string grouped(std::uint64_t n) {
  std::string digits = fmt::format("{}", n);
  for (std::size_t i = digits.size(); i > 3;) digits.insert(i -= 3, ",");
  return digits;
}

std::string lasting(SimTime us) {
  const double s = static_cast<double>(us) / 1e6;
  if (s < 1) return fmt::format("{:.4g} ms", s * 1e3);
  if (s < 120) return fmt::format("{:.4g} s", s);
  if (s < 7200) return fmt::format("{:.0f} min", s / 60);
  if (s < 2 * 86400) return fmt::format("{:.1f} h", s / 3600);
  if (s < 2 * 365.0 * 86400) return fmt::format("{:.1f} days", s / 86400);
  return fmt::format("{:.1f} years", s / 86400 / 365);
}

// Whether any line says when it was sent. Where none does, and the format allows it, arrivals are drawn.
bool is_timed(const RawTrace& trace) {
  return std::any_of(trace.lines.begin(), trace.lines.end(), [](const TraceLine& l) { return l.has_time; });
}

// The recorded time of every line: its own, or that of its session's line before it.
std::optional<Error> fill_times(const RawTrace& trace, const WorkloadSpec& spec, std::uint64_t seed,
                                std::vector<double>& times) {
  times.resize(trace.lines.size());
  if (!is_timed(trace) && trace.times_may_lack) {
    Rng rng(seed, RngPurpose::kArrival);
    ArrivalTimes arrivals(spec.arrival, spec.rate, spec.burstiness);
    for (double& t : times) t = static_cast<double>(arrivals.next(rng)) / trace.us_per_unit;
    return std::nullopt;
  }
  std::vector<std::uint32_t> before(trace.sessions.size(), kNone);
  for (std::uint32_t i = 0; i < trace.lines.size(); ++i) {
    const TraceLine& line = trace.lines[i];
    const std::uint32_t last = line.session == kNone ? kNone : before[line.session];
    if (line.has_time) {
      times[i] = line.time;
    } else if (last != kNone) {
      times[i] = times[last];
    } else if (line.session != kNone) {
      return Error{
          fmt::format("{}: timestamp: is missing in the first line of session {}; a session's first line needs "
                      "it",
                      trace.name, trace.sessions[line.session])};
    } else {
      return Error{
          fmt::format("{}: timestamp: is missing in request {} (counted from 1); every line without a session "
                      "needs it",
                      trace.name, i + 1)};
    }
    if (line.session != kNone) before[line.session] = i;
  }
  return std::nullopt;
}

// Walks a line's ids into the tree: `whole` prompts, whose blocks are the trace's cut into the cache's.
class WholeChains {
 public:
  WholeChains(const RawTrace& trace, PrefixTree& tree, std::uint32_t block_tokens)
      : trace_(trace), tree_(tree), ratio_(trace.block_tokens / block_tokens) {}

  void walk(const TraceLine& line, Request& r, std::vector<Span>& chain) {
    trace_.ids.path(line.leaf, line.ids_count, ids_);
    PrefixTree::NodeId node = kNone;
    std::uint32_t left = r.prompt_blocks;
    for (std::size_t i = 0; left > 0 && i < ids_.size(); ++i) {
      const std::uint32_t n = std::min(ratio_, left);
      node = tree_.extend(node, ids_[i], n, chain);
      left -= n;
    }
    if (left > 0) {  // without identity: nobody else's
      tree_.extend(node, kOwnKeys | own_++, left, chain);
      return;
    }
    if (line.output_ids_count == 0 || ratio_ != 1) return;
    trace_.ids.path(line.output_leaf, std::size_t{r.prompt_blocks} + line.output_ids_count, ids_);
    for (std::size_t k = r.prompt_blocks; k < ids_.size(); ++k) node = tree_.extend(node, ids_[k], 1, chain);
    r.known_blocks += line.output_ids_count;
  }

 private:
  const RawTrace& trace_;
  PrefixTree& tree_;
  std::uint32_t ratio_;
  std::uint64_t own_ = 0;
  std::vector<std::uint64_t> ids_;
};

// `added` turns: a prompt is all that was said before and what the line adds, cut anew.
class GrowingChains {
 public:
  GrowingChains(const RawTrace& trace, PrefixTree& tree, std::uint32_t block_tokens)
      : trace_(trace), tree_(tree, block_tokens), block_tokens_(block_tokens), said_(trace.sessions.size()) {}

  // False where the prompt gets too long.
  bool walk(const TraceLine& line, Request& r, std::vector<Span>& chain) {
    std::vector<Segment> alone;
    std::vector<Segment>& said = line.session == kNone ? alone : said_[line.session];
    trace_.ids.path(line.leaf, line.ids_count, ids_);
    std::uint32_t left = line.prompt_tokens;
    for (std::size_t i = 0; i < ids_.size() && left > 0; ++i) {
      const std::uint32_t n = std::min(trace_.block_tokens, left);
      said.push_back({mix64(ids_[i] + 0x9e3779b97f4a7c15ULL), n});
      left -= n;
    }
    if (left > 0) said.push_back(own(left));
    std::uint64_t tokens = 0;
    for (const Segment& s : said) tokens += s.tokens;
    if (tokens + line.output_tokens > 100'000'000) return false;
    said.push_back(own(line.output_tokens));
    r.prompt_tokens = static_cast<std::uint32_t>(tokens);
    r.prompt_blocks = r.prompt_tokens / block_tokens_;
    // The last token of an answer is never computed by the request that makes it.
    const bool goes_on = line.session != kNone;
    r.known_blocks = goes_on ? (r.prompt_tokens + std::max(r.output_tokens, 1U) - 1) / block_tokens_ : r.prompt_blocks;
    tree_.walk(said, r.known_blocks, chain);
    return true;
  }

 private:
  Segment own(std::uint32_t tokens) { return {mix64(++owned_ ^ 0x632be59bd9b4e019ULL), tokens}; }

  const RawTrace& trace_;
  ContentTree tree_;
  std::uint32_t block_tokens_;
  std::uint64_t owned_ = 0;
  std::vector<std::vector<Segment>> said_;
  std::vector<std::uint64_t> ids_;
};

// The words of a line: those of the blocks that are new, in the order of their ids, and what lies behind them. One id
// of the trace is one block here.
void take_words(const RawTrace& trace, const TraceLine& line, Chain chain, Words& words) {
  const std::span<const std::uint32_t> rests = trace.rests;
  words.add_rest(rests.subspan(line.rest_begin, line.rest_count));
  std::size_t blocks = 0;
  for (const Span& run : chain) blocks += run.count;
  if (blocks == 0 || chain.back().first + chain.back().count <= words.blocks()) return;
  std::vector<IdTree::Node> path(blocks);
  IdTree::Node node = line.output_leaf;
  for (std::size_t i = blocks; i-- > 0; node = trace.ids.above(node, 1)) path[i] = node;
  std::size_t k = 0;
  const std::span<const std::uint32_t> tokens = trace.node_tokens;
  for (const Span& run : chain) {
    for (std::uint32_t i = 0; i < run.count; ++i, ++k) {
      if (run.first + i == words.blocks())
        words.add_block(tokens.subspan(std::size_t{path[k]} * trace.block_tokens, trace.block_tokens));
    }
  }
}

// What the reader took for granted, and what of it looks odd.
void say_what_was_read(const RawTrace& trace, const WorkloadSpec& spec, bool added, Workload& out) {
  const SimTime span = out.requests.back().arrival - out.requests.front().arrival;
  out.read_as = fmt::format("read as {}, ", trace.format);
  const bool any_ids =
      std::any_of(trace.lines.begin(), trace.lines.end(), [](const TraceLine& l) { return l.ids_count > 0; });
  if (any_ids) out.read_as += fmt::format("{} tokens a block, ", trace.block_tokens);
  out.read_as += fmt::format("{} request{} over {}", grouped(out.requests.size()), out.requests.size() == 1 ? "" : "s",
                             lasting(span));
  if (!trace.sessions.empty())
    out.read_as +=
        fmt::format(" in {} session{}", grouped(trace.sessions.size()), trace.sessions.size() == 1 ? "" : "s");
  if (added) out.read_as += ", each line holding what its turn adds";
  const bool timed = is_timed(trace);
  out.read_as += timed ? fmt::format(", times in {}", trace.unit)
                       : fmt::format(", without times: arrivals are {}, {:g} a second",
                                     arrival_table()[static_cast<std::size_t>(spec.arrival)].id, spec.rate);
  for (const std::string& note : trace.notes) out.read_as += "; " + note;
  if (!any_ids && trace.notes.empty()) out.read_as += "; no request has ids: nothing can be hit";

  if (!timed) return;
  const double unscaled = static_cast<double>(span) / spec.time_scale;
  if (out.requests.size() >= 3 && span > 0 && unscaled < 1e6) {
    out.warnings.push_back(fmt::format(
        "all {} requests arrive within {}: times were read as {}{}", grouped(out.requests.size()), lasting(span),
        trace.unit, trace.us_per_unit == 1000 ? "; if they are seconds: --set workload.time_scale=1000" : ""));
  } else if (unscaled > 2 * kYearUs) {
    out.warnings.push_back(
        fmt::format("the requests span {}: times were read as {}; if they are smaller units, give "
                    "workload.time_scale (0.001 for a thousandth)",
                    lasting(span), trace.unit));
  }
}

}  // namespace

Result<Workload> cut_trace(const RawTrace& trace, const WorkloadSpec& spec, const TraceReading& reading) {
  Workload out;
  out.name = trace.name;
  out.block_tokens = reading.cache_block_tokens;
  out.warnings = trace.warnings;
  out.sessions = trace.sessions;
  std::vector<double> times;
  if (auto trouble = fill_times(trace, spec, reading.seed, times)) return *trouble;
  const bool first = spec.start == TraceStart::kFirst && !trace.from_zero;
  const double zero = first ? *std::min_element(times.begin(), times.end()) : 0;
  std::vector<SimTime> arrivals(times.size());
  for (std::size_t i = 0; i < times.size(); ++i) {
    const double us = (times[i] - zero) * spec.time_scale * trace.us_per_unit;
    if (!(us >= 0) || us > kMostTimeUs) {
      return Error{fmt::format(
          "{}: timestamp: {} {} is not allowed; it must be at most 100 years after the {}, once "
          "scaled{}",
          trace.name, times[i], trace.unit, spec.start == TraceStart::kFirst ? "first request" : "file's zero",
          first ? "" : " (workload.start=first counts from the first)")};
    }
    arrivals[i] = static_cast<SimTime>(std::llround(us));
  }
  std::vector<std::uint32_t> order(trace.lines.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&arrivals](std::uint32_t a, std::uint32_t b) { return arrivals[a] < arrivals[b]; });

  // Lines of words are whole: their reader has put what was said before in front.
  const bool added =
      !trace.has_words &&
      (spec.trace_turns == TraceTurns::kAuto ? turns_seem_added(trace, order) : spec.trace_turns == TraceTurns::kAdded);
  if (trace.has_words) {
    const auto lent = reading.words->words();
    if (!lent) return lent.error();
    out.words.emplace((*lent)->tokenizer(), reading.cache_block_tokens);
  }
  WholeChains whole(trace, out.tree, reading.cache_block_tokens);
  std::optional<GrowingChains> growing;
  if (added) growing.emplace(trace, out.tree, reading.cache_block_tokens);
  std::vector<std::uint32_t> turns(trace.sessions.size(), 0);
  std::vector<std::uint32_t> users(trace.sessions.size(), kNone);
  std::uint32_t user_count = 0;
  std::vector<Span> chain;
  out.requests.reserve(order.size());
  out.runs.reserve(order.size() * 2);
  for (const std::uint32_t i : order) {
    const TraceLine& line = trace.lines[i];
    Request r;
    r.arrival = arrivals[i];
    r.prompt_tokens = line.prompt_tokens;
    r.output_tokens = line.output_tokens;
    r.prompt_blocks = line.prompt_tokens / reading.cache_block_tokens;
    r.known_blocks = r.prompt_blocks;
    r.session = line.session;
    if (line.session == kNone) {
      r.user = user_count++;
    } else {
      if (users[line.session] == kNone) users[line.session] = user_count++;
      r.user = users[line.session];
      r.turn = ++turns[line.session];
    }
    chain.clear();
    if (!growing) {
      whole.walk(line, r, chain);
    } else if (!growing->walk(line, r, chain)) {
      return Error{fmt::format("{}: input_length: the turns of session {} add up to more than 100000000 tokens",
                               trace.name, trace.sessions[line.session])};
    }
    r.runs_begin = static_cast<std::uint32_t>(out.runs.size());
    r.runs_count = static_cast<std::uint32_t>(chain.size());
    out.runs.insert(out.runs.end(), chain.begin(), chain.end());
    out.requests.push_back(r);
    if (out.words) take_words(trace, line, chain, *out.words);
  }
  if (trace.block_tokens != reading.cache_block_tokens &&
      std::any_of(trace.lines.begin(), trace.lines.end(), [](const TraceLine& l) { return l.output_ids_count > 0; })) {
    out.warnings.push_back(
        "output_hash_ids: ignored; they count only where trace and cache have blocks of the same size");
  }
  out.number_private_blocks();
  if (spec.replay == Replay::kClosed) close_loop(trace, spec, times, order, users, user_count, out);
  say_what_was_read(trace, spec, added, out);
  return out;
}

}  // namespace blockyard
