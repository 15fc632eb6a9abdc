#include "core/workload/traces/formats/hash_lines.h"

#include <algorithm>

namespace blockyard {

namespace dom = simdjson::dom;

void hash_line_ids(const ParsedRecord& record, std::vector<IdsOfRequest>& out) {
  if (!record.object) return;
  auto input = field(*record.object, "input_length");
  if (!input) input = field(*record.object, "input_tokens");
  const auto tokens = input ? number_of(*input) : std::nullopt;
  const std::uint64_t ids = length_of(*record.object, "hash_ids");
  if (tokens && *tokens >= 1 && *tokens <= static_cast<double>(kMostTraceTokens) && field(*record.object, "hash_ids"))
    out.push_back({static_cast<std::uint64_t>(*tokens), ids, record.line});
}

bool HashLineReader::read_field(RecordFields& in, std::string_view key, const dom::element& value, TraceLine& line,
                                Seen& seen) {
  if (key == "timestamp" || key == "created_time") {
    if (value.is_null()) return true;
    if (line.has_time) return in.fail(key, "the time stands twice in the line; once is allowed");
    line.has_time = true;
    return in.number(key, value, 0, line.time);
  }
  if (key == "input_length" || key == "input_tokens") {
    if (seen.input) return in.fail(key, "the length stands twice in the line; once is allowed");
    seen.input = true;
    return in.tokens(key, value, 1, line.prompt_tokens);
  }
  if (key == "output_length" || key == "output_tokens") {
    if (seen.output) return in.fail(key, "the length stands twice in the line; once is allowed");
    seen.output = true;
    return in.tokens(key, value, 0, line.output_tokens);
  }
  if (key == "hash_ids") {
    if (value.is_null()) return true;
    seen.ids = true;
    return in.ids(out_, key, value, ids_);
  }
  if (key == "output_hash_ids") return value.is_null() || in.ids(out_, key, value, output_ids_);
  if (key == "text_input") seen.words = true;
  return read_own(in, key, value, line);  // further fields belong to other programs
}

bool HashLineReader::end_line(RecordFields& in, TraceLine& line, const Seen& seen) {
  if (!seen.input && seen.words) {
    return in.fail("text_input", "the prompt is given in words; read the file as text (workload.format=text)");
  }
  if (!seen.input) return in.fail("input_length", "is missing; every line needs it");
  if (!seen.output) return in.fail("output_length", "is missing; every line needs it");
  if (!seen.ids) {
    ids_.clear();  // nothing is shared
  } else if (!in.ids_fit("hash_ids", line.prompt_tokens, out_.block_tokens, context_.ignore_extra_ids, ids_)) {
    return false;
  }
  IdTree::Node node = kNone;
  IdTree::Node full = kNone;  // where the last full block ends
  const std::size_t full_ids = seen.ids ? line.prompt_tokens / out_.block_tokens : 0;
  for (std::size_t i = 0; i < ids_.size(); ++i) {
    node = out_.ids.extend(node, ids_[i]);
    if (i + 1 == full_ids) full = node;
  }
  line.leaf = node;
  line.ids_count = static_cast<std::uint32_t>(ids_.size());
  if (!output_ids_.empty() && seen.ids) {
    // Of what follows the prompt's full blocks only those that the request fills itself.
    const std::uint64_t total = std::uint64_t{line.prompt_tokens} + std::max(line.output_tokens, 1U) - 1;
    const std::uint64_t filled = total / out_.block_tokens - full_ids;
    line.output_ids_count = static_cast<std::uint32_t>(std::min<std::uint64_t>(output_ids_.size(), filled));
    line.output_leaf = full;
    for (std::uint32_t i = 0; i < line.output_ids_count; ++i)
      line.output_leaf = out_.ids.extend(line.output_leaf, output_ids_[i]);
  }
  return finish_own(in, line);
}

std::optional<Error> HashLineReader::read(const ParsedRecord& record) {
  RecordFields in(context_.path, record.line);
  TraceLine line;
  line.file = context_.file;
  Seen seen;
  ids_.clear();
  output_ids_.clear();
  if (!in.keys_once(*record.object)) return in.error;
  for (const auto& [key, value] : *record.object) {
    if (!read_field(in, key, value, line, seen)) return in.error;
  }
  if (!end_line(in, line, seen)) return in.error;
  out_.lines.push_back(line);
  return std::nullopt;
}

}  // namespace blockyard
