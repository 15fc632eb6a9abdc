// The same bytes on every processor: scenarios drawn at random, in which much goes through elementary functions, are
// run with the fused multiply-add that glibc chooses by what the processor has, and without, and all files are
// compared. (Where the processor has none, or the C library no such switch, both runs are the same and the test says
// little; that nothing of it is called is held by structure.own_math.)
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <string>

#include "tests/cli/program.h"

namespace blockyard {
namespace {

using test::Folder;
namespace fs = std::filesystem;

constexpr const char* kPlain = "GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-AVX2_Usable";

// One of the words, by the generator.
template <std::size_t N>
const char* one_of(std::mt19937& random, const char* const (&words)[N]) {
  return words[random() % N];
}

std::string random_scenario(std::mt19937& random) {
  return fmt::format(
      R"({{"name": "processors", "seed": {}, "cache": {{"capacity_blocks": {}, "eviction": "{}"}},
           "fleet": {{"workers": {}, "engine": "{}", "slots": {}}},
           "router": {{"strategy": "{}", "temperature": {}, "view": "{}", "message_loss": {}}},
           "workload": {{"type": "{}", "requests": 400, "rate": {}, "arrival": "{}", "burstiness": {},
                        "prompt_tokens": {}, "prompt_dist": "lognormal", "prompt_spread": 0.7,
                        "output_tokens": 20, "output_dist": "lognormal", "output_spread": 1.1}}}})",
      random() % 1000, 60 + random() % 400, one_of(random, {"lru", "lfu", "random"}), 1 + random() % 6,
      one_of(random, {"slots", "continuous"}), 1 + random() % 3,
      one_of(random, {"kv_cost", "dynamo_kv", "aibrix_prefix_cache", "cache_aware", "power_of_two"}),
      one_of(random, {"0", "0.3", "1"}), one_of(random, {"synced", "decisions", "oracle"}),
      one_of(random, {"0", "0.2"}), one_of(random, {"rag", "chat", "agent", "few_shot", "uniform"}), 5 + random() % 40,
      one_of(random, {"poisson", "gamma", "constant"}), one_of(random, {"0.4", "2.7", "9"}), 100 + random() % 400);
}

TEST(Processors, GiveTheSameFilesWithAndWithoutFusedMultiplyAdd) {
  std::mt19937 random(12);
  for (int i = 0; i < 12; ++i) {
    const Folder f;
    f.write("s.json", random_scenario(random));
    SCOPED_TRACE(f.read("s.json"));
    fs::create_directory(f.path("a"));
    fs::create_directory(f.path("b"));
    for (const std::string dir : {"a", "b"}) {
      const std::string switches = dir == "b" ? kPlain : "";
      const auto o = f.run(fmt::format("run s.json --out {0}/r --requests {0}/q --events {0}/e", dir), switches);
      ASSERT_EQ(o.status, 0) << o.err;
      f.write(dir + "/printed", o.out);
      ASSERT_EQ(f.run(fmt::format("workload s.json --out {}/w", dir), switches).status, 0);
      ASSERT_EQ(f.run(fmt::format("plot {0}/r --out {0}", dir), switches).status, 0);
      if (i % 4 != 0) continue;
      ASSERT_EQ(f.run(fmt::format("sweep s.json --vary router.sync_ms=50:800:x2 --out {}/s", dir), switches).status, 0);
      ASSERT_EQ(
          f.run(fmt::format("compare s.json --seeds 3 --strategies kv_cost,random --out {}/c", dir), switches).status,
          0);
    }
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(f.path("a"))) {
      if (!entry.is_regular_file()) continue;
      const std::string name = fs::relative(entry.path(), f.path("a")).string();
      EXPECT_TRUE(f.read("a/" + name) == f.read("b/" + name)) << name << " differs";
      ++files;
    }
    EXPECT_GT(files, 10U);
  }
}

}  // namespace
}  // namespace blockyard
