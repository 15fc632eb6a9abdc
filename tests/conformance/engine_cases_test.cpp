// Engine continuous against cases of one worker that a model equal to vLLM's own scheduler and block pool computed, for
// each setting of the switches that matters: every row, the evictions, the preemptions, and what is cached at the end
// with its copies. engine_cases.json says the order of the numbers; the pool is that without the null block.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/sim/simulation.h"

namespace blockyard {
namespace {

using Json = nlohmann::json;

constexpr std::uint32_t kBlock = 16;

const Json& document() {
  static const Json json = [] {
    std::ifstream in(std::string(BLOCKYARD_TEST_DATA) + "/cases/engine_cases.json");
    return Json::parse(in);
  }();
  return json;
}

struct World {
  Workload workload;
  RadixTree tree;
  std::map<BlockId, std::string> names;  // of the blocks of prompts
};

World world_of(const Json& requests) {
  World world;
  Workload& w = world.workload;
  std::vector<std::vector<Span>> chains;
  for (const Json& given : requests) {
    Request r;
    r.arrival = given[0];
    r.prompt_tokens = given[1];
    r.output_tokens = given[2];
    r.prompt_blocks = r.known_blocks = r.prompt_tokens / kBlock;
    r.runs_begin = static_cast<std::uint32_t>(w.runs.size());
    std::vector<Span> chain;
    PrefixTree::NodeId node = kNone;
    for (const Json& id : given[3]) node = w.tree.extend(node, id.get<std::uint64_t>(), 1, chain);
    std::size_t at = 0;
    for (const Span& run : chain) {
      for (BlockId b = run.first; b < run.first + run.count; ++b) world.names[b] = given[3][at++].dump();
    }
    r.runs_count = static_cast<std::uint32_t>(chain.size());
    w.runs.insert(w.runs.end(), chain.begin(), chain.end());
    w.requests.push_back(r);
    chains.push_back(chain);
  }
  w.number_private_blocks();
  world.tree = RadixTree::build(chains, w.id_count());
  return world;
}

std::map<std::string, int> residents(const World& world, const Simulation& sim) {
  std::map<BlockId, std::string> names = world.names;
  for (RequestId i = 0; i < world.workload.requests.size(); ++i) {
    const Request& r = world.workload.requests[i];
    const std::uint32_t full = (r.prompt_tokens + std::max(r.output_tokens, 1U) - 1) / kBlock;
    for (std::uint32_t k = r.known_blocks; k < full; ++k)
      names[world.workload.block_at(r, k)] = std::to_string(i) + "." + std::to_string(k);
  }
  std::map<std::string, int> out;
  for (const SlotInfo& s : sim.workers()[0].cache().slots()) {
    if (s.block != kNone) ++out[names.at(s.block)];
  }
  return out;
}

Config config_of(const Json& given, const std::string& mode) {
  std::set<std::string> on;
  for (const Json& key : document()["modes"][mode]) on.insert(key);
  Config c;
  c.cache.capacity_blocks = given["capacity"];
  c.fleet = {.workers = 1, .engine = EngineKind::kContinuous};
  c.fleet.max_num_seqs = given["max_num_seqs"];
  c.fleet.max_batched_tokens = given["max_batched_tokens"];
  c.fleet.reserve_full_prompt = on.count("reserve_full_prompt") > 0;
  c.fleet.block_copies = on.count("block_copies") > 0;
  c.fleet.async_scheduling = on.count("async_scheduling") > 0;
  c.fleet.null_block = false;
  c.router.strategy = find_policy("round_robin");
  c.router.heartbeat = c.router.sync = 0;
  return c;
}

void expect_same(const World& world, const Config& config, const Json& want) {
  Simulation sim(config, world.workload, &world.tree);
  sim.run();
  std::uint64_t preemptions = 0;
  for (RequestId i = 0; i < sim.records().size(); ++i) {
    const RequestRecord& r = sim.records()[i];
    preemptions += r.preemptions;
    const Json& row = want["rows"][i];
    if (row[5] == "rejected") {
      EXPECT_EQ(r.status, RequestStatus::kRejected) << "request " << i;
      continue;
    }
    EXPECT_EQ(r.status, RequestStatus::kCompleted) << "request " << i;
    EXPECT_EQ(Json({r.hit, r.start, r.first_token, r.finish, r.preemptions, "completed"}), row) << "request " << i;
  }
  EXPECT_EQ(sim.workers()[0].evictions(), want["evictions"].get<std::uint64_t>());
  EXPECT_EQ(preemptions, want["preemptions"].get<std::uint64_t>());
  EXPECT_EQ(residents(world, sim), (want["resident"].get<std::map<std::string, int>>()));
  sim.check_laws();
}

class EngineCases : public testing::TestWithParam<std::string> {};

TEST_P(EngineCases, AgreeInEveryRowAndFigure) {
  std::size_t compared = 0;
  for (const Json& given : document()["cases"]) {
    if (!given["expected"].contains(GetParam())) continue;
    ++compared;
    const Json& want = given["expected"][GetParam()];
    const World world = world_of(given["requests"]);
    Config config = config_of(given, GetParam());
    for (const bool null_block : {false, true}) {
      for (const bool skip : {true, false}) {
        SCOPED_TRACE(given["name"].get<std::string>() + (null_block ? ", null block" : "") +
                     (skip ? "" : ", step by step"));
        config.fleet.skip_steps = skip;
        config.fleet.null_block = null_block;
        config.cache.capacity_blocks = given["capacity"].get<std::uint32_t>() + (null_block ? 1 : 0);
        expect_same(world, config, want);
      }
    }
    if (testing::Test::HasFailure()) FAIL() << "in " << given.dump().substr(0, 300);
  }
  EXPECT_GT(compared, 50U);
}

std::vector<std::string> modes() {
  std::vector<std::string> out;
  for (const auto& [mode, switches] : document()["modes"].items()) out.push_back(mode);
  return out;
}

INSTANTIATE_TEST_SUITE_P(Modes, EngineCases, testing::ValuesIn(modes()), [](const auto& p) {
  std::string name = p.param;
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return name;
});

}  // namespace
}  // namespace blockyard
