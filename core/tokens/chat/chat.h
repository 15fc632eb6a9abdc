// A chat as one text: laid out by the tokenizer's template of roles, or plainly where it has none (SPEC 3.1).
#pragma once

#include <string>
#include <vector>

#include "core/tokens/tokenizer.h"

namespace blockyard {

struct ChatMessage {
  std::string role, content;
};

struct ChatText {
  std::string text;
  std::string note;  ///< why the template was not used; "" where it was, or where there is none
};

/// `ask`: the text ends where the assistant's answer begins.
ChatText chat_text(const Tokenizer& tokenizer, const std::vector<ChatMessage>& messages, bool ask);

/// `role: text`, one a line.
std::string plain_chat(const std::vector<ChatMessage>& messages);

}  // namespace blockyard
