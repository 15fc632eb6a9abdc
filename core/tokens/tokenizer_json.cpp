#include "core/tokens/tokenizer_json.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/base/check.h"
#include "core/base/words/printable.h"

namespace blockyard {
namespace {

using Json = nlohmann::json;

constexpr std::uintmax_t kMostBytes = 256ULL << 20;

// What ByteLevel cuts by, where it does.
constexpr const char* kByteLevelPattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

struct Refused {
  std::string why;
};

std::string text_at(const Json& j, const char* key, const char* fallback = "") {
  const auto found = j.find(key);
  return found != j.end() && found->is_string() ? found->get<std::string>() : fallback;
}
bool flag_at(const Json& j, const char* key, bool fallback) {
  const auto found = j.find(key);
  return found != j.end() && found->is_boolean() ? found->get<bool>() : fallback;
}
bool absent(const Json& j, const char* key) { return !j.contains(key) || j.at(key).is_null(); }

// Calls f for the entries of a Sequence, or for the one step that it is.
template <class F>
void each_step(const Json& step, const char* list, F f) {
  if (text_at(step, "type") == "Sequence") {
    for (const Json& inner : step.at(list)) each_step(inner, list, f);
  } else {
    f(step);
  }
}

std::string literal_of(const Json& step, const char* what) {
  const Json& pattern = step.at("pattern");
  if (!pattern.is_object() || !pattern.contains("String"))
    throw Refused{fmt::format("{} with a regular expression is not supported", what)};
  return pattern.at("String").get<std::string>();
}

void read_normalizer(const Json& normalizer, Tokenizer::Parts& parts) {
  each_step(normalizer, "normalizers", [&](const Json& step) {
    const std::string type = text_at(step, "type");
    using Kind = NormalizerStep::Kind;
    if (type == "NFC") {
      parts.normalizer.push_back({Kind::kNfc, "", ""});
    } else if (type == "Prepend") {
      parts.normalizer.push_back({Kind::kPrepend, "", step.at("prepend").get<std::string>()});
    } else if (type == "Replace") {
      parts.normalizer.push_back({Kind::kReplace, literal_of(step, "a Replace normaliser"), text_at(step, "content")});
    } else {
      throw Refused{fmt::format("its normaliser is {}; NFC, Prepend and Replace are supported", type)};
    }
  });
}

PretokenizerStep split_step(Result<Pattern> pattern, SplitBehavior behavior, bool invert) {
  if (!pattern) throw Refused{pattern.error().message};
  PretokenizerStep out;
  out.pattern = std::make_shared<Pattern>(std::move(*pattern));
  out.behavior = behavior;
  out.invert = invert;
  return out;
}

SplitBehavior behavior_of(const std::string& name) {
  if (name == "Removed") return SplitBehavior::kRemoved;
  if (name == "Isolated") return SplitBehavior::kIsolated;
  if (name == "MergedWithPrevious") return SplitBehavior::kMergedWithPrevious;
  if (name == "MergedWithNext") return SplitBehavior::kMergedWithNext;
  if (name == "Contiguous") return SplitBehavior::kContiguous;
  throw Refused{fmt::format("its pre-tokenizer splits in a way called '{}', which is not known", name)};
}

// Returns whether a step writes bytes as GPT-2's letters.
bool read_pretokenizer(const Json& pretokenizer, Tokenizer::Parts& parts) {
  bool byte_level = false;
  each_step(pretokenizer, "pretokenizers", [&](const Json& step) {
    const std::string type = text_at(step, "type");
    if (byte_level) throw Refused{fmt::format("its pre-tokenizer has {} behind ByteLevel", type)};
    if (type == "Split") {
      const Json& pattern = step.at("pattern");
      const bool regex = pattern.contains("Regex");
      parts.pretokenizer.push_back(
          split_step(regex ? Pattern::compile(pattern.at("Regex").get<std::string>())
                           : Result<Pattern>(Pattern::literal(pattern.at("String").get<std::string>())),
                     behavior_of(text_at(step, "behavior")), flag_at(step, "invert", false)));
    } else if (type == "ByteLevel") {
      byte_level = true;
      if (flag_at(step, "add_prefix_space", true)) {
        PretokenizerStep space;
        space.kind = PretokenizerStep::Kind::kPrefixSpace;
        parts.pretokenizer.push_back(space);
      }
      if (flag_at(step, "use_regex", true))
        parts.pretokenizer.push_back(split_step(Pattern::compile(kByteLevelPattern), SplitBehavior::kIsolated, false));
    } else if (type == "Metaspace") {
      PretokenizerStep out;
      out.kind = PretokenizerStep::Kind::kMetaspace;
      out.replacement = text_at(step, "replacement", "\xE2\x96\x81");
      const std::string scheme =
          text_at(step, "prepend_scheme", flag_at(step, "add_prefix_space", true) ? "always" : "never");
      using Prepend = PretokenizerStep::Prepend;
      out.prepend = scheme == "always" ? Prepend::kAlways : scheme == "first" ? Prepend::kFirst : Prepend::kNo;
      out.split = flag_at(step, "split", true);
      parts.pretokenizer.push_back(out);
    } else if (type == "Digits") {
      PretokenizerStep out = split_step(
          Pattern::compile(R"(\p{N})"),
          flag_at(step, "individual_digits", false) ? SplitBehavior::kIsolated : SplitBehavior::kContiguous, false);
      parts.pretokenizer.push_back(out);
    } else {
      throw Refused{fmt::format("its pre-tokenizer is {}; Split, ByteLevel, Metaspace and Digits are supported", type)};
    }
  });
  return byte_level;
}

void must(const Result<void>& done) {
  if (!done) throw Refused{done.error().message};
}

void read_model(const Json& model, bool byte_level, const std::vector<AddedToken>& added, Bpe& bpe) {
  for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    if (!text_at(model, key).empty()) throw Refused{fmt::format("its model has a {}, which is not supported", key)};
  }
  if (!absent(model, "dropout") && model.at("dropout") != 0) throw Refused{"its model drops merges at random"};
  const auto bytes_of = [&](const std::string& token) -> std::string {
    if (!byte_level) return token;
    const auto bytes = from_byte_letters(token);
    if (bytes) return *bytes;
    // An added token in the vocabulary is written as it is.
    for (const AddedToken& t : added) {
      if (t.content == token) return token;
    }
    throw Refused{fmt::format("the token '{}' has a letter that stands for no byte", token)};
  };
  for (const auto& [token, id] : model.at("vocab").items()) {
    if (!id.is_number_unsigned() || id.get<std::uint64_t>() > 0xFFFFFF)
      throw Refused{
          fmt::format("the token '{}' has the id {}; ids are whole numbers below 16777216", token, id.dump())};
    std::string bytes = bytes_of(token);
    // An added token may spell like another token's bytes: it is looked for in the text, not joined.
    if (byte_level && bytes == token && bpe.find(bytes)) continue;
    must(bpe.add_token(id.get<TokenId>(), std::move(bytes)));
  }
  for (const Json& merge : model.at("merges")) {
    std::string left, right;
    if (merge.is_array() && merge.size() == 2) {
      left = merge[0].get<std::string>(), right = merge[1].get<std::string>();
    } else if (merge.is_string()) {
      const std::string& both = merge.get_ref<const std::string&>();
      const std::size_t space = both.find(' ');
      if (space == std::string::npos) throw Refused{fmt::format("the merge '{}' has no space", both)};
      left = both.substr(0, space), right = both.substr(space + 1);
    } else {
      throw Refused{"a merge is neither a pair nor a text"};
    }
    must(bpe.add_merge(bytes_of(left), bytes_of(right)));
  }
  if (flag_at(model, "byte_fallback", false)) {
    for (unsigned b = 0; b < 256; ++b) {
      if (const auto id = bpe.find(fmt::format("<0x{:02X}>", b))) bpe.set_byte_token(static_cast<std::uint8_t>(b), *id);
    }
  }
  if (const std::string unknown = text_at(model, "unk_token"); !unknown.empty()) {
    if (const auto id = bpe.find(unknown)) bpe.set_unknown(*id, flag_at(model, "fuse_unk", false));
  }
  bpe.set_whole_first(flag_at(model, "ignore_merges", false));
}

void read_decoder(const Json& decoder, Tokenizer::Parts& parts) {
  each_step(decoder, "decoders", [&](const Json& step) {
    const std::string type = text_at(step, "type");
    using Kind = DecoderStep::Kind;
    if (type == "Replace") {
      parts.decoder.push_back({Kind::kReplace, literal_of(step, "a Replace decoder"), text_at(step, "content"), 0});
    } else if (type == "Strip") {
      const std::uint32_t start = step.value("start", 0U);
      if (start > 0) parts.decoder.push_back({Kind::kStripFirst, text_at(step, "content"), "", start});
    } else if (type == "Metaspace") {
      parts.decoder.push_back({Kind::kReplace, text_at(step, "replacement", "\xE2\x96\x81"), " ", 0});
      const std::string scheme =
          text_at(step, "prepend_scheme", flag_at(step, "add_prefix_space", true) ? "always" : "never");
      if (scheme != "never") parts.decoder.push_back({Kind::kStripFirst, " ", "", 1});
    } else if (type != "ByteLevel" && type != "ByteFallback" && type != "Fuse") {
      throw Refused{fmt::format(
          "its decoder is {}; ByteLevel, ByteFallback, Fuse, Replace, Strip and Metaspace are supported", type)};
    }
  });
}

void read_template(const Json& processor, Tokenizer::Parts& parts) {
  each_step(processor, "processors", [&](const Json& step) {
    if (text_at(step, "type") != "TemplateProcessing") return;  // others change offsets, not ids
    bool behind = false;
    for (const Json& piece : step.at("single")) {
      if (piece.contains("Sequence")) behind = true;
      if (!piece.contains("SpecialToken")) continue;
      const std::string name = piece.at("SpecialToken").at("id").get<std::string>();
      for (const Json& id : step.at("special_tokens").at(name).at("ids"))
        (behind ? parts.behind : parts.before).push_back(id.get<TokenId>());
    }
  });
}

std::string content_of(const Json& config, const char* key) {
  if (absent(config, key)) return "";
  const Json& value = config.at(key);
  return value.is_string() ? value.get<std::string>() : value.is_object() ? text_at(value, "content") : "";
}

void read_config(const Json& config, Tokenizer::Parts& parts) {
  if (!config.is_object()) return;
  parts.chat_template = text_at(config, "chat_template");
  parts.bos = content_of(config, "bos_token");
  parts.eos = content_of(config, "eos_token");
}

Tokenizer::Parts read_parts(const Json& json) {
  if (!json.is_object() || absent(json, "model")) throw Refused{"there is no model in it; it is not a tokenizer.json"};
  const Json& model = json.at("model");
  const std::string type = text_at(model, "type", model.contains("merges") ? "BPE" : "");
  if (type != "BPE") throw Refused{fmt::format("its model is {}; BPE is supported", type.empty() ? "not named" : type)};
  Tokenizer::Parts parts;
  if (!absent(json, "added_tokens")) {
    for (const Json& t : json.at("added_tokens")) {
      parts.added.push_back({t.at("id").get<TokenId>(), t.at("content").get<std::string>(),
                             flag_at(t, "single_word", false), flag_at(t, "lstrip", false), flag_at(t, "rstrip", false),
                             flag_at(t, "normalized", false), flag_at(t, "special", false)});
    }
  }
  if (!absent(json, "normalizer")) read_normalizer(json.at("normalizer"), parts);
  const bool byte_level = !absent(json, "pre_tokenizer") && read_pretokenizer(json.at("pre_tokenizer"), parts);
  parts.bpe = Bpe(byte_level ? Bpe::Symbols::kBytes : Bpe::Symbols::kCharacters);
  read_model(model, byte_level, parts.added, parts.bpe);
  if (!absent(json, "decoder")) read_decoder(json.at("decoder"), parts);
  if (!absent(json, "post_processor")) read_template(json.at("post_processor"), parts);
  return parts;
}

Result<std::string> read_text(const std::string& path) {
  std::error_code ec;
  const std::uintmax_t size = std::filesystem::file_size(path, ec);
  if (ec) return Error{fmt::format("{}: {}", path, ec.message())};
  if (size > kMostBytes)
    return Error{fmt::format("{}: {} bytes are too many for a tokenizer (at most {})", path, size, kMostBytes)};
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return Error{fmt::format("{}: cannot be read", path)};
  return std::move(text).str();
}

}  // namespace

Result<Tokenizer> parse_tokenizer(const std::string& name, const std::string& json, const std::string& config_json) {
  if (json_too_deep_at(json) != 0 || json_too_deep_at(config_json) != 0)
    return Error{fmt::format("{}: objects and lists nest at most {} deep", name, kDeepestJson)};
  const Json document = Json::parse(json, nullptr, false);
  if (document.is_discarded()) return Error{fmt::format("{}: not valid JSON; a tokenizer.json is expected", name)};
  try {
    Tokenizer::Parts parts = read_parts(document);
    if (!config_json.empty()) read_config(Json::parse(config_json, nullptr, false), parts);
    return Tokenizer(name, std::move(parts));
  } catch (const Refused& refused) {
    return Error{fmt::format("{}: {}", name, refused.why)};
  } catch (const Json::exception& trouble) {
    return Error{fmt::format("{}: not a tokenizer.json as Hugging Face writes it ({})", name, trouble.what())};
  }
}

Result<Tokenizer> read_tokenizer(const std::string& path) {
  const auto text = read_text(path);
  if (!text) return text.error();
  const std::string config = (std::filesystem::path(path).parent_path() / "tokenizer_config.json").string();
  const auto beside = std::filesystem::exists(config) ? read_text(config) : Result<std::string>(std::string());
  if (!beside) return beside.error();
  return parse_tokenizer(path, *text, *beside);
}

std::string write_tokenizer_json(const Tokenizer& tokenizer) {
  const Tokenizer::Parts& parts = tokenizer.parts();
  const auto quoted = [](std::string_view text) { return Json(std::string(text)).dump(); };
  std::string out = "{\n\"version\": \"1.0\",\n\"added_tokens\": [";
  for (std::size_t i = 0; i < parts.added.size(); ++i) {
    const AddedToken& t = parts.added[i];
    out += fmt::format(
        "{}\n{{\"id\": {}, \"content\": {}, \"single_word\": {}, \"lstrip\": {}, \"rstrip\": {}, "
        "\"normalized\": {}, \"special\": {}}}",
        i == 0 ? "" : ",", t.id, quoted(t.content), t.single_word, t.strip_left, t.strip_right, t.in_normalized,
        t.special);
  }
  out += "],\n\"normalizer\": null,\n\"pre_tokenizer\": {\"type\": \"Sequence\", \"pretokenizers\": [\n";
  for (const PretokenizerStep& step : parts.pretokenizer) {
    BY_CHECK(step.kind == PretokenizerStep::Kind::kSplit && step.behavior == SplitBehavior::kIsolated && !step.invert,
             "only what the trainer makes can be written");
    out += fmt::format(
        "{{\"type\": \"Split\", \"pattern\": {{\"Regex\": {}}}, \"behavior\": \"Isolated\", "
        "\"invert\": false}},\n",
        quoted(step.pattern->expression()));
  }
  out +=
      "{\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"trim_offsets\": true, \"use_regex\": false}]},\n"
      "\"post_processor\": null,\n\"decoder\": {\"type\": \"ByteLevel\"},\n"
      "\"model\": {\"type\": \"BPE\", \"byte_fallback\": false,\n\"vocab\": {";
  const char* comma = "";
  for (TokenId id = 0; id < parts.bpe.size(); ++id) {
    if (!parts.bpe.has(id)) continue;
    out += fmt::format("{}\n{}: {}", comma, quoted(to_byte_letters(parts.bpe.bytes(id))), id);
    comma = ",";
  }
  out += "},\n\"merges\": [";
  comma = "";
  for (const auto& [left, right] : parts.bpe.merges_in_order()) {
    out += fmt::format("{}\n[{}, {}]", comma, quoted(to_byte_letters(parts.bpe.bytes(left))),
                       quoted(to_byte_letters(parts.bpe.bytes(right))));
    comma = ",";
  }
  return out + "]}\n}\n";
}

}  // namespace blockyard
