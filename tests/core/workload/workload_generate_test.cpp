// Generators: what they share, how they arrive, that they do not change, and that a written trace replays the same.
#include <gtest/gtest.h>

#include <cmath>
#include <tuple>

#include "core/base/hash.h"
#include "core/io/trace_export.h"
#include "core/router/policy.h"
#include "core/workload/content.h"
#include "core/workload/draw.h"
#include "core/workload/generate.h"
#include "core/workload/trace_info.h"
#include "core/workload/trace_writer.h"
#include "tests/core/workload/trace_files.h"

namespace blockyard {
namespace {

const WorkloadType kGeneratedTypes[] = {WorkloadType::kRag,     WorkloadType::kChat,    WorkloadType::kAgent,
                                        WorkloadType::kFewShot, WorkloadType::kUniform, WorkloadType::kDemo};

WorkloadSpec small(WorkloadType type) {
  WorkloadSpec s = default_workload(type);
  s.requests = 150;
  return s;
}

Workload make(const WorkloadSpec& spec, std::uint64_t seed = 1) {
  WordSettings words;
  words.assets_dir = BLOCKYARD_ASSETS;
  words.model_answers = spec.answers == Answers::kModel;
  words.seed = seed;
  WordLender lender(words);
  auto w = generate_workload(spec, 16, seed, &lender);
  EXPECT_TRUE(w) << w.error().message;
  return std::move(*w);
}

std::uint64_t fingerprint(const Workload& w) {
  StateHash h;
  for (const Request& r : w.requests) {
    h.add(static_cast<std::uint64_t>(r.arrival));
    h.add((std::uint64_t{r.prompt_tokens} << 32U) | r.output_tokens);
    h.add((std::uint64_t{r.known_blocks} << 32U) | r.user);
    for (const auto& run : w.known_chain(r)) h.add((std::uint64_t{run.first} << 32U) | run.count);
  }
  return h.value();
}

TEST(Generate, EveryTypeMakesWellFormedRequests) {
  for (const WorkloadType type : kGeneratedTypes) {
    for (const ArrivalProcess arrival :
         {ArrivalProcess::kConstant, ArrivalProcess::kPoisson, ArrivalProcess::kGamma, ArrivalProcess::kClosed}) {
      WorkloadSpec spec = small(type);
      spec.arrival = arrival;
      const Workload w = make(spec);
      ASSERT_EQ(w.requests.size(), 150U);
      SimTime last = 0;
      for (const Request& r : w.requests) {
        EXPECT_EQ(r.prompt_blocks, r.prompt_tokens / 16);
        EXPECT_EQ(chain_length(w.known_chain(r)), r.known_blocks);
        EXPECT_GE(r.known_blocks, r.prompt_blocks);
        EXPECT_LE(r.known_blocks, (r.prompt_tokens + r.output_tokens - 1) / 16);
        EXPECT_GE(r.output_tokens, 1U);
        if (arrival == ArrivalProcess::kClosed) {
          EXPECT_LT(r.user, w.closed.users);
        } else {
          EXPECT_LE(last, r.arrival);
          last = r.arrival;
        }
        BlockId parent = kNone;
        for (std::uint32_t k = 0; k < r.known_blocks; ++k) {
          const BlockId b = w.block_at(r, k);
          EXPECT_EQ(w.tree.parent(b), parent);
          EXPECT_EQ(w.tree.origin(b).key, b);
          EXPECT_EQ(w.tree.origin(b).j, 0U);
          parent = b;
        }
      }
    }
  }
}

// The same bytes on every compiler, and in every version until somebody changes a generator on purpose.
TEST(Generate, IsTheSameEverywhere) {
  const std::uint64_t expected[] = {6380914707150255738ULL,  15238737505254737906ULL, 12064265040927603149ULL,
                                    16673452855890542144ULL, 17825286957646223058ULL, 7260435026536238202ULL};
  for (std::size_t i = 0; i < std::size(kGeneratedTypes); ++i) {
    const std::uint64_t once = fingerprint(make(small(kGeneratedTypes[i]), 7));
    EXPECT_EQ(once, fingerprint(make(small(kGeneratedTypes[i]), 7)));
    EXPECT_NE(once, fingerprint(make(small(kGeneratedTypes[i]), 8)));
    EXPECT_EQ(once, expected[i]) << "type " << i;
  }
}

TEST(Generate, TheRateDoesNotChangeWhatIsAsked) {
  WorkloadSpec spec = small(WorkloadType::kRag);
  const Workload slow = make(spec);
  spec.rate *= 10;
  const Workload fast = make(spec);
  for (std::size_t i = 0; i < slow.requests.size(); ++i) {
    EXPECT_EQ(slow.prompt_chain(slow.requests[i]), fast.prompt_chain(fast.requests[i]));
    EXPECT_NEAR(static_cast<double>(slow.requests[i].arrival) / 10, static_cast<double>(fast.requests[i].arrival), 1);
  }
}

double best_ratio(const WorkloadSpec& spec) { return trace_info(make(spec), {}).best_ratio; }

TEST(Generate, SharesWhatItSays) {
  EXPECT_EQ(best_ratio(small(WorkloadType::kUniform)), 0.0);
  EXPECT_GT(best_ratio(small(WorkloadType::kRag)), 0.3);
  EXPECT_GT(best_ratio(small(WorkloadType::kFewShot)), 0.7);
  EXPECT_GT(best_ratio(small(WorkloadType::kChat)), 0.6);
  EXPECT_GT(best_ratio(small(WorkloadType::kAgent)), 0.8);
  WorkloadSpec half = small(WorkloadType::kFewShot);
  half.shared_share = 0;
  EXPECT_EQ(best_ratio(half), 0.0);
}

TEST(Generate, AFollowUpTurnContainsTheAnswerBeforeIt) {
  WorkloadSpec spec = small(WorkloadType::kChat);
  const Workload w = make(spec);
  std::uint32_t checked = 0;
  for (std::size_t i = 0; i < w.requests.size(); ++i) {
    for (std::size_t j = i + 1; j < w.requests.size(); ++j) {
      const Request& a = w.requests[i];
      const Request& b = w.requests[j];
      if (a.user != b.user) continue;
      ASSERT_GE(b.prompt_blocks, a.known_blocks);
      for (std::uint32_t k = 0; k < a.known_blocks; ++k) ASSERT_EQ(w.block_at(a, k), w.block_at(b, k));
      ++checked;
    }
  }
  EXPECT_GT(checked, 50U);
}

TEST(Generate, BlocksAreSharedUpToTheFirstTokenThatDiffers) {
  // 24 shared tokens, then questions: block 0 is common, block 1 is half document and half question.
  PrefixTree tree;
  ContentTree content(tree, 16);
  const auto chain = [&content](std::vector<Segment> segments, std::uint32_t blocks) {
    test::Runs out;
    content.walk(segments, blocks, out);
    return out;
  };
  EXPECT_EQ(chain({{1, 24}, {2, 24}}, 3), (test::Runs{{0, 3}}));
  EXPECT_EQ(chain({{1, 24}, {2, 24}}, 3), (test::Runs{{0, 3}}));
  EXPECT_EQ(chain({{1, 24}, {3, 24}}, 3), (test::Runs{{0, 1}, {3, 2}}));
  EXPECT_EQ(chain({{1, 40}}, 2), (test::Runs{{0, 1}, {5, 1}}));
  EXPECT_EQ(chain({{1, 16}, {4, 0}, {2, 16}}, 2), (test::Runs{{0, 1}, {6, 1}}));
}

TEST(Generate, ArrivalsKeepTheirRateAndBurstiness) {
  for (const double burstiness : {1.0, 9.0}) {
    Rng rng(3, RngPurpose::kArrival);
    ArrivalTimes times(ArrivalProcess::kGamma, 10, burstiness);
    SimTime last = 0;
    double sum = 0;
    double squares = 0;
    constexpr int kN = 200'000;
    for (int i = 0; i < kN; ++i) {
      const SimTime t = times.next(rng);
      const double gap = static_cast<double>(t - last) / 1e6;
      sum += gap;
      squares += gap * gap;
      last = t;
    }
    const double mean = sum / kN;
    EXPECT_NEAR(mean, 0.1, 0.004);
    EXPECT_NEAR((squares / kN - mean * mean) / (mean * mean), burstiness, burstiness * 0.06);
  }
  WorkloadSpec spec = small(WorkloadType::kUniform);
  spec.arrival = ArrivalProcess::kConstant;
  spec.duration_s = 10;
  const Workload w = make(spec);
  ASSERT_EQ(w.requests.size(), 40U);
  EXPECT_EQ(w.requests[1].arrival, 250'000);
}

TEST(Generate, LengthsKeepTheirMean) {
  const std::vector<double> values{10, 20, 60};
  for (const LengthDist dist :
       {LengthDist::kConstant, LengthDist::kUniform, LengthDist::kLognormal, LengthDist::kEmpirical}) {
    Rng rng(5, RngPurpose::kWorkload);
    const Lengths lengths{dist, dist == LengthDist::kEmpirical ? 1.0 : 30.0, 0.5, &values};
    double sum = 0;
    for (int i = 0; i < 50'000; ++i) sum += lengths.draw(rng);
    EXPECT_NEAR(sum / 50'000, 30.0, 0.4);
  }
}

TEST(Generate, RefusesWhatIsTooMuch) {
  WorkloadSpec spec = small(WorkloadType::kRag);
  spec.duration_s = 1e6;
  spec.rate = 1e5;
  EXPECT_FALSE(generate_workload(spec, 16, 1));
  spec = small(WorkloadType::kUniform);
  spec.requests = 2000;
  spec.prompt_dist = LengthDist::kConstant;
  spec.prompt_tokens = 1e6;
  EXPECT_FALSE(generate_workload(spec, 1, 1));
  spec = small(WorkloadType::kUniform);
  spec.duration_s = 1e-6;
  EXPECT_FALSE(generate_workload(spec, 16, 1));
}

Config fleet(EngineKind engine) {
  Config c;
  c.fleet.engine = engine;
  c.cache.capacity_blocks = 600;
  c.router.strategy = 3;
  for (std::uint32_t i = 0; i < policy_table().size(); ++i) {
    if (policy_table()[i].id == "prefix_hash") c.router.strategy = i;  // asks for digests
  }
  return c;
}

Workload replay(const std::string& text) {
  const test::TemporaryFile file(text);
  auto w = read_trace({file.path()}, WorkloadSpec{}, {});
  EXPECT_TRUE(w) << w.error().message;
  EXPECT_TRUE(w->warnings.empty());
  return std::move(*w);
}

TEST(TraceWriter, AWrittenWorkloadReplaysToTheSameState) {
  for (const WorkloadType type : kGeneratedTypes) {
    const Workload original = make(small(type));
    const Workload again = replay(write_trace(original));
    ASSERT_EQ(original.tree.size(), again.tree.size());
    EXPECT_EQ(original.tree.digest(original.tree.size() - 1), again.tree.digest(again.tree.size() - 1));
    for (const EngineKind engine : {EngineKind::kSlots, EngineKind::kContinuous}) {
      Simulation a(fleet(engine), original, nullptr);
      Simulation b(fleet(engine), again, nullptr);
      a.run();
      b.run();
      EXPECT_EQ(a.digest(), b.digest()) << static_cast<int>(type);
    }
  }
}

TEST(TraceWriter, AClosedLoopReplaysAsItRan) {
  WorkloadSpec spec = small(WorkloadType::kChat);
  spec.arrival = ArrivalProcess::kClosed;
  const Workload original = make(spec);
  for (const EngineKind engine : {EngineKind::kSlots, EngineKind::kContinuous}) {
    Simulation a(fleet(engine), original, nullptr);
    a.run();
    const Workload again = replay(write_simulated_trace(a));
    Simulation b(fleet(engine), again, nullptr);
    b.run();
    ASSERT_EQ(a.records().size(), b.records().size());
    for (std::size_t i = 0; i < a.records().size(); ++i) {
      const RequestRecord& x = a.records()[i];
      const RequestRecord& y = b.records()[i];
      EXPECT_EQ(std::tie(x.arrival, x.start, x.first_token, x.finish, x.worker, x.predicted, x.hit),
                std::tie(y.arrival, y.start, y.first_token, y.finish, y.worker, y.predicted, y.hit))
          << "request " << i;
    }
  }
}

TEST(TraceWriter, WritesTimesToTheMicrosecond) {
  Workload w;
  for (const SimTime t : {SimTime{0}, SimTime{1'000}, SimTime{1'234'567}, SimTime{2'000'100}}) {
    Request r;
    r.arrival = t;
    r.prompt_tokens = 5;
    w.requests.push_back(r);
  }
  const std::string text = write_trace(w);
  EXPECT_NE(
      text.find(
          "{\"timestamp\": 1, \"block_size\": 16, \"input_length\": 5, \"output_length\": 0, \"hash_ids\": []}\n"),
      std::string::npos)
      << text;
  EXPECT_NE(text.find("\"timestamp\": 1234.567,"), std::string::npos);
  EXPECT_NE(text.find("\"timestamp\": 2000.1,"), std::string::npos);
}

}  // namespace
}  // namespace blockyard
