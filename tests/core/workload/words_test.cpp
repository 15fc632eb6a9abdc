// Prompts in words: what each shape of file says, what is shared, how the small model answers, and what a person reads.
#include "core/workload/words/words.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "core/experiment/memory.h"
#include "core/sim/simulation.h"
#include "core/tokens/built_in.h"
#include "core/workload/generate.h"
#include "core/workload/trace_info.h"
#include "core/workload/trace_writer.h"
#include "tests/core/workload/trace_files.h"

namespace blockyard {
namespace {

using Json = nlohmann::json;

WordSettings settings(bool model = false) {
  WordSettings s;
  s.assets_dir = BLOCKYARD_ASSETS;
  s.model_answers = model;
  s.seed = 7;
  return s;
}

const Tokenizer& built_in() {
  static const Tokenizer kOne = *open_tokenizer(kBuiltInTokenizer, BLOCKYARD_ASSETS);
  return kOne;
}

Result<Workload> read(const std::string& bytes, const WordSettings& words = settings(), WorkloadSpec spec = {}) {
  const test::TemporaryFile file(bytes);
  spec.type = WorkloadType::kTrace;
  WordLender lender(words);
  TraceReading reading;
  reading.words = &lender;
  return read_trace({file.path()}, spec, reading);
}

Workload must(const std::string& bytes, const WordSettings& words = settings(), const WorkloadSpec& spec = {}) {
  auto w = read(bytes, words, spec);
  EXPECT_TRUE(w) << w.error().message;
  return std::move(*w);
}

std::string words_of(const Workload& w, RequestId r) { return w.words->text(w.prompt_words(w.requests[r])); }

std::string why_not(const std::string& bytes) {
  const auto w = read(bytes);
  return w ? "read" : w.error().message;
}

TEST(TextTrace, ReadsTheShapesThatPeopleHave) {
  const std::string chat = R"([{"role":"system","content":"Be brief."},{"role":"user","content":"Hello"}])";
  const Workload w = must(
      R"({"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":)" + chat +
      R"(,"max_tokens":5}})"
      "\n"
      R"({"custom_id":"b","url":"/v1/completions","body":{"prompt":"Once upon a time","max_tokens":6}})"
      "\n"
      R"({"prompt":"Say \"hi\"\n","output_tokens":7})"
      "\n"
      R"({"messages":[{"role":"user","content":[{"type":"text","text":"Look: "},{"type":"image_url"},{"type":"text","text":"a cat"}]}]})"
      "\n"
      R"({"prompt":[72,105]})"
      "\n"
      R"({"text_input":"words and hashes","output_length":9})"
      "\n");
  ASSERT_EQ(w.requests.size(), 6U);
  EXPECT_EQ(words_of(w, 0), "system: Be brief.\nuser: Hello\n");
  EXPECT_EQ(words_of(w, 1), "Once upon a time");
  EXPECT_EQ(words_of(w, 2), "Say \"hi\"\n");
  EXPECT_EQ(words_of(w, 3), "user: Look: a cat\n");
  EXPECT_EQ(words_of(w, 4), "Hi");
  EXPECT_EQ(words_of(w, 5), "words and hashes");
  const std::uint32_t lengths[] = {5, 6, 7, 100, 100, 9};
  for (RequestId r = 0; r < 6; ++r) {
    EXPECT_EQ(w.requests[r].output_tokens, lengths[r]) << r;
    EXPECT_EQ(w.requests[r].prompt_tokens, built_in().encode(words_of(w, r)).size()) << r;
  }
  EXPECT_NE(w.read_as.find("read as text"), std::string::npos) << w.read_as;
  EXPECT_NE(w.read_as.find("built-in"), std::string::npos) << w.read_as;
}

TEST(TextTrace, BadLinesAreNamed) {
  const std::string good = R"({"prompt":"fine"})"
                           "\n";
  EXPECT_NE(why_not(good + R"({"prompt":""})").find(":2: prompt: is empty"), std::string::npos);
  EXPECT_NE(why_not(good + R"({"prompt":5})").find(":2: prompt: 5 is not allowed"), std::string::npos);
  EXPECT_NE(why_not(good + R"({"messages":[]})").find(":2: messages: is empty"), std::string::npos);
  EXPECT_NE(why_not(good + R"({"messages":[{"content":"x"}]})").find("without a role"), std::string::npos);
  EXPECT_NE(why_not(good + R"({"nothing":1})").find(":2: prompt: is missing"), std::string::npos);
  EXPECT_NE(why_not(good + R"({"prompt":"a","max_tokens":-1})").find(":2: max_tokens"), std::string::npos);
  EXPECT_NE(why_not(good + R"({"prompt":"a","prompt":"b"})").find("twice"), std::string::npos);
  EXPECT_NE(why_not(good + R"({"prompt":"a","delay":"soon"})").find(":2: delay"), std::string::npos);
  EXPECT_NE(why_not(good + R"({"prompt":"a","timestamp":"now"})").find(":2: timestamp"), std::string::npos);
  const test::TemporaryFile file(good);
  const auto none = read_trace({file.path()}, WorkloadSpec{}, {});
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().message.find("in words"), std::string::npos);
}

TEST(TextTrace, TwoPromptsShareABlockExactlyWhereAllTokensUpToItsEndAgree) {
  Rng rng(5, RngPurpose::kTest);
  const std::string parts[] = {"The cache holds what was said before. ", "A router sends each question on. ",
                               "Seven lamps, 4711 stairs! ", "und noch ein Satz über Züge. "};
  std::string bytes;
  std::vector<std::vector<TokenId>> tokens;
  for (int i = 0; i < 60; ++i) {
    std::string text;
    for (std::uint64_t n = 1 + rng.below(12); n-- > 0;) text += parts[rng.below(4)];
    bytes += Json{{"prompt", text}, {"timestamp", i}}.dump() + "\n";
    tokens.push_back(built_in().encode(text));
  }
  const Workload w = must(bytes);
  ASSERT_EQ(w.requests.size(), tokens.size());
  std::map<std::vector<TokenId>, BlockId> naive;
  for (RequestId r = 0; r < tokens.size(); ++r) {
    const Request& q = w.requests[r];
    EXPECT_EQ(w.prompt_words(q), tokens[r]);
    EXPECT_EQ(w.prompt_words(q, 20),
              std::vector<TokenId>(tokens[r].begin(),
                                   tokens[r].begin() + std::min<std::ptrdiff_t>(20, std::ssize(tokens[r]))));
    ASSERT_EQ(q.prompt_blocks, tokens[r].size() / 16);
    for (std::uint32_t k = 0; k < q.prompt_blocks; ++k) {
      const std::vector<TokenId> prefix(tokens[r].begin(), tokens[r].begin() + (k + 1) * 16);
      const auto [at, fresh] = naive.try_emplace(prefix, w.block_at(q, k));
      EXPECT_EQ(at->second, w.block_at(q, k));
      const auto block = w.words->block(w.block_at(q, k));
      EXPECT_TRUE(std::equal(block.begin(), block.end(), prefix.end() - 16));
    }
  }
  EXPECT_EQ(naive.size(), w.tree.size());
  EXPECT_EQ(w.words->blocks(), w.tree.size());

  // The longest shared prefixes, against a count of them all.
  std::map<std::vector<TokenId>, std::uint32_t> count;
  for (const auto& t : tokens) {
    for (std::size_t k = 16; k <= t.size(); k += 16) ++count[{t.begin(), t.begin() + static_cast<std::ptrdiff_t>(k)}];
  }
  std::size_t longest = 0;
  for (const auto& [prefix, n] : count) {
    if (n >= 2) longest = std::max(longest, prefix.size());
  }
  const RadixTree tree = RadixTree::build(w.prompt_chains(), w.id_count());
  const auto shared = shared_prefixes(w, tree, 1000);
  ASSERT_FALSE(shared.empty());
  EXPECT_EQ(shared.front().tokens, longest);
  for (std::size_t i = 0; i < shared.size(); ++i) {
    EXPECT_LE(shared[i].tokens, shared[i > 0 ? i - 1 : 0].tokens);
    std::vector<TokenId> prefix = built_in().encode(shared[i].words);
    const auto exact = std::find_if(count.begin(), count.end(), [&](const auto& entry) {
      return entry.first.size() == shared[i].tokens && built_in().decode(entry.first) == shared[i].words;
    });
    ASSERT_NE(exact, count.end());
    EXPECT_EQ(exact->second, shared[i].requests);
  }
}

TEST(TextTrace, ASecondTurnBeginsWithTheFirstAndItsAnswer) {
  Json conversation = Json::array();
  std::string long_answer;
  for (int i = 0; i < 8; ++i) long_answer += "A KV block holds the keys and values of sixteen tokens. ";
  conversation.push_back({{"from", "human"}, {"value", "What is a KV block, and why are there sixteen of them?"}});
  conversation.push_back({{"from", "gpt"}, {"value", long_answer}});
  conversation.push_back({{"from", "human"}, {"value", "And who evicts it?"}});
  conversation.push_back({{"from", "gpt"}, {"value", "The cache does."}});
  const std::string bytes = Json::array({Json{{"id", "q"}, {"conversations", conversation}}}).dump();
  const Workload w = must(bytes);
  ASSERT_EQ(w.requests.size(), 2U);
  const Request &a = w.requests[0], &b = w.requests[1];
  EXPECT_EQ(a.output_tokens, built_in().encode(long_answer).size());
  EXPECT_GT(a.known_blocks, a.prompt_blocks + 3);
  ASSERT_GE(b.prompt_blocks, a.known_blocks);
  for (std::uint32_t k = 0; k < a.known_blocks; ++k) EXPECT_EQ(w.block_at(a, k), w.block_at(b, k));
  EXPECT_EQ(a.session, b.session);
  EXPECT_EQ(b.turn, 2U);

  // An edited history is another one from the edit on.
  Json edited = conversation;
  edited[0]["value"] = "What is a KV block, and why are there eighteen of them?";
  const Workload both =
      must(Json::array({Json{{"conversations", conversation}}, Json{{"conversations", edited}}}).dump());
  std::set<BlockId> first, second;
  for (RequestId r = 0; r < both.requests.size(); ++r) {
    auto& set = words_of(both, r).find("eighteen") == std::string::npos ? first : second;
    for (std::uint32_t k = 1; k < both.requests[r].prompt_blocks; ++k) set.insert(both.block_at(both.requests[r], k));
  }
  std::vector<BlockId> common;
  std::set_intersection(first.begin(), first.end(), second.begin(), second.end(), std::back_inserter(common));
  EXPECT_TRUE(common.empty());
}

TEST(TextTrace, TheModelsAnswersDependOnSeedRequestAndPromptAlone) {
  const std::string bytes = R"({"prompt":"Question: What does the red lamp mean? Answer:"})"
                            "\n"
                            R"({"prompt":"Once upon a time","max_tokens":12})"
                            "\n"
                            R"({"prompt":"Question: How high is the tower? Answer:"})"
                            "\n";
  const auto answers = [](const Workload& w) {
    std::vector<std::vector<TokenId>> out;
    for (const Request& r : w.requests) {
      out.push_back(w.answer_words(r));
      EXPECT_EQ(out.back().size(), r.output_tokens);
      EXPECT_GE(r.output_tokens, 1U);
      EXPECT_LE(r.output_tokens, 100U);
    }
    return out;
  };
  const auto once = answers(must(bytes, settings(true)));
  EXPECT_EQ(once, answers(must(bytes, settings(true))));
  EXPECT_LE(once[1].size(), 12U);
  WordSettings other = settings(true);
  other.seed = 8;
  EXPECT_NE(once, answers(must(bytes, other)));
  // Other requests before or behind it, or another block size, change nothing.
  WorkloadSpec limited;
  limited.limit = 2;
  const auto fewer = answers(must(bytes, settings(true), limited));
  EXPECT_EQ(std::vector(once.begin(), once.begin() + 2), fewer);
}

TEST(TextTrace, ATurnThatQuotesTheModelsAnswerFindsItsBlocks) {
  // Sessions of added turns, and conversations whose recorded answers give way to the model's.
  std::string added;
  for (int turn = 0; turn < 3; ++turn) {
    Json line{{"session_id", "s"},
              {"text_input", std::to_string(turn) + " Tell me what the manual says about the lamp and the tank."}};
    turn == 0 ? line["timestamp"] = 0 : line["delay"] = 500;
    added += line.dump() + "\n";
  }
  Json talk = Json::array();
  for (int turn = 0; turn < 3; ++turn) {
    talk.push_back({{"role", "user"}, {"content", "Tell me what the manual says about the lamp and the tank."}});
    talk.push_back({{"role", "assistant"}, {"content", "Nothing."}});
  }
  for (const std::string& bytes : {added, Json{{"messages", talk}}.dump()}) {
    WorkloadSpec spec;
    spec.replay = Replay::kClosed;
    const Workload w = must(bytes, settings(true), spec);
    ASSERT_EQ(w.requests.size(), 3U);
    for (RequestId r = 1; r < 3; ++r) {
      const Request &a = w.requests[r - 1], &b = w.requests[r];
      ASSERT_GE(b.prompt_blocks, a.known_blocks);
      EXPECT_EQ(a.known_blocks, (a.prompt_tokens + a.output_tokens - 1) / 16);
      for (std::uint32_t k = 0; k < a.known_blocks; ++k) EXPECT_EQ(w.block_at(a, k), w.block_at(b, k));
    }
    Config c;
    c.fleet.workers = 1;
    c.fleet.engine = EngineKind::kContinuous;
    c.fleet.max_batched_tokens = 2048;
    Simulation sim(c, w, nullptr);
    sim.run();
    for (RequestId r = 1; r < 3; ++r)
      EXPECT_EQ(sim.records()[r].hit, std::min(w.requests[r - 1].known_blocks, (w.requests[r].prompt_tokens - 1) / 16));
  }
}

TEST(Demo, HasThreeContextsOfFourQuestionsAndLettersOfTheirOwn) {
  WorkloadSpec spec = default_workload(WorkloadType::kDemo);
  spec.requests = 240;
  WordLender lender(settings(true));
  const auto made = generate_workload(spec, 16, 3, &lender);
  ASSERT_TRUE(made) << made.error().message;
  const Workload& w = *made;
  EXPECT_EQ(w.labels, (std::vector<std::string>{"context A", "context B", "context C"}));
  std::map<std::uint32_t, std::set<std::string>> prompts;
  for (RequestId r = 0; r < w.requests.size(); ++r) {
    EXPECT_EQ(w.requests[r].label == kNone, r % 3 == 2);
    prompts[w.requests[r].label].insert(words_of(w, r));
    EXPECT_LE(w.requests[r].output_tokens, 100U);
  }
  for (std::uint32_t c = 0; c < 3; ++c) EXPECT_EQ(prompts[c].size(), 4U);
  EXPECT_EQ(prompts[kNone].size(), 80U);
  // Letters share nothing; questions of one context share all of it.
  const RadixTree tree = RadixTree::build(w.prompt_chains(), w.id_count());
  for (RequestId r = 2; r < w.requests.size(); r += 3) EXPECT_EQ(tree.edge(tree.path(r).front()).requests, 1U);
  EXPECT_GT(trace_info(w, {}).best_ratio, 0.5);
  EXPECT_FALSE(generate_workload(spec, 16, 3)) << "without words";
}

// What a run is said to need covers the words, and what is said before there are any covers what came of it.
TEST(Demo, ItsWordsCountAsMemory) {
  WorkloadSpec spec = default_workload(WorkloadType::kDemo);
  spec.requests = 600;
  WordLender lender(settings(true));
  auto made = generate_workload(spec, 16, 3, &lender);
  ASSERT_TRUE(made) << made.error().message;
  const auto need = [&] { return memory_of_run(Config{}, *made, nullptr, CacheKind::kRuns).requests; };
  std::uint64_t letters = 0;  // tokens that nobody shares
  for (RequestId r = 2; r < 600; r += 3) letters += made->requests[r].prompt_tokens;
  const std::uint64_t whole = need();
  EXPECT_GE(memory_of_workload(spec).requests, whole);
  made->words.reset();
  EXPECT_GE(whole - need(), letters * sizeof(TokenId));
}

// What is said to be whole is not put behind what was said before, though it says how long after that it came.
// The estimate follows the size of the fleet: what more workers and more blocks may hold, where requests would fill
// them.
TEST(MemoryNeed, GrowsWithTheFleetAndItsCaches) {
  WorkloadSpec spec = default_workload(WorkloadType::kUniform);
  spec.requests = 20000;
  const auto made = generate_workload(spec, 16, 3, nullptr);
  ASSERT_TRUE(made) << made.error().message;
  const auto slots = [&](std::uint32_t workers, std::uint32_t capacity, CacheKind kind) {
    Config c;
    c.fleet.workers = workers;
    c.cache.capacity_blocks = capacity;
    return memory_of_run(c, *made, nullptr, kind).slots;
  };
  for (const CacheKind kind : {CacheKind::kBlocks, CacheKind::kRuns, CacheKind::kSpans}) {
    const std::uint64_t small = slots(10, 100, kind);
    // Ten workers' hundred blocks more; a slot or a stretch is no less than 32 bytes.
    EXPECT_GE(slots(10, 200, kind), small + 10 * 100 * 32);
    EXPECT_GE(slots(20, 100, kind), small * 19 / 10);
    EXPECT_LE(slots(20, 100, kind), small * 21 / 10);
  }
  // By runs and stretches no more than the requests can fill.
  EXPECT_EQ(slots(10, 1U << 30U, CacheKind::kRuns), slots(10, 1U << 29U, CacheKind::kRuns));
}

TEST(TextTrace, TurnsThatAreSaidToBeWholeAreTakenAsTheyStand) {
  std::string lines;
  for (int turn = 0; turn < 3; ++turn) {
    Json line{{"session_id", "s"},
              {"text_input", std::to_string(turn) + " Tell me what the manual says about the lamp."}};
    turn == 0 ? line["timestamp"] = 0 : line["delay"] = 500;
    lines += line.dump() + "\n";
  }
  WorkloadSpec spec;
  spec.replay = Replay::kClosed;
  const Workload added = must(lines, settings(), spec);
  spec.trace_turns = TraceTurns::kWhole;
  const Workload whole = must(lines, settings(), spec);
  ASSERT_EQ(whole.requests.size(), 3U);
  for (RequestId r = 1; r < 3; ++r) {
    EXPECT_EQ(whole.requests[r].prompt_tokens, whole.requests[0].prompt_tokens);
    EXPECT_GT(added.requests[r].prompt_tokens,
              added.requests[r - 1].prompt_tokens + whole.requests[r].prompt_tokens - 1);
  }
}

TEST(TextTrace, IsRefusedWhereItsWordsTakeTooMuch) {
  std::string text;
  for (int i = 0; i < 40000; ++i) text += fmt::format("{} ", i * 7919 % 1000003);
  const test::TemporaryFile file(R"({"prompt": ")" + text + R"("})");
  WordLender lender(settings());
  TraceReading reading;
  reading.words = &lender;
  WorkloadSpec spec;
  spec.type = WorkloadType::kTrace;
  const auto all = read_trace({file.path()}, spec, reading);
  ASSERT_TRUE(all) << all.error().message;
  // Its ids alone would take half of that.
  reading.limits.most_memory = std::uint64_t{all->requests[0].prompt_tokens} * 10;
  const auto none = read_trace({file.path()}, spec, reading);
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().message.find("--max-memory"), std::string::npos) << none.error().message;
}

TEST(Words, OneLineIsShortAndWhole) {
  EXPECT_EQ(one_line("  two\n\n words\t here ", 40), "two words here");
  EXPECT_EQ(one_line("abcdefgh", 8), "abcdefgh");
  EXPECT_EQ(one_line("abcdefghi", 8), "abcdefg…");
  EXPECT_EQ(one_line("äöüäöüäöü", 4), "äöü…");
  EXPECT_EQ(one_line("\xC3", 4), "");
  EXPECT_EQ(one_line("a\x01"
                     "b",
                     4),
            "ab");
  Rng rng(3, RngPurpose::kTest);
  for (int round = 0; round < 200; ++round) {
    std::string text;
    for (std::uint64_t n = rng.below(30); n-- > 0;) text += std::string("a \xC3\xA4\n\xE2")[rng.below(6)];
    const std::string line = one_line(text, 10);
    std::size_t characters = 0;
    for (const char c : line) characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
    EXPECT_LE(characters, 10U) << text;
    EXPECT_EQ(line.find('\n'), std::string::npos);
  }
}

}  // namespace
}  // namespace blockyard
