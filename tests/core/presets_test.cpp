// Presets and the memory sum of SPEC 2.
#include "core/model/presets.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/settings/presets_json.h"

namespace blockyard {
namespace {

const std::string kPresets = std::string(BLOCKYARD_ASSETS) + "/presets";

TEST(Presets, TheKnownSum) {
  const auto presets = read_presets(kPresets);
  ASSERT_TRUE(presets) << presets.error().message;
  const ModelPreset& model = *presets->model("llama-2-13b");
  const GpuPreset& gpu = *presets->gpu("a100-40gb");
  EXPECT_EQ(block_bytes(model, 16), 13'107'200.0);
  EXPECT_EQ(memory_sum(model, gpu, 16).capacity_blocks, 924U);
  const auto lines = memory_lines(model, gpu, 16);
  ASSERT_EQ(lines.size(), 8U);
  EXPECT_EQ(lines[0].value, "40.00 GiB");
  EXPECT_EQ(lines[1].value, "0.00 GiB");
  EXPECT_EQ(lines[2].value, "26.00 GiB");
  EXPECT_EQ(lines[3].value, "2.72 GiB");
  EXPECT_EQ(lines[4].value, "11.28 GiB");
  EXPECT_EQ(lines[5].value, "13,107,200 bytes");
  EXPECT_EQ(lines[6].value, "924 blocks");
  EXPECT_EQ(lines[7].value, "defaults") << "nothing was measured";
}

TEST(Presets, BatchesAsLargeAsVllmsServerMakesThemOnTheGpu) {
  const auto sizes = [](const char* gpu, const char* fleet) {
    const auto s =
        parse_scenario(fmt::format(R"({{"gpu": "{}", "model": "mistral-7b", "fleet": {}}})", gpu, fleet), "", kPresets);
    return std::pair(s->config.fleet.max_num_seqs, s->config.fleet.max_batched_tokens);
  };
  const char* continuous = R"({"engine": "continuous"})";
  EXPECT_EQ(sizes("a100-80gb", continuous), std::pair(256U, 2048U)) << "an A100 is taken as if it were small";
  EXPECT_EQ(sizes("h100-80gb", continuous), std::pair(1024U, 8192U));
  EXPECT_EQ(sizes("h200-141gb", continuous), std::pair(1024U, 8192U));
  EXPECT_EQ(sizes("l4-24gb", continuous), std::pair(256U, 2048U));
  EXPECT_EQ(sizes("h100-80gb", R"({"engine": "continuous", "max_num_seqs": 7})"), std::pair(7U, 8192U));
  GpuPreset large;
  large.memory_gib = 180;
  EXPECT_EQ(batch_sizes(large).max_batched_tokens, 16384U);
}

TEST(Presets, ShipsWhatTheSpecListsAndEveryNumberHasASource) {
  const auto presets = read_presets(kPresets);
  ASSERT_TRUE(presets) << presets.error().message;
  for (const char* id : {"llama-2-7b", "llama-2-13b", "llama-2-70b", "llama-3.1-8b", "llama-3.1-70b", "mistral-7b",
                         "qwen2.5-7b", "qwen2.5-32b"}) {
    const ModelPreset* m = presets->model(id);
    ASSERT_NE(m, nullptr) << id;
    EXPECT_EQ(m->sources.size(), 6U);
    for (const NumberSource& s : m->sources) EXPECT_FALSE(s.source.empty()) << id << " " << s.key;
    EXPECT_GT(memory_sum(*m, *presets->gpu("h200-141gb"), 16).capacity_blocks, 1000U) << id;
  }
  for (const char* id : {"a100-40gb", "a100-80gb", "h100-80gb", "h200-141gb", "l4-24gb", "rtx-4090-24gb"}) {
    ASSERT_NE(presets->gpu(id), nullptr) << id;
  }
  EXPECT_EQ(presets->model("llama-2-70b")->tp, 4U);
  EXPECT_EQ(presets->model("llama-3.1-70b")->tp, 4U);
  EXPECT_EQ(presets->model("llama-2-70b")->kv_heads, 8U);
}

TEST(Presets, WhatDoesNotFitIsAnError) {
  const auto text = R"({"model": "llama-2-13b", "gpu": "l4-24gb"})";
  const auto s = parse_scenario(text, "", kPresets);
  ASSERT_FALSE(s);
  EXPECT_NE(s.error().message.find("llama-2-13b on l4-24gb leaves -3.92 GiB for the cache"), std::string::npos)
      << s.error().message;
  EXPECT_FALSE(parse_scenario(R"({"model": "gpt-9"})", "", kPresets));
  EXPECT_FALSE(parse_scenario(R"({})", "", "/nowhere"));
  EXPECT_TRUE(parse_scenario(R"({"cache": {"capacity_blocks": 5}})", "", "/nowhere"));
}

}  // namespace
}  // namespace blockyard
