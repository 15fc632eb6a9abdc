// The building pieces of the inspector, which others may use too: its head, facts in two columns, links to requests,
// and the chain of a request as a bar. All stand at the cursor and keep nothing between frames.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/panels/panel_text.h"

namespace blockyard {

/// The subject, what it is in smaller print, and a cross to let go of it.
void inspector_title(FrameContext& ctx, std::string_view name, std::string_view about);
void inspector_heading(const Look& look, std::string_view words);

/// A line of requests that can be clicked, as many as fit.
void request_links(FrameContext& ctx, std::span<const RequestId> requests, const char* id);

/// Facts in two columns: label left, figure right, in each. One that has no room in its column takes a row of its own,
/// so that no figure is cut short. They are drawn at the cursor as the grid goes out of scope.
class FactGrid {
 public:
  explicit FactGrid(const FrameContext& ctx);
  ~FactGrid();
  FactGrid(const FactGrid&) = delete;
  FactGrid& operator=(const FactGrid&) = delete;
  void add(std::string_view label, std::string_view value, Color ink = 0);
  /// One that takes a row of its own in any case.
  void add_wide(std::string_view label, std::string_view value, Color ink = 0);

 private:
  struct Fact {
    std::string label, value;
    Color ink;
    bool wide;
  };
  void put(float x, float y, float w, const Fact& fact) const;
  const Look& look_;
  std::vector<Fact> facts_;
};

/// Opens "Why here?" at the bottom.
void open_why(FrameContext& ctx);

/// The chain of a request as a bar of its stretches, what was hit apart from what was computed, a mark where the
/// router's prediction ended. Stands at the cursor; its parts can be pointed at and clicked.
void chain_bar(FrameContext& ctx, RequestId r, float height);

}  // namespace blockyard
