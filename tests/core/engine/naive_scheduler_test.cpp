// Engine continuous against the naive scheduler: every row, the evictions, and what is cached at the end with its
// copies and the order in which it would go, in each of the sixteen settings of the switches.
#include "tests/core/engine/naive_scheduler.h"

#include <gtest/gtest.h>

#include <map>

#include "core/base/rng.h"
#include "tests/core/how_many.h"
#include "tests/core/laws/tiny_run.h"

namespace blockyard {
namespace {

namespace naive = test::naive;

struct Scenario {
  test::TinyRun run;
  std::vector<naive::Prompt> prompts;
  std::map<BlockId, std::string> names;
};

// A few requests in little room: prompts that begin alike, some of whose answers are known, so that others go on from
// them; budgets of a few tokens and of many.
std::unique_ptr<Scenario> random_scenario(std::uint64_t seed) {
  auto made = std::make_unique<Scenario>();
  Rng rng(seed, RngPurpose::kTest);
  const auto pick = [&rng](int low, int high) {
    return low + static_cast<int>(rng.below(static_cast<std::uint64_t>(high - low + 1)));
  };
  Config& c = made->run.config;
  c.fleet.workers = 1;
  c.fleet.engine = EngineKind::kContinuous;
  c.router.strategy = find_policy("round_robin");
  c.cache.capacity_blocks = static_cast<std::uint32_t>(pick(4, 24));
  c.fleet.max_num_seqs = static_cast<std::uint32_t>(pick(1, 6));
  c.fleet.max_batched_tokens = static_cast<std::uint32_t>(rng.below(3) == 0 ? pick(1, 8) : pick(16, 200));
  const bool long_answers = rng.below(2) == 0;
  double at = 0;
  const int requests = pick(1, 14);
  for (int i = 0; i < requests; ++i) {
    at += rng.below(3) == 0 ? 0 : pick(0, 150) + (rng.below(4) == 0 ? 0.05 : 0);
    Request r;
    r.arrival = ms_to_us(at);
    r.prompt_tokens = static_cast<std::uint32_t>(pick(1, 110));
    r.output_tokens = static_cast<std::uint32_t>(long_answers ? pick(0, 90) : pick(0, 20));
    r.prompt_blocks = r.prompt_tokens / 16;
    const std::uint32_t blocks = (r.prompt_tokens + std::max(r.output_tokens, 1U) - 1) / 16;
    const std::uint32_t known = rng.below(2) == 0 ? r.prompt_blocks : blocks;
    made->run.add(r, known, rng.below(3));
  }
  Workload& w = made->run.workload;
  w.number_private_blocks();
  for (RequestId i = 0; i < w.requests.size(); ++i) {
    const Request& r = w.requests[i];
    naive::Prompt p{r.arrival, static_cast<int>(r.prompt_tokens), static_cast<int>(r.output_tokens), {}};
    const std::uint32_t blocks = (r.prompt_tokens + std::max(r.output_tokens, 1U) - 1) / 16;
    for (std::uint32_t k = 0; k < blocks; ++k) {
      const BlockId block = w.block_at(r, k);
      std::string name = std::to_string(block);
      if (k >= r.known_blocks) name = std::to_string(i) + "." + std::to_string(k);
      made->names[block] = name;
      p.chain.push_back(name);
    }
    made->prompts.push_back(p);
  }
  return made;
}

naive::Outcome outcome_of(const Scenario& scenario, const Simulation& sim) {
  naive::Outcome out;
  for (const RequestRecord& r : sim.records()) {
    naive::Row row;
    row.rejected = r.status == RequestStatus::kRejected;
    if (!row.rejected) {
      EXPECT_EQ(r.status, RequestStatus::kCompleted);
      row = {false, static_cast<int>(r.hit), r.start, r.first_token, r.finish, static_cast<int>(r.preemptions)};
    }
    out.rows.push_back(row);
  }
  const KvCache& cache = sim.workers()[0].cache();
  out.evictions = static_cast<int>(cache.evictions());
  for (const SlotInfo& s : cache.slots()) {
    if (s.block != kNone) out.residents.push_back(scenario.names.at(s.block));
  }
  std::sort(out.residents.begin(), out.residents.end());
  for (const SlotId s : cache.next_victims(cache.idle_blocks())) {
    out.idle.push_back(scenario.names.at(cache.slots()[s].block));
  }
  return out;
}

std::string text_of(const std::vector<naive::Row>& rows) {
  std::string out;
  for (const naive::Row& r : rows) {
    out += r.rejected ? "rejected\n"
                      : std::to_string(r.hit) + " " + std::to_string(r.start) + " " + std::to_string(r.first_token) +
                            " " + std::to_string(r.finish) + " " + std::to_string(r.preemptions) + "\n";
  }
  return out;
}

TEST(NaiveScheduler, AgreesWithTheEngineInEveryMode) {
  int evictions = 0, preemptions = 0, copies = 0, rejected = 0, hits = 0;
  for (std::uint64_t seed = 0; seed < test::how_many(250); ++seed) {
    const auto scenario = random_scenario(seed);
    for (unsigned mode = 0; mode < 16; ++mode) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", switches " + std::to_string(mode));
      FleetConfig& fleet = scenario->run.config.fleet;
      fleet.async_scheduling = (mode & 1U) != 0;
      fleet.block_copies = (mode & 2U) != 0;
      fleet.reserve_full_prompt = (mode & 4U) != 0;
      fleet.null_block = (mode & 8U) != 0;
      naive::Rules rules;
      rules.capacity = static_cast<int>(scenario->run.config.cache.capacity_blocks);
      rules.max_num_seqs = static_cast<int>(fleet.max_num_seqs);
      rules.max_batched_tokens = static_cast<int>(fleet.max_batched_tokens);
      rules.reserve_full_prompt = fleet.reserve_full_prompt;
      rules.block_copies = fleet.block_copies;
      rules.async_scheduling = fleet.async_scheduling;
      rules.null_block = fleet.null_block;
      const naive::Outcome want = naive::Scheduler(rules, scenario->prompts).run();
      const naive::Outcome got = outcome_of(*scenario, scenario->run.run());
      ASSERT_EQ(text_of(got.rows), text_of(want.rows));
      ASSERT_EQ(got.evictions, want.evictions);
      ASSERT_EQ(got.residents, want.residents);
      ASSERT_EQ(got.idle, want.idle);
      evictions += got.evictions;
      copies += std::adjacent_find(got.residents.begin(), got.residents.end()) != got.residents.end() ? 1 : 0;
      for (const naive::Row& r : got.rows) {
        preemptions += r.preemptions;
        rejected += r.rejected ? 1 : 0;
        hits += r.hit > 0 ? 1 : 0;
      }
    }
  }
  EXPECT_GT(evictions, 10'000);
  EXPECT_GT(preemptions, 1'000);
  EXPECT_GT(copies, 100) << "runs that end with a block cached twice";
  EXPECT_GT(rejected, 100);
  EXPECT_GT(hits, 1'000);
}

}  // namespace
}  // namespace blockyard
