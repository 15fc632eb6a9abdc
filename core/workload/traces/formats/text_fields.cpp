#include "core/workload/traces/formats/text_fields.h"

#include <limits>

namespace blockyard {
namespace {

namespace dom = simdjson::dom;

std::optional<std::string_view> string_of(const dom::object& object, std::string_view key) {
  std::string_view text;
  if (object.at_key(key).get(text) != simdjson::SUCCESS) return std::nullopt;
  return text;
}

// Whose words they are, by the names that data sets use.
std::string role_of(std::string_view name) {
  if (name == "human") return "user";
  if (name == "gpt" || name == "chatgpt" || name == "bing" || name == "bard" || name == "model") return "assistant";
  return std::string(name);
}

// The words of a message: a text, or parts of which those that are texts count.
bool read_content(RecordFields& in, std::string_view key, const dom::object& message, std::string& out) {
  const auto content = field(message, "content");
  if (!content || content->is_null()) return true;  // a call of a tool has none
  std::string_view text;
  if (content->get(text) == simdjson::SUCCESS) {
    out = text;
    return true;
  }
  dom::array parts;
  if (content->get(parts) != simdjson::SUCCESS) return in.refuse(key, *content, "content that is a text or a list");
  for (const dom::element part : parts) {
    dom::object one;
    if (part.get(one) == simdjson::SUCCESS) out += string_of(one, "text").value_or("");
  }
  return true;
}

bool read_messages(RecordFields& in, const dom::element& value, std::vector<ChatMessage>& out) {
  dom::array list;
  if (value.get(list) != simdjson::SUCCESS) return in.refuse("messages", value, "a list of messages");
  for (const dom::element item : list) {
    dom::object message;
    if (item.get(message) != simdjson::SUCCESS) return in.refuse("messages", item, "an object with role and content");
    const auto role = string_of(message, "role");
    if (!role) return in.fail("messages", "a message without a role; each needs role and content");
    ChatMessage one{role_of(*role), ""};
    if (!read_content(in, "messages", message, one.content)) return false;
    out.push_back(std::move(one));
  }
  return out.empty() ? in.fail("messages", "is empty; a chat needs a message at least") : true;
}

bool read_conversation(RecordFields& in, const dom::element& value, std::vector<ChatMessage>& out) {
  dom::array list;
  if (value.get(list) != simdjson::SUCCESS) return in.refuse("conversations", value, "a list of messages");
  for (const dom::element item : list) {
    dom::object message;
    if (item.get(message) != simdjson::SUCCESS)
      return in.refuse("conversations", item, "an object with from and value");
    const auto from = string_of(message, "from"), words = string_of(message, "value");
    if (!from || !words) return in.refuse("conversations", item, "an object with from and value, both texts");
    out.push_back({role_of(*from), std::string(*words)});
  }
  return true;
}

// A text, the first of a list of texts, or token ids.
bool read_prompt(RecordFields& in, const dom::element& value, TextRequest& out) {
  std::string_view text;
  dom::array list;
  if (value.get(text) == simdjson::SUCCESS) {
    out.prompt = text;
    return true;
  }
  if (value.get(list) != simdjson::SUCCESS) return in.refuse("prompt", value, "a text or a list of token ids");
  for (const dom::element item : list) {
    if (item.get(text) == simdjson::SUCCESS) {
      out.prompt = text;
      return true;
    }
    const auto id = number_of(item);
    if (!id || *id < 0 || *id >= 4294967296.0 || *id != static_cast<double>(static_cast<std::uint32_t>(*id)))
      return in.refuse("prompt", item, "a text or a list of token ids");
    out.ids.push_back(static_cast<TokenId>(*id));
  }
  return true;
}

bool read_time(RecordFields& in, const dom::object& object, std::string_view key, std::optional<double>& out) {
  const auto value = field(object, key);
  if (!value || value->is_null()) return true;
  double ms = 0;
  if (!in.number(key, *value, 0, ms)) return false;
  out = ms;
  return true;
}

bool read_length(RecordFields& in, const dom::object& object, std::string_view key, std::optional<std::uint32_t>& out) {
  const auto value = field(object, key);
  if (out || !value || value->is_null()) return true;
  std::uint32_t tokens = 0;
  if (!in.tokens(key, *value, 0, tokens)) return false;
  out = tokens;
  return true;
}

}  // namespace

bool read_text_request(RecordFields& in, const dom::object& object, TextRequest& out) {
  if (!in.keys_once(object)) return false;
  dom::object body = object;
  dom::object inner;
  if (object.at_key("body").get(inner) == simdjson::SUCCESS) body = inner;  // OpenAI's batch lines
  if (!read_time(in, object, "timestamp", out.time)) return false;
  if (!read_time(in, object, "delay", out.delay)) return false;
  out.from_zero = string_of(object, "start") == "zero";
  if (const auto session = field(object, "session_id"); session && !session->is_null()) {
    const auto name = text_of(*session);
    if (!name) return in.refuse("session_id", *session, "a text or a whole number");
    out.session = *name;
  }
  for (const dom::object& from : {body, object}) {
    for (const std::string_view key : {"output_tokens", "output_length", "output_len"}) {
      if (!read_length(in, from, key, out.output)) return false;
    }
    for (const std::string_view key : {"max_completion_tokens", "max_tokens"}) {
      if (!read_length(in, from, key, out.most)) return false;
    }
  }
  for (const std::string_view key : {"completion", "response"}) {
    if (const auto words = string_of(object, key); words && out.answer.empty()) out.answer = *words;
  }
  if (const auto turns = field(object, "conversations")) {
    out.is_chat = true;
    return read_conversation(in, *turns, out.messages);
  }
  if (const auto messages = field(body, "messages")) {
    out.is_chat = true;
    return read_messages(in, *messages, out.messages);
  }
  if (const auto prompt = field(body, "prompt")) return read_prompt(in, *prompt, out);
  if (const auto input = string_of(body, "text_input")) {
    out.prompt = *input;
    return true;
  }
  return in.fail("prompt", "is missing; each line needs prompt, messages, conversations or text_input, in words");
}

}  // namespace blockyard
