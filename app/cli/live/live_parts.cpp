#include "app/cli/live/live_parts.h"

#include <fmt/format.h>

#include "app/cli/parts/table.h"
#include "core/base/text.h"

namespace blockyard::cli {

using live::LiveSession;

std::string progress_line(const LiveSession& session, SimTime now) {
  constexpr std::size_t kMostByName = 4;
  std::string out = fmt::format("{:7.1f} s  ", static_cast<double>(now) / 1e6);
  const auto& workers = session.workers();
  if (workers.size() <= kMostByName) {
    for (WorkerId w = 0; w < workers.size(); ++w) out += (w > 0 ? "; " : "") + live::worker_line(session, w);
    return out + "\n";
  }
  std::size_t live = 0;
  std::uint64_t blocks = 0, capacity = 0;
  double running = 0, waiting = 0;
  for (const live::LiveWorker& w : workers) {
    live += w.state() == live::WorkerState::kLive;
    blocks += w.truth.resident_blocks();
    capacity += w.capacity_blocks(session.fleet().block_tokens);
    running += w.figures.running.value_or(0);
    waiting += w.figures.waiting.value_or(0);
  }
  return out + fmt::format("{} of {} workers live, {}/{} blocks, {:.0f} running, {:.0f} waiting\n", live,
                           workers.size(), blocks, capacity, running, waiting);
}

int end_with(const LiveSession& session, const std::string& started, const LiveArgs& args, io::Outputs& outputs) {
  if (!args.out.empty()) {
    auto file = outputs.open("--out", args.out);
    if (!file) return refuse(file.error());
    (*file)->write(live::live_results_json(session, started));
  }
  return finish(outputs, text_table(live::worker_rows(session)));
}

}  // namespace blockyard::cli
