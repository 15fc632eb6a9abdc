// Requests of whole blocks put together by hand, for examples whose results one can work out on paper.
#pragma once

#include <string>
#include <vector>

#include "core/sim/simulation.h"

namespace blockyard::test {

struct TinyRun {
  Config config;
  Workload workload;
  RadixTree tree;

  TinyRun() {
    config.fleet.reserve_full_prompt = config.fleet.block_copies = config.fleet.async_scheduling =
        config.fleet.null_block = false;
    config.fleet.max_num_seqs = 256;
    config.fleet.max_batched_tokens = 2048;
    config.router.sync = config.router.heartbeat = 0;
  }

  /// A prompt of `blocks` blocks of 16 tokens; equal keys, equal prompts. Call in order of arrival.
  Request& add(double at_ms, std::uint32_t blocks, std::uint32_t output, std::uint64_t key) {
    Request r;
    r.arrival = ms_to_us(at_ms);
    r.prompt_tokens = blocks * 16;
    r.prompt_blocks = blocks;
    r.output_tokens = output;
    return add(r, blocks, key);
  }
  /// The same with `known` blocks whose identity is known: those beyond the prompt's are of its answer.
  Request& add(Request r, std::uint32_t known, std::uint64_t key) {
    std::vector<Span> chain;
    PrefixTree::NodeId node = kNone;
    for (std::uint32_t k = 0; k < known; ++k) node = workload.tree.extend(node, key * 1000 + k, 1, chain);
    r.known_blocks = known;
    r.runs_begin = static_cast<std::uint32_t>(workload.runs.size());
    r.runs_count = static_cast<std::uint32_t>(chain.size());
    workload.runs.insert(workload.runs.end(), chain.begin(), chain.end());
    workload.requests.push_back(r);
    return workload.requests.back();
  }
  void crash(double at_ms, WorkerId worker, double restart_ms, double detect_ms) {
    config.faults.push_back({ms_to_us(at_ms), worker, FaultKind::kCrash, ms_to_us(restart_ms), ms_to_us(detect_ms)});
  }
  /// At time 0. Call once, after the last add().
  Simulation begin() {
    workload.number_private_blocks();
    tree = RadixTree::build(workload.prompt_chains(), workload.id_count());
    return Simulation(config, workload, &tree);
  }
  Simulation run(EventSink* sink = nullptr) {
    Simulation sim = begin();
    while (sim.step(sink)) sim.check_laws();
    return sim;
  }
};

/// "type worker value" of the messages that a run sends and hears, with their times.
struct MessageLog : EventSink {
  std::vector<std::string> lines;
  void on_event(const Event& e, const Simulation&) override {
    if (e.type != EventType::kHeartbeat && e.type != EventType::kSync && e.type != EventType::kDeliver) return;
    std::string line = std::to_string(e.t) + " " + std::string(event_name(e.type)) + " " + std::to_string(e.worker);
    if (e.type == EventType::kDeliver) line += " " + std::to_string(e.value);
    lines.push_back(line);
  }
};

}  // namespace blockyard::test
