// Format text: prompts in words: OpenAI batch lines, ShareGPT, {"prompt": …}, {"messages": […]}, AIPerf's text_input.
// The tokenizer that is lent cuts them, and the small model answers where the workload says so (SPEC 3.1).
//
// An answer in words continues its prompt as the conversation does: its blocks are those that the next turn begins
// with. With a plain layout the words that announce it ("assistant:") count as its first ones.
#include <algorithm>
#include <string>
#include <unordered_map>

#include "core/workload/traces/formats/rows.h"
#include "core/workload/traces/formats/text_fields.h"
#include "core/workload/traces/formats/token_chains.h"
#include "core/workload/traces/record_fields.h"

namespace blockyard {
namespace {

namespace dom = simdjson::dom;

constexpr std::uint32_t kUsualAnswer = 100;  // tokens, where nobody says

class TextReader final : public FormatReader {
 public:
  TextReader(RawTrace& out, const FormatContext& context) : out_(out), context_(context) {
    out_.has_words = true;
    out_.times_may_lack = true;
  }

  std::optional<Error> read(const ParsedRecord& record) override {
    RecordFields in(context_.path, record.line);
    if (!read(in, *record.object)) return in.error;
    return std::nullopt;
  }

  // What was taken for granted, said once.
  std::optional<Error> finish() override {
    if (words_ == nullptr || !out_.notes.empty()) return std::nullopt;
    out_.notes.push_back(fmt::format("cut by the tokenizer {}", words_->tokenizer().name()));
    if (chats_ && !words_->note().empty()) {
      out_.warnings.push_back(words_->note());
    } else if (chats_) {
      out_.notes.emplace_back(words_->layout().has_template() ? "chats laid out by its template"
                                                              : "chats laid out plainly (role: text)");
    }
    if (words_->settings().model_answers) out_.notes.emplace_back("answers by the small model");
    return std::nullopt;
  }

 private:
  bool read(RecordFields& in, const dom::object& object) {
    if (words_ == nullptr) {
      if (context_.words == nullptr) {
        return in.fail("",
                       "a prompt in words; words cannot be cut into tokens here, so give token ids (input_tok_ids) or "
                       "lengths (input_length, output_length)");
      }
      const auto lent = context_.words->words();
      if (!lent) {
        in.error = lent.error();
        return false;
      }
      words_ = *lent;
    }
    TextRequest what;
    if (!read_text_request(in, object, what)) return false;
    out_.from_zero |= what.from_zero;
    TraceLine line;
    line.file = context_.file;
    line.has_time = what.time.has_value();
    line.time = what.time.value_or(0);
    if (what.delay) line.has_think = true, line.think = *what.delay;
    if (!what.session.empty()) line.session = out_.session_of(what.session);
    if (what.is_chat && what.recorded()) return conversation(in, what, line);
    std::vector<TokenId> prompt;
    if (what.is_chat) {
      chats_ = true;
      prompt = words_->chat(what.messages, true);
    } else {
      prompt = what.ids.empty() ? words_->prompt(what.prompt) : std::move(what.ids);
    }
    return add(in, what, std::move(prompt), line);
  }

  // ShareGPT: every answer closes a turn, whose prompt is all that was said before.
  bool conversation(RecordFields& in, const TextRequest& what, TraceLine line) {
    chats_ = true;
    TextRequest turn;
    turn.is_chat = true;
    turn.most = what.most;
    for (const ChatMessage& message : what.messages) {
      if (message.role == "assistant" && !turn.messages.empty()) {
        if (line.session == kNone) line.session = out_.new_session(fmt::format("{}", out_.sessions.size() + 1));
        turn.answer = message.content;
        if (!add(in, turn, words_->chat(turn.messages, true), line)) return false;
        turn.messages.push_back({"assistant", said_});
        // Only the first turn's time is known.
        line.has_time = line.has_think = false;
      } else if (message.role != "assistant") {  // an answer to nothing is left out
        turn.messages.push_back(message);
      }
    }
    return true;
  }

  // Whether the line holds what its turn adds to those before it.
  bool adds(const TextRequest& what, const TraceLine& line, const std::vector<TokenId>& prompt) {
    if (line.session == kNone || what.is_chat || context_.turns == TraceTurns::kWhole) return false;
    const auto before = whole_.find(line.session);
    if (before == whole_.end()) return false;
    if (context_.turns == TraceTurns::kAdded) return true;
    const std::vector<TokenId>& first = before->second.first_prompt;
    const bool begins = prompt.size() >= first.size() && std::equal(first.begin(), first.end(), prompt.begin());
    return what.delay.has_value() && !begins;
  }

  // One request. Leaves its answer's words in said_.
  bool add(RecordFields& in, const TextRequest& what, std::vector<TokenId> prompt, TraceLine line) {
    if (prompt.empty()) return in.fail("prompt", "is empty; a prompt needs a token at least");
    const bool adding = adds(what, line, prompt);
    if (adding) {
      std::vector<TokenId> all = whole_[line.session].said;
      all.insert(all.end(), prompt.begin(), prompt.end());
      prompt = std::move(all);
    } else if (line.session != kNone && !what.is_chat) {
      whole_[line.session].first_prompt = prompt;
    }
    if (prompt.size() > kMostTraceTokens)
      return in.fail("prompt", fmt::format("{} tokens; at most {} are allowed", prompt.size(), kMostTraceTokens));
    line.prompt_tokens = static_cast<std::uint32_t>(prompt.size());
    answer(what, prompt, line, adding);
    std::vector<TokenId> all = std::move(prompt);
    all.insert(all.end(), answer_.begin(), answer_.end());
    add_token_ids(out_, all, context_.cache_block_tokens, line);
    out_.lines.push_back(line);
    if (line.session != kNone && !what.is_chat) whole_[line.session].said = std::move(all);
    return true;
  }

  // The answer's length into `line`, its tokens as far as they are known into answer_, its words into said_.
  void answer(const TextRequest& what, const std::vector<TokenId>& prompt, TraceLine& line, bool adding) {
    answer_.clear();
    said_.clear();
    const std::uint64_t request = out_.lines.size();
    const Tokenizer& tokenizer = words_->tokenizer();
    if (words_->settings().model_answers) {
      answer_ = words_->answer(request, prompt, std::max(1U, what.most.value_or(words_->settings().max_tokens)));
      said_ = tokenizer.decode(answer_);
    } else if (!what.answer.empty()) {
      answer_ = tokenizer.encode(what.answer);
      said_ = what.answer;
    } else {
      line.output_tokens = what.output.value_or(what.most.value_or(kUsualAnswer));
      // A later turn that adds to this one needs to know what was said.
      if (adding || (line.session != kNone && context_.turns != TraceTurns::kWhole && !what.is_chat))
        answer_ = words_->words(request, prompt, line.output_tokens);
      return;
    }
    line.output_tokens = static_cast<std::uint32_t>(answer_.size());
    if (!what.is_chat) return;
    std::vector<ChatMessage> with = what.messages;
    with.push_back({"assistant", said_});
    const std::vector<TokenId> goes_on = words_->chat(with, false);
    if (goes_on.size() <= prompt.size() || !std::equal(prompt.begin(), prompt.end(), goes_on.begin())) return;
    const std::size_t known = std::min(answer_.size(), goes_on.size() - prompt.size());
    answer_.assign(goes_on.begin() + static_cast<std::ptrdiff_t>(prompt.size()),
                   goes_on.begin() + static_cast<std::ptrdiff_t>(prompt.size() + known));
  }

  struct Session {
    std::vector<TokenId> first_prompt;  // of the line before, by itself
    std::vector<TokenId> said;          // all so far, its answer included
  };

  RawTrace& out_;
  const FormatContext& context_;
  const WordSource* words_ = nullptr;
  std::unordered_map<std::uint32_t, Session> whole_;
  std::vector<TokenId> answer_;
  std::string said_;
  bool chats_ = false;
};

bool fits(const ParsedRecord& record) {
  if (!record.object) return false;
  const auto has = [&record](std::string_view key) { return field(*record.object, key).has_value(); };
  dom::object body;
  const bool batch = record.object->at_key("body").get(body) == simdjson::SUCCESS;
  return has("prompt") || has("messages") || has("conversations") || has("text_input") ||
         (batch && (field(body, "messages") || field(body, "prompt")));
}

}  // namespace

TraceFormatRow text_format() {
  return {"text",
          "Words",
          "Prompts in words: OpenAI batch lines, ShareGPT, prompt, messages; cut into tokens by the tokenizer.",
          1000,
          "ms",
          0,
          fits,
          nullptr,
          nullptr,
          [](RawTrace& out, const FormatContext& context) -> std::unique_ptr<FormatReader> {
            return std::make_unique<TextReader>(out, context);
          }};
}

}  // namespace blockyard
