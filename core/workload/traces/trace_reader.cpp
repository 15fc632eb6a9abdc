// How a trace is read: the first records are held back until the format is known, then every record is checked and its
// ids go into one tree.
#include "core/workload/traces/trace_reader.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>

#include "core/workload/traces/recognise.h"
#include "core/workload/traces/record_source.h"

namespace blockyard {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kFirst = 1000;                                             // records that a file is recognised by
constexpr std::size_t kFirstBytes = std::size_t{64} << 20U;                      // … as far as they are not very long
constexpr std::uint64_t kLineBytes = sizeof(TraceLine) + sizeof(Request) + 200;  // and what a run keeps of it
constexpr std::uint64_t kIdBytes = 64;   // in the trace's tree and the workload's
constexpr std::uint64_t kWordBytes = 8;  // a token of a prompt in words, in both
constexpr double kMostBlocks = 4.0e9;    // block ids are 32 bits

// A record that is held: its bytes, the parser that refers to them, and what it made of them.
struct Held {
  std::string text;
  std::size_t line = 0;
  std::unique_ptr<dom::parser> parser;
  ParsedRecord parsed;
};

std::optional<Error> parse(dom::parser& parser, const std::string& path, bool json, const TraceRecord& record,
                           ParsedRecord& out) {
  out = {record.text, record.line, std::nullopt};
  if (!json) return std::nullopt;
  dom::element root;
  if (const auto trouble = parser.parse(record.text.data(), record.text.size(), false).get(root);
      trouble != simdjson::SUCCESS) {
    return Error{fmt::format("{}:{}: not valid JSON ({}); each line must be one whole object", path, record.line,
                             simdjson::error_message(trouble))};
  }
  dom::object object;
  if (root.get(object) != simdjson::SUCCESS) {
    return Error{fmt::format("{}:{}: {} is not allowed; each line must be one object", path, record.line,
                             record.text.substr(0, 40))};
  }
  out.object = object;
  return std::nullopt;
}

class FileReader {
 public:
  FileReader(RawTrace& out, const WorkloadSpec& spec, const TraceReading& reading, std::uint32_t file,
             std::uint64_t bytes_before)
      : out_(out), spec_(spec), reading_(reading), bytes_before_(bytes_before) {
    context_.file = file;
    context_.cache_block_tokens = reading.cache_block_tokens;
    context_.ignore_extra_ids = spec.ignore_extra_ids;
    context_.words = reading.words;
    context_.turns = spec.trace_turns;
  }

  std::optional<Error> read(const std::string& path);
  std::uint64_t bytes() const { return bytes_; }

 private:
  bool enough() const { return spec_.limit && out_.lines.size() >= *spec_.limit; }
  std::optional<Error> hold_first(RecordSource& source);
  std::optional<Error> agree(const Recognised& found);
  std::optional<Error> take(const ParsedRecord& record);

  RawTrace& out_;
  const WorkloadSpec& spec_;
  const TraceReading& reading_;
  FormatContext context_;
  std::vector<Held> first_;
  std::unique_ptr<FormatReader> reader_;
  std::uint64_t bytes_before_ = 0;
  std::uint64_t bytes_ = 0;
  double blocks_ = 0;
  std::size_t counted_ = 0;
  bool more_ = true;
  std::optional<Error> late_;  // what is wrong with the record behind the first
};

std::optional<Error> FileReader::hold_first(RecordSource& source) {
  std::size_t bytes = 0;
  while (first_.size() < kFirst && bytes < kFirstBytes) {
    TraceRecord record;
    const auto some = source.next(record);
    // What is wrong with a later record is said when its turn comes, unless nothing came before.
    if (!some) return some.error();
    if (!*some) {
      more_ = false;
      break;
    }
    Held held;
    held.text.reserve(record.text.size() + simdjson::SIMDJSON_PADDING);
    held.text = record.text;
    held.line = record.line;
    bytes += held.text.size();
    first_.push_back(std::move(held));
  }
  // One parser holds one document: small ones, since these are small.
  for (Held& h : first_) {
    h.parser = std::make_unique<dom::parser>();
    if (auto trouble = parse(*h.parser, context_.path, source.json(), {h.text, h.line}, h.parsed)) {
      // The lines before it still say what the file is.
      first_.erase(first_.begin() + (&h - first_.data()), first_.end());
      if (first_.empty()) return trouble;
      late_ = trouble;
      break;
    }
  }
  return std::nullopt;
}

std::optional<Error> FileReader::agree(const Recognised& found) {
  if (out_.format.empty()) {
    out_.format = found.format->id;
    out_.us_per_unit = found.format->us_per_unit;
    out_.unit = found.format->unit;
    out_.block_tokens = found.block_tokens;
    return std::nullopt;
  }
  if (out_.format != found.format->id) {
    return Error{fmt::format("{}: is read as {}, and the files before it as {}; files of one format can be merged",
                             context_.path, found.format->id, out_.format)};
  }
  if (out_.block_tokens != found.block_tokens) {
    return Error{fmt::format("{}: has {} tokens a block, and the files before it {}; they must agree", context_.path,
                             found.block_tokens, out_.block_tokens)};
  }
  return std::nullopt;
}

std::optional<Error> FileReader::take(const ParsedRecord& record) {
  if (auto trouble = reader_->read(record)) return trouble;
  for (; counted_ < out_.lines.size(); ++counted_) {
    const TraceLine& line = out_.lines[counted_];
    blocks_ += (static_cast<double>(line.prompt_tokens) + line.output_tokens) / reading_.cache_block_tokens;
  }
  const std::uint64_t memory = out_.lines.size() * kLineBytes + out_.ids.size() * kIdBytes +
                               (out_.node_tokens.size() + out_.rests.size()) * kWordBytes;
  if (memory > reading_.limits.most_memory) {
    return Error{
        fmt::format("{}:{}: the requests up to here need more memory than the {} MiB that are allowed "
                    "(--max-memory); take fewer: --set workload.limit={}",
                    context_.path, record.line, reading_.limits.most_memory >> 20U, out_.lines.size() / 2)};
  }
  if (blocks_ > kMostBlocks) {
    return Error{fmt::format("{}:{}: input_length: more than {:.0f} blocks up to here; use larger blocks or a limit",
                             context_.path, record.line, kMostBlocks)};
  }
  return std::nullopt;
}

std::optional<Error> FileReader::read(const std::string& path) {
  auto source = RecordSource::open(path, reading_.limits.most_bytes);
  if (!source) return source.error();
  context_.path = (*source)->path();
  if (auto trouble = hold_first(**source)) return trouble;
  if (first_.empty()) return Error{context_.path + ": holds no request; each line must be one JSON object"};
  std::vector<ParsedRecord> parsed;
  for (const Held& h : first_) parsed.push_back(h.parsed);
  const auto found = recognise(context_.path, parsed, spec_.format, spec_.block_tokens, spec_.ignore_extra_ids,
                               reading_.cache_block_tokens);
  if (!found) return found.error();
  if (auto trouble = agree(*found)) return trouble;
  reader_ = found->format->make(out_, context_);
  counted_ = out_.lines.size();
  for (const ParsedRecord& record : parsed) {
    if (enough()) break;
    if (auto trouble = take(record)) return trouble;
  }
  if (late_ && !enough()) return late_;
  first_.clear();
  dom::parser parser;
  constexpr std::uint64_t kBetween = std::uint64_t{4} << 20U;  // bytes, between two words on how far it is
  std::uint64_t told = 0;
  while (more_ && !enough()) {
    TraceRecord record;
    const auto some = (*source)->next(record);
    if (!some) return some.error();
    if (!*some) break;
    ParsedRecord one;
    if (auto trouble = parse(parser, context_.path, (*source)->json(), record, one)) return trouble;
    if (auto trouble = take(one)) return trouble;
    if (reading_.progress && (*source)->bytes_read() >= told + kBetween) {
      told = (*source)->bytes_read();
      reading_.progress(bytes_before_ + told, out_.lines.size());
    }
  }
  bytes_ = (*source)->bytes_read();
  return reader_->finish();
}

}  // namespace

Result<std::vector<std::string>> trace_files(const std::vector<std::string>& paths) {
  namespace fs = std::filesystem;
  std::vector<std::string> out;
  for (const std::string& path : paths) {
    std::error_code ec;
    if (path == "-" || !fs::is_directory(path, ec)) {
      out.push_back(path);
      continue;
    }
    const std::size_t before = out.size();
    for (fs::directory_iterator it(path, ec), end; !ec && it != end; it.increment(ec)) {
      const std::string name = it->path().filename().string();
      std::error_code kind;
      const bool like_one = name.find(".json") != std::string::npos || name.find(".csv") != std::string::npos ||
                            name.find(".ndjson") != std::string::npos;
      if (name.front() != '.' && like_one && it->is_regular_file(kind)) out.push_back(it->path().string());
    }
    if (ec) return Error{fmt::format("{}: cannot be read: {}", path, ec.message())};
    if (out.size() == before) {
      return Error{path +
                   ": the folder holds no trace; files named .json, .jsonl or .csv (packed or not) are looked for"};
    }
    std::sort(out.begin() + static_cast<std::ptrdiff_t>(before), out.end());
  }
  return out;
}

Result<RawTrace> parse_trace(const std::vector<std::string>& paths, const WorkloadSpec& spec,
                             const TraceReading& reading) {
  const auto files = trace_files(paths);
  if (!files) return files.error();
  RawTrace out;
  std::string name = paths.front();
  while (name.size() > 1 && name.back() == '/') name.pop_back();
  const std::size_t slash = name.find_last_of('/');
  out.name = slash == std::string::npos ? name : name.substr(slash + 1);
  if (paths.size() > 1) out.name += fmt::format(" and {} more", paths.size() - 1);
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < files->size(); ++i) {
    if (spec.limit && out.lines.size() >= *spec.limit) break;
    FileReader reader(out, spec, reading, static_cast<std::uint32_t>(i), bytes);
    if (auto trouble = reader.read((*files)[i])) return *trouble;
    bytes += reader.bytes();
  }
  if (spec.limit && out.lines.size() > *spec.limit) out.lines.resize(*spec.limit);
  if (out.lines.empty()) {
    return Error{fmt::format("{}: holds no request that can be replayed as {}", paths.front(), out.format)};
  }
  if (auto wrong = blocks_disagree(out.block_tokens, reading.cache_block_tokens)) {
    return Error{fmt::format("{} ({} has {} tokens an id)", wrong->message, paths.front(), out.block_tokens)};
  }
  return out;
}

Result<Workload> read_trace(const std::vector<std::string>& paths, const WorkloadSpec& spec,
                            const TraceReading& reading) {
  const auto raw = parse_trace(paths, spec, reading);
  if (!raw) return raw.error();
  return cut_trace(*raw, spec, reading);
}

}  // namespace blockyard
