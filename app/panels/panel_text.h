// Words and small marks that panels share: numbers as people read them, names of blocks and workers, the numbered
// worker chip, and Moment/Refresh, by which panels know that what they keep is out of date. Stateless.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/session/frame_context.h"
#include "app/ui/look.h"
#include "app/ui/widgets.h"
#include "core/base/text.h"

namespace blockyard {

/// "worker-3".
std::string worker_text(WorkerId w);
/// What worker w is called: as its fleet file has it where the fleet is observed, else worker_text().
std::string worker_name(const FrameContext& ctx, WorkerId w);
/// A load in the unit of the load metric: "314 ms", "4 requests".
std::string load_text(const FrameContext& ctx, double load);
/// "TTFT ≤ 500 ms and TPOT ≤ 30 ms"; "" where nothing is promised.
std::string objectives_text(const SloConfig& slo);

/// The place of request r in Workload::requests (closed loops send them in another order than they are listed).
RequestId content_of(const FrameContext& ctx, RequestId r);
/// What a request is called: "request 17" and, where it has words, the first of them; where it begins with something
/// shared that has a name, " · doc 4".
std::string request_text(const FrameContext& ctx, RequestId r);
/// The first words of a chain of blocks on one line of at most `most` characters; "" where it has none. … in front:
/// something stands before it.
std::string first_words(const Workload& workload, Chain chain, std::size_t most);
/// The place in Workload::requests of the one whose answer a private block belongs to; kNone for every other block.
RequestId answer_owner(const Workload& workload, BlockId block);
/// What a block is: where its content comes from. "doc 4, block 12", "trace block 4711, part 3", "answer of request 9".
std::string block_text(const FrameContext& ctx, BlockId block);
/// "running", "waiting", …
std::string_view status_text(RequestStatus status);

/// Cut between words into lines of at most `width`; never within a number, nor between a number and its unit.
std::vector<std::string_view> wrap_words(const Look& look, FontRole role, std::string_view text, float width);

/// The square with a worker's number in its hue; `at.y` is the vertical centre. Returns the x behind it.
float worker_chip(ImDrawList* list, const Look& look, ImVec2 at, WorkerId w, bool outlined = false);
/// Width of worker_chip.
float worker_chip_width(const Look& look, WorkerId w);

/// The width of each worker's mark in a row of them that is to be about `room` pixels wide, at most 12 px at scale 1;
/// under 1 where there are more workers than pixels.
float mark_pitch(const Look& look, std::size_t workers, float room);

/// Small clickable icon of 22 px, for the heads of cards. True if clicked.
bool mini_button(const Look& look, const char* id, const char* icon, std::string_view help, bool active = false);

/// What a panel's figures depend on. Equal moments: nothing has to be made anew.
struct Moment {
  const void* run = nullptr;
  std::size_t requests = 0;
  std::uint64_t seed = 0;
  SimTime now = -1;
  std::uint64_t handled = 0;
  std::size_t changes = 0;
  std::optional<TimeRange> range;
  friend bool operator==(const Moment&, const Moment&) = default;
};
Moment moment_of(const FrameContext& ctx);
/// The same for what depends on the workload alone.
Moment run_of(const FrameContext& ctx);

/// Says when to make something anew: at once while time stands still, at most `per_second` times a second while it
/// goes.
class Refresh {
 public:
  explicit Refresh(double per_second) : period_(1.0 / per_second) {}
  bool due(const FrameContext& ctx);

 private:
  double period_;
  double made_at_ = -1;
  Moment made_;
};

}  // namespace blockyard
