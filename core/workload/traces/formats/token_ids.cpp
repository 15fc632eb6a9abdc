// Format token_ids: requests with their prompt's token ids, as LLMServingSim's data sets have them
// (github.com/casys-kaist/LLMServingSim): input_toks, output_toks, arrival_time_ns, input_tok_ids, output_tok_ids.
#include "core/workload/traces/formats/rows.h"
#include "core/workload/traces/formats/token_chains.h"
#include "core/workload/traces/record_fields.h"

namespace blockyard {
namespace {

namespace dom = simdjson::dom;

class TokenIdsReader final : public FormatReader {
 public:
  TokenIdsReader(RawTrace& out, const FormatContext& context) : out_(out), context_(context) {}

  std::optional<Error> read(const ParsedRecord& record) override {
    RecordFields in(context_.path, record.line);
    if (!read(in, *record.object)) return in.error;
    return std::nullopt;
  }

 private:
  bool list(RecordFields& in, std::string_view key, const dom::element& value) {
    dom::array ids;
    if (value.get(ids) != simdjson::SUCCESS) return in.refuse(key, value, "a list of token ids");
    for (const dom::element item : ids) {
      const auto id = number_of(item);
      if (!id || !(*id >= 0 && *id <= 4294967295.0) || *id != static_cast<double>(static_cast<std::uint32_t>(*id)))
        return in.refuse(key, item, "a whole number from 0 to 4294967295");
      tokens_.push_back(static_cast<std::uint32_t>(*id));
    }
    return true;
  }

  bool read(RecordFields& in, const dom::object& object) {
    if (!in.keys_once(object)) return false;
    TraceLine line;
    line.file = context_.file;
    tokens_.clear();
    const auto prompt = field(object, "input_tok_ids");
    if (!prompt) return in.fail("input_tok_ids", "is missing; every line needs it");
    if (!list(in, "input_tok_ids", *prompt)) return false;
    if (tokens_.empty() || tokens_.size() > kMostTraceTokens)
      return in.fail("input_tok_ids",
                     fmt::format("{} tokens; from 1 to {} are allowed", tokens_.size(), kMostTraceTokens));
    line.prompt_tokens = static_cast<std::uint32_t>(tokens_.size());
    if (const auto length = field(object, "input_toks")) {
      std::uint32_t said = 0;
      if (!in.tokens("input_toks", *length, 1, said)) return false;
      if (said != line.prompt_tokens)
        return in.fail("input_toks", fmt::format("{} beside {} ids; they must agree", said, line.prompt_tokens));
    }
    const auto output = field(object, "output_toks");
    if (!output) return in.fail("output_toks", "is missing; every line needs it");
    if (!in.tokens("output_toks", *output, 0, line.output_tokens)) return false;
    if (const auto answer = field(object, "output_tok_ids"); answer && !answer->is_null()) {
      if (!list(in, "output_tok_ids", *answer)) return false;
      if (tokens_.size() - line.prompt_tokens > line.output_tokens)
        tokens_.resize(std::size_t{line.prompt_tokens} + line.output_tokens);
    }
    if (const auto t = field(object, "arrival_time_ns"); t && !t->is_null()) {
      line.has_time = true;
      if (!in.number("arrival_time_ns", *t, 0, line.time)) return false;
    }
    if (const auto session = field(object, "session_id"); session && !session->is_null()) {
      const auto name = text_of(*session);
      if (!name) return in.refuse("session_id", *session, "a text or a whole number");
      line.session = out_.session_of(*name);
    }
    add_token_ids(out_, tokens_, context_.cache_block_tokens, line);
    out_.lines.push_back(line);
    return true;
  }

  RawTrace& out_;
  const FormatContext& context_;
  std::vector<std::uint32_t> tokens_;
};

}  // namespace

TraceFormatRow token_ids_format() {
  return {
      "token_ids",
      "Token ids",
      "JSON lines input_tok_ids, output_toks, arrival_time_ns; nanoseconds; blocks are those of the tokens.",
      1e-3,
      "nanoseconds",
      0,
      [](const ParsedRecord& record) { return record.object && field(*record.object, "input_tok_ids").has_value(); },
      nullptr,
      nullptr,
      [](RawTrace& out, const FormatContext& context) -> std::unique_ptr<FormatReader> {
        return std::make_unique<TokenIdsReader>(out, context);
      }};
}

}  // namespace blockyard
