// Fuzz target: any bytes as a trace are a workload that can be simulated, or are refused in one line.
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "core/base/check.h"
#include "core/sim/simulation.h"
#include "core/workload/traces/trace_reader.h"
#include "core/workload/words/word_source.h"

namespace {

void simulate(const blockyard::Workload& workload) {
  std::uint64_t tokens = 0;
  for (const auto& r : workload.requests) tokens += std::uint64_t{r.prompt_tokens} + r.output_tokens;
  if (tokens > 100'000) return;  // the reader is what is tested; long runs are other tests' business
  blockyard::Config config;
  config.cache.block_tokens = workload.block_tokens;
  config.fleet.workers = 2;
  config.router.heartbeat = config.router.sync = 0;  // a gap of years would be filled with ticks
  blockyard::Simulation sim(config, workload, nullptr);
  sim.run();
  sim.check_laws();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const std::string path = "/tmp/blockyard-fuzz-" + std::to_string(::getpid()) + ".jsonl";
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(data + 1), static_cast<std::streamsize>(size - 1));
  // The first byte says how much is left to be recognised.
  blockyard::WorkloadSpec spec;
  if ((data[0] & 1) != 0) spec.block_tokens = 32;
  if ((data[0] & 2) != 0) spec.replay = blockyard::Replay::kClosed;
  if ((data[0] & 4) != 0) spec.format = (data[0] & 8) != 0 ? "bailian" : "mooncake";
  if ((data[0] & 16) != 0) spec.answers = blockyard::Answers::kModel;
  static blockyard::WordLender words({"built-in", BLOCKYARD_ASSETS});
  blockyard::TraceReading reading;
  reading.words = &words;
  const auto workload = blockyard::read_trace({path}, spec, reading);
  std::remove(path.c_str());
  if (workload) {
    simulate(*workload);
  } else {
    BY_CHECK(!workload.error().message.empty() && workload.error().message.find('\n') == std::string::npos,
             "not one line");
  }
  return 0;
}
