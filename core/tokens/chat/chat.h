// A chat as one text: laid out by the tokenizer's template of roles, or plainly where it has none (SPEC 3.1).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/tokens/chat/jinja.h"
#include "core/tokens/tokenizer.h"

namespace blockyard {

struct ChatMessage {
  std::string role, content;
};

struct ChatText {
  std::string text;
  std::string note;  ///< why the template was not used; "" where it was, or where there is none
};

/// A tokenizer's way of laying chats out: its template is read once. It does not refer to the tokenizer.
class ChatLayout {
 public:
  explicit ChatLayout(const Tokenizer& tokenizer);

  /// `ask`: the text ends where the assistant's answer begins.
  ChatText text(const std::vector<ChatMessage>& messages, bool ask) const;
  /// Whether a template lays chats out; else it is the plain layout.
  bool has_template() const { return template_.has_value(); }

 private:
  std::string tokenizer_;
  std::string bos_, eos_;
  std::optional<std::vector<jinja::Node>> template_;
  std::string trouble_;  // why there is none though the tokenizer has one
};

/// The same for one chat.
ChatText chat_text(const Tokenizer& tokenizer, const std::vector<ChatMessage>& messages, bool ask);

/// `role: text`, one a line.
std::string plain_chat(const std::vector<ChatMessage>& messages);

/// The other way round: lines that begin with a word and a colon begin a message; the rest goes on with the one before,
/// or is the user's.
std::vector<ChatMessage> chat_of_plain(const std::string& text);

}  // namespace blockyard
