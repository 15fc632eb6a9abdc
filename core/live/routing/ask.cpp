#include "core/live/routing/ask.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <set>
#include <utility>

namespace blockyard::live {
namespace {

namespace dom = simdjson::dom;

// The document; nothing where it is none, or nests too deep.
std::optional<dom::element> parse(dom::parser& parser, simdjson::padded_string& text) {
  if (text.size() == 0 || parser.allocate(text.size(), kDeepestBody) != simdjson::SUCCESS) return std::nullopt;
  dom::element out;
  if (parser.parse(text).get(out) != simdjson::SUCCESS) return std::nullopt;
  return out;
}

std::optional<dom::element> member(const dom::object& object, std::string_view key) {
  dom::element out;
  if (object.at_key(key).get(out) != simdjson::SUCCESS || out.is_null()) return std::nullopt;
  return out;
}

std::string text_of(const dom::object& object, std::string_view key, std::size_t most) {
  const auto v = member(object, key);
  std::string_view text;
  if (!v || v->get(text) != simdjson::SUCCESS || text.size() > most) return {};
  return std::string(text);
}

bool truth_of(const dom::object& object, std::string_view key) {
  const auto v = member(object, key);
  bool out = false;
  return v && v->get(out) == simdjson::SUCCESS && out;
}

std::optional<std::vector<std::uint32_t>> ids_of(const dom::element& list) {
  dom::array array;
  if (list.get(array) != simdjson::SUCCESS) return std::nullopt;
  std::vector<std::uint32_t> out;
  for (const dom::element t : array) {
    std::uint64_t id = 0;
    if (t.get(id) != simdjson::SUCCESS || id > 0xFFFFFFFFU) return std::nullopt;
    out.push_back(static_cast<std::uint32_t>(id));
  }
  return out;
}

// Whether every part of every message is text: asking about an image would have it fetched and processed twice.
bool all_text(const dom::element& messages) {
  dom::array list;
  if (messages.get(list) != simdjson::SUCCESS) return false;
  for (const dom::element m : list) {
    dom::object message;
    if (m.get(message) != simdjson::SUCCESS) return false;
    const auto content = member(message, "content");
    if (!content || content->is_string()) continue;
    dom::array parts;
    if (content->get(parts) != simdjson::SUCCESS) return false;
    for (const dom::element p : parts) {
      dom::object part;
      if (p.is_string()) continue;
      if (p.get(part) != simdjson::SUCCESS || text_of(part, "type", 64) != "text") return false;
    }
  }
  return true;
}

// The request's fields that change its tokens.
std::string question_of(const dom::object& body, std::string_view first, const dom::element& value) {
  std::string out = fmt::format("{{\"{}\":{}", first, simdjson::minify(value));
  for (const std::string_view key : {"model", "tools", "chat_template", "chat_template_kwargs", "add_generation_prompt",
                                     "continue_final_message", "add_special_tokens"}) {
    if (const auto v = member(body, key)) out += fmt::format(",\"{}\":{}", key, simdjson::minify(*v));
  }
  return out + "}";
}

void read_prompt(const dom::object& body, const dom::element& prompt, Ask& out) {
  dom::array list;
  const auto take_text = [&](const dom::element& text) {
    out.question = question_of(body, "prompt", text);
    std::string_view plain;
    if (text.get(plain) == simdjson::SUCCESS && plain.size() <= kLongestOwnText) out.text = std::string(plain);
  };
  if (prompt.is_string()) {
    take_text(prompt);
  } else if (auto ids = ids_of(prompt)) {
    out.tokens = std::move(*ids);
  } else if (prompt.get(list) == simdjson::SUCCESS && list.size() > 0) {
    const dom::element first = *list.begin();
    out.first_of_several = list.size() > 1;
    if (first.is_string()) {
      take_text(first);
    } else if (auto inner = ids_of(first)) {
      out.tokens = std::move(*inner);
    }
  }
}

}  // namespace

std::variant<Ask, AskRefusal> read_ask(std::string_view body, AskKind kind) {
  dom::parser parser;
  simdjson::padded_string text(body);
  const auto document = parse(parser, text);
  dom::object object;
  if (!document || document->get(object) != simdjson::SUCCESS)
    return AskRefusal{fmt::format("the body is not a JSON object, or nests deeper than {}", kDeepestBody), "bad_json"};
  std::set<std::string_view> keys;
  for (const auto field : object) {
    if (!keys.insert(field.key).second)
      return AskRefusal{"a key stands twice in the body: the engine might take the other one", "bad_json"};
  }
  Ask out;
  out.kind = kind;
  if (const std::string model = text_of(object, "model", 4096); !model.empty()) out.model = model;
  out.stream = truth_of(object, "stream");
  out.session = text_of(object, "prompt_cache_key", 256);
  if (kind == AskKind::kOther) return out;
  const std::string_view key = kind == AskKind::kChat ? "messages" : "prompt";
  const auto asked = member(object, key);
  const bool embeds = member(object, "prompt_embeds").has_value();
  if (!asked && !embeds) return AskRefusal{fmt::format("{} is missing", key), "missing_prompt"};
  out.salt = text_of(object, "cache_salt", 256);
  if (const auto options = member(object, "stream_options")) {
    dom::object inner;
    if (options->get(inner) == simdjson::SUCCESS) out.usage = truth_of(inner, "include_usage");
  }
  if (!asked || embeds || member(object, "truncate_prompt_tokens")) return out;
  if (kind == AskKind::kCompletion) {
    read_prompt(object, *asked, out);
  } else if (all_text(*asked)) {
    out.question = question_of(object, "messages", *asked);
  }
  return out;
}

AskChain chain_of(const std::vector<std::uint32_t>& tokens, std::uint32_t block_tokens, std::string_view adapter,
                  std::string_view salt) {
  AskChain out;
  if (!adapter.empty() || !salt.empty()) out.root = root_digest(adapter, salt);
  out.prompt_tokens = static_cast<std::uint32_t>(tokens.size());
  for (std::size_t at = 0; at + block_tokens <= tokens.size(); at += block_tokens)
    out.codes.push_back(code_of(std::span(tokens).subspan(at, block_tokens)));
  return out;
}

std::optional<std::vector<std::uint32_t>> read_tokens(std::string_view body) {
  dom::parser parser;
  simdjson::padded_string text(body);
  const auto document = parse(parser, text);
  dom::object object;
  if (!document || document->get(object) != simdjson::SUCCESS) return std::nullopt;
  const auto tokens = member(object, "tokens");
  return tokens ? ids_of(*tokens) : std::nullopt;
}

std::optional<std::vector<ServedModel>> read_models(std::string_view body) {
  dom::parser parser;
  simdjson::padded_string text(body);
  const auto document = parse(parser, text);
  dom::object object;
  dom::array list;
  if (!document || document->get(object) != simdjson::SUCCESS) return std::nullopt;
  const auto data = member(object, "data");
  if (!data || data->get(list) != simdjson::SUCCESS) return std::nullopt;
  std::vector<ServedModel> out;
  for (const dom::element m : list) {
    dom::object model;
    if (m.get(model) != simdjson::SUCCESS) continue;
    const std::string id = text_of(model, "id", 4096);
    if (!id.empty()) out.push_back({id, simdjson::minify(m), member(model, "parent").has_value()});
  }
  return out;
}

namespace {

// Where JSON's values stand in a text that is known to be JSON.
class Places {
 public:
  explicit Places(std::string_view text) : text_(text) {}
  std::size_t skip_blanks(std::size_t at) const {
    while (at < text_.size() && std::string_view(" \t\r\n").find(text_[at]) != std::string_view::npos) ++at;
    return at;
  }
  /// The place behind the value that begins here.
  std::size_t behind(std::size_t at) const {
    int depth = 0;
    while (at < text_.size()) {
      const char c = text_[at];
      if (c == '"') {
        at = behind_text(at);
      } else if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
        return at;
      } else {
        depth += (c == '{' || c == '[') ? 1 : (c == '}' || c == ']') ? -1 : 0;
        ++at;
      }
      if (depth == 0 && (c == '"' || c == '}' || c == ']')) return at;
    }
    return at;
  }
  /// The value of this key of the object that begins here; nothing where it has none.
  std::optional<std::pair<std::size_t, std::size_t>> find(std::size_t object, std::string_view key) const {
    std::size_t at = skip_blanks(object + 1);
    while (at < text_.size() && text_[at] == '"') {
      const std::size_t end = behind_text(at);
      const bool here = text_.substr(at + 1, end - at - 2) == key;
      at = skip_blanks(skip_blanks(end) + 1);  // behind the colon
      const std::size_t value_end = behind(at);
      if (here) return std::pair(at, value_end);
      at = skip_blanks(value_end);
      if (at < text_.size() && text_[at] == ',') at = skip_blanks(at + 1);
    }
    return std::nullopt;
  }

 private:
  std::size_t behind_text(std::size_t at) const {
    for (++at; at < text_.size() && text_[at] != '"'; ++at) {
      if (text_[at] == '\\') ++at;
    }
    return std::min(at + 1, text_.size());
  }
  std::string_view text_;
};

}  // namespace

std::string with_usage(std::string_view body) {
  const Places places(body);
  std::string out(body);
  const std::size_t object = places.skip_blanks(0);
  const bool empty = places.skip_blanks(object + 1) < body.size() && body[places.skip_blanks(object + 1)] == '}';
  if (empty) return out;
  const auto options = places.find(object, "stream_options");
  if (!options) {
    out.insert(object + 1, R"("stream_options":{"include_usage":true},)");
    // A key that is written with escapes would stand there twice.
    const bool escaped = body.find("\\u") != std::string_view::npos;
    return escaped && std::holds_alternative<AskRefusal>(read_ask(out, AskKind::kOther)) ? std::string(body) : out;
  }
  const auto [from, to] = *options;
  if (body[from] != '{') return out.replace(from, to - from, R"({"include_usage":true})");
  if (const auto usage = places.find(from, "include_usage"))
    return out.replace(usage->first, usage->second - usage->first, "true");
  const std::size_t inside = places.skip_blanks(from + 1);
  return out.insert(from + 1, body[inside] == '}' ? R"("include_usage":true)" : R"("include_usage":true,)");
}

}  // namespace blockyard::live
