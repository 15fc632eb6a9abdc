// Format bailian: github.com/alibaba-edu/qwen-bailian-usagetraces-anon. Times in seconds; a session is the root of the
// chats' parents, also where its own line is not in the file.
#include <string>
#include <unordered_map>

#include "core/workload/traces/formats/hash_lines.h"
#include "core/workload/traces/formats/rows.h"

namespace blockyard {
namespace {

class BailianReader final : public HashLineReader {
 public:
  using HashLineReader::HashLineReader;

  // Parents may stand behind their children, so roots are looked for at the end.
  std::optional<Error> finish() override {
    for (const auto& [line, chat] : chat_of_line_) {
      std::string root = chat;
      for (std::size_t steps = 0; steps <= parents_.size(); ++steps) {
        const auto up = parents_.find(root);
        if (up == parents_.end() || up->second.empty()) break;
        root = up->second;
      }
      out_.lines[line].session = out_.session_of(root);
    }
    return std::nullopt;
  }

 private:
  bool read_own(RecordFields& in, std::string_view key, const simdjson::dom::element& value, TraceLine&) override {
    if (key != "chat_id" && key != "parent_chat_id") return true;
    if (value.is_null()) return true;
    const auto chat = text_of(value);
    if (!chat) return in.refuse(key, value, "a whole number or a text");
    (key == "chat_id" ? chat_ : parent_) = *chat;
    return true;
  }
  bool finish_own(RecordFields& in, TraceLine&) override {
    if (chat_.empty()) {
      return in.fail("chat_id", "is missing; every line of this format needs it");
    }
    const bool root = parent_.empty() || parent_ == "-1" || parent_ == chat_;
    parents_[chat_] = root ? std::string() : parent_;
    chat_of_line_.emplace_back(static_cast<std::uint32_t>(out_.lines.size()), chat_);
    chat_.clear();
    parent_.clear();
    return true;
  }

  std::string chat_, parent_;  // of the line at hand
  std::unordered_map<std::string, std::string> parents_;
  std::vector<std::pair<std::uint32_t, std::string>> chat_of_line_;
};

bool fits(const ParsedRecord& record) { return record.object && field(*record.object, "chat_id").has_value(); }

}  // namespace

TraceFormatRow bailian_format() {
  return {"bailian",
          "Qwen-Bailian",
          "JSON lines as mooncake's with chat_id, parent_chat_id, turn, type; times in seconds; one id per 16 tokens.",
          1e6,
          "seconds",
          16,
          fits,
          hash_line_ids,
          nullptr,
          [](RawTrace& out, const FormatContext& context) -> std::unique_ptr<FormatReader> {
            return std::make_unique<BailianReader>(out, context);
          }};
}

}  // namespace blockyard
