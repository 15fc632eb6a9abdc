// What the inspector says of a request's words.
#include <algorithm>

#include "app/panels/inspector/inspector.h"
#include "app/panels/inspector/inspector_parts.h"
#include "app/ui/icons.h"

namespace blockyard {

void InspectorPanel::words(FrameContext& ctx, RequestId r) {
  const Look& look = ctx.look;
  const Workload& workload = ctx.fleet.workload();
  const Request& q = ctx.fleet.request(r);
  constexpr std::size_t kMost = 400;  // tokens: more is for the lab
  const std::vector<TokenId> tokens = workload.prompt_words(q, kMost);
  inspector_heading(look, tokens.empty() ? "prompt: blocks, no words" : "prompt");
  if (chip(look, "Open in the prompt lab", Tone::Accent, icons::kPencil)) {
    ctx.ui.prompt_open = true;
    ctx.ui.prompt_request = r;
  }
  if (tokens.empty()) return;
  std::string said = workload.words->text(tokens);
  if (tokens.size() < q.prompt_tokens) {
    const std::vector<TokenId> all = workload.prompt_words(q);
    const std::size_t end = std::min<std::size_t>(60, all.size() - tokens.size());
    said += " … " + workload.words->text(std::span(all).last(end));
  }
  text_wrapped(look, FontRole::Small, look.theme.text, said);
  const std::vector<TokenId> answer = workload.answer_words(q);
  if (answer.empty()) return;
  const bool told = ctx.fleet.records()[r].finish >= 0;
  inspector_heading(look, told ? "answer" : "answer: not finished yet");
  if (told) text_wrapped(look, FontRole::Small, look.theme.text_secondary, workload.words->text(answer));
}

}  // namespace blockyard
