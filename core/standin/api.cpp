#include "core/standin/api.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/settings/json_text.h"

namespace blockyard::standin {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint32_t kMostTokens = 1U << 20;  // that anybody may ask for

ApiError bad(std::string message, std::string param = "") {
  return {400, std::move(message), "BadRequestError", std::move(param)};
}

const Json* member(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at == object.end() || at->is_null() ? nullptr : &*at;
}

// The messages of a chat; parts of a message that are no text are not for a stand-in.
std::optional<std::vector<ChatMessage>> messages_of(const Json& list) {
  if (!list.is_array() || list.empty()) return std::nullopt;
  std::vector<ChatMessage> out;
  for (const Json& m : list) {
    const Json* role = m.is_object() ? member(m, "role") : nullptr;
    if (role == nullptr || !role->is_string()) return std::nullopt;
    ChatMessage& message = out.emplace_back();
    message.role = role->get<std::string>();
    const Json* content = member(m, "content");
    if (content == nullptr) continue;
    if (content->is_string()) {
      message.content = content->get<std::string>();
      continue;
    }
    if (!content->is_array()) return std::nullopt;
    for (const Json& part : *content) {
      const Json* text = part.is_object() ? member(part, "text") : nullptr;
      if (text == nullptr || !text->is_string()) return std::nullopt;
      message.content += text->get<std::string>();
    }
  }
  return out;
}

// A prompt: a text or token ids.
std::optional<std::vector<TokenId>> prompt_of(const Json& prompt, const WordSource& words) {
  if (prompt.is_string()) return words.prompt(prompt.get<std::string>());
  if (!prompt.is_array()) return std::nullopt;
  std::vector<TokenId> out;
  for (const Json& t : prompt) {
    if (!t.is_number_unsigned() || t.get<std::uint64_t>() > 0xFFFFFFFFU) return std::nullopt;
    out.push_back(t.get<TokenId>());
  }
  return out;
}

bool truth(const Json& object, const char* key) {
  const Json* v = member(object, key);
  return v != nullptr && v->is_boolean() && v->get<bool>();
}

// So many leading bytes are whole characters, or can never become one.
std::size_t whole_characters(std::string_view bytes) {
  for (std::size_t back = 1; back <= 3 && back <= bytes.size(); ++back) {
    const auto c = static_cast<unsigned char>(bytes[bytes.size() - back]);
    if (c < 0x80) break;
    if (c < 0xC0) continue;
    const std::size_t wanted = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
    return wanted > back ? bytes.size() - back : bytes.size();
  }
  return bytes.size();
}

Json usage_of(const Generate& g, std::uint32_t cached) {
  return {{"prompt_tokens", g.prompt.size()},
          {"total_tokens", g.prompt.size() + g.answer.size()},
          {"completion_tokens", g.answer.size()},
          {"prompt_tokens_details", {{"cached_tokens", cached}}}};
}

std::string event(const Json& value) { return "data: " + io::dump_json(value) + "\n\n"; }

}  // namespace

std::string ApiError::json() const {
  const Json error = {
      {"message", message}, {"type", type}, {"param", param.empty() ? Json() : Json(param)}, {"code", status}};
  return io::dump_json({{"error", error}});
}

std::variant<Generate, ApiError> Api::generate(std::string_view body, bool chat) const {
  const Json in = io::json_or_discarded(body);
  if (!in.is_object()) return bad("the body is not a JSON object");
  if (const Json* model = member(in, "model"); model != nullptr && *model != model_) {
    const std::string name = model->is_string() ? model->get<std::string>() : std::string("?");
    return ApiError{404, fmt::format("The model `{}` does not exist.", name), "NotFoundError", "model"};
  }
  Generate out;
  out.chat = chat;
  const char* key = chat ? "messages" : "prompt";
  const Json* asked = member(in, key);
  if (asked == nullptr) return bad(fmt::format("{} is missing", key), key);
  if (chat) {
    const auto messages = messages_of(*asked);
    if (!messages) return bad("messages must be a list of objects with role and content, a text", key);
    out.prompt = words_->chat(*messages, true);
  } else {
    auto prompt = prompt_of(*asked, *words_);
    if (!prompt) return bad("prompt must be a text or a list of token ids", key);
    out.prompt = std::move(*prompt);
  }
  if (out.prompt.empty()) return bad("the prompt has no token", key);
  std::uint32_t most = kMostAnswer;
  for (const char* name : {"max_tokens", "max_completion_tokens"}) {
    const Json* v = member(in, name);
    if (v == nullptr) continue;
    if (!v->is_number_unsigned() || v->get<std::uint64_t>() < 1 || v->get<std::uint64_t>() > kMostTokens)
      return bad(fmt::format("{} must be a whole number from 1 to {}", name, kMostTokens), name);
    most = v->get<std::uint32_t>();
  }
  if (const Json* salt = member(in, "cache_salt"); salt != nullptr) {
    if (!salt->is_string() || salt->get_ref<const std::string&>().empty() ||
        salt->get_ref<const std::string&>().size() > 256)
      return bad("cache_salt must be a text of 1 to 256 bytes", "cache_salt");
    out.salt = salt->get<std::string>();
  }
  out.stream = truth(in, "stream");
  const Json* options = member(in, "stream_options");
  out.usage = options != nullptr && options->is_object() && truth(*options, "include_usage");
  const std::uint64_t drawn = answer_seed(0, out.prompt);  // with the source's own seed: no matter who asks, or when
  out.answer = truth(in, "ignore_eos") ? words_->words(drawn, out.prompt, most) : words_->answer(drawn, out.prompt, most);
  out.cut = out.answer.size() >= most;
  return out;
}

std::variant<std::string, ApiError> Api::tokenize(std::string_view body) const {
  const Json in = io::json_or_discarded(body);
  if (!in.is_object()) return bad("the body is not a JSON object");
  std::vector<TokenId> tokens;
  if (const Json* messages = member(in, "messages"); messages != nullptr) {
    const auto chat = messages_of(*messages);
    if (!chat) return bad("messages must be a list of objects with role and content, a text", "messages");
    const Json* ask = member(in, "add_generation_prompt");
    tokens = words_->chat(*chat, ask == nullptr || truth(in, "add_generation_prompt"));
  } else if (const Json* prompt = member(in, "prompt"); prompt != nullptr && prompt->is_string()) {
    tokens = words_->prompt(prompt->get<std::string>());
  } else {
    return bad("prompt or messages is missing", "prompt");
  }
  return io::dump_json({{"count", tokens.size()}, {"max_model_len", kMostTokens}, {"tokens", tokens}});
}

std::string Api::models() const {
  const Json model = {{"id", model_}, {"object", "model"}, {"owned_by", "blockyard"}, {"max_model_len", kMostTokens}};
  return io::dump_json({{"object", "list"}, {"data", Json::array({model})}});
}

std::string Api::whole(const Generate& g, std::string_view id, std::int64_t created, std::uint32_t cached) const {
  const std::string text = words_->tokenizer().decode(g.answer);
  Json choice = {{"index", 0}, {"logprobs", nullptr}, {"finish_reason", g.cut ? "length" : "stop"}};
  if (g.chat) {
    choice["message"] = {{"role", "assistant"}, {"content", text}};
  } else {
    choice["text"] = text;
  }
  return io::dump_json({{"id", id},
                        {"object", g.chat ? "chat.completion" : "text_completion"},
                        {"created", created},
                        {"model", model_},
                        {"choices", Json::array({choice})},
                        {"usage", usage_of(g, cached)}});
}

namespace {

Json chunk(const Generate& g, const Api::Stream& s, const std::string& model) {
  return {{"id", s.id},
          {"object", g.chat ? "chat.completion.chunk" : "text_completion"},
          {"created", s.created},
          {"model", model}};
}

}  // namespace

std::string Api::piece(const Generate& g, Stream& s, std::uint32_t n) const {
  std::string out;
  if (g.chat && !s.began) {
    Json first = chunk(g, s, model_);
    const Json delta = {{"role", "assistant"}, {"content", ""}};
    first["choices"] = Json::array({{{"index", 0}, {"delta", delta}, {"logprobs", nullptr}, {"finish_reason", nullptr}}});
    out = event(first);
  }
  s.began = true;
  // A word begins with its blank: only the first token of all has none before it.
  s.held += words_->tokenizer().text_of(g.answer[n]);
  const bool last = n + 1 == g.answer.size();
  const std::size_t size = last ? s.held.size() : whole_characters(s.held);
  const std::string text = s.held.substr(0, size);
  s.held.erase(0, size);
  Json choice = {{"index", 0}};
  if (g.chat) {
    choice["delta"] = {{"content", text}};
  } else {
    choice["text"] = text;
  }
  choice["logprobs"] = nullptr;
  choice["finish_reason"] = last ? Json(g.cut ? "length" : "stop") : Json();
  Json now = chunk(g, s, model_);
  now["choices"] = Json::array({choice});
  return out + event(now);
}

std::string Api::tail(const Generate& g, Stream& s) const {
  std::string out;
  if (g.usage) {
    Json last = chunk(g, s, model_);
    last["choices"] = Json::array();
    last["usage"] = usage_of(g, s.cached);
    out = event(last);
  }
  return out + "data: [DONE]\n\n";
}

}  // namespace blockyard::standin
