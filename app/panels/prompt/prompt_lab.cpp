#include "app/panels/prompt/prompt_lab.h"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <array>

#include "app/panels/overlay_parts.h"
#include "app/ui/icons.h"
#include "app/ui/widgets.h"
#include "core/tokens/built_in.h"
#include "core/tokens/utf8.h"

namespace blockyard {
namespace {

// A chat in the plain layout: a role and what it says, one a line.
constexpr const char* kChat =
    "system: You are a helpful assistant. Answer briefly and say so when you do not know.\n"
    "user: What is a KV block?\n"
    "assistant: A KV block holds the keys and values that a model computed for sixteen tokens in a row.\n"
    "user: Why are there sixteen tokens in a block?\n";
constexpr const char* kHandbook =
    "Context: The company handbook. Every employee works forty hours a week. Holidays are thirty days a year. They are "
    "requested from the head of the team at least two weeks ahead, and up to ten days may be carried over into the "
    "next "
    "year.\nQuestion: How many days of holiday do I have? Answer:";

// How a token is shown: spaces as dots, what does not print as its name.
std::string visible(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t n = utf8::sequence_length(text.substr(at));
    if (n == 0) {
      out += fmt::format("<{:02X}>", static_cast<unsigned char>(text[at++]));
      continue;
    }
    const char c = text[at];
    if (c == ' ') {
      out += "\xC2\xB7";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (n == 1 && static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("<{:02X}>", static_cast<unsigned char>(c));
    } else {
      out += text.substr(at, n);
    }
    at += n;
  }
  return out;
}

// Neighbours differ in lightness as well as in hue, so that the cut between two tokens is seen without colour.
Color token_fill(const Theme& theme, std::size_t i) {
  return faded(i % 2 == 0 ? theme.accent : theme.text_secondary, i % 2 == 0 ? 0.34F : 0.18F);
}

float token_pad(const Look& look) { return look.px(4); }
float line_height(const Look& look) { return look.px(26); }
float head_height(const Look& look) { return look.px(24); }
float token_width(const Look& look, std::string_view shown) {
  return text_width(look, FontRole::Mono14, shown) + 2 * token_pad(look);
}

struct PlacedToken {
  std::string shown;
  float x, y, w;
};

// Tokens [from, to) from left to right, in as many lines as they need.
template <class F>
float place_tokens(const Look& look, const PromptBlocks& cut, std::size_t from, std::size_t to, float width, F f) {
  float x = 0, y = 0;
  for (std::size_t i = from; i < to; ++i) {
    PlacedToken t{ellipsized(look, FontRole::Mono14, visible(cut.token_text(i)), width - 2 * token_pad(look)), 0, 0, 0};
    t.w = token_width(look, t.shown);
    if (x > 0 && x + t.w > width) x = 0, y += line_height(look);
    t.x = x, t.y = y;
    f(i, t);
    x += t.w + look.px(2);
  }
  return y + line_height(look);
}

}  // namespace

void PromptLab::start(const FrameContext& ctx) {
  if (tokenizer_ || !trouble_.empty()) return;
  auto opened = open_tokenizer(kBuiltInTokenizer, std::string(ctx.assets_dir));
  if (!opened) {
    trouble_ = opened.error().message;
    return;
  }
  tokenizer_ = std::move(*opened);
  text_ = kHandbook;
  cut_.set(*tokenizer_, text_);
}

void PromptLab::examples(const Look& look) {
  struct Example {
    const char* label;
    const char* help;
    const char* text;
  };
  constexpr std::array<Example, 3> kExamples{
      {{"A context and a question", "What many requests share, and what is new.", kHandbook},
       {"A chat", "The second question of a chat repeats all that was said before.", kChat},
       {"Clear", "An empty prompt.", ""}}};
  for (std::size_t i = 0; i < kExamples.size(); ++i) {
    if (i > 0) ImGui::SameLine(0, look.px(6));
    ButtonSpec spec{kExamples[i].label};
    spec.tooltip = kExamples[i].help;
    if (!button(look, spec)) continue;
    text_ = kExamples[i].text;
    cut_.set(*tokenizer_, text_);
    laid_width_ = 0;
  }
}

void PromptLab::editor(const Look& look, float height) {
  if (!text_area(look, "prompt", &text_, height)) return;
  cut_.set(*tokenizer_, text_);
  laid_width_ = 0;
}

void PromptLab::summary(const Look& look) const {
  const std::size_t full = cut_.full_blocks(), rest = cut_.ids().size() % PromptBlocks::kBlockTokens;
  const auto count = [](std::size_t n, const char* one) { return fmt::format("{} {}{}", n, one, n == 1 ? "" : "s"); };
  std::string line = fmt::format("{} in {}", count(cut_.ids().size(), "token"), count(full, "full block"));
  if (rest > 0)
    line += fmt::format("; the last {} are not a full block: neither hashed nor cached", count(rest, "token"));
  text_wrapped(look, FontRole::Body, look.theme.text, line);
  std::string change;
  if (full > 0 && cut_.unchanged() == full) {
    change = "The last change touched no full block.";
  } else if (full > 0 && cut_.unchanged() > 0) {
    change = fmt::format(
        "The last change left {} as {} and made every block behind it new: each digest is made of the "
        "one before it.",
        count(cut_.unchanged(), "block"), cut_.unchanged() == 1 ? "it was" : "they were");
  } else if (full > 0) {
    change = "Every block is new. Change a letter further back, and the blocks before it stay as they are.";
  } else {
    change = "A block takes 16 tokens. Keep typing.";
  }
  text_wrapped(look, FontRole::Small, look.theme.text_secondary, change);
}

float PromptLab::block_height(const Look& look, std::size_t block, float width) const {
  const std::size_t from = block * PromptBlocks::kBlockTokens;
  const std::size_t to = std::min(from + PromptBlocks::kBlockTokens, cut_.ids().size());
  const float tokens = place_tokens(look, cut_, from, to, width - look.px(24), [](std::size_t, const PlacedToken&) {});
  return head_height(look) + tokens + look.px(20);
}

void PromptLab::draw_block(const Look& look, std::size_t block, ImVec2 at, float width) const {
  const Theme& theme = look.theme;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const std::size_t from = block * PromptBlocks::kBlockTokens;
  const std::size_t to = std::min(from + PromptBlocks::kBlockTokens, cut_.ids().size());
  const bool full = block < cut_.full_blocks(), fresh = full && cut_.is_new(block);
  const float height = block_height(look, block, width) - look.px(8);
  list->AddRectFilled(at, ImVec2(at.x + width, at.y + height), theme.frame, look.px(6));
  if (full)
    list->AddRect(at, ImVec2(at.x + width, at.y + height), fresh ? theme.accent : theme.line_strong, look.px(6), 0,
                  fresh ? look.px(2) : 1.0F);

  if (full) look.mark(fmt::format("block {}", block), {at.x, at.y, width, height});

  const float mid = at.y + look.px(4) + head_height(look) / 2;
  float x = at.x + look.px(12);
  x = draw_text(list, look, FontRole::Small, full ? theme.text : theme.text_muted, ImVec2(x, mid),
                full ? fmt::format("Block {}", block) : std::string("Not a full block"));
  if (full) {
    const std::string before = block == 0 ? "zeros" : to_hex(cut_.digest(block - 1)).substr(0, 8);
    x = draw_text(list, look, FontRole::Mono14, theme.text_muted, ImVec2(x + look.px(14), mid), before);
    x = draw_text(list, look, FontRole::Small, theme.text_muted, ImVec2(x + look.px(8), mid), "+ 16 ids \xE2\x86\x92");
    const float digest_x = x + look.px(8);
    const std::string digest = to_hex(cut_.digest(block));
    x = draw_text(list, look, FontRole::Mono14, fresh ? theme.accent : theme.text, ImVec2(digest_x, mid),
                  digest.substr(0, 12));
    if (fresh)
      draw_text_right(list, look, FontRole::Small, theme.accent, ImVec2(at.x + width - look.px(12), mid), "new");
    ImGui::SetCursorScreenPos(ImVec2(at.x, at.y));
    ImGui::PushID(static_cast<int>(block));
    ImGui::InvisibleButton("head", ImVec2(width, head_height(look)));
    ImGui::PopID();
    if (ImGui::IsItemHovered())
      tooltip(
          look, fmt::format("Block {}", block),
          fmt::format("SHA-256 of the digest before it ({}) and of these 16 ids, 4 bytes each:\n{}",
                      block == 0 ? "32 zero bytes for the first" : to_hex(cut_.digest(block - 1)).substr(0, 16) + "…",
                      digest));
  }
  const ImVec2 origin(at.x + look.px(12), at.y + look.px(4) + head_height(look));
  place_tokens(look, cut_, from, to, width - look.px(24), [&](std::size_t i, const PlacedToken& t) {
    const ImVec2 a(origin.x + t.x, origin.y + t.y + look.px(1));
    const ImVec2 b(a.x + t.w, a.y + line_height(look) - look.px(3));
    list->AddRectFilled(a, b, full ? token_fill(theme, i) : faded(theme.text_muted, 0.12F), look.px(3));
    draw_text(list, look, FontRole::Mono14, full ? theme.text : theme.text_muted,
              ImVec2(a.x + token_pad(look), (a.y + b.y) / 2), t.shown);
    if (ImGui::IsWindowHovered() && ImGui::IsMouseHoveringRect(a, b))
      tooltip(look, fmt::format("Token {}: id {}", i, cut_.ids()[i]),
              fmt::format("\"{}\" is token {} of 16 in its block.", visible(cut_.token_text(i)),
                          i % PromptBlocks::kBlockTokens + 1));
  });
}

void PromptLab::blocks(const Look& look) {
  begin_scroll(look, "blocks");
  const float width = ImGui::GetContentRegionAvail().x;
  if (laid_width_ != width || laid_scale_ != look.scale || tops_.size() != cut_.parts() + 1) {
    laid_width_ = width, laid_scale_ = look.scale;
    tops_.assign(1, 0);
    for (std::size_t b = 0; b < cut_.parts(); ++b) tops_.push_back(tops_.back() + block_height(look, b, width));
  }
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  const float top = ImGui::GetScrollY(), bottom = top + ImGui::GetWindowHeight();
  const auto first = std::upper_bound(tops_.begin(), tops_.end(), top) - tops_.begin();
  for (auto b = static_cast<std::size_t>(std::max<std::ptrdiff_t>(first - 1, 0)); b < cut_.parts() && tops_[b] < bottom;
       ++b)
    draw_block(look, b, ImVec2(origin.x, origin.y + tops_[b]), width);
  ImGui::SetCursorScreenPos(origin);
  ImGui::Dummy(ImVec2(width, tops_.back()));
  end_scroll("blocks");
}

void PromptLab::draw(FrameContext& ctx, ImVec2 screen) {
  if (!ctx.ui.prompt_open) return;
  const Look& look = ctx.look;
  start(ctx);
  begin_overlay(ctx, "prompt-lab", screen, ImVec2(look.px(1180), look.px(860)), look.px(48), &ctx.ui.prompt_open);
  section_header(look, icons::kPencil, "Prompt lab", "words, tokens, blocks · Esc closes");
  if (!tokenizer_) {
    const ImVec2 at = ImGui::GetCursorScreenPos(), room = ImGui::GetContentRegionAvail();
    empty_state(look, {at.x, at.y, room.x, room.y}, icons::kWarning, "There is no tokenizer", trouble_);
  } else {
    examples(look);
    editor(look, std::min(look.px(150), ImGui::GetContentRegionAvail().y / 3));
    summary(look);
    ImGui::Dummy(ImVec2(1, look.px(2)));
    blocks(look);
  }
  end_overlay(look);
}

}  // namespace blockyard
