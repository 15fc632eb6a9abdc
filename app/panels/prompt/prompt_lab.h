// The prompt lab: type or paste a prompt, or a chat with roles, and see its tokens, cut into blocks, each with its
// digest chained to the one before; where its path leaves the tree; what the fleet would do with it at this moment.
// Sent into the run it is a request like any other.
//
// One card over the window. It owns the text that is typed and what was made of it; the run is changed by commands
// alone. Long texts cost what is seen of them: the heights of blocks are kept, and only those in view are drawn.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/panels/panel_text.h"
#include "app/panels/prompt/prompt_blocks.h"
#include "app/panels/prompt/prompt_path.h"
#include "app/session/frame_context.h"
#include "app/ui/look.h"
#include "app/ui/wrapped_text.h"
#include "core/workload/words/word_source.h"

namespace blockyard {

class PromptLab {
 public:
  /// Draws the card where it is open.
  void draw(FrameContext& ctx, ImVec2 screen);

 private:
  void follow_run(FrameContext& ctx);
  void take_wishes(FrameContext& ctx);
  void put(const FrameContext& ctx, const std::string& text, bool chat);
  void cut(const FrameContext& ctx);
  bool typed_beside(const FrameContext& ctx);
  void choices(FrameContext& ctx);
  void sending(FrameContext& ctx);
  void ask_on(const FrameContext& ctx);
  void other_question(const FrameContext& ctx);
  void summary(const FrameContext& ctx) const;
  void blocks(FrameContext& ctx);
  float block_height(const Look& look, std::size_t block, float width) const;
  void draw_block(FrameContext& ctx, std::size_t block, ImVec2 at, float width) const;
  void draw_head(FrameContext& ctx, std::size_t block, ImVec2 at, float width) const;
  std::size_t part_count() const { return ids_of_ == kNone ? cut_.parts() : path_.blocks(); }

  std::optional<WordLender> lender_;
  const WordSource* words_ = nullptr;
  std::string trouble_;  // why there is no tokenizer
  Moment run_;
  bool began_ = false, was_open_ = false;

  WrappedText text_;
  bool chat_ = false;
  RequestId ids_of_ = kNone;  // a request without words is looked at instead of the text
  std::size_t question_ = 0;  // of other_question()
  PromptBlocks cut_;
  PromptPath path_;
  PromptPath::Answers fleet_;
  Refresh refresh_{8};
  bool asked_ = false;  // fleet_ is that of path_
  int part_ = 0;        // where there is no room for both: blocks, fleet
  // Tops of the parts for this width and scale; one more than there are.
  std::vector<float> tops_;
  float laid_width_ = 0, laid_scale_ = 0;
};

}  // namespace blockyard
