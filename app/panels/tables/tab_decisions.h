// Decisions: the routings with what the router expected and what came of it, latest first, and those of them that a
// condition holds for: the one of `blockyard decisions --where`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/panels/tables/tab_events.h"
#include "core/base/expression.h"

namespace blockyard {

class DecisionsTab final : public Panel {
 public:
  void draw(FrameContext& ctx, const Rect& rect) override;
  /// As if it were typed into the field.
  void filter_by(std::string condition) { typed_ = std::move(condition); }
  /// How many are shown, and why the condition is none; "" where it is one, or empty.
  std::size_t size() const { return where_ ? kept_.size() : list_.size(); }
  const std::string& trouble() const { return trouble_; }

 private:
  void head(FrameContext& ctx, const Rect& rect);
  void filter(const FrameContext& ctx);
  std::size_t place(std::size_t i) const { return where_ ? kept_[i] : list_.at(i); }

  EventList list_;
  std::string typed_;                // into the field
  std::string source_;               // of where_
  std::optional<Expression> where_;  // empty: all
  std::string trouble_;              // why the source is no condition
  // What it holds for, as of made_: places in the log, latest first, and their sums, of those that have started.
  Moment made_;
  std::vector<std::size_t> kept_;
  std::uint64_t predicted_ = 0, hit_ = 0;
};

}  // namespace blockyard
