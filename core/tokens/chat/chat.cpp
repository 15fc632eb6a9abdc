#include "core/tokens/chat/chat.h"

#include <fmt/format.h>

#include "core/tokens/chat/jinja.h"

namespace blockyard {

std::string plain_chat(const std::vector<ChatMessage>& messages) {
  std::string out;
  for (const ChatMessage& m : messages) out += fmt::format("{}: {}\n", m.role, m.content);
  return out;
}

ChatText chat_text(const Tokenizer& tokenizer, const std::vector<ChatMessage>& messages, bool ask) {
  const Tokenizer::Parts& parts = tokenizer.parts();
  if (parts.chat_template.empty()) return {plain_chat(messages), ""};
  jinja::Value list = jinja::Value::array();
  for (const ChatMessage& m : messages) list.push_back({{"role", m.role}, {"content", m.content}});
  const auto nodes = jinja::parse(parts.chat_template);
  const auto text = nodes ? jinja::render(*nodes, {{"messages", list},
                                                   {"add_generation_prompt", ask},
                                                   {"bos_token", parts.bos},
                                                   {"eos_token", parts.eos}})
                          : Result<std::string>(nodes.error());
  if (text) return {*text, ""};
  return {plain_chat(messages),
          fmt::format("the chat template of {} is beyond what is supported ({}): chats are laid out plainly",
                      tokenizer.name(), text.error().message)};
}

}  // namespace blockyard
