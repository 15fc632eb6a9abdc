// Records as lines of JSON, and back. A line that is read trusts nothing: every field is held to its type and limits.
// Invariant: reading what was written gives the same record, and writing that the same bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/live/record/record.h"

namespace blockyard::live {

inline constexpr int kRecordingVersion = 1;
/// The types of lines, in the order of Record's variant.
inline constexpr std::string_view kRecordTypes[] = {"kv",      "kv_raw",  "metrics", "state", "end",  "route",
                                                    "request", "command", "beat",    "sync",  "evict"};

/// Without a newline at the end.
std::string head_line(const RecordingHead& head);
std::string record_line(const Record& record);

/// Errors: no recording, or one of a later version.
Result<RecordingHead> parse_head(std::string_view line);
/// Nothing where the line is of a kind that this version does not know. `workers`: how many there are; a worker must be
/// one of them, or, where the line is about one that joins, the next.
Result<std::optional<Record>> parse_record(std::string_view line, std::uint32_t workers);

}  // namespace blockyard::live
