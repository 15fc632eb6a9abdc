// AnswerReader: what a router reads of an answer as it passes: the first token, the usage at its end. It changes nothing
// of it, but for the one event that the router itself has asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace blockyard::live {

struct Usage {
  std::optional<std::uint32_t> prompt_tokens, output_tokens, cached_tokens;
};

/// Whether the bytes are `usage` of a whole answer, and what it says.
Usage read_usage(std::string_view json);

class AnswerReader {
 public:
  /// `events`: it is a text/event-stream. `keep_usage`: the client has asked for its usage, or nobody has.
  AnswerReader(bool events, bool keep_usage) : events_(events), keep_usage_(keep_usage) {}

  /// What goes on to the client of this piece. Events are given whole only where one may have to be kept back.
  std::string pass(std::string_view piece);
  /// The answer is whole; returns what had been kept back.
  std::string end();

  /// A piece with text has passed.
  bool has_token() const { return tokens_ > 0; }
  /// Events with text.
  std::uint32_t events_with_text() const { return tokens_; }
  const Usage& usage() const { return usage_; }

 private:
  bool event(std::string_view text);  // false: it is kept from the client

  bool events_, keep_usage_;
  bool lost_ = false;  // an event, or a body, too long to look at
  std::string held_;   // an event so far, or a body
  std::uint32_t tokens_ = 0;
  Usage usage_;
};

}  // namespace blockyard::live
