#include "core/workload/traces/recognise.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/workload/traces/record_fields.h"

namespace blockyard {
namespace {

constexpr std::uint32_t kLeastBlock = 16;
constexpr std::uint32_t kMostBlock = 1U << 16U;

std::string format_names() {
  std::string out;
  for (const TraceFormatRow& row : trace_formats()) {
    if (!out.empty()) out += ", ";
    out += row.id;
  }
  return out;
}

// Whether ids of that many tokens explain a request: all its blocks have one, or all its full blocks.
bool explains(const IdsOfRequest& r, std::uint64_t block, bool extra_allowed) {
  const std::uint64_t full = r.tokens / block;
  const std::uint64_t all = (r.tokens + block - 1) / block;
  return r.ids == full || r.ids == all || (extra_allowed && r.ids > all);
}

bool explains_all(std::span<const IdsOfRequest> all, std::uint64_t block, bool extra_allowed = false) {
  return std::all_of(all.begin(), all.end(), [&](const IdsOfRequest& r) { return explains(r, block, extra_allowed); });
}

const TraceFormatRow* fitting(std::span<const ParsedRecord> first) {
  for (const TraceFormatRow& row : trace_formats()) {
    if (std::any_of(first.begin(), first.end(), [&row](const ParsedRecord& r) { return row.fits(r); })) return &row;
  }
  return nullptr;
}

// What a file of JSON is that no format knows.
Error unknown(const std::string& path, const ParsedRecord& record) {
  if (!record.object) {
    return Error{
        fmt::format("{}:{}: neither JSON nor a table with columns; formats are {}", path, record.line, format_names())};
  }
  const auto has = [&record](std::string_view key) { return field(*record.object, key).has_value(); };
  if ((has("model") && (has("added_tokens") || has("normalizer") || has("pre_tokenizer"))) ||
      has("added_tokens_decoder") || has("tokenizer_class"))
    return Error{path + ": this is a tokenizer, not a trace; give it as the tokenizer, and requests as the trace"};
  if (has("workload") || has("router") || has("fleet"))
    return Error{path + ": this is a scenario, not a trace; give it in the scenario's place"};
  std::string keys;
  int n = 0;
  for (const auto& [key, value] : *record.object) {
    if (++n > 8) break;
    keys += fmt::format("{}{}", n == 1 ? "" : ", ", key);
  }
  return Error{
      fmt::format("{}:{}: no format has lines with {}; input_length is missing (mooncake: timestamp, "
                  "input_length, output_length, hash_ids); formats are {}",
                  path, record.line, keys.empty() ? "no fields" : keys, format_names())};
}

// The block size that explains every request; of several the usual one, else the smallest of those that leave out
// partial blocks, or give them an id, everywhere alike.
std::uint32_t find_block(std::span<const IdsOfRequest> all, std::uint32_t usual, bool extra_allowed) {
  if (explains_all(all, usual)) return usual;
  std::uint32_t any = 0;
  for (std::uint32_t b = kLeastBlock; b <= kMostBlock; b *= 2) {
    if (!explains_all(all, b)) continue;
    if (any == 0) any = b;
    const auto floor = [b](const IdsOfRequest& r) { return r.ids == r.tokens / b; };
    const auto ceil = [b](const IdsOfRequest& r) { return r.ids == (r.tokens + b - 1) / b; };
    if (std::all_of(all.begin(), all.end(), floor) || std::all_of(all.begin(), all.end(), ceil)) return b;
  }
  if (any == 0 && extra_allowed && explains_all(all, usual, true)) return usual;
  return any;
}

}  // namespace

Result<Recognised> recognise(const std::string& path, std::span<const ParsedRecord> first, const std::string& format,
                             std::optional<std::uint32_t> block_tokens, bool ignore_extra_ids,
                             std::uint32_t cache_block_tokens) {
  const TraceFormatRow* const fits = fitting(first);
  Recognised out;
  if (format.empty()) {
    if (fits == nullptr) return unknown(path, first.front());
    out.format = fits;
  } else {
    out.format = find_trace_format(format);
    if (out.format == nullptr) {
      return Error{
          fmt::format("/workload/format: \"{}\" is not allowed; it must be null or one of {}", format, format_names())};
    }
    const bool own =
        std::any_of(first.begin(), first.end(), [&out](const ParsedRecord& r) { return out.format->fits(r); });
    if (!own && fits != nullptr) {
      return Error{
          fmt::format("/workload/format: {} contradicts {}, whose lines are those of {} (times in {}); give "
                      "{} or null",
                      format, path, fits->id, fits->unit, fits->id)};
    }
    if (!own && !first.front().object) return unknown(path, first.front());
  }
  if (out.format->usual_block == 0) {  // no ids, or the tokens' own: blocks are the cache's
    out.block_tokens = cache_block_tokens;
    return out;
  }
  std::vector<IdsOfRequest> ids;
  std::optional<std::uint32_t> said;
  for (const ParsedRecord& record : first) {
    out.format->ids_of(record, ids);
    if (!said && out.format->block_of != nullptr) said = out.format->block_of(record);
  }
  if (said && block_tokens && *said != *block_tokens) {
    return Error{fmt::format("/workload/block_tokens: {} contradicts {}, which says {}; give {} or null", *block_tokens,
                             path, *said, *said)};
  }
  if (said) {
    out.block_tokens = *said;
    return out;
  }
  const std::uint32_t found = find_block(ids, out.format->usual_block, ignore_extra_ids);
  if (block_tokens) {
    out.block_tokens = *block_tokens;
    if (!explains_all(ids, *block_tokens, ignore_extra_ids) && found != 0) {
      const auto wrong = std::find_if(
          ids.begin(), ids.end(), [&](const IdsOfRequest& r) { return !explains(r, *block_tokens, ignore_extra_ids); });
      return Error{
          fmt::format("/workload/block_tokens: {} contradicts {}:{}, where {} tokens have {} ids; {} fits "
                      "every line: give that or null",
                      *block_tokens, path, wrong->line, wrong->tokens, wrong->ids, found)};
    }
    return out;
  }
  if (found == 0) {
    // The usual size is tried, so that the error names a line that it does not explain.
    const auto wrong = std::find_if(ids.begin(), ids.end(), [&](const IdsOfRequest& r) {
      return !explains(r, out.format->usual_block, ignore_extra_ids);
    });
    const std::uint64_t full = wrong->tokens / out.format->usual_block;
    return Error{
        fmt::format("{}:{}: hash_ids: {} ids for {} tokens are too {}; with the usual {} tokens an id {} are "
                    "needed, and no other block size explains every line",
                    path, wrong->line, wrong->ids, wrong->tokens, wrong->ids < full ? "few" : "many",
                    out.format->usual_block, full)};
  }
  out.block_tokens = found;
  return out;
}

}  // namespace blockyard
