// Format text: prompts in words: OpenAI batch lines, ShareGPT, {"prompt": …}, {"messages": […]}, AIPerf's text_input.
// A tokenizer that is lent cuts them; without one they are read and refused.
#include <string>

#include "core/workload/traces/formats/rows.h"
#include "core/workload/traces/formats/token_chains.h"
#include "core/workload/traces/record_fields.h"

namespace blockyard {
namespace {

namespace dom = simdjson::dom;

constexpr std::uint32_t kUsualAnswer = 100;  // tokens, where nobody says

std::optional<std::string_view> string_of(const dom::object& object, std::string_view key) {
  std::string_view text;
  if (object.at_key(key).get(text) != simdjson::SUCCESS) return std::nullopt;
  return text;
}

class TextReader final : public FormatReader {
 public:
  TextReader(RawTrace& out, const FormatContext& context) : out_(out), context_(context) {}

  std::optional<Error> read(const ParsedRecord& record) override {
    RecordFields in(context_.path, record.line);
    line_ = record.line;
    if (!read(in, *record.object)) return in.error;
    return std::nullopt;
  }

 private:
  bool read(RecordFields& in, const dom::object& object) {
    if (!in.keys_once(object)) return false;
    if (const auto turns = field(object, "conversations")) return conversation(in, *turns);
    dom::object body = object;
    dom::object inner;
    if (object.at_key("body").get(inner) == simdjson::SUCCESS) body = inner;  // OpenAI's batch lines
    std::string prompt;
    if (const auto messages = field(body, "messages")) {
      if (!say(in, *messages, prompt)) return false;
    } else if (const auto text = string_of(body, "prompt")) {
      prompt = *text;
    } else if (const auto input = string_of(body, "text_input")) {
      prompt = *input;
    } else {
      return in.fail("prompt", "is missing; each line needs prompt, messages, conversations or text_input, in words");
    }
    TraceLine line;
    if (const auto t = field(object, "timestamp"); t && !t->is_null()) {
      line.has_time = true;
      if (!in.number("timestamp", *t, 0, line.time)) return false;
    }
    line.output_tokens = kUsualAnswer;
    for (const std::string_view key :
         {"output_tokens", "output_length", "output_len", "max_completion_tokens", "max_tokens"}) {
      if (const auto n = field(body, key); n && !n->is_null()) {
        if (!in.tokens(key, *n, 0, line.output_tokens)) return false;
        break;
      }
    }
    return add(in, prompt, "", line);
  }

  // A chat, one message a line: `role: text`.
  bool say(RecordFields& in, const dom::element& messages, std::string& prompt) {
    dom::array list;
    if (messages.get(list) != simdjson::SUCCESS) return in.refuse("messages", messages, "a list of messages");
    for (const dom::element item : list) {
      dom::object message;
      if (item.get(message) != simdjson::SUCCESS) return in.refuse("messages", item, "an object with role and content");
      prompt += string_of(message, "role").value_or("user");
      prompt += ": ";
      if (const auto text = string_of(message, "content")) prompt += *text;
      dom::array parts;
      if (message.at_key("content").get(parts) == simdjson::SUCCESS) {
        for (const dom::element part : parts) {
          dom::object one;
          if (part.get(one) == simdjson::SUCCESS) prompt += string_of(one, "text").value_or("");
        }
      }
      prompt += '\n';
    }
    return true;
  }

  // ShareGPT: every answer closes a turn, whose prompt is all that was said before.
  bool conversation(RecordFields& in, const dom::element& turns) {
    dom::array list;
    if (turns.get(list) != simdjson::SUCCESS) return in.refuse("conversations", turns, "a list of messages");
    std::string said;
    std::uint32_t session = kNone;
    for (const dom::element item : list) {
      dom::object message;
      if (item.get(message) != simdjson::SUCCESS)
        return in.refuse("conversations", item, "an object with from and value");
      const std::string_view from = string_of(message, "from").value_or("");
      const std::string_view value = string_of(message, "value").value_or("");
      if (from == "gpt" || from == "chatgpt" || from == "assistant") {
        if (said.empty()) continue;  // an answer to nothing
        TraceLine line;
        if (session == kNone) session = out_.new_session(fmt::format("{}", out_.sessions.size() + 1));
        line.session = session;
        if (!add(in, said, value, line)) return false;
      }
      said += fmt::format("{}: {}\n", from == "human" ? "user" : from == "gpt" ? "assistant" : from, value);
    }
    return true;
  }

  // One request; of an answer in words, `output_tokens` is their number.
  bool add(RecordFields& in, std::string_view prompt, std::string_view answer, TraceLine line) {
    if (context_.tokens == nullptr) {
      return in.fail("",
                     "a prompt in words; words cannot be cut into tokens here, so give token ids (input_tok_ids) or "
                     "lengths (input_length, output_length)");
    }
    auto tokens = (*context_.tokens)(prompt);
    if (!tokens) return in.fail("", tokens.error().message);
    if (tokens->empty()) return in.fail("prompt", "is empty; a prompt needs a token at least");
    line.file = context_.file;
    line.prompt_tokens = static_cast<std::uint32_t>(tokens->size());
    if (!answer.empty()) {
      const auto more = (*context_.tokens)(answer);
      if (!more) return in.fail("", more.error().message);
      line.output_tokens = static_cast<std::uint32_t>(more->size());
      tokens->insert(tokens->end(), more->begin(), more->end());
    }
    add_token_ids(out_, *tokens, context_.cache_block_tokens, line);
    out_.lines.push_back(line);
    return true;
  }

  RawTrace& out_;
  const FormatContext& context_;
  std::size_t line_ = 0;
};

bool fits(const ParsedRecord& record) {
  if (!record.object) return false;
  const auto has = [&record](std::string_view key) { return field(*record.object, key).has_value(); };
  dom::object body;
  const bool batch = record.object->at_key("body").get(body) == simdjson::SUCCESS;
  return has("prompt") || has("messages") || has("conversations") || has("text_input") ||
         (batch && (field(body, "messages") || field(body, "prompt")));
}

}  // namespace

TraceFormatRow text_format() {
  return {"text",
          "Words",
          "Prompts in words: OpenAI batch lines, ShareGPT, prompt, messages; cut into tokens by a tokenizer.",
          1000,
          "ms",
          0,
          fits,
          nullptr,
          nullptr,
          [](RawTrace& out, const FormatContext& context) -> std::unique_ptr<FormatReader> {
            out.times_may_lack = true;
            return std::make_unique<TextReader>(out, context);
          }};
}

}  // namespace blockyard
