// Format dynamo: `dynamo.request.trace.v1` lines of NVIDIA Dynamo's frontends (github.com/ai-dynamo/dynamo, request
// replay tracing). Lines without `request.replay` (tool events, requests that were not recorded) say nothing here.
#include <string>

#include "core/workload/traces/formats/rows.h"
#include "core/workload/traces/record_fields.h"

namespace blockyard {
namespace {

namespace dom = simdjson::dom;

std::optional<dom::object> object_of(const dom::object& object, std::string_view key) {
  dom::object inner;
  if (object.at_key(key).get(inner) != simdjson::SUCCESS) return std::nullopt;
  return inner;
}

std::optional<dom::object> replay_of(const ParsedRecord& record) {
  if (!record.object) return std::nullopt;
  const auto request = object_of(*record.object, "request");
  return request ? object_of(*request, "replay") : std::nullopt;
}

class DynamoReader final : public FormatReader {
 public:
  DynamoReader(RawTrace& out, const FormatContext& context) : out_(out), context_(context) {}

  std::optional<Error> read(const ParsedRecord& record) override {
    const auto replay = replay_of(record);
    if (!replay) return std::nullopt;
    RecordFields in(context_.path, record.line);
    if (!read(in, *record.object, *object_of(*record.object, "request"), *replay)) return in.error;
    return std::nullopt;
  }

 private:
  bool read(RecordFields& in, const dom::object& root, const dom::object& request, const dom::object& replay) {
    if (!in.keys_once(root) || !in.keys_once(request) || !in.keys_once(replay)) return false;
    TraceLine line;
    line.file = context_.file;
    const auto input = field(replay, "input_length");
    if (!input) return in.fail("request.replay.input_length", "is missing; every request needs it");
    if (!in.tokens("request.replay.input_length", *input, 1, line.prompt_tokens)) return false;
    const auto output = field(request, "output_tokens");
    if (output && !output->is_null() && !in.tokens("request.output_tokens", *output, 0, line.output_tokens))
      return false;
    if (const auto total = field(request, "total_time_ms"); total && !total->is_null()) {
      if (!in.number("request.total_time_ms", *total, 0, line.duration)) return false;
    }
    if (const auto t = field(request, "request_received_ms"); t && !t->is_null()) {
      line.has_time = true;
      if (!in.number("request.request_received_ms", *t, 0, line.time)) return false;
    } else if (const auto end = field(root, "event_time_unix_ms"); end && !end->is_null()) {
      line.has_time = true;
      if (!in.number("event_time_unix_ms", *end, 0, line.time)) return false;
      line.time = line.time > line.duration ? line.time - line.duration : 0;
    }
    if (const auto context = object_of(root, "agent_context")) {
      if (const auto session = field(*context, "session_id"); session && !session->is_null()) {
        const auto name = text_of(*session);
        if (!name) return in.refuse("agent_context.session_id", *session, "a text");
        line.session = out_.session_of(*name);
      }
    }
    if (const auto size = field(replay, "trace_block_size")) {
      std::uint32_t tokens = 0;
      if (!in.tokens("request.replay.trace_block_size", *size, 1, tokens)) return false;
      if (tokens != out_.block_tokens) {
        return in.fail("request.replay.trace_block_size",
                       fmt::format("{} beside {} before; one size is needed", tokens, out_.block_tokens));
      }
    }
    constexpr std::string_view kIds = "request.replay.input_sequence_hashes";
    if (const auto list = field(replay, "input_sequence_hashes"); list && !list->is_null()) {
      if (!in.ids(out_, kIds, *list, ids_)) return false;
      if (!in.ids_fit(kIds, line.prompt_tokens, out_.block_tokens, context_.ignore_extra_ids, ids_)) return false;
      for (const std::uint64_t id : ids_) line.leaf = out_.ids.extend(line.leaf, id);
      line.ids_count = static_cast<std::uint32_t>(ids_.size());
    }
    out_.lines.push_back(line);
    return true;
  }

  RawTrace& out_;
  const FormatContext& context_;
  std::vector<std::uint64_t> ids_;
};

bool fits(const ParsedRecord& record) {
  if (!record.object) return false;
  std::string_view schema;
  const auto value = field(*record.object, "schema");
  return value && value->get(schema) == simdjson::SUCCESS && schema.substr(0, 21) == "dynamo.request.trace.";
}

}  // namespace

TraceFormatRow dynamo_format() {
  return {
      "dynamo",
      "Dynamo request trace",
      "dynamo.request.trace.v1 lines with request.replay: input_length, trace_block_size, input_sequence_hashes; ms.",
      1000,
      "ms",
      64,
      fits,
      [](const ParsedRecord& record, std::vector<IdsOfRequest>& out) {
        const auto replay = replay_of(record);
        const auto input = replay ? field(*replay, "input_length") : std::nullopt;
        const auto tokens = input ? number_of(*input) : std::nullopt;
        if (tokens && *tokens >= 1 && *tokens <= static_cast<double>(kMostTraceTokens) &&
            field(*replay, "input_sequence_hashes"))
          out.push_back(
              {static_cast<std::uint64_t>(*tokens), length_of(*replay, "input_sequence_hashes"), record.line});
      },
      [](const ParsedRecord& record) -> std::optional<std::uint32_t> {
        const auto replay = replay_of(record);
        return replay ? stated_block_tokens(*replay, "trace_block_size") : std::nullopt;
      },
      [](RawTrace& out, const FormatContext& context) -> std::unique_ptr<FormatReader> {
        return std::make_unique<DynamoReader>(out, context);
      }};
}

}  // namespace blockyard
