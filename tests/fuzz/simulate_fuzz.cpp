// Fuzz target: any bytes are a small fleet and its traffic, whose laws hold after every event, and which ends the same
// whether it is run event by event or in strides. Every strategy, engine, eviction, view, fault and switch is in reach:
// the first bytes are a seed for what is drawn, the others change what was.
#include <cstdint>
#include <cstring>

#include "core/base/check.h"
#include "core/metrics/summary.h"
#include "tests/core/random_run.h"

namespace {

// Hands out the bytes one by one; 0 where they are used up.
class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  std::uint8_t next() { return at_ < size_ ? data_[at_++] : 0; }
  bool left() const { return at_ < size_; }
  std::uint32_t below(std::uint32_t n) { return next() % n; }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
  std::size_t at_ = 0;
};

void change(blockyard::test::RandomRun& run, Bytes& bytes) {
  using namespace blockyard;
  Config& c = run.config;
  switch (bytes.below(20)) {
    case 0:
      c.router.strategy = bytes.below(static_cast<std::uint32_t>(policy_table().size()));
      break;
    case 1:
      c.cache.eviction = static_cast<EvictionPolicy>(bytes.below(static_cast<std::uint32_t>(eviction_table().size())));
      break;
    case 2:
      c.cache.capacity_blocks = 2 + bytes.below(70);
      break;
    case 3:
      c.fleet.workers = 1 + bytes.below(6);
      break;
    case 4:
      c.fleet.engine = static_cast<EngineKind>(bytes.below(2));
      break;
    case 5:
      c.fleet.max_batched_tokens = 1 + bytes.below(255);
      break;
    case 6:
      c.fleet.max_num_seqs = 1 + bytes.below(12);
      break;
    case 7:
      c.fleet.slots = 1 + bytes.below(6);
      break;
    case 8:
      c.fleet.reserve_full_prompt = bytes.below(2) == 0;
      break;
    case 9:
      c.fleet.block_copies = bytes.below(2) == 0;
      break;
    case 10:
      c.fleet.async_scheduling = bytes.below(2) == 0;
      break;
    case 11:
      c.fleet.null_block = bytes.below(2) == 0;
      break;
    case 12:
      c.router.view = static_cast<ViewMode>(bytes.below(3));
      break;
    case 13:
      c.router.reports = static_cast<ReportMode>(bytes.below(3));
      break;
    case 14:
      c.router.heartbeat = SimTime{bytes.next()} * 700;
      break;
    case 15:
      c.router.sync = SimTime{bytes.next()} * 700;
      break;
    case 16:
      c.router.message_delay = SimTime{bytes.next()} * 300;
      break;
    case 17:
      c.router.message_loss = bytes.next() / 300.0;
      break;
    case 18: {
      Fault f;
      f.t = SimTime{bytes.next()} * 7000;
      f.worker = bytes.next();
      f.kind = static_cast<FaultKind>(bytes.below(3));
      f.router = bytes.next();
      f.restart = SimTime{bytes.next()} * 3000;
      f.detect = SimTime{bytes.next()} * 3000;
      f.down = SimTime{bytes.next()} * 1000;
      c.faults.push_back(f);
      break;
    }
    default: {
      Request& r = run.workload.requests[bytes.next() % run.workload.requests.size()];
      r.output_tokens = bytes.next();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace blockyard;
  Bytes bytes(data, std::min<std::size_t>(size, 200));
  const std::uint64_t seed = bytes.next() | (std::uint64_t{bytes.next()} << 8U);
  const auto run = test::random_run(seed);
  while (bytes.left()) change(*run, bytes);
  for (Fault& f : run->config.faults) {
    f.worker %= run->config.fleet.workers;
    f.router %= run->config.router.replicas;
  }
  // Answers may have become longer: their blocks are numbered anew.
  run->workload.number_private_blocks();
  run->tree = RadixTree::build(run->workload.prompt_chains(), run->workload.id_count());
  Simulation steps = run->simulation();
  constexpr int kMostSteps = 20000;
  int n = 0;
  for (; n < kMostSteps && steps.step(); ++n) {
    if (n % 3 == 0) steps.check_laws();
  }
  if (!steps.done()) return 0;
  steps.check_laws();
  const Summary s = summarize(steps);
  BY_CHECK(s.completed + s.rejected == s.requests, "a request neither completed nor rejected");
  Simulation strides = run->simulation();
  strides.run();
  BY_CHECK(strides.digest() == steps.digest(), "strides end elsewhere than steps");
  return 0;
}
