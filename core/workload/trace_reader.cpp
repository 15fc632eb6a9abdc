// How a trace becomes a workload: every line is parsed and checked first, into one flat list of ids; then lines are
// sorted by arrival; then each is walked down the prefix tree, so that ids follow request order.
#include "core/workload/trace_reader.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <string_view>
#include <unordered_map>

#include "core/workload/trace_bytes.h"

namespace blockyard {
namespace {

namespace dom = simdjson::dom;

constexpr std::uint64_t kMostTokens = 100'000'000;   // of one request: nothing that is served today comes near
constexpr double kMostTimeUs = 365.0 * 86400 * 1e6;  // times count from the trace's start, not from 1970
constexpr double kMostIds = 4.0e9;                   // block ids are 32 bits

// A JSON value in an error message, cut where it is long.
std::string shown(const dom::element& value) {
  std::string text = simdjson::minify(value);
  constexpr std::size_t kLongest = 40;
  if (text.size() > kLongest) {
    std::size_t cut = kLongest;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
    text = text.substr(0, cut) + "…";
  }
  return text;
}

class LineParser {
 public:
  LineParser(RawTrace& out, TraceFormat format, double time_scale, std::uint32_t needed_block_tokens)
      : out_(out), format_(format), time_scale_(time_scale), needed_(needed_block_tokens) {}

  // One line; nullopt where it is good.
  std::optional<Error> parse(const char* text, std::size_t size, std::size_t number);

  std::size_t lines_with_spare_ids = 0;
  std::size_t first_spare_line = 0;
  bool output_ids_skipped = false;

 private:
  struct Fields {
    bool timestamp = false, input = false, output = false, ids = false;
    std::optional<std::int64_t> chat;
    std::int64_t parent_chat = -1;
  };

  bool read(std::string_view key, const dom::element& value, RawTrace::Line& line, Fields& seen);
  bool time(const dom::element& value, RawTrace::Line& line);
  bool tokens(std::string_view key, const dom::element& value, std::uint64_t least, std::uint32_t& out);
  bool integer(std::string_view key, const dom::element& value, std::int64_t& out);
  bool ids(std::string_view key, const dom::element& value, std::vector<std::uint64_t>& out);
  bool finish(RawTrace::Line& line, const Fields& seen);
  std::uint32_t chat_user(const Fields& seen);
  bool fail(std::string_view field, std::string_view what) {
    if (field.empty()) {
      error_ = Error{fmt::format("{}:{}: {}", out_.path, number_, what)};
    } else {
      error_ = Error{fmt::format("{}:{}: {}: {}", out_.path, number_, field, what)};
    }
    return false;
  }
  bool refuse(std::string_view field, const dom::element& value, std::string_view allowed) {
    return fail(field, fmt::format("{} is not allowed; it must be {}", shown(value), allowed));
  }

  RawTrace& out_;
  TraceFormat format_;
  double time_scale_;
  std::uint32_t needed_;
  std::size_t number_ = 0;
  std::optional<Error> error_;
  dom::parser parser_;
  std::vector<std::uint64_t> output_ids_;
  std::unordered_map<std::int64_t, std::uint32_t> chats_;
  std::uint32_t users_ = 0;
};

bool LineParser::time(const dom::element& value, RawTrace::Line& line) {
  double t = 0;
  if (value.get(t) != simdjson::SUCCESS) return refuse("timestamp", value, "a number");
  const double us = t * time_scale_ * (format_ == TraceFormat::kBailian ? 1e6 : 1000.0);
  if (!(us >= 0)) return refuse("timestamp", value, "≥ 0");
  if (us > kMostTimeUs) return refuse("timestamp", value, "at most one year after the trace's start, once scaled");
  line.arrival = static_cast<SimTime>(std::llround(us));
  return true;
}

bool LineParser::tokens(std::string_view key, const dom::element& value, std::uint64_t least, std::uint32_t& out) {
  double d = 0;
  const bool number = value.get(d) == simdjson::SUCCESS;
  if (!number || d != std::floor(d) || d < static_cast<double>(least) || d > static_cast<double>(kMostTokens)) {
    return refuse(key, value, fmt::format("a whole number from {} to {}", least, kMostTokens));
  }
  out = static_cast<std::uint32_t>(d);
  return true;
}

bool LineParser::integer(std::string_view key, const dom::element& value, std::int64_t& out) {
  if (value.get(out) != simdjson::SUCCESS) return refuse(key, value, "a whole number");
  return true;
}

bool LineParser::ids(std::string_view key, const dom::element& value, std::vector<std::uint64_t>& out) {
  dom::array list;
  if (value.get(list) != simdjson::SUCCESS) return refuse(key, value, "a list of whole numbers ≥ 0");
  for (const dom::element item : list) {
    std::uint64_t id = 0;
    if (item.get(id) != simdjson::SUCCESS) return refuse(key, item, "a whole number ≥ 0");
    out.push_back(id);
  }
  return true;
}

bool LineParser::read(std::string_view key, const dom::element& value, RawTrace::Line& line, Fields& seen) {
  if (key == "hash_ids") {
    if (seen.ids) return fail(key, "stands twice in the line; once is allowed");
    seen.ids = true;
    return ids(key, value, out_.ids);
  }
  if (key == "timestamp") return (seen.timestamp = true) && time(value, line);
  if (key == "input_length") return (seen.input = true) && tokens(key, value, 1, line.prompt_tokens);
  if (key == "output_length") return (seen.output = true) && tokens(key, value, 0, line.output_tokens);
  if (key == "output_hash_ids") {
    output_ids_.clear();
    return ids(key, value, output_ids_);
  }
  if (format_ == TraceFormat::kBailian) {
    std::int64_t chat = 0;
    if (key == "chat_id") {
      if (!integer(key, value, chat)) return false;
      seen.chat = chat;
    } else if (key == "parent_chat_id") {
      return integer(key, value, seen.parent_chat);
    }
  }
  return true;  // further fields belong to other programs
}

std::uint32_t LineParser::chat_user(const Fields& seen) {
  const auto parent = chats_.find(seen.parent_chat);
  const std::uint32_t user = seen.parent_chat >= 0 && parent != chats_.end() ? parent->second : users_++;
  if (seen.chat) chats_[*seen.chat] = user;
  return user;
}

bool LineParser::finish(RawTrace::Line& line, const Fields& seen) {
  if (!seen.timestamp) return fail("timestamp", "is missing; every line needs it");
  if (!seen.input) return fail("input_length", "is missing; every line needs it");
  if (!seen.output) return fail("output_length", "is missing; every line needs it");
  if (!seen.ids) return fail("hash_ids", "is missing; every line needs it");
  const std::uint64_t size = out_.block_tokens;
  const std::uint64_t full_tokens = std::uint64_t{line.prompt_tokens} / needed_ * needed_;
  const std::uint64_t need = (full_tokens + size - 1) / size;
  const std::uint64_t most = (line.prompt_tokens + size - 1) / size;
  const std::size_t given = out_.ids.size() - line.ids_begin;
  if (given < need) {
    return fail("hash_ids", fmt::format("{} ids are too few; {} tokens need at least {} of {} tokens each", given,
                                        line.prompt_tokens, need, size));
  }
  if (given > most) {
    if (lines_with_spare_ids++ == 0) first_spare_line = number_;
    out_.ids.resize(line.ids_begin + most);
  }
  line.ids_count = static_cast<std::uint32_t>(std::min<std::uint64_t>(given, most));
  if (!output_ids_.empty()) {
    if (size == needed_) {
      // Of what follows the prompt's full blocks only those that the request fills itself.
      const std::uint64_t total = std::uint64_t{line.prompt_tokens} + std::max(line.output_tokens, 1U) - 1;
      const std::uint64_t filled = total / size - line.prompt_tokens / size;
      line.output_ids_count = static_cast<std::uint32_t>(std::min<std::uint64_t>(output_ids_.size(), filled));
      out_.ids.insert(out_.ids.end(), output_ids_.begin(), output_ids_.begin() + line.output_ids_count);
    } else {
      output_ids_skipped = true;
    }
    output_ids_.clear();
  }
  line.user = format_ == TraceFormat::kBailian ? chat_user(seen) : static_cast<std::uint32_t>(out_.lines.size());
  return true;
}

std::optional<Error> LineParser::parse(const char* text, std::size_t size, std::size_t number) {
  number_ = number;
  dom::element root;
  if (const auto trouble = parser_.parse(text, size, false).get(root); trouble != simdjson::SUCCESS) {
    fail("", fmt::format("not valid JSON ({}); each line must be one whole object", simdjson::error_message(trouble)));
    return error_;
  }
  dom::object object;
  if (root.get(object) != simdjson::SUCCESS) {
    fail("", fmt::format("{} is not allowed; each line must be one object", shown(root)));
    return error_;
  }
  RawTrace::Line line;
  line.ids_begin = out_.ids.size();
  Fields seen;
  for (const auto& [key, value] : object) {
    if (!read(key, value, line, seen)) return error_;
  }
  if (!finish(line, seen)) return error_;
  out_.lines.push_back(line);
  return std::nullopt;
}

}  // namespace

Result<RawTrace> parse_trace(const std::string& path, TraceFormat format, std::uint32_t trace_block_tokens,
                             double time_scale, std::optional<std::uint32_t> limit, std::uint32_t needed_block_tokens) {
  if (trace_block_tokens == 0 || needed_block_tokens == 0 || trace_block_tokens % needed_block_tokens != 0) {
    return Error{fmt::format("{}: blocks of {} tokens; the cache's block size ({}) must divide it", path,
                             trace_block_tokens, needed_block_tokens)};
  }
  const auto bytes = read_trace_bytes(path, simdjson::SIMDJSON_PADDING);
  if (!bytes) return bytes.error();
  RawTrace out;
  out.path = path;
  out.block_tokens = trace_block_tokens;
  out.ids.reserve(bytes->size / 8);
  LineParser parser(out, format, time_scale, needed_block_tokens);
  const char* at = bytes->data.get();
  const char* const end = at + bytes->size;
  if (bytes->size >= 3 && std::memcmp(at, "\xEF\xBB\xBF", 3) == 0) at += 3;  // a byte order mark
  double ids = 0;
  for (std::size_t number = 1; at < end && out.lines.size() < limit.value_or(kNone); ++number) {
    const void* newline = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
    const char* const stop = newline == nullptr ? end : static_cast<const char*>(newline);
    const std::string_view line(at, static_cast<std::size_t>(stop - at));
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) {
      if (auto error = parser.parse(line.data(), line.size(), number)) return *error;
      const RawTrace::Line& last = out.lines.back();
      ids += (static_cast<double>(last.prompt_tokens) + last.output_tokens) / needed_block_tokens;
      if (ids > kMostIds) {
        return Error{
            fmt::format("{}:{}: input_length: more than {:.0f} blocks up to here; use larger blocks or a limit", path,
                        number, kMostIds)};
      }
    }
    at = stop + 1;
  }
  if (out.lines.empty()) return Error{path + ": holds no request; each line must be one JSON object"};
  if (parser.lines_with_spare_ids > 0) {
    out.warnings.push_back(
        fmt::format("{}:{}: hash_ids: more ids than input_length fills; ignored, here and in {} "
                    "further lines",
                    path, parser.first_spare_line, parser.lines_with_spare_ids - 1));
  }
  if (parser.output_ids_skipped) {
    out.warnings.push_back(fmt::format(
        "{}: output_hash_ids: ignored; they count only where trace and cache have blocks of the same size", path));
  }
  return out;
}

Result<Workload> cut_trace(const RawTrace& trace, std::uint32_t cache_block_tokens) {
  Workload out;
  const std::size_t slash = trace.path.find_last_of('/');
  out.name = slash == std::string::npos ? trace.path : trace.path.substr(slash + 1);
  out.block_tokens = cache_block_tokens;
  out.warnings = trace.warnings;
  std::vector<std::uint32_t> order(trace.lines.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&trace](std::uint32_t a, std::uint32_t b) {
    return trace.lines[a].arrival < trace.lines[b].arrival;
  });
  out.requests.reserve(order.size());
  out.runs.reserve(order.size() * 2);
  const std::uint32_t ratio = trace.block_tokens / cache_block_tokens;
  std::vector<Span> chain;
  for (const std::uint32_t i : order) {
    const RawTrace::Line& line = trace.lines[i];
    const std::uint64_t* ids = trace.ids.data() + line.ids_begin;
    Request r;
    r.arrival = line.arrival;
    r.prompt_tokens = line.prompt_tokens;
    r.output_tokens = line.output_tokens;
    r.prompt_blocks = line.prompt_tokens / cache_block_tokens;
    r.known_blocks = r.prompt_blocks + line.output_ids_count;
    r.user = line.user;
    chain.clear();
    PrefixTree::NodeId node = kNone;
    for (std::uint32_t left = r.prompt_blocks; left > 0; ++ids) {
      const std::uint32_t n = std::min(ratio, left);
      node = out.tree.extend(node, *ids, n, chain);
      left -= n;
    }
    ids = trace.ids.data() + line.ids_begin + line.ids_count;
    for (std::uint32_t k = 0; k < line.output_ids_count; ++k) node = out.tree.extend(node, ids[k], 1, chain);
    r.runs_begin = static_cast<std::uint32_t>(out.runs.size());
    r.runs_count = static_cast<std::uint32_t>(chain.size());
    out.runs.insert(out.runs.end(), chain.begin(), chain.end());
    out.requests.push_back(r);
  }
  out.number_private_blocks();
  return out;
}

Result<Workload> read_trace(const std::string& path, TraceFormat format, std::uint32_t trace_block_tokens,
                            double time_scale, std::optional<std::uint32_t> limit, std::uint32_t cache_block_tokens) {
  const auto raw = parse_trace(path, format, trace_block_tokens, time_scale, limit, cache_block_tokens);
  if (!raw) return raw.error();
  return cut_trace(*raw, cache_block_tokens);
}

}  // namespace blockyard
