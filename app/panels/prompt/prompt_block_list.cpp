// The lower half of the prompt lab: the blocks of a prompt, one below the other.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "app/panels/prompt/prompt_lab.h"
#include "app/ui/widgets.h"
#include "core/base/text.h"
#include "core/tokens/utf8.h"

namespace blockyard {
namespace {

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
// Between two blocks: where the arrow from digest to digest is.
float gap(const Look& look) { return look.px(12); }
// The font is of one width but for characters that it borrows from others.
float token_width(const Look& look, std::string_view shown, float letter) {
  const bool plain =
      std::all_of(shown.begin(), shown.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  const float w = plain ? letter * static_cast<float>(shown.size()) : text_width(look, FontRole::Mono14, shown);
  return w + 2 * token_pad(look);
}

struct PlacedToken {
  std::string shown;
  float x, y, w;
};

// Tokens [from, to) from left to right, in as many lines as they need.
template <class F>
float place_tokens(const Look& look, const PromptBlocks& cut, std::size_t from, std::size_t to, float width, F f) {
  const float letter = text_width(look, FontRole::Mono14, "n");
  float x = 0, y = 0;
  for (std::size_t i = from; i < to; ++i) {
    PlacedToken t{visible(cut.token_text(i)), 0, 0, 0};
    t.w = token_width(look, t.shown, letter);
    if (t.w > width) {
      t.shown = ellipsized(look, FontRole::Mono14, t.shown, width - 2 * token_pad(look));
      t.w = width;
    }
    if (x > 0 && x + t.w > width) x = 0, y += line_height(look);
    t.x = x, t.y = y;
    f(i, t);
    x += t.w + look.px(2);
  }
  return y + line_height(look);
}

}  // namespace

float PromptLab::block_height(const Look& look, std::size_t block, float width) const {
  if (ids_of_ != kNone) return head_height(look) + look.px(4) + gap(look);
  const std::size_t from = block * cut_.block_tokens();
  const std::size_t to = std::min(from + cut_.block_tokens(), cut_.ids().size());
  const float tokens = place_tokens(look, cut_, from, to, width - look.px(24), [](std::size_t, const PlacedToken&) {});
  return head_height(look) + tokens + look.px(12) + gap(look);
}

// The head of a full block: its digest as it comes about, and who knows the block.
void PromptLab::draw_head(FrameContext& ctx, std::size_t block, ImVec2 at, float width) const {
  const Look& look = ctx.look;
  const Theme& theme = look.theme;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float mid = at.y + look.px(4) + head_height(look) / 2;
  const auto k = static_cast<std::uint32_t>(block);
  const bool ids = ids_of_ != kNone, fresh = !ids && cut_.is_new(block);
  float x = draw_text(list, look, FontRole::Small, theme.text, ImVec2(at.x + look.px(12), mid),
                      fmt::format("Block {}", block));
  std::string about, digest;
  if (ids) {
    x = draw_text(list, look, FontRole::Mono14, theme.text, ImVec2(x + look.px(14), mid),
                  block_text(ctx, path_.block(k)));
    about = "Equal ids behind equal ids are the same block.";
  } else {
    digest = to_hex(cut_.digest(block));
    const std::string before = block == 0 ? "zeros" : to_hex(cut_.digest(block - 1)).substr(0, 8);
    x = draw_text(list, look, FontRole::Mono14, theme.text_muted, ImVec2(x + look.px(14), mid), before);
    x = draw_text(list, look, FontRole::Small, theme.text_muted, ImVec2(x + look.px(8), mid),
                  fmt::format("+ {} ids \xE2\x86\x92", cut_.block_tokens()));
    x = draw_text(list, look, FontRole::Mono14, fresh ? theme.accent : theme.text, ImVec2(x + look.px(8), mid),
                  digest.substr(0, 12));
    about = fmt::format("SHA-256 of the digest before it ({}) and of these {} ids, 4 bytes each:\n{}",
                        block == 0 ? "32 zero bytes for the first" : to_hex(cut_.digest(block - 1)).substr(0, 16) + "…",
                        cut_.block_tokens(), digest);
  }
  // From the right: new, how many requests brought it, who holds it.
  float right = at.x + width - look.px(12);
  if (fresh)
    right = draw_text_right(list, look, FontRole::Small, theme.accent, ImVec2(right, mid), "new") - look.px(10);
  const std::uint32_t came = path_.arrived(ctx, k);
  const std::string known = came == 0 ? "not in the tree" : fmt::format("in the tree: {}", counted(came, "request"));
  if (right - x > text_width(look, FontRole::Small, known) + look.px(16)) {
    right = draw_text_right(list, look, FontRole::Small, came == 0 ? theme.text_muted : theme.good_text,
                            ImVec2(right, mid), known) -
            look.px(8);
  }
  for (WorkerId w = static_cast<WorkerId>(fleet_.workers.size()); w-- > 0 && asked_;) {
    const float chip_w = worker_chip_width(look, w);
    if (fleet_.workers[w].held <= k || right - chip_w - look.px(8) < x) continue;
    worker_chip(list, look, ImVec2(right - chip_w, mid), w, fleet_.workers[w].believed > k);
    right -= chip_w + look.px(4);
  }
  ImGui::SetCursorScreenPos(at);
  ImGui::PushID(static_cast<int>(block));
  ImGui::InvisibleButton("head", ImVec2(width, head_height(look)));
  ImGui::PopID();
  if (!ImGui::IsItemHovered()) return;
  std::string held, believed;
  for (WorkerId w = 0; w < fleet_.workers.size() && asked_; ++w) {
    if (fleet_.workers[w].held > k) held += fmt::format(" {}", w);
    if (fleet_.workers[w].believed > k) believed += fmt::format(" {}", w);
  }
  tooltip(look, fmt::format("Block {}", block),
          fmt::format("{}\n{}. Held by worker{}; believed on{}.", about, known, held.empty() ? " none" : held,
                      believed.empty() ? " none" : believed));
}

void PromptLab::draw_block(FrameContext& ctx, std::size_t block, ImVec2 at, float width) const {
  const Look& look = ctx.look;
  const Theme& theme = look.theme;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const bool ids = ids_of_ != kNone, full = ids || block < cut_.full_blocks(),
             fresh = full && !ids && cut_.is_new(block);
  const float height = block_height(look, block, width) - gap(look);
  list->AddRectFilled(at, ImVec2(at.x + width, at.y + height), theme.frame, look.px(6));
  if (full)
    list->AddRect(at, ImVec2(at.x + width, at.y + height), fresh ? theme.accent : theme.line_strong, look.px(6), 0,
                  fresh ? look.px(2) : 1.0F);
  if (!full) {
    draw_text(list, look, FontRole::Small, theme.text_muted,
              ImVec2(at.x + look.px(12), at.y + look.px(4) + head_height(look) / 2), "Not a full block");
  } else {
    look.mark(fmt::format("block {}", block), {at.x, at.y, width, height});
    draw_head(ctx, block, at, width);
    // The arrow from this digest to the next one, in which it is contained.
    if (block + 1 < path_.blocks()) {
      const float x = at.x + look.px(70), y = at.y + height, end = y + gap(look), head = look.px(5);
      const Color ink = fresh ? theme.accent : theme.text_muted;
      list->AddRectFilled(ImVec2(x - look.px(1), y), ImVec2(x + look.px(1), end - head), ink);
      list->AddTriangleFilled(ImVec2(x - head, end - head), ImVec2(x + head, end - head), ImVec2(x, end), ink);
    }
  }
  if (ids) return;
  const std::size_t from = block * cut_.block_tokens();
  const std::size_t to = std::min(from + cut_.block_tokens(), cut_.ids().size());
  const ImVec2 origin(at.x + look.px(12), at.y + look.px(4) + head_height(look));
  place_tokens(look, cut_, from, to, width - look.px(24), [&](std::size_t i, const PlacedToken& t) {
    const ImVec2 a(origin.x + t.x, origin.y + t.y + look.px(1));
    const ImVec2 b(a.x + t.w, a.y + line_height(look) - look.px(3));
    list->AddRectFilled(a, b, full ? token_fill(theme, i) : faded(theme.text_muted, 0.12F), look.px(3));
    draw_text(list, look, FontRole::Mono14, full ? theme.text : theme.text_muted,
              ImVec2(a.x + token_pad(look), (a.y + b.y) / 2), t.shown);
    if (ImGui::IsWindowHovered() && ImGui::IsMouseHoveringRect(a, b))
      tooltip(look, fmt::format("Token {}: id {}", i, cut_.ids()[i]),
              fmt::format("\"{}\" is place {} of {} in its block.", visible(cut_.token_text(i)),
                          i % cut_.block_tokens() + 1, cut_.block_tokens()));
  });
}

void PromptLab::blocks(FrameContext& ctx) {
  const Look& look = ctx.look;
  begin_scroll(look, "blocks");
  const float width = ImGui::GetContentRegionAvail().x;
  const std::size_t parts = part_count();
  if (laid_width_ != width || laid_scale_ != look.scale || tops_.size() != parts + 1) {
    laid_width_ = width, laid_scale_ = look.scale;
    tops_.assign(1, 0);
    for (std::size_t b = 0; b < parts; ++b) tops_.push_back(tops_.back() + block_height(look, b, width));
  }
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  const float top = ImGui::GetScrollY(), bottom = top + ImGui::GetWindowHeight();
  const auto first = std::upper_bound(tops_.begin(), tops_.end(), top) - tops_.begin();
  for (auto b = static_cast<std::size_t>(std::max<std::ptrdiff_t>(first - 1, 0)); b < parts && tops_[b] < bottom; ++b)
    draw_block(ctx, b, ImVec2(origin.x, origin.y + tops_[b]), width);
  ImGui::SetCursorScreenPos(origin);
  ImGui::Dummy(ImVec2(width, tops_.back()));
  end_scroll("blocks");
}

}  // namespace blockyard
