#include "core/sim/host.h"

namespace blockyard {
namespace {

// Blocks in order as runs of consecutive ids.
std::vector<Span> as_runs(const std::vector<BlockId>& blocks) {
  std::vector<Span> runs;
  for (const BlockId b : blocks) {
    if (!runs.empty() && runs.back().first + runs.back().count == b) {
      ++runs.back().count;
    } else {
      runs.push_back({b, 1});
    }
  }
  return runs;
}

}  // namespace

void Simulation::Host::schedule(RequestId r, SimTime first_token, SimTime finish) {
  const std::uint32_t epoch = sim_.workers_[worker_].epoch();
  if (r == kNone) {
    const std::uint32_t serial = sim_.workers_[worker_].step_info().serial;
    sim_.push({finish, 0, QueuedKind::kStepEnd, epoch, serial, worker_, worker_, 0});
    return;
  }
  sim_.push(
      {first_token, 0, QueuedKind::kFirstToken, epoch, r, worker_, worker_, std::uint64_t{sim_.input_index(r)} * 2});
  sim_.push({finish, 0, QueuedKind::kFinish, epoch, r, worker_, worker_, std::uint64_t{sim_.input_index(r)} * 2 + 1});
}

void Simulation::Host::started(RequestId r, std::uint32_t hit, bool resumed) {
  RequestRecord& record = sim_.records_[r];
  record.status = RequestStatus::kRunning;
  if (!resumed) {
    record.start = sim_.now_;
    record.hit = hit;
  }
  sim_.emit(sink_, {sim_.now_, EventType::kStart, r, worker_, hit});
}

template <class Removed, class Stored>
void Simulation::Host::send_report(bool evicted, Removed removed, Stored stored) {
  const ReportMode mode = sim_.config_.router.reports;
  if (mode == ReportMode::kOff || (mode == ReportMode::kEvictions && !evicted)) return;
  Message m;
  m.kind = MessageKind::kReport;
  m.worker = worker_;
  m.told.removed = removed();
  if (mode == ReportMode::kAll) m.told.blocks = stored();
  sim_.send(std::move(m), sink_);
}

void Simulation::Host::evicted(RequestId r, const CacheChanges& changes) {
  if (changes.evicted.empty()) return;
  sim_.emit(sink_, {sim_.now_, EventType::kEvict, r, worker_, static_cast<std::uint32_t>(changes.evicted.size()),
                    changes.evicted});
}

void Simulation::Host::evicted(RequestId r, const SpanChanges& changes) {
  if (changes.evicted.empty() || sink_ == nullptr) return;
  std::uint32_t count = 0;
  std::vector<BlockId> blocks;
  for (const Span& s : changes.evicted) {
    count += s.count;
    if (!sink_->wants_blocks()) continue;
    for (BlockId b = s.first + s.count; b-- > s.first;) blocks.push_back(b);
  }
  sim_.emit(sink_, {sim_.now_, EventType::kEvict, r, worker_, count, blocks});
}

void Simulation::Host::report(const CacheChanges& changes) {
  send_report(
      !changes.evicted.empty(), [&] { return as_runs(changes.evicted); }, [&] { return as_runs(changes.stored); });
}

void Simulation::Host::changed(RequestId r, const RunChanges& changes) {
  sim_.see_truth(worker_);
  const RadixTree& tree = *sim_.tree_;
  if (!changes.evicted.empty() && sink_ != nullptr) {
    std::uint32_t count = 0;
    std::vector<BlockId> blocks;
    for (const EdgePiece& p : changes.evicted) {
      count += p.count();
      if (!sink_->wants_blocks()) continue;
      for (std::uint32_t k = p.to; k-- > p.from;) blocks.push_back(tree.edge(p.edge).first + k);
    }
    sim_.emit(sink_, {sim_.now_, EventType::kEvict, r, worker_, count, blocks});
  }
  const auto pieces_as_runs = [&tree](const std::vector<EdgePiece>& pieces) {
    std::vector<Span> runs;
    for (const EdgePiece& p : pieces) runs.push_back({tree.edge(p.edge).first + p.from, p.count()});
    return runs;
  };
  send_report(
      !changes.evicted.empty(), [&] { return pieces_as_runs(changes.evicted); },
      [&] { return pieces_as_runs(changes.stored); });
}

void Simulation::Host::first_token(RequestId r) {
  RequestRecord& record = sim_.records_[r];
  if (record.counted) sim_.routers_[record.router].figures.pending_tokens[worker_] -= sim_.pending_of(r);
  record.first_token = sim_.now_;
  sim_.emit(sink_, {sim_.now_, EventType::kFirstToken, r, worker_});
}

void Simulation::Host::finished(RequestId r) {
  RequestRecord& record = sim_.records_[r];
  record.finish = sim_.now_;
  record.status = RequestStatus::kCompleted;
  --sim_.present_[worker_];
  sim_.uncount(r);
  sim_.emit(sink_, {sim_.now_, EventType::kFinish, r, worker_});
  sim_.request_over(r, sink_);
}

void Simulation::Host::preempted(RequestId r) {
  RequestRecord& record = sim_.records_[r];
  record.status = RequestStatus::kWaiting;
  ++record.preemptions;
  sim_.emit(sink_, {sim_.now_, EventType::kPreempt, r, worker_});
}

}  // namespace blockyard
