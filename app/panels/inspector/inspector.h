// The inspector: all there is to know about what is selected, at the cursor: a request (or its routing), a block, a
// worker, a node of the prefix tree, an event. What does not exist at this time says so; the selection stays.
#pragma once

#include <string>
#include <string_view>

#include "app/panels/panel.h"
#include "app/panels/sessions/session_turns.h"
#include "app/panels/tree/tree_model.h"

namespace blockyard {

class InspectorPanel final : public Panel {
 public:
  void draw(FrameContext& ctx, const Rect& rect) override;

 private:
  void request(FrameContext& ctx, RequestId r);
  /// What the request says, and what it was answered.
  void words(FrameContext& ctx, RequestId r);
  void block(FrameContext& ctx, const SelectedBlock& what);
  void worker(FrameContext& ctx, WorkerId w);
  void edge(FrameContext& ctx, EdgeId e);
  void event(FrameContext& ctx, std::size_t index);
  void session(FrameContext& ctx, std::uint32_t session);
  /// Where nothing is selected: what to do, and the latest decisions.
  void nothing(FrameContext& ctx);
  // inspector_observed.cpp: the same where the fleet is observed
  static void request_facts(FrameContext& ctx, RequestId r);
  static void observed_nothing(FrameContext& ctx);
  static void observed_worker(FrameContext& ctx, WorkerId w);
  static void observed_block(FrameContext& ctx, const SelectedBlock& what);
  void observed_edge(FrameContext& ctx, NodeIndex n);

  TreeModel tree_;
  SessionTurns turns_;
};

}  // namespace blockyard
