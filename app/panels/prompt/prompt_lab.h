// The prompt lab: type or paste a prompt and see its tokens, cut into blocks of 16, each with its digest chained to the
// one before.
//
// One card over the window. It owns the text that is typed and what was made of it; the run behind it is not touched.
// Long texts cost what is seen of them: the heights of blocks are kept, and only those in view are drawn.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/panels/prompt/prompt_blocks.h"
#include "app/session/frame_context.h"
#include "app/ui/look.h"
#include "core/tokens/tokenizer.h"

namespace blockyard {

class PromptLab {
 public:
  /// Draws the card where it is open.
  void draw(FrameContext& ctx, ImVec2 screen);

 private:
  void start(const FrameContext& ctx);
  void examples(const Look& look);
  void editor(const Look& look, float height);
  void summary(const Look& look) const;
  void blocks(const Look& look);
  float block_height(const Look& look, std::size_t block, float width) const;
  void draw_block(const Look& look, std::size_t block, ImVec2 at, float width) const;

  std::optional<Tokenizer> tokenizer_;
  std::string trouble_;  // why there is no tokenizer
  std::string text_;
  PromptBlocks cut_;
  // Tops of the parts for this width and scale; one more than there are.
  std::vector<float> tops_;
  float laid_width_ = 0, laid_scale_ = 0;
};

}  // namespace blockyard
