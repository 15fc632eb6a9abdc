// The inspector: all there is to know about what is selected, at the cursor: a request (or its routing), a block, a
// worker, a node of the prefix tree, an event. What does not exist at this time says so; the selection stays.
#pragma once

#include <string>
#include <string_view>

#include "app/panels/panel.h"
#include "app/panels/tree_model.h"

namespace blockyard {

class InspectorPanel final : public Panel {
 public:
  void draw(FrameContext& ctx, const Rect& rect) override;

 private:
  void request(FrameContext& ctx, RequestId r);
  void block(FrameContext& ctx, const SelectedBlock& what);
  void worker(FrameContext& ctx, WorkerId w);
  void edge(FrameContext& ctx, EdgeId e);
  void event(FrameContext& ctx, std::size_t index);

  TreeModel tree_;
};

/// Facts in two columns: label left, figure right, in each.
class FactGrid {
 public:
  explicit FactGrid(const FrameContext& ctx);
  ~FactGrid();
  FactGrid(const FactGrid&) = delete;
  FactGrid& operator=(const FactGrid&) = delete;
  void add(std::string_view label, std::string_view value, Color ink = 0);
  /// One that takes a row of its own.
  void add_wide(std::string_view label, std::string_view value, Color ink = 0);

 private:
  void put(float x, float w, std::string_view label, std::string_view value, Color ink);
  void next_row();
  const Look& look_;
  ImVec2 at_;
  float width_, column_, gap_;
  bool second_ = false;
};

/// Opens "Why here?" at the bottom.
void open_why(FrameContext& ctx);

/// The chain of a request as a bar of its stretches, what was hit apart from what was computed, a mark where the
/// router's prediction ended. Stands at the cursor; its parts can be pointed at and clicked.
void chain_bar(FrameContext& ctx, RequestId r, float height);

}  // namespace blockyard
