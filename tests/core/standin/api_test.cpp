// A stand-in's API: what is asked, what is refused, and that a streamed answer says what a whole one does.
#include "core/standin/api.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/live/wire/figures.h"
#include "core/live/wire/metrics_text.h"
#include "core/standin/metrics_page.h"

namespace blockyard::standin {
namespace {

using Json = nlohmann::json;

const WordSource& words() {
  static const auto source = WordSource::open({.assets_dir = BLOCKYARD_ASSETS, .model_answers = true, .seed = 7});
  return *source;
}

Generate good(const Api& api, const std::string& body, bool chat = false) {
  auto out = api.generate(body, chat);
  EXPECT_TRUE(std::holds_alternative<Generate>(out)) << std::get<ApiError>(out).message;
  return std::get<Generate>(std::move(out));
}

TEST(StandInApi, AnAnswerFollowsFromSeedAndPromptAlone) {
  const Api api(words(), "m");
  const Generate a = good(api, R"({"prompt":"What is the dam made of?","max_tokens":12})");
  good(api, R"({"prompt":"Something else"})");
  EXPECT_EQ(good(api, R"({"prompt":"What is the dam made of?","max_tokens":12,"stream":true})").answer, a.answer);
  EXPECT_LE(a.answer.size(), 12U);
  EXPECT_EQ(good(api, R"({"prompt":"What is the dam made of?","max_tokens":30,"ignore_eos":true})").answer.size(), 30U);
  EXPECT_LE(good(api, R"({"prompt":[1,2,3]})").answer.size(), kMostAnswer);
}

TEST(StandInApi, ChatsAreLaidOut) {
  const Api api(words(), "m");
  const Generate g = good(api, R"({"messages":[{"role":"user","content":"one two"}],"model":"m"})", true);
  EXPECT_EQ(g.prompt, words().chat({{"user", "one two"}}, true));
  const Generate parts =
      good(api, R"({"messages":[{"role":"user","content":[{"type":"text","text":"one two"}]}]})", true);
  EXPECT_EQ(parts.prompt, g.prompt);
  const auto told = api.tokenize(R"({"messages":[{"role":"user","content":"one two"}]})");
  EXPECT_EQ(Json::parse(std::get<std::string>(told))["tokens"].get<std::vector<TokenId>>(), g.prompt);
}

TEST(StandInApi, WhatIsRefused) {
  const Api api(words(), "m");
  for (const char* body : {"", "[]", "{", "{}", R"({"prompt":""})", R"({"prompt":[-1]})", R"({"prompt":[4294967296]})",
                           R"({"prompt":"a","max_tokens":0})", R"({"prompt":"a","max_tokens":"x"})", R"({"prompt":7})",
                           R"({"prompt":"a","cache_salt":""})", R"({"prompt":["a","b"]})"}) {
    const auto out = api.generate(body, false);
    ASSERT_TRUE(std::holds_alternative<ApiError>(out)) << body;
    EXPECT_EQ(std::get<ApiError>(out).status, 400U) << body;
    EXPECT_TRUE(Json::parse(std::get<ApiError>(out).json())["error"]["message"].is_string());
  }
  EXPECT_EQ(std::get<ApiError>(api.generate(R"({"prompt":"a","model":"other"})", false)).status, 404U);
  for (const char* body : {R"({"messages":[]})", R"({"messages":[{"content":"a"}]})",
                           R"({"messages":[{"role":"user","content":[{"type":"image_url"}]}]})"}) {
    EXPECT_TRUE(std::holds_alternative<ApiError>(api.generate(body, true))) << body;
  }
}

// The text of the events of a stream, one after another.
std::string streamed(const Api& api, const Generate& g, int* events) {
  Api::Stream s{"id", 1, 16, "", false};
  std::string all;
  for (std::uint32_t n = 0; n < g.answer.size(); ++n) all += api.piece(g, s, n);
  all += api.tail(g, s);
  EXPECT_TRUE(all.ends_with("data: [DONE]\n\n"));
  std::string text;
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = all.find("\n\n", at);
    const std::string line = all.substr(at + 6, end - at - 6);
    at = end + 2;
    if (line == "[DONE]") break;
    const Json event = Json::parse(line);
    ++*events;
    for (const Json& c : event["choices"])
      text += g.chat ? c["delta"].value("content", "") : c["text"].get<std::string>();
    if (event["choices"].empty()) {
      EXPECT_EQ(event["usage"]["prompt_tokens_details"]["cached_tokens"], 16);
    }
  }
  return text;
}

TEST(StandInApi, AStreamSaysWhatAWholeAnswerDoes) {
  const Api api(words(), "m");
  for (const bool chat : {false, true}) {
    for (int i = 0; i < 20; ++i) {
      const std::string prompt = "Number " + std::to_string(i) + " \\u00e4\\u20ac";
      const Generate g = good(api,
                              chat ? R"({"messages":[{"role":"user","content":")" + prompt + R"("}],"max_tokens":40})"
                                   : R"({"prompt":")" + prompt + R"(","max_tokens":40,"stream_options":{"include_usage":true}})",
                              chat);
      const Json whole = Json::parse(api.whole(g, "id", 1, 16));
      const Json& choice = whole["choices"][0];
      int events = 0;
      EXPECT_EQ(streamed(api, g, &events),
                chat ? choice["message"]["content"].get<std::string>() : choice["text"].get<std::string>());
      EXPECT_EQ(events, static_cast<int>(g.answer.size()) + 1);  // the role, or the usage
      EXPECT_EQ(choice["finish_reason"], g.answer.size() == 40 ? "length" : "stop");
    }
  }
}

TEST(StandInApi, ItsMetricsAreReadAsAnEngines) {
  PageFigures f;
  f.model = "m\"x";
  f.pool = 256;
  f.in_use = 64;
  f.running = 2;
  f.hit = 32;
  f.queried = 100;
  f.process_start = 1234.5;
  f.ttft.add(0.03);
  const auto page = live::parse_metrics(metrics_page(f));
  const live::MetricsFigures got = live::figures_of(page, 0, 1, live::EngineNames::kAuto);
  EXPECT_EQ(got.running, 2.0);
  EXPECT_EQ(got.hit_tokens, 32.0);
  EXPECT_EQ(got.capacity_tokens, 256.0 * 16);
  EXPECT_EQ(got.process_start, 1234.5);
  EXPECT_EQ(page.bad_lines, 0U);
}

}  // namespace
}  // namespace blockyard::standin
