// Format lengths: CSV files of times and lengths, found by their columns: Azure's LLM inference traces (2023, 2024),
// BurstGPT, Splitwise, Vidur. They say nothing of what prompts share.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>

#include "core/base/words/number.h"
#include "core/workload/traces/formats/csv_fields.h"
#include "core/workload/traces/formats/rows.h"
#include "core/workload/traces/record_fields.h"

namespace blockyard {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

constexpr std::string_view kTimes[] = {"timestamp", "arrival_time", "arrived_at"};
constexpr std::string_view kInputs[] = {"contexttokens", "request tokens", "num_prefill_tokens", "prompt_size"};
constexpr std::string_view kOutputs[] = {"generatedtokens", "response tokens", "num_decode_tokens", "token_size"};
constexpr std::string_view kSessions[] = {"session id", "session_id"};
constexpr std::string_view kKnown =
    "known are TIMESTAMP,ContextTokens,GeneratedTokens (Azure), Timestamp,Request tokens,Response tokens (BurstGPT), "
    "arrival_time or arrived_at,num_prefill_tokens,num_decode_tokens (Splitwise, Vidur)";

template <std::size_t N>
int column(const std::vector<std::string>& header, const std::string_view (&names)[N]) {
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (std::find(std::begin(names), std::end(names), lower(header[i])) != std::end(names)) return static_cast<int>(i);
  }
  return -1;
}

struct Columns {
  int time = -1, input = -1, output = -1, session = -1;
  bool known() const { return time >= 0 && input >= 0 && output >= 0; }
};

Columns columns_of(const std::vector<std::string>& header) {
  return {column(header, kTimes), column(header, kInputs), column(header, kOutputs), column(header, kSessions)};
}

bool whole_number(std::string_view text, std::size_t from, std::size_t digits, int& out) {
  if (text.size() < from + digits) return false;
  const char* const end = text.data() + from + digits;
  const auto [at, trouble] = std::from_chars(text.data() + from, end, out);
  return trouble == std::errc() && at == end;
}

// Seconds since 2000-01-01T00:00Z of `2024-05-10 00:00:00.009930+00:00` (a T between, a Z behind, no zone: UTC).
bool iso_time(std::string_view text, double& out) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!whole_number(text, 0, 4, year) || !whole_number(text, 5, 2, month) || !whole_number(text, 8, 2, day) ||
      !whole_number(text, 11, 2, hour) || !whole_number(text, 14, 2, minute) || !whole_number(text, 17, 2, second))
    return false;
  if (text[4] != '-' || text[7] != '-' || (text[10] != ' ' && text[10] != 'T') || text[13] != ':' || text[16] != ':')
    return false;
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return false;
  double fraction = 0;
  std::size_t i = 19;
  if (i < text.size() && text[i] == '.') {
    double digit = 0.1;
    for (++i; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, digit /= 10)
      fraction += (text[i] - '0') * digit;
  }
  int zone = 0;  // minutes
  if (i < text.size() && (text[i] == '+' || text[i] == '-')) {
    int hours = 0, minutes = 0;
    if (!whole_number(text, i + 1, 2, hours)) return false;
    const std::size_t colon = i + 3 < text.size() && text[i + 3] == ':' ? 1 : 0;
    if (i + 3 + colon < text.size() && !whole_number(text, i + 3 + colon, 2, minutes)) return false;
    zone = (hours * 60 + minutes) * (text[i] == '-' ? -1 : 1);
  } else if (i < text.size() && text[i] != 'Z') {
    return false;
  }
  // Days by the civil calendar, from a March on (Howard Hinnant's days_from_civil).
  const int y = month <= 2 ? year - 1 : year;
  const int era = (y >= 0 ? y : y - 399) / 400;
  const int of_era = y - era * 400;
  const int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468 - 10957;
  out = days * 86400.0 + hour * 3600.0 + (minute - zone) * 60.0 + second + fraction;
  return true;
}

bool plain_number(const std::string& text, double& out) {
  const auto number = finite_number(text);
  if (number) out = *number;
  return number.has_value();
}

class LengthsReader final : public FormatReader {
 public:
  LengthsReader(RawTrace& out, const FormatContext& context) : out_(out), context_(context) {}

  std::optional<Error> read(const ParsedRecord& record) override {
    RecordFields in(context_.path, record.line);
    if (record.object) {
      in.fail("", "a JSON object; this format is CSV");
    } else if (header_.empty()) {
      header_ = csv_fields(record.text);
      columns_ = columns_of(header_);
      if (!columns_.known())
        in.fail("", fmt::format("a CSV file with the columns {}; {}", fmt::join(header_, ","), kKnown));
    } else {
      row(in, csv_fields(record.text));
    }
    return in.error;
  }

 private:
  bool row(RecordFields& in, const std::vector<std::string>& cells) {
    if (cells.size() != header_.size()) {
      return in.fail("", fmt::format("{} fields; the header has {}", cells.size(), header_.size()));
    }
    const auto cell = [&](int i) -> const std::string& { return cells[static_cast<std::size_t>(i)]; };
    const auto name = [&](int i) -> const std::string& { return header_[static_cast<std::size_t>(i)]; };
    TraceLine line;
    line.file = context_.file;
    line.has_time = true;
    if (!plain_number(cell(columns_.time), line.time) && !iso_time(cell(columns_.time), line.time)) {
      return in.fail(name(columns_.time), fmt::format("'{}' is not allowed; it must be seconds or a time like "
                                                      "2024-05-10 00:00:00.123",
                                                      cell(columns_.time)));
    }
    for (const auto& [i, least, to] : {std::tuple{columns_.input, 1.0, &line.prompt_tokens},
                                       std::tuple{columns_.output, 0.0, &line.output_tokens}}) {
      double tokens = 0;
      if (!plain_number(cell(i), tokens) || tokens != std::floor(tokens) || tokens < least ||
          tokens > static_cast<double>(kMostTraceTokens)) {
        return in.fail(name(i), fmt::format("'{}' is not allowed; it must be a whole number from {} to {}", cell(i),
                                            least, kMostTraceTokens));
      }
      *to = static_cast<std::uint32_t>(tokens);
    }
    if (columns_.session >= 0 && !cell(columns_.session).empty())
      line.session = out_.session_of(cell(columns_.session));
    out_.lines.push_back(line);
    return true;
  }

  RawTrace& out_;
  const FormatContext& context_;
  std::vector<std::string> header_;
  Columns columns_;
};

}  // namespace

TraceFormatRow lengths_format() {
  return {"lengths", "Lengths (CSV)",
          "CSV of Azure, BurstGPT, Splitwise or Vidur: a time (seconds or ISO), prompt and answer lengths; nothing is "
          "shared.",
          1e6, "seconds", 0,
          // Whatever is a table: its reader says which columns are missing.
          [](const ParsedRecord& record) { return !record.object && record.text.find(',') != std::string_view::npos; },
          nullptr, nullptr,
          [](RawTrace& out, const FormatContext& context) -> std::unique_ptr<FormatReader> {
            out.notes.push_back("the file says nothing of what prompts share: nothing can be hit");
            return std::make_unique<LengthsReader>(out, context);
          }};
}

}  // namespace blockyard
