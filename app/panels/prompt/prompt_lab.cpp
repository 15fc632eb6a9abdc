#include "app/panels/prompt/prompt_lab.h"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <array>

#include "app/panels/overlay_parts.h"
#include "app/panels/prompt/prompt_fleet.h"
#include "app/ui/compat.h"
#include "app/ui/icons.h"
#include "app/ui/widgets.h"
#include "core/base/text.h"
#include "core/settings/scenario.h"
#include "core/workload/make.h"
#include "core/workload/words/prompts.h"

namespace blockyard {
namespace {

// A chat: a role and what it says, one a line.
constexpr const char* kChat =
    "system: You are a helpful assistant. Answer briefly and say so when you do not know.\n"
    "user: What is a KV block?\n";
constexpr const char* kHandbook =
    "Context: The company handbook. Every employee works forty hours a week. Holidays are thirty days a year. They are "
    "requested from the head of the team at least two weeks ahead, and up to ten days may be carried over into the "
    "next year.\nQuestion: How many days of holiday do I have? Answer:";
constexpr std::array<const char*, 4> kQuestions{"How many days may be carried over?", "Whom do I ask, and when?",
                                                "Can you say that in one sentence?", "How many hours are a week?"};

std::string counted(std::size_t n, const char* one) {
  return fmt::format("{} {}{}", with_commas(n), one, n == 1 ? "" : "s");
}

}  // namespace

// The tokenizer of the run, and the path in its tree: another run, another one.
void PromptLab::follow_run(FrameContext& ctx) {
  const WordSettings wanted = word_settings(ctx.scenario);
  if (!lender_ || lender_->settings().tokenizer != wanted.tokenizer || lender_->settings().seed != wanted.seed) {
    lender_.emplace(wanted);
    const auto words = lender_->words();
    words_ = words ? *words : nullptr;
    trouble_ = words ? "" : words.error().message;
    run_ = {};
  }
  const Moment run = run_of(ctx);
  if (run == run_) return;
  run_ = run;
  ids_of_ = kNone;
  path_.follow(ctx.fleet.workload());
  if (words_ == nullptr) return;
  if (!began_) {
    began_ = true;
    text_.set(kHandbook);
  }
  cut_ = PromptBlocks(ctx.fleet.config().cache.block_tokens);
  cut(ctx);
  cut_.begin_here();
}

void PromptLab::take_wishes(FrameContext& ctx) {
  if (ctx.ui.prompt_text) {
    const std::string text = ctx.ui.prompt_text.value_or("");
    ctx.ui.prompt_text.reset();
    const bool chat = text.starts_with("system: ") || text.starts_with("user: ");
    put(ctx, text, chat);
  }
  const RequestId r = std::exchange(ctx.ui.prompt_request, UiState::kNoRequest);
  if (r == UiState::kNoRequest || r >= ctx.fleet.records().size() || words_ == nullptr) return;
  const Workload& workload = ctx.fleet.workload();
  const Request& q = ctx.fleet.request(r);
  const std::vector<TokenId> ids = workload.prompt_words(q);
  if (!ids.empty()) {
    put(ctx, workload.words->text(ids), false);
    // A lesson goes from one prompt to the next to show what becomes new.
    if (ctx.lesson == nullptr) cut_.begin_here();
    return;
  }
  ids_of_ = r;
  path_.set(workload, q);
  asked_ = false;
  laid_width_ = 0;
}

void PromptLab::put(const FrameContext& ctx, const std::string& text, bool chat) {
  ids_of_ = kNone;
  text_.set(text);
  chat_ = chat;
  cut(ctx);
}

void PromptLab::cut(const FrameContext& ctx) {
  const SentPrompt prompt{0, text_.value(), chat_, {}};
  ctx.ui.prompt_shown = prompt.text;
  cut_.set(words_->tokenizer(), prompt.text.empty() ? std::vector<TokenId>() : tokens_of(prompt, *words_));
  path_.set(ctx.fleet.workload(), cut_.ids());
  asked_ = false;
  laid_width_ = 0;
}

// What to begin with.
void PromptLab::choices(FrameContext& ctx) {
  const Look& look = ctx.look;
  struct Example {
    const char* label;
    const char* help;
    const char* text;
    bool chat;
  };
  constexpr std::array<Example, 3> kExamples{
      {{"A context and a question", "What many requests share, and what is new.", kHandbook, false},
       {"A chat", "The second question of a chat repeats all that was said before.", kChat, true},
       {"Clear", "An empty prompt.", "", false}}};
  for (const Example& e : kExamples) {
    ButtonSpec spec{e.label};
    spec.tooltip = e.help;
    if (button(look, spec)) {
      put(ctx, e.text, e.chat);
      cut_.begin_here();
    }
    ImGui::SameLine(0, look.px(6));
  }
  if (ids_of_ != kNone) {
    ImGui::NewLine();
    return;
  }
  ButtonSpec roles{chat_ ? "Roles: on" : "Roles: off"};
  roles.active = chat_;
  roles.tooltip =
      "Lines that begin with user:, assistant: or system: are messages, laid out as the tokenizer's template "
      "of roles says.";
  if (button(look, roles)) {
    chat_ = !chat_;
    cut(ctx);
  }
}

// What is done with the prompt.
void PromptLab::sending(FrameContext& ctx) {
  const Look& look = ctx.look;
  const bool possible = !cut_.ids().empty() && ctx.fleet.workload().closed.users == 0;
  const char* why = ctx.fleet.workload().closed.users > 0
                        ? "The arrivals of a closed loop follow from the run: nothing can be sent into it."
                        : "The prompt arrives a moment from now, and the run goes on with it. Ctrl+Z takes it back.";
  ButtonSpec send{"Send", icons::kPlay, ButtonKind::Primary};
  send.enabled = possible;
  send.tooltip = why;
  if (button(look, send)) ctx.push(cmd::SendPrompt{text_.value(), chat_, 1});
  ImGui::SameLine(0, look.px(6));
  ButtonSpec twice{"Send twice"};
  twice.enabled = possible;
  twice.tooltip = "The same prompt again right behind it: the second finds what the first has left, if it goes there.";
  if (button(look, twice)) ctx.push(cmd::SendPrompt{text_.value(), chat_, 2});
  ImGui::SameLine(0, look.px(6));
  ButtonSpec other{"Other question"};
  other.enabled = !cut_.ids().empty();
  other.tooltip = "The same beginning, another question at the end.";
  if (button(look, other)) other_question(ctx);
  if (!chat_) return;
  ImGui::SameLine(0, look.px(6));
  ButtonSpec on{"Ask on"};
  on.enabled = !cut_.ids().empty();
  on.tooltip = "The small model's answer and a new question: the next turn of this chat.";
  if (button(look, on)) ask_on(ctx);
}

void PromptLab::ask_on(const FrameContext& ctx) {
  const std::string text = text_.value();
  // The answer that this prompt got or would get.
  std::size_t number = ctx.scenario.prompts.size();
  for (std::size_t i = 0; i < ctx.scenario.prompts.size(); ++i) {
    if (ctx.scenario.prompts[i].text == text && ctx.scenario.prompts[i].chat) number = i;
  }
  const std::vector<TokenId> answer = answer_to_sent({0, text, true, {}}, number, *words_);
  std::string said = text;
  if (!said.ends_with('\n')) said += '\n';
  put(ctx,
      said + "assistant: " + one_line(words_->tokenizer().decode(answer), std::string::npos / 2) +
          "\nuser: " + kQuestions[question_++ % kQuestions.size()] + "\n",
      true);
}

void PromptLab::other_question(const FrameContext& ctx) {
  std::string text = text_.value();
  const std::string question = kQuestions[question_++ % kQuestions.size()];
  if (chat_) {
    std::vector<ChatMessage> messages = chat_of_plain(text);
    if (messages.empty() || messages.back().role != "user") messages.push_back({"user", ""});
    messages.back().content = question;
    return put(ctx, plain_chat(messages), true);
  }
  const std::size_t at = text.rfind("Question:");
  if (at == std::string::npos) {
    text += "\nQuestion: " + question + " Answer:";
  } else {
    text = text.substr(0, at) + "Question: " + question + " Answer:";
  }
  put(ctx, text, false);
}

void PromptLab::summary(const FrameContext& ctx) const {
  const Look& look = ctx.look;
  if (ids_of_ != kNone) {
    text_wrapped(look, FontRole::Body, look.theme.text,
                 fmt::format("Request {}: {} in {}. It came as ids of a trace: there are no words to show.", ids_of_,
                             counted(path_.prompt_tokens(), "token"), counted(path_.blocks(), "full block")));
    return;
  }
  const std::size_t full = cut_.full_blocks(), rest = cut_.ids().size() % cut_.block_tokens();
  std::string line = fmt::format("{} in {}", counted(cut_.ids().size(), "token"), counted(full, "full block"));
  if (rest > 0)
    line += fmt::format("; the last {} are not a full block: neither hashed nor cached", counted(rest, "token"));
  text_wrapped(look, FontRole::Body, look.theme.text, line);
  std::string change;
  if (full > 0 && cut_.begins_here()) {
    change = "Change a letter in the middle: the blocks before it stay as they are, every one behind it becomes new.";
  } else if (full > 0 && cut_.unchanged() == full) {
    change = "The last change touched no full block.";
  } else if (full > 0 && cut_.unchanged() > 0) {
    change = fmt::format(
        "The last change left {} as {} and made every block behind it new: each digest is made of the "
        "one before it.",
        counted(cut_.unchanged(), "block"), cut_.unchanged() == 1 ? "it was" : "they were");
  } else if (full > 0) {
    change = "Every block is new. Change a letter further back, and the blocks before it stay as they are.";
  } else {
    change = fmt::format("A block takes {} tokens. Keep typing.", cut_.block_tokens());
  }
  if (full > 0) {
    std::uint32_t there = 0;
    while (there < path_.known() && path_.arrived(ctx, there) > 0) ++there;
    change += there == 0      ? " No block of it is in the tree yet."
              : there == full ? " All of its blocks are in the tree."
                              : fmt::format(" Its path leaves the tree behind {}.", counted(there, "block"));
  }
  text_wrapped(look, FontRole::Small, look.theme.text_secondary, change);
}

// Whoever types here means the prompt, whether its field listens yet or not.
bool PromptLab::typed_beside(const FrameContext& ctx) {
  ImGuiIO& io = ImGui::GetIO();
  if (io.WantTextInput || ImGui::IsAnyItemActive() || io.KeyCtrl ||
      !ImGui::IsWindowFocused(ImGuiFocusedFlags_RootAndChildWindows))
    return false;
  const std::string before = text_.value();
  std::string text = before;
  for (const ImWchar c : io.InputQueueCharacters) {
    if (c >= 0x20 && c != 0x7F) append_utf8(text, c);
  }
  io.InputQueueCharacters.resize(0);
  if (text == before) return false;
  text_.set(text);
  cut(ctx);
  return true;
}

void PromptLab::draw(FrameContext& ctx, ImVec2 screen) {
  const bool opens = !std::exchange(was_open_, ctx.ui.prompt_open);
  if (!ctx.ui.prompt_open) return;
  const Look& look = ctx.look;
  follow_run(ctx);
  begin_overlay(ctx, "prompt-lab", screen, ImVec2(look.px(1320), look.px(880)), look.px(48), &ctx.ui.prompt_open);
  section_header(look, icons::kPencil, "Prompt lab", "words, tokens, blocks · Esc closes");
  if (words_ == nullptr) {
    const ImVec2 at = ImGui::GetCursorScreenPos(), room = ImGui::GetContentRegionAvail();
    empty_state(look, {at.x, at.y, room.x, room.y}, icons::kWarning, "There is no tokenizer", trouble_);
    end_overlay(look);
    return;
  }
  take_wishes(ctx);
  if (refresh_.due(ctx) || !asked_) {
    fleet_ = path_.ask(*ctx.simulation);
    asked_ = true;
  }
  choices(ctx);
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const bool both = room.x >= look.px(860);
  const float left = both ? std::floor(room.x * 0.6F) : room.x;
  compat::begin_child("left", ImVec2(left, room.y), false);
  if (ids_of_ == kNone) {
    // Where the blocks stand below it, they need the room more.
    const bool focus = opens ? ctx.lesson == nullptr : typed_beside(ctx);
    if (wrapped_text_area(look, "prompt", &text_, std::min(look.px(150), room.y / (both ? 3 : 5)), focus)) cut(ctx);
    sending(ctx);
    if (!both) ImGui::SameLine(0, look.px(12));
  }
  if (!both) {
    static constexpr std::array<const char*, 2> kParts{"Blocks", "Fleet"};
    if (const auto picked = segmented(look, "part", kParts, part_)) part_ = *picked;
  }
  summary(ctx);
  ImGui::Dummy(ImVec2(1, look.px(2)));
  if (both || part_ == 0) {
    blocks(ctx);
  } else {
    begin_scroll(look, "fleet");
    draw_prompt_fleet(ctx, path_, fleet_);
    end_scroll("fleet");
  }
  ImGui::EndChild();
  if (both) {
    ImGui::SameLine(0, look.px(18));
    begin_scroll(look, "fleet", room.y);
    draw_prompt_fleet(ctx, path_, fleet_);
    end_scroll("fleet");
  }
  end_overlay(look);
}

}  // namespace blockyard
