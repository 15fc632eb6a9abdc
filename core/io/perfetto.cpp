#include "core/io/perfetto.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/router/policy.h"

namespace blockyard {

PerfettoWriter::PerfettoWriter(io::OutputFile& file) : file_(file) {
  file_.write("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n");
}

void PerfettoWriter::line(std::string_view json) {
  if (!first_) file_.write(",\n");
  first_ = false;
  file_.write(json);
}

void PerfettoWriter::name_workers(const Simulation& sim) {
  named_ = true;
  lanes_.resize(sim.workers().size());
  written_.resize(sim.workers().size());
  for (WorkerId w = 0; w < sim.workers().size(); ++w) {
    line(
        fmt::format("{{\"ph\":\"M\",\"pid\":{},\"name\":\"process_name\",\"args\":{{\"name\":\"worker {}\"}}}}", w, w));
  }
  // A router, where something befalls it, is a process behind the workers.
  for (std::uint32_t k = 0; k < sim.routers().size(); ++k) {
    const std::vector<Fault>& faults = sim.config().faults;
    if (std::none_of(faults.begin(), faults.end(),
                     [k](const Fault& f) { return f.kind == FaultKind::kRouterRestart && f.router == k; }))
      continue;
    line(fmt::format("{{\"ph\":\"M\",\"pid\":{},\"name\":\"process_name\",\"args\":{{\"name\":\"router {}\"}}}}",
                     sim.workers().size() + k, k));
  }
}

// The lowest track of the worker that is free from `from` on: slices of one track must not overlap.
std::uint32_t PerfettoWriter::take_lane(WorkerId w, SimTime from, SimTime until) {
  auto& lanes = lanes_[w];
  for (std::uint32_t i = 0; i < lanes.size(); ++i) {
    if (lanes[i] <= from) {
      lanes[i] = until;
      return i;
    }
  }
  lanes.push_back(until);
  return static_cast<std::uint32_t>(lanes.size() - 1);
}

void PerfettoWriter::lane_slice(const Simulation& sim, RequestId r, WorkerId w) {
  const RequestRecord& record = sim.records()[r];
  const Request& q = sim.request(r);
  // Requests finish in another order than they came: a track is free when the last slice on it has ended.
  const std::uint32_t lane = take_lane(w, record.arrival, record.finish);
  const auto slice = [&](std::string_view name, SimTime from, SimTime until) {
    line(
        fmt::format("{{\"ph\":\"X\",\"pid\":{},\"tid\":{},\"ts\":{},\"dur\":{},\"name\":\"{}\",\"cat\":\"request\","
                    "\"args\":{{\"request\":{},\"hit_blocks\":{},"
                    "\"predicted_blocks\":{},\"prompt_blocks\":{},\"output_tokens\":{},\"retries\":{}}}}}",
                    w, lane, from, until - from, name, r, record.hit, record.predicted, q.prompt_blocks,
                    q.output_tokens, record.retries));
  };
  if (record.start > record.arrival) slice("wait", record.arrival, record.start);
  slice("prefill", record.start, record.first_token);
  slice("decode", record.first_token, record.finish);
}

void PerfettoWriter::count(const Simulation& sim, WorkerId w, SimTime t) {
  Counters& last = written_[w];
  const double load = sim.true_load(w), seen = sim.figures(w).load;
  const std::int64_t blocks = sim.workers()[w].taken();
  if (load > 0) last.busy = t;
  if (load != last.load || seen != last.seen) {
    line(fmt::format("{{\"ph\":\"C\",\"pid\":{},\"ts\":{},\"name\":\"load\",\"args\":{{\"true\":{},\"seen\":{}}}}}", w,
                     t, load, seen));
  }
  if (blocks != last.blocks) {
    line(fmt::format("{{\"ph\":\"C\",\"pid\":{},\"ts\":{},\"name\":\"resident blocks\",\"args\":{{\"blocks\":{}}}}}", w,
                     t, blocks));
  }
  last.load = load;
  last.seen = seen;
  last.blocks = blocks;
}

// Counters are read at heartbeats. While nobody works, and what is on its way to the router says no more than what it
// has heard, they stay.
SimTime PerfettoWriter::indifferent_until(const Simulation& sim) const {
  if (!named_ || beat_ < 0) return 0;
  const RouterConfig& router = sim.config().router;
  if (router.heartbeat == 0) return kNever;
  const SimTime next = beat_ + router.heartbeat;
  if (sim.now() >= next) return 0;
  for (WorkerId w = 0; w < sim.workers().size(); ++w) {
    const Worker& worker = sim.workers()[w];
    if (!worker.up()) continue;
    const Counters& last = written_[w];
    if (worker.queue_depth() > 0 || last.load != 0 || last.seen != 0 || sim.figures(w).load != 0 ||
        last.blocks != worker.taken() || (last.busy >= 0 && sim.now() <= last.busy + router.message_delay))
      return next;
  }
  return kNever;
}

void PerfettoWriter::on_event(const Event& e, const Simulation& sim) {
  if (!named_) name_workers(sim);
  switch (e.type) {
    case EventType::kFinish:
      lane_slice(sim, e.request, e.worker);
      break;
    case EventType::kChange:
      beat_ = -1;
      break;
    case EventType::kHeartbeat:
      beat_ = e.t;
      count(sim, e.worker, e.t);
      break;
    case EventType::kFault:
    case EventType::kDetect:
    case EventType::kRestart:
    case EventType::kPreempt:
      line(fmt::format("{{\"ph\":\"i\",\"pid\":{},\"tid\":0,\"ts\":{},\"s\":\"p\",\"name\":\"{}\"}}",
                       e.worker == kNone ? sim.workers().size() + e.router : e.worker, e.t, event_name(e.type)));
      break;
    default:
      break;
  }
}

void PerfettoWriter::finish(const Simulation& sim) {
  if (!named_) name_workers(sim);
  file_.write("\n]}\n");
}

}  // namespace blockyard
