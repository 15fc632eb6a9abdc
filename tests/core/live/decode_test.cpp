// Payloads of engines: every case of kv_cases.json (bytes of vLLM's and SGLang's releases and malformed ones, checked
// against msgspec's encoder, with what a reader must make of each), and what any bytes may do.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "core/live/wire/kv_decode.h"

namespace blockyard::live {
namespace {

using Json = nlohmann::json;

Json cases() {
  std::ifstream in(BLOCKYARD_TEST_DATA "/live/kv_cases.json");
  return Json::parse(in);
}

std::vector<std::uint8_t> unhex(const std::string& text) {
  std::vector<std::uint8_t> out;
  for (std::size_t i = 0; i < text.size(); i += 2)
    out.push_back(static_cast<std::uint8_t>(std::stoul(text.substr(i, 2), nullptr, 16)));
  return out;
}

std::string hex16(std::uint64_t v) {
  char out[17];
  std::snprintf(out, sizeof(out), "%016llx", static_cast<unsigned long long>(v));
  return out;
}

// The event as the cases write it. `block_known` of hash 0: no; so a parent 0 is none.
Json shown(const WireEvent& e) {
  Json out = {{"op", kKvOpNames[static_cast<std::size_t>(e.op)]}};
  if (e.op == KvOp::kCleared) return out;
  out["hashes"] = Json::array();
  for (const auto h : e.hashes) out["hashes"].push_back(hex16(h));
  out["tier"] = kTierNames[static_cast<std::size_t>(e.tier)];
  if (e.group) out["group"] = *e.group;
  if (e.op != KvOp::kStored) return out;
  out["parent"] = e.parent.value_or(0) == 0 ? Json() : Json(hex16(*e.parent));
  out["tokens"] = e.tokens;
  out["block_size"] = e.block_size;
  if (!e.adapter.empty()) out["lora"] = e.adapter;
  if (!e.salt.empty()) out["salt"] = e.salt;
  if (!e.marks.empty()) out["marked"] = Json::array();
  for (const auto& mark : e.marks) out["marked"].push_back(mark.first);
  return out;
}

// What the case expects, its extra keys as what they mean: the salt of the first block, and which blocks hang on an
// image.
Json expected(Json e) {
  if (e.contains("extra")) {
    Json marked = Json::array();
    for (std::size_t b = 0; b < e["extra"].size(); ++b) {
      bool image = false;
      for (const Json& key : e["extra"][b]) {
        if (key.is_array()) image = true;
        if (key.is_string() && b == 0 && key != e.value("lora", "")) e["salt"] = key;
        if (key.is_object() && key["type"] == "cache_salt") e["salt"] = key["salt"];
      }
      if (image) marked.push_back(b);
    }
    if (!marked.empty()) e["marked"] = marked;
  }
  for (const char* unused : {"extra", "session", "kind"}) e.erase(unused);
  return e;
}

TEST(KvDecode, MakesOfEveryCaseWhatItMust) {
  int seen = 0;
  for (const Json& c : cases()) {
    SCOPED_TRACE(c["name"].get<std::string>());
    const auto bytes = unhex(c["hex"]);
    KvDecoder decoder;
    const auto decoded = decoder.decode(bytes);
    ++seen;
    if (c.contains("error")) {
      ASSERT_TRUE(std::holds_alternative<Refusal>(decoded));
      EXPECT_EQ(kRefusalNames[static_cast<std::size_t>(std::get<Refusal>(decoded))], c["error"].get<std::string>());
      continue;
    }
    ASSERT_TRUE(std::holds_alternative<WireBatch>(decoded));
    const auto& batch = std::get<WireBatch>(decoded);
    EXPECT_EQ(batch.ts, c["ts"].get<double>());
    EXPECT_EQ(batch.rank ? Json(*batch.rank) : Json(), c["rank"]);
    ASSERT_EQ(batch.events.size(), c["events"].size());
    for (std::size_t i = 0; i < batch.events.size(); ++i) EXPECT_EQ(shown(batch.events[i]), expected(c["events"][i]));
    Json dropped = Json::object();
    for (std::size_t i = 0; i < kDrops; ++i) {
      if (batch.dropped[i] > 0) dropped[std::string(kDropNames[i])] = batch.dropped[i];
    }
    EXPECT_EQ(dropped, c["drop"]);
  }
  EXPECT_EQ(seen, 38);
}

TEST(KvDecode, ABatchThatIsCutAnywhereIsRefusedWhole) {
  for (const Json& c : cases()) {
    if (c.contains("error")) continue;
    const auto bytes = unhex(c["hex"]);
    for (std::size_t n = 0; n < bytes.size(); ++n) {
      const auto decoded = KvDecoder().decode(std::span(bytes).first(n));
      ASSERT_TRUE(std::holds_alternative<Refusal>(decoded)) << c["name"] << " at " << n;
      EXPECT_EQ(std::get<Refusal>(decoded), Refusal::kTruncated);
    }
  }
}

TEST(KvDecode, EveryEventIsGivenOrCounted) {
  std::mt19937 rng(7);
  std::vector<std::vector<std::uint8_t>> all;
  for (const Json& c : cases()) {
    if (!c.contains("error")) all.push_back(unhex(c["hex"]));
  }
  std::size_t whole = 0;
  for (int round = 0; round < 200'000; ++round) {
    auto bytes = all[rng() % all.size()];
    const std::size_t changes = 1 + rng() % 3;
    for (std::size_t i = 0; i < changes; ++i) bytes[rng() % bytes.size()] = static_cast<std::uint8_t>(rng());
    const auto decoded = KvDecoder().decode(bytes);
    const auto* batch = std::get_if<WireBatch>(&decoded);
    if (batch == nullptr) continue;
    ++whole;
    std::uint64_t dropped = 0;
    for (const auto n : batch->dropped) dropped += n;
    // The number of events that the payload announces, read by itself.
    Cursor at(bytes);
    std::uint64_t announced = 0;
    if (at.array()) {
      at.skip();
      announced = at.array().value_or(0);
      ASSERT_EQ(batch->events.size() + dropped, announced);
    }
    for (const WireEvent& e : batch->events) {
      if (e.op == KvOp::kStored) {
        ASSERT_EQ(e.tokens.size(), e.hashes.size() * e.block_size);
      }
    }
  }
  EXPECT_GT(whole, 10'000U);  // the law was really looked at
}

TEST(KvDecode, AGroupIsRememberedUntilItIsForgotten) {
  const Json all = cases();
  const auto hybrid = std::find_if(all.begin(), all.end(), [](const Json& c) { return c["name"] == "hybrid groups"; });
  const auto bytes = unhex((*hybrid)["hex"]);
  // One removal of group 1, by itself: [0, [{type: BlockRemoved, block_hashes: [42], group_idx: 1}]].
  const auto removal =
      unhex("92009183a474797065ac426c6f636b52656d6f766564ac626c6f636b5f686173686573912aa967726f75705f69647801");
  KvDecoder decoder;
  const auto events = [&decoder, &removal] { return std::get<WireBatch>(decoder.decode(removal)).events.size(); };
  EXPECT_EQ(events(), 1U);  // an unknown group counts as the main one
  (void)decoder.decode(bytes);
  EXPECT_EQ(events(), 0U);
  decoder.forget();
  EXPECT_EQ(events(), 1U);
}

TEST(Msgpack, RefusesTooManyElementsAndTooDeepOnes) {
  std::vector<std::uint8_t> deep(16, 0x91);
  deep.push_back(0xc0);
  EXPECT_EQ(check_msgpack(deep), Refusal::kNone);
  deep.insert(deep.begin(), 0x91);
  EXPECT_EQ(check_msgpack(deep), Refusal::kDepth);
  std::vector<std::uint8_t> many{0xdd, 0x00, 0x40, 0x00, 0x00};  // 4,194,304 nils and the array itself
  many.resize(many.size() + kMostElements, 0xc0);
  EXPECT_EQ(check_msgpack(many), Refusal::kShape);
  many = {0xdd, 0x00, 0x3f, 0xff, 0xff};
  many.resize(many.size() + kMostElements - 1, 0xc0);
  EXPECT_EQ(check_msgpack(many), Refusal::kNone);
}

}  // namespace
}  // namespace blockyard::live
