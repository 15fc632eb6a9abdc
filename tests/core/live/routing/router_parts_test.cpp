// The pure parts of a router: bodies, answers, keys and origins, the breaker, what is expected of workers, the choice.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/live/record/record_json.h"
#include "core/live/routing/answer.h"
#include "core/live/routing/ask.h"
#include "core/live/routing/breaker.h"
#include "core/live/routing/guard.h"
#include "core/live/routing/live_router.h"

namespace blockyard::live {
namespace {

Ask good(const std::string& body, AskKind kind = AskKind::kCompletion) {
  auto out = read_ask(body, kind);
  EXPECT_TRUE(std::holds_alternative<Ask>(out)) << body << ": " << std::get<AskRefusal>(out).message;
  return std::get<Ask>(std::move(out));
}

TEST(RouterAsk, WhatARequestSays) {
  const Ask a = good(R"({"model":"m","prompt":"a b","stream":true,"stream_options":{"include_usage":true},
                         "cache_salt":"s","prompt_cache_key":"k","add_special_tokens":false,"temperature":0})");
  EXPECT_EQ(a.model, "m");
  EXPECT_EQ(a.salt, "s");
  EXPECT_EQ(a.session, "k");
  EXPECT_TRUE(a.stream && a.usage && !a.tokens);
  EXPECT_EQ(a.question, R"({"prompt":"a b","model":"m","add_special_tokens":false})");
  EXPECT_EQ(good(R"({"prompt":[1,2,4294967295]})").tokens, (std::vector<std::uint32_t>{1, 2, 4294967295}));
  EXPECT_EQ(good(R"({"prompt":[[1,2],[3]]})").tokens, (std::vector<std::uint32_t>{1, 2}));
  EXPECT_TRUE(good(R"({"prompt":["a","b"]})").first_of_several);
  EXPECT_EQ(good(R"({"messages":[{"role":"user","content":"x"}]})", AskKind::kChat).question,
            R"({"messages":[{"role":"user","content":"x"}]})");
}

TEST(RouterAsk, WhatHasNoChainIsNotAsked) {
  for (const char* body : {R"({"prompt":"a","truncate_prompt_tokens":5})", R"({"prompt_embeds":"x"})",
                           R"({"prompt":"a","prompt_embeds":"x"})", R"({"prompt":7})", R"({"prompt":[-1]})"}) {
    const Ask a = good(body);
    EXPECT_TRUE(a.question.empty() && !a.tokens) << body;
  }
  EXPECT_TRUE(good(R"({"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]})",
                   AskKind::kChat)
                  .question.empty());
  EXPECT_FALSE(good(R"({"messages":[{"role":"user","content":[{"type":"text","text":"x"}]}]})", AskKind::kChat)
                   .question.empty());
}

TEST(RouterAsk, WhatIsRefused) {
  const std::string deep = R"({"prompt":)" + std::string(130, '[') + std::string(130, ']') + "}";
  for (const std::string& body : {std::string(), std::string("[]"), std::string("{"), std::string(R"({"a":1,"a":2})"),
                                  std::string("{\"a\":1,\"\\u0061\":2}"), deep, std::string("{} {}")}) {
    const auto out = read_ask(body, AskKind::kOther);
    ASSERT_TRUE(std::holds_alternative<AskRefusal>(out)) << body;
    EXPECT_EQ(std::get<AskRefusal>(out).code, "bad_json");
  }
  EXPECT_EQ(std::get<AskRefusal>(read_ask("{}", AskKind::kCompletion)).code, "missing_prompt");
  EXPECT_EQ(std::get<AskRefusal>(read_ask(R"({"prompt":"a"})", AskKind::kChat)).code, "missing_prompt");
}

TEST(RouterAsk, UsageIsAskedForAndNothingElseChanges) {
  const std::pair<std::string, std::string> cases[] = {
      {R"({"a":1})", R"({"stream_options":{"include_usage":true},"a":1})"},
      {R"( { "a" : "}\"{" })", R"( {"stream_options":{"include_usage":true}, "a" : "}\"{" })"},
      {R"({"a":1,"stream_options":null})", R"({"a":1,"stream_options":{"include_usage":true}})"},
      {R"({"stream_options":{"x":[1,{"y":2}]},"a":1})", R"({"stream_options":{"include_usage":true,"x":[1,{"y":2}]},"a":1})"},
      {R"({"stream_options":{ },"a":1})", R"({"stream_options":{"include_usage":true },"a":1})"},
      {R"({"stream_options":{"include_usage": false }})", R"({"stream_options":{"include_usage": true}})"},
  };
  for (const auto& [body, wanted] : cases) EXPECT_EQ(with_usage(body), wanted);
  const std::string escaped = R"({"stream_\u006fptions":{"x":1}})";  // it would stand twice
  EXPECT_EQ(with_usage(escaped), escaped);
}

TEST(RouterAnswer, TokensAndUsageOfAStreamInWhateverPieces) {
  const std::string role = "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n";
  const std::string a = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\r\n\r\n";
  const std::string b = ": note\n\ndata: {\"choices\":[{\"text\":\"b\"}]}\n\n";
  const std::string usage =
      "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":33,\"completion_tokens\":2,"
      "\"prompt_tokens_details\":{\"cached_tokens\":16}}}\n\n";
  const std::string done = "data: [DONE]\n\n";
  const std::string all = role + a + b + usage + done;
  for (std::size_t n = 1; n < all.size(); n += 3) {
    for (const bool keep : {true, false}) {
      AnswerReader reader(true, keep);
      std::string out;
      for (std::size_t at = 0; at < all.size(); at += n) out += reader.pass(std::string_view(all).substr(at, n));
      out += reader.end();
      EXPECT_EQ(out, keep ? all : role + a + b + done) << n;
      EXPECT_EQ(reader.events_with_text(), 2U);
      EXPECT_EQ(reader.usage().cached_tokens, 16U);
      EXPECT_EQ(reader.usage().prompt_tokens, 33U);
    }
  }
  AnswerReader whole(false, true);
  EXPECT_EQ(whole.pass(R"({"usage":{"prompt_tokens":3,)"), R"({"usage":{"prompt_tokens":3,)");
  whole.pass(R"("completion_tokens":4}})");
  whole.end();
  EXPECT_EQ(whole.usage().output_tokens, 4U);
  EXPECT_FALSE(whole.has_token());
}

http::RequestHead request(const std::string& method, const std::string& target, const http::Fields& more = {}) {
  http::RequestHead out;
  out.method = method;
  out.target = target;
  out.fields = more;
  if (http::find_field(more, "Host") == nullptr) out.fields.push_back({"Host", "127.0.0.1:8000"});
  return out;
}

unsigned status(const Guard& guard, const http::RequestHead& head, bool loopback = true) {
  const auto out = guard.check(head, loopback);
  const auto* refused = std::get_if<RouterError>(&out);
  return refused == nullptr ? 200 : refused->status;
}

TEST(RouterGuard, WhoMayAskForWhat) {
  RouterSettings s;
  s.listen = ListenAddress();
  s.security.origins = {"https://a.example"};
  const Guard open(s, {"", "", "made"});
  EXPECT_EQ(status(open, request("GET", "/v1/models")), 200U);
  EXPECT_EQ(status(open, request("GET", "/v1/models", {{"Host", "evil.example"}})), 403U);
  for (const char* host : {"localhost:1", "LOCALHOST", "[::1]:8000", "127.1.2.3"})
    EXPECT_EQ(status(open, request("GET", "/v1/models", {{"Host", host}})), 200U) << host;
  for (const char* host : {"127.0.0.1.evil.example", "localhost.evil.example", ""})
    EXPECT_EQ(status(open, request("GET", "/v1/models", {{"Host", host}})), 403U) << host;
  EXPECT_EQ(status(open, request("GET", "/v1/models", {{"Origin", "https://a.example"}})), 200U);
  EXPECT_EQ(status(open, request("GET", "/v1/models", {{"Origin", "https://a.example.evil"}})), 403U);
  EXPECT_EQ(status(open, request("GET", "/v1/nowhere")), 404U);
  EXPECT_EQ(status(open, request("DELETE", "/v1/models")), 405U);
  EXPECT_EQ(status(open, request("GET", "/blockyard/workers")), 200U);
  EXPECT_EQ(status(open, request("GET", "/blockyard/workers"), false), 403U);
  EXPECT_EQ(status(open, request("GET", "/blockyard/workers", {{"via", "1.1 p"}})), 403U);
  EXPECT_EQ(status(open, request("POST", "/blockyard/workers/w0/drain")), 401U);
  EXPECT_EQ(status(open, request("POST", "/blockyard/workers/w0/drain", {{"Authorization", "Bearer made"}})), 200U);
  EXPECT_EQ(status(open, request("PUT", "/blockyard/router", {{"Authorization", "Bearer made"}})), 400U);  // no JSON
  EXPECT_EQ(status(open, request("POST", "/v1/embeddings")), 200U);
  const Guard keyed(s, {"key", "", "made"});
  EXPECT_EQ(status(keyed, request("GET", "/health")), 200U);
  EXPECT_EQ(status(keyed, request("GET", "/metrics")), 401U);
  EXPECT_EQ(status(keyed, request("GET", "/metrics", {{"Authorization", "Bearer key"}})), 200U);
  EXPECT_EQ(status(keyed, request("GET", "/blockyard/workers", {{"Authorization", "Bearer key"}}), false), 200U);
  EXPECT_TRUE(keyed.is_own_key(request("GET", "/", {{"authorization", "Bearer key"}})));
  EXPECT_FALSE(keyed.is_own_key(request("GET", "/", {{"authorization", "Bearer theirs"}})));
}

TEST(RouterGuard, SecretsAreTheSameOrNot) {
  EXPECT_TRUE(same_secret("abc", "abc"));
  for (const char* other : {"", "ab", "abcd", "abd", "Abc", "abcabc"}) EXPECT_FALSE(same_secret(other, "abc")) << other;
  EXPECT_FALSE(same_secret("abc", ""));
}

TEST(RouterBreaker, OpensTriesAndCloses) {
  Breaker b(3, 1000);
  EXPECT_FALSE(b.badly(0));
  EXPECT_FALSE(b.well());
  EXPECT_FALSE(b.badly(1));
  EXPECT_FALSE(b.badly(2));
  EXPECT_TRUE(b.badly(3));
  EXPECT_FALSE(b.admits(1002));
  EXPECT_TRUE(b.admits(1003));
  b.sent();
  EXPECT_FALSE(b.admits(1003));  // one at a time
  EXPECT_FALSE(b.badly(1100));
  EXPECT_FALSE(b.admits(2000));
  b.sent();
  EXPECT_FALSE(b.well());
  b.sent();
  EXPECT_TRUE(b.well());
  EXPECT_TRUE(b.admits(2200));
}

LiveFleet fleet(const std::string& json, int workers) {
  std::vector<std::string> specs;
  for (int i = 0; i < workers; ++i) specs.push_back("http://127.0.0.1:" + std::to_string(8000 + i));
  auto out = parse_fleet(json, specs);
  EXPECT_TRUE(out) << out.error().message;
  return *out;
}

AskChain chain(std::uint32_t blocks, std::uint32_t seed) {
  std::vector<std::uint32_t> tokens;
  for (std::uint32_t i = 0; i < blocks * 16; ++i) tokens.push_back(seed * 1000 + i);
  return chain_of(tokens, 16, "", "");
}

RouteQuestion ask(std::uint64_t request, std::optional<AskChain> c, std::vector<WorkerId> tried = {}) {
  RouteQuestion q;
  q.request = request;
  q.chain = std::move(c);
  q.tried = std::move(tried);
  return q;
}

WorkerId route(LiveSession& session, LiveRouter& router, const RouteQuestion& q, SimTime t) {
  const auto d = router.choose(q, t);
  EXPECT_TRUE(d);
  session.apply({t, d->record});
  router.sent(q, d->record.worker);
  return d->record.worker;
}

void finish(LiveSession& session, LiveRouter& router, std::uint64_t request, WorkerId w, SimTime t) {
  RequestRecord r;
  r.request = request;
  r.served = w;
  r.arrival = 0;
  r.finish = t;
  session.apply({t, r});
  router.over(request);
}

TEST(LiveRouterChoice, WhatWasSentIsExpectedThere) {
  LiveSession session(fleet(R"({"listen":"8000"})", 3));
  LiveRouter router(session, 1);
  const WorkerId a = route(session, router, ask(0, chain(4, 1)), 0);
  const WorkerId b = route(session, router, ask(1, chain(4, 2)), 1);
  EXPECT_NE(a, b);
  EXPECT_EQ(route(session, router, ask(2, chain(6, 1)), 2), a);
  EXPECT_EQ(session.overlaps(kRootDigest, chain(8, 1).codes)[a], 6U);
  EXPECT_EQ(session.workers()[a].active, 2U);
  EXPECT_EQ(session.workers()[a].active_blocks, 10U);
  finish(session, router, 0, a, 10);
  EXPECT_EQ(session.workers()[a].active_blocks, 6U);
  // A worker that is lost is expected to hold nothing.
  session.apply({20, StateRecord{a, StateChange::kLost, "gone"}});
  EXPECT_EQ(session.overlaps(kRootDigest, chain(8, 1).codes)[a], 0U);
  EXPECT_NE(route(session, router, ask(3, chain(6, 1)), 21), a);
}

TEST(LiveRouterChoice, ExpectationsRunOutWhereAStreamCouldConfirmThem) {
  auto f = parse_fleet(R"({"listen":"8000","router":{"speculative_ttl_ms":1}})",
                       {"http://127.0.0.1:1,events=tcp://127.0.0.1:2"});
  ASSERT_TRUE(f);
  LiveSession session(*f);
  LiveRouter router(session, 1);
  route(session, router, ask(0, chain(4, 1)), 0);
  const auto overlap = [&] { return session.overlaps(kRootDigest, chain(4, 1).codes)[0]; };
  session.apply({5000, StateRecord{0, StateChange::kUp, ""}});
  EXPECT_EQ(overlap(), 4U);  // it may still wait
  finish(session, router, 0, 0, 6000);
  session.apply({6999, StateRecord{0, StateChange::kUp, ""}});
  EXPECT_EQ(overlap(), 4U);
  session.apply({7000, StateRecord{0, StateChange::kUp, ""}});
  EXPECT_EQ(overlap(), 0U);
  EXPECT_EQ(session.forest().size(), 0U);
}

TEST(LiveRouterChoice, AWorkerWithoutAStreamForgetsTheOldest) {
  LiveSession session(fleet(R"({"listen":"1","workers":[{"url":"http://127.0.0.1:1","capacity_blocks":6}]})", 0));
  LiveRouter router(session, 1);
  for (std::uint32_t i = 0; i < 3; ++i) {
    route(session, router, ask(i, chain(3, i)), i);
    finish(session, router, i, 0, i);
  }
  EXPECT_EQ(session.overlaps(kRootDigest, chain(3, 0).codes)[0], 0U);
  EXPECT_EQ(session.overlaps(kRootDigest, chain(3, 1).codes)[0], 3U);
  EXPECT_EQ(session.view().believed_blocks(0), 6U);
}

TEST(LiveRouterChoice, WhoIsRoutable) {
  LiveSession session(fleet(R"({"listen":"8000","router":{"strategy":"round_robin"},"proxy":{"breaker_failures":1}})", 2));
  LiveRouter router(session, 1);
  router.serves(0, {{"m", "{}", false}});
  router.serves(1, {{"other", "{}", false}, {"fine", "{}", true}});
  RouteQuestion q = ask(0, std::nullopt);
  q.model = "other";
  EXPECT_EQ(router.choose(q, 0)->record.worker, 1U);
  q.tried = {1};
  EXPECT_FALSE(router.choose(q, 0));
  EXPECT_TRUE(router.is_adapter("fine") && !router.is_adapter("m"));
  EXPECT_TRUE(router.went(0, LiveRouter::How::kBadly, "x", 0));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(router.choose(ask(1, std::nullopt), 1)->record.worker, 1U);
  EXPECT_TRUE(router.went(1, LiveRouter::How::kBadly, "x", 0));
  EXPECT_TRUE(router.any_routable(1));  // the breaker of every worker is open: none counts
  session.apply({2, CommandRecord{CommandKind::kDrain, 0, ""}});
  session.apply({2, CommandRecord{CommandKind::kDrain, 1, ""}});
  EXPECT_FALSE(router.any_routable(2));
}

// Every policy chooses somebody routable, whatever it reads, and its counts come back to nothing.
TEST(LiveRouterChoice, EveryPolicyWorks) {
  for (const PolicyRow& policy : policy_table()) {
    LiveSession session(
        fleet(R"({"listen":"8000","router":{"strategy":")" + std::string(policy.id) + R"("}})", 4));
    LiveRouter router(session, 7);
    session.apply({0, StateRecord{2, StateChange::kDown, "x"}});
    for (std::uint64_t i = 0; i < 200; ++i) {
      RouteQuestion q = ask(i, i % 5 == 0 ? std::nullopt : std::optional(chain(static_cast<std::uint32_t>(1 + i % 9), static_cast<std::uint32_t>(i % 6))));
      if (i % 3 == 0) q.session = "s" + std::to_string(i % 7);
      ASSERT_NE(route(session, router, q, static_cast<SimTime>(i)), 2U) << policy.id;
      if (i % 2 == 0) router.first_token(i);
      if (i >= 8) finish(session, router, i - 8, 0, static_cast<SimTime>(i));
    }
    for (std::uint64_t i = 192; i < 200; ++i) finish(session, router, i, 0, 1000);
    const auto d = router.choose(ask(500, chain(3, 1)), 2000);
    for (const WorkerSight& s : d->record.sights) {
      EXPECT_EQ(s.active, 0U) << policy.id;
      EXPECT_EQ(s.pending_tokens + s.active_blocks, 0U) << policy.id;
    }
  }
}

TEST(RouterRecords, LinesReadBackToTheSame) {
  RouteRecord route;
  route.worker = 1;
  route.request = 7;
  route.attempt = 1;
  route.chain = true;
  route.root = root_digest("a", "s");
  route.codes = chain(3, 1).codes;
  route.prompt_tokens = 50;
  route.strategy = "cache_aware";
  route.sights = {{true, 2, 1.5, 3, 4, 5, 6, 7}, {}};
  route.reason = "greatest \"overlap\"";
  RequestRecord request;
  request.request = 7;
  request.served = 1;
  request.attempts = 2;
  request.http_status = 200;
  request.outcome = Outcome::kCancelled;
  request.arrival = 5;
  request.finish = 9;
  request.cached_tokens = 32;
  CommandRecord command{CommandKind::kRouter, std::nullopt, router_json({})};
  for (const Record& r : {Record{1, route}, Record{2, request}, Record{3, CommandRecord{CommandKind::kDrain, 0, ""}}}) {
    const auto read = parse_record(record_line(r), 2);
    ASSERT_TRUE(read && *read) << read.error().message;
    EXPECT_EQ(**read, r);
  }
  const auto read = parse_record(record_line({4, command}), 2);
  ASSERT_TRUE(read && *read);
  for (const char* bad :
       {R"({"type":"route","t_us":1,"w":5,"request":1,"attempt":0,"strategy":"x","workers":[],"reason":""})",
        R"({"type":"route","t_us":1,"w":0,"request":1,"attempt":0,"strategy":"x","workers":[[1]],"reason":""})",
        R"({"type":"request","t_us":1,"request":1,"served":9,"attempts":0,"http_status":0,"status":"failed","output_tokens":0})",
        R"({"type":"request","t_us":1,"request":1,"attempts":0,"http_status":0,"status":"odd","output_tokens":0})",
        R"({"type":"command","t_us":1,"command":"drain"})",
        R"({"type":"command","t_us":1,"command":"router","router":{"sync_ms":1}})"}) {
    EXPECT_FALSE(parse_record(bad, 2)) << bad;
  }
}

TEST(RouterSettingsFile, WhatStandsInTheFile) {
  const auto f = parse_fleet(
      R"({"listen":"[::1]:8000","tokens":"none","router":{"strategy":"kv_cost","overlap_weight":2},
          "proxy":{"retries":1,"also":["/v1/embeddings"],"explain_headers":false},
          "security":{"api_key_env":"K","origins":["http://a"]}})",
      {"http://127.0.0.1:1"});
  ASSERT_TRUE(f) << f.error().message;
  EXPECT_EQ(f->router.listen->text(), "[::1]:8000");
  EXPECT_TRUE(f->router.listen->loopback());
  EXPECT_EQ(f->router.config.params.overlap_weight, 2);
  EXPECT_EQ(f->router.config.load_metric, LoadMetric::kQueueDepth);
  const auto again = parse_fleet(fleet_json(*f), {});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->router.config.strategy, f->router.config.strategy);
  EXPECT_EQ(again->router.proxy, f->router.proxy);
  EXPECT_TRUE(again->router.security.api_key_env.empty());  // names of keys are not written
  for (const char* bad : {R"({"listen":"x"})", R"({"listen":":"})", R"({"tokens":""})", R"({"router":{"sync_ms":1}})",
                          R"({"router":{"strategy":"no"}})", R"({"router":7})", R"({"proxy":{"retries":-1}})",
                          R"({"proxy":{"also":["/metrics"]}})", R"({"proxy":{"odd":1}})",
                          R"({"security":{"origins":["a"]}})", R"({"heartbeats":7})"}) {
    EXPECT_FALSE(parse_fleet(bad, {"http://127.0.0.1:1"})) << bad;
  }
}

}  // namespace
}  // namespace blockyard::live
