// A trace of seven requests whose results are worked out by hand, so that the suite means something on its own.
#include <gtest/gtest.h>

#include "core/experiment/prepared.h"
#include "core/io/results.h"

namespace blockyard {
namespace {

// One worker of 8 blocks of 16 tokens, default latencies (5 + 2.5 ms a block, 0.5 ms a full hit, 15 ms a token); trace
// blocks of 32 tokens, two blocks each. Chains: r0 = a b c d (70 tokens: 4 full, the third id is cut off), r1 = a b c
// d, r2 = a b c d e f, r3 = none, r4 = 8 new blocks, r5 = a b c d g h, r6 = 10 blocks: more than the cache, rejected.
//   r0: miss, 4 blocks: 15 ms, 2 tokens: 30 ms. Done at 45.
//   r1: arrives at 10, waits until 45; whole hit: 0.5 ms, 15 ms. Done at 60.5.
//   r2: at 200, hit 4, 2 to compute: 10 ms, 15 ms. Done at 225.
//   r3: at 200, waits until 225; nothing to compute: 0.5 ms. Done at 225.5.
//   r4: at 300, 8 blocks: 25 ms, 15 ms. 2 free slots, so 6 evictions: r2's, from its last block to its first.
//   r5: at 400: nothing of it is left: 6 blocks, 20 ms, 15 ms. Evicts r4's last six.
TEST(SmallTrace, ResultsWorkedOutByHand) {
  const std::string json = R"({"cache": {"capacity_blocks": 8}, "fleet": {"workers": 1},
      "workload": {"type": "trace", "path": "small_trace.jsonl", "block_tokens": 32}})";
  const auto scenario = parse_scenario(json, BLOCKYARD_TEST_DATA, std::string(BLOCKYARD_ASSETS) + "/presets");
  ASSERT_TRUE(scenario) << scenario.error().message;
  const auto prepared = prepare(*scenario);
  ASSERT_TRUE(prepared) << prepared.error().message;
  Simulation sim = (*prepared)->simulation();
  sim.run();
  EXPECT_EQ(requests_csv(sim),
            "request,arrival_us,worker,predicted_blocks,hit_blocks,prompt_blocks,prompt_tokens,output_tokens,start_us,"
            "first_token_us,finish_us,retries,status,session,turn,preemptions\n"
            "0,0,0,0,0,4,70,2,0,15000,45000,0,completed,,,0\n"
            "1,10000,0,4,4,4,64,1,45000,45500,60500,0,completed,,,0\n"
            "2,200000,0,4,4,6,96,1,200000,210000,225000,0,completed,,,0\n"
            "3,200000,0,0,0,0,15,0,225000,225500,225500,0,completed,,,0\n"
            "4,300000,0,0,0,8,128,1,300000,325000,340000,0,completed,,,0\n"
            "5,400000,0,4,0,6,96,1,400000,420000,435000,0,completed,,,0\n"
            "6,500000,,,,10,160,1,,,,0,rejected,,,0\n");
  const Summary s = summarize(sim);
  EXPECT_EQ(s.evictions, 12U);
  EXPECT_EQ(s.false_hits, 1U) << "request 5: the router did not hear of the evictions";
  EXPECT_EQ(s.rejected, 1U);
  EXPECT_DOUBLE_EQ(s.block_hit_rate, 8.0 / 28.0);
  EXPECT_EQ(s.workers[0].peak_blocks, 8U);
}

}  // namespace
}  // namespace blockyard
