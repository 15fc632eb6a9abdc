#include "core/live/routing/answer.h"

#include <simdjson.h>

#include <algorithm>
#include <utility>

namespace blockyard::live {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kMostHeld = 4U << 20;  // bytes of an event, or of a whole answer, that are looked at

std::optional<dom::element> member(const dom::object& object, std::string_view key) {
  dom::element out;
  if (object.at_key(key).get(out) != simdjson::SUCCESS || out.is_null()) return std::nullopt;
  return out;
}

std::optional<std::uint32_t> number(const dom::object& object, std::string_view key) {
  const auto v = member(object, key);
  std::uint64_t n = 0;
  if (!v || v->get(n) != simdjson::SUCCESS || n > 0xFFFFFFFFU) return std::nullopt;
  return static_cast<std::uint32_t>(n);
}

Usage usage_of(const dom::object& answer) {
  Usage out;
  const auto told = member(answer, "usage");
  dom::object usage;
  if (!told || told->get(usage) != simdjson::SUCCESS) return out;
  out.prompt_tokens = number(usage, "prompt_tokens");
  out.output_tokens = number(usage, "completion_tokens");
  const auto details = member(usage, "prompt_tokens_details");
  dom::object inner;
  if (details && details->get(inner) == simdjson::SUCCESS) out.cached_tokens = number(inner, "cached_tokens");
  return out;
}

bool has_text(const dom::object& choice) {
  const auto says = [](const dom::object& object, std::string_view key) {
    const auto v = member(object, key);
    std::string_view text;
    dom::array list;
    if (!v) return false;
    if (v->get(text) == simdjson::SUCCESS) return !text.empty();
    return v->get(list) == simdjson::SUCCESS && list.size() > 0;
  };
  if (says(choice, "text")) return true;
  const auto d = member(choice, "delta");
  dom::object delta;
  if (!d || d->get(delta) != simdjson::SUCCESS) return false;
  return says(delta, "content") || says(delta, "reasoning") || says(delta, "reasoning_content") ||
         says(delta, "tool_calls");
}

// The place behind the first event, which ends with an empty line; 0: it is not whole yet.
std::size_t event_end(std::string_view bytes) {
  for (std::size_t at = bytes.find('\n'); at != std::string_view::npos; at = bytes.find('\n', at + 1)) {
    if (bytes.substr(at + 1, 1) == "\n") return at + 2;
    if (bytes.substr(at + 1, 2) == "\r\n") return at + 3;
  }
  return 0;
}

}  // namespace

Usage read_usage(std::string_view json) {
  dom::parser parser;
  simdjson::padded_string text(json);
  dom::element document;
  dom::object answer;
  if (parser.parse(text).get(document) != simdjson::SUCCESS || document.get(answer) != simdjson::SUCCESS) return {};
  return usage_of(answer);
}

bool AnswerReader::event(std::string_view text) {
  std::string data;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    at = end + 1;
    if (!line.starts_with("data:")) continue;
    line.remove_prefix(5);
    if (line.starts_with(' ')) line.remove_prefix(1);
    data += line;
  }
  dom::parser parser;
  simdjson::padded_string padded(data);
  dom::element document;
  dom::object object;
  if (parser.parse(padded).get(document) != simdjson::SUCCESS || document.get(object) != simdjson::SUCCESS) return true;
  const Usage told = usage_of(object);
  if (told.prompt_tokens || told.output_tokens) usage_ = told;
  const auto choices = member(object, "choices");
  dom::array list;
  if (!choices || choices->get(list) != simdjson::SUCCESS) return true;
  bool text_there = false;
  for (const dom::element c : list) {
    dom::object choice;
    text_there = text_there || (c.get(choice) == simdjson::SUCCESS && has_text(choice));
  }
  tokens_ += text_there;
  return keep_usage_ || list.size() > 0 || !told.prompt_tokens;
}

std::string AnswerReader::pass(std::string_view piece) {
  if (!events_) {
    if (held_.size() + piece.size() > kMostHeld) lost_ = true;
    if (!lost_) held_ += piece;
    return std::string(piece);
  }
  held_ += piece;
  std::string out;
  std::size_t at = 0;
  while (const std::size_t size = event_end(std::string_view(held_).substr(at))) {
    const std::string_view one = std::string_view(held_).substr(at, size);
    if (std::exchange(lost_, false) || event(one)) out += one;
    at += size;
  }
  held_.erase(0, at);
  if (held_.size() > kMostHeld) {
    out += held_;  // nobody writes such events
    held_.clear();
    lost_ = true;
  }
  return keep_usage_ ? std::string(piece) : out;
}

std::string AnswerReader::end() {
  if (!events_) {
    if (!lost_) usage_ = read_usage(held_);
    held_.clear();
    return {};
  }
  std::string rest = std::exchange(held_, {});
  return keep_usage_ ? std::string() : rest;
}

}  // namespace blockyard::live
