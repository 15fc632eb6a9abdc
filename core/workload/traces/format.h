// Trace formats: one row each in trace_format_table(), one file each with its reader. A row says how its requests are
// recognised, in which unit its times are, how many tokens its ids usually stand for, and makes its reader.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/settings/workload_spec.h"
#include "core/workload/traces/raw_trace.h"
#include "core/workload/words/word_source.h"

namespace blockyard {

/// What a reader is told besides the records.
struct FormatContext {
  std::string path;                       ///< as messages name the file
  std::uint32_t file = 0;                 ///< its number among those that are merged
  std::uint32_t cache_block_tokens = 16;  ///< formats whose identity is the tokens' cut by it
  bool ignore_extra_ids = false;
  WordLender* words = nullptr;  ///< of the formats that hold words; nullptr: they cannot be read
  TraceTurns turns = TraceTurns::kAuto;
};

/// A record as readers get it: JSON is parsed, a line of CSV is not.
struct ParsedRecord {
  std::string_view text;
  std::size_t line = 0;
  std::optional<simdjson::dom::object> object;
};

/// Turns the records of one file into lines of a trace.
class FormatReader {
 public:
  virtual ~FormatReader() = default;
  /// One record; an error of one line names file, line and field.
  virtual std::optional<Error> read(const ParsedRecord& record) = 0;
  /// After the last record.
  virtual std::optional<Error> finish() { return std::nullopt; }
};

/// How many ids a request of that many tokens has: what the block size is found by.
struct IdsOfRequest {
  std::uint64_t tokens = 0;
  std::uint64_t ids = 0;
  std::size_t line = 0;
};

struct TraceFormatRow {
  std::string_view id;
  std::string_view label;
  std::string_view help;      ///< one line: fields, units
  double us_per_unit;         ///< of its times
  std::string_view unit;      ///< of its times: "ms"
  std::uint32_t usual_block;  ///< tokens an id; 0: it has no ids, its blocks are the cache's
  bool (*fits)(const ParsedRecord& record);
  /// What the record says about ids and the tokens they cover.
  void (*ids_of)(const ParsedRecord& record, std::vector<IdsOfRequest>& out);
  /// Tokens an id where a record says so itself; nullptr where none ever does.
  std::optional<std::uint32_t> (*block_of)(const ParsedRecord& record);
  std::unique_ptr<FormatReader> (*make)(RawTrace& out, const FormatContext& context);
};

/// Ordered: of formats that both fit a record, the earlier is meant.
std::span<const TraceFormatRow> trace_formats();
const TraceFormatRow* find_trace_format(std::string_view id);

}  // namespace blockyard
