#include "core/tokens/chat/chat.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace blockyard {
namespace {

constexpr std::array<std::string_view, 5> kRoles{"system", "user", "assistant", "tool", "developer"};

std::string beyond(const std::string& tokenizer, const std::string& why) {
  return fmt::format("the chat template of {} is beyond what is supported ({}): chats are laid out plainly", tokenizer,
                     why);
}

}  // namespace

std::string plain_chat(const std::vector<ChatMessage>& messages) {
  std::string out;
  for (const ChatMessage& m : messages) out += fmt::format("{}: {}\n", m.role, m.content);
  return out;
}

std::vector<ChatMessage> chat_of_plain(const std::string& text) {
  std::vector<ChatMessage> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = std::string_view(text).substr(at, end - at);
    std::string_view role;
    for (const std::string_view r : kRoles) {
      if (line.size() > r.size() && line.starts_with(r) && line[r.size()] == ':') role = r;
    }
    if (!role.empty()) {
      std::string_view content = line.substr(role.size() + 1);
      if (content.starts_with(' ')) content.remove_prefix(1);
      out.push_back({std::string(role), std::string(content)});
    } else if (out.empty()) {
      out.push_back({"user", std::string(line)});
    } else {
      out.back().content += '\n';
      out.back().content += line;
    }
    at = end + 1;
  }
  return out;
}

ChatLayout::ChatLayout(const Tokenizer& tokenizer)
    : tokenizer_(tokenizer.name()), bos_(tokenizer.parts().bos), eos_(tokenizer.parts().eos) {
  if (tokenizer.parts().chat_template.empty()) return;
  auto nodes = jinja::parse(tokenizer.parts().chat_template);
  if (nodes) {
    template_ = std::move(*nodes);
  } else {
    trouble_ = beyond(tokenizer_, nodes.error().message);
  }
}

ChatText ChatLayout::text(const std::vector<ChatMessage>& messages, bool ask) const {
  if (!template_) return {plain_chat(messages), trouble_};
  jinja::Value list = jinja::Value::array();
  for (const ChatMessage& m : messages) list.push_back({{"role", m.role}, {"content", m.content}});
  auto text = jinja::render(
      *template_, {{"messages", list}, {"add_generation_prompt", ask}, {"bos_token", bos_}, {"eos_token", eos_}});
  if (text) return {std::move(*text), ""};
  return {plain_chat(messages), beyond(tokenizer_, text.error().message)};
}

ChatText chat_text(const Tokenizer& tokenizer, const std::vector<ChatMessage>& messages, bool ask) {
  return ChatLayout(tokenizer).text(messages, ask);
}

}  // namespace blockyard
