// One record of a file of prompts in words, whatever its shape: what is asked, and what is known of the answer.
// Private to traces/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/tokens/chat/chat.h"
#include "core/workload/traces/record_fields.h"

namespace blockyard {

struct TextRequest {
  bool is_chat = false;
  std::vector<ChatMessage> messages;    ///< of a chat
  std::string prompt;                   ///< else
  std::vector<TokenId> ids;             ///< a prompt that came as token ids
  std::string answer;                   ///< as it was recorded; "" where nobody says
  std::optional<std::uint32_t> output;  ///< its length, where only that is known
  std::optional<std::uint32_t> most;    ///< its greatest length: max_tokens
  std::optional<double> time, delay;    ///< ms
  std::string session;
  bool from_zero = false;  ///< times count from the file's zero

  /// A chat whose answers are in it: its last word is the assistant's.
  bool recorded() const { return !messages.empty() && messages.back().role == "assistant"; }
};

/// Reads an object by the shape that it has. False where `in` says why not.
bool read_text_request(RecordFields& in, const simdjson::dom::object& object, TextRequest& out);

}  // namespace blockyard
