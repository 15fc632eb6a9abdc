// Format mooncake: github.com/kvcache-ai/Mooncake's traces, and what grew out of them: AIPerf's sessions (session_id,
// delay, no ids), Dynamo's names (created_time, input_tokens, output_tokens).
#include "core/workload/traces/formats/hash_lines.h"
#include "core/workload/traces/formats/rows.h"

namespace blockyard {
namespace {

class MooncakeReader final : public HashLineReader {
 public:
  using HashLineReader::HashLineReader;

 private:
  bool read_own(RecordFields& in, std::string_view key, const simdjson::dom::element& value, TraceLine& line) override {
    if (key == "session_id") {
      if (value.is_null()) return true;
      const auto session = text_of(value);
      if (!session) return in.refuse(key, value, "a text or a whole number");
      line.session = out_.session_of(*session);
    } else if (key == "delay" || key == "delay_ms") {
      if (value.is_null()) return true;
      line.has_think = true;
      return in.number(key, value, 0, line.think);
    } else if (key == "start") {  // Blockyard's own, see trace_writer.h
      std::string_view zero;
      out_.from_zero = out_.from_zero || (value.get(zero) == simdjson::SUCCESS && zero == "zero");
    }
    return true;
  }
};

bool fits(const ParsedRecord& record) {
  if (!record.object) return false;
  const auto has = [&record](std::string_view key) { return field(*record.object, key).has_value(); };
  return (has("input_length") || has("input_tokens")) && !has("chat_id") && !has("parent_chat_id");
}

}  // namespace

TraceFormatRow mooncake_format() {
  return {"mooncake",
          "Mooncake",
          "JSON lines timestamp, input_length, output_length, hash_ids (or none), session_id, delay; ms; one id per "
          "512 tokens as a rule.",
          1000,
          "ms",
          512,
          fits,
          hash_line_ids,
          [](const ParsedRecord& record) -> std::optional<std::uint32_t> {
            return record.object ? stated_block_tokens(*record.object, "block_size") : std::nullopt;
          },
          [](RawTrace& out, const FormatContext& context) -> std::unique_ptr<FormatReader> {
            return std::make_unique<MooncakeReader>(out, context);
          }};
}

}  // namespace blockyard
