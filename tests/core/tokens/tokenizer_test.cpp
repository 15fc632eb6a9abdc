// Tokenizers: encoding and decoding give every byte back; the trainer gives the committed file; references by an
// independent implementation, where their tokenizer.json is on this machine; what is not supported is refused by name.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "core/settings/scenario.h"
#include "core/tokens/bpe/train.h"
#include "core/tokens/built_in.h"
#include "core/tokens/ngram.h"
#include "core/tokens/tokenizer_json.h"
#include "core/tokens/utf8.h"

namespace blockyard {
namespace {

using Json = nlohmann::json;
using Ids = std::vector<TokenId>;

const Tokenizer& built_in() {
  static const Tokenizer kTokenizer = open_tokenizer(kBuiltInTokenizer, BLOCKYARD_ASSETS).value();
  return kTokenizer;
}

TEST(Tokenizer, GivesEveryByteBack) {
  std::mt19937 random(7);
  const std::vector<std::string> bits = {" ",
                                         "  ",
                                         "\n",
                                         "\r\n",
                                         "the",
                                         "é",
                                         "日本",
                                         "\xF0\x9F\x98\x80",
                                         "123456",
                                         "'ll",
                                         "\xC3",
                                         "\xFF\xFE",
                                         "\xED\xA0\x80",
                                         std::string(1, '\0'),
                                         "<|end|>",
                                         "\xC2\xA0"};
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (auto n = random() % 30; n > 0; --n) {
      if (random() % 2 == 0) {
        text += bits[random() % bits.size()];
      } else {
        text += static_cast<char>(static_cast<unsigned char>(random() % 256));
      }
    }
    const Ids ids = built_in().encode(text);
    ASSERT_EQ(built_in().decode(ids), text);
    std::string pieces;
    for (const TokenId id : ids) pieces += built_in().text_of(id);
    ASSERT_EQ(pieces, text);
  }
}

// Joining by a heap must give what joining by scanning gives: a piece of letters longer than the bound, and the naive
// rule.
TEST(Tokenizer, LongPiecesAreJoinedAsTheRuleSays) {
  std::mt19937 random(3);
  const Bpe& bpe = built_in().parts().bpe;
  std::vector<std::pair<TokenId, TokenId>> merges = bpe.merges_in_order();
  for (int round = 0; round < 30; ++round) {
    std::string piece;
    for (auto n = 40 + random() % 60; n > 0; --n) piece += static_cast<char>('a' + random() % 6);
    Ids naive;
    for (const char c : piece) naive.push_back(static_cast<unsigned char>(c));
    for (const auto& [left, right] : merges) {  // each merge everywhere, from the lowest rank up
      const auto joined = bpe.find(std::string(bpe.bytes(left)) + std::string(bpe.bytes(right)));
      for (std::size_t i = 0; i + 1 < naive.size(); ++i) {
        if (naive[i] != left || naive[i + 1] != right) continue;
        naive[i] = *joined;
        naive.erase(naive.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      }
    }
    Ids got;
    bpe.encode(piece, got);
    ASSERT_EQ(got, naive) << piece;
  }
}

TEST(Tokenizer, TheBuiltInOneIsLearntAgainToTheSameBytes) {
  const auto texts = read_corpus(std::string(BLOCKYARD_ASSETS) + "/corpus");
  ASSERT_TRUE(texts) << texts.error().message;
  const auto kept = read_file(std::string(BLOCKYARD_ASSETS) + "/tokenizer/built-in.json");
  ASSERT_TRUE(kept);
  EXPECT_EQ(write_tokenizer_json(train_tokenizer(*texts, kBuiltInEntries, "")), *kept);
  EXPECT_EQ(built_in().size(), kBuiltInEntries);
  std::size_t bytes = 0;
  for (const std::string& text : *texts) bytes += text.size();
  EXPECT_GE(bytes, 200'000U);
}

TEST(Tokenizer, TwoPromptsShareABlockWhereAllBeforeItIsTheSame) {
  const Ids a = built_in().encode(
      "The company handbook. Every employee works forty hours a week. Holidays are thirty days a year.");
  Ids b = a;
  ASSERT_GE(a.size(), 20U);
  b[17] ^= 1;
  const auto one = chain_digests(a, 4), other = chain_digests(b, 4);
  ASSERT_EQ(one.size(), a.size() / 4);
  for (std::size_t k = 0; k < one.size(); ++k) EXPECT_EQ(one[k] == other[k], k < 4) << k;
}

// Each file names the npm package that its tokenizer.json comes with; BLOCKYARD_TOKENIZERS is a folder such as
// node_modules.
TEST(Tokenizer, AgreesWithTheReferences) {
  const char* folder = std::getenv("BLOCKYARD_TOKENIZERS");
  if (folder == nullptr) GTEST_SKIP() << "BLOCKYARD_TOKENIZERS names no folder with the packages";
  const Json reference = Json::parse(*read_file(std::string(BLOCKYARD_TEST_DATA) + "/tokenizer_reference.json"));
  int compared = 0;
  for (const auto& [name, entry] : reference.items()) {
    const std::string path =
        std::string(folder) + "/" + entry.at("package").get<std::string>() + "/models/tokenizer.json";
    if (!std::filesystem::exists(path)) continue;
    const auto tokenizer = read_tokenizer(path);
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;
    for (const Json& c : entry.at("cases")) {
      const std::string text = c.at("text").get<std::string>();
      EXPECT_EQ(tokenizer->encode(text), c.at("ids").get<Ids>()) << name << ": " << c.at("text").dump();
      if (c.contains("with_special")) {
        EXPECT_EQ(tokenizer->encode_single(text), c.at("with_special").get<Ids>()) << name;
      }
      ++compared;
    }
  }
  if (compared == 0) GTEST_SKIP() << folder << " holds none of the packages";
}

// A vocabulary of characters as Llama 2 has one, small enough to work out by hand.
constexpr const char* kCharacters = R"({
  "added_tokens": [{"id": 0, "content": "<unk>", "special": true}, {"id": 1, "content": "<s>", "special": true}],
  "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "_"},
                 {"type": "Replace", "pattern": {"String": " "}, "content": "_"}]},
  "pre_tokenizer": null,
  "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}],
                     "special_tokens": {"<s>": {"ids": [1]}}},
  "decoder": {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "_"}, "content": " "},
              {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
  "model": {"type": "BPE", "unk_token": "<unk>", "fuse_unk": true, "byte_fallback": true,
            "vocab": {"<unk>": 0, "<s>": 1, "<0xC3>": 2, "<0xA9>": 3, "_": 4, "a": 5, "b": 6, "ab": 7, "_ab": 8, "ba": 9},
            "merges": ["a b", "_ ab", "b a"]}})";

TEST(Tokenizer, CharactersThatAreMissingBecomeBytesOrUnknown) {
  const auto t = parse_tokenizer("characters", kCharacters, "");
  ASSERT_TRUE(t) << t.error().message;
  EXPECT_EQ(t->encode("ab ba"), (Ids{8, 4, 9}));
  EXPECT_EQ(t->encode("aé"), (Ids{4, 5, 2, 3}));
  EXPECT_EQ(t->encode("xyzb"), (Ids{4, 0, 6}));  // three that nothing stands for, as one
  EXPECT_EQ(t->encode("ab<s>ab"), (Ids{8, 1, 8}));
  EXPECT_EQ(t->encode(""), Ids{});
  EXPECT_EQ(t->encode_single("ab"), (Ids{1, 8}));
  EXPECT_EQ(t->decode(t->encode("ab éa")), "ab éa");
}

TEST(Tokenizer, RefusesByName) {
  const auto why = [](const std::string& from, const std::string& to) {
    std::string json = kCharacters;
    const std::size_t at = json.find(from);
    EXPECT_NE(at, std::string::npos);
    json.replace(at, from.size(), to);
    const auto t = parse_tokenizer("x.json", json, "");
    return t ? "accepted" : t.error().message;
  };
  EXPECT_EQ(why(R"("type": "BPE")", R"("type": "Unigram")"), "x.json: its model is Unigram; BPE is supported");
  EXPECT_EQ(why(R"({"type": "Prepend", "prepend": "_"})", R"({"type": "Lowercase"})"),
            "x.json: its normaliser is Lowercase; NFC, Prepend and Replace are supported");
  EXPECT_EQ(why(R"("pre_tokenizer": null)", R"("pre_tokenizer": {"type": "BertPreTokenizer"})"),
            "x.json: its pre-tokenizer is BertPreTokenizer; Split, ByteLevel, Metaspace and Digits are supported");
  EXPECT_EQ(why(R"("b a")", R"("b c")"),
            "x.json: the merge of 'b' and 'c' has a part or a result that is not in the vocabulary");
  EXPECT_EQ(why(R"("ba": 9)", R"("ba": 8)"), "x.json: the id 8 is there twice");
  EXPECT_EQ(why(R"("ba": 9)", R"("ba": -9)"),
            "x.json: the token 'ba' has the id -9; ids are whole numbers below 16777216");
  EXPECT_EQ(why("{", "["), "x.json: not valid JSON; a tokenizer.json is expected");
  EXPECT_EQ(parse_tokenizer("x.json", "{}", "").error().message,
            "x.json: there is no model in it; it is not a tokenizer.json");
}

TEST(NgramModel, AnswersDependOnSeedAndPromptAlone) {
  const NgramModel model(built_in(), *read_corpus(std::string(BLOCKYARD_ASSETS) + "/corpus"));
  const Ids prompt = built_in().encode("Question: How many days of holiday do I have? Answer:");
  std::set<std::size_t> lengths;
  for (std::uint64_t request = 0; request < 200; ++request) {
    const Ids answer = model.answer(answer_seed(42, request), prompt, 100);
    ASSERT_GE(answer.size(), 1U);
    ASSERT_LE(answer.size(), 100U);
    for (const TokenId t : answer) ASSERT_LT(t, kBuiltInEntries - 1);  // the end mark is no part of it
    ASSERT_EQ(model.answer(answer_seed(42, request), prompt, 100), answer);
    // A smaller limit cuts the same answer.
    const Ids cut = model.answer(answer_seed(42, request), prompt, 5);
    ASSERT_EQ(cut, Ids(answer.begin(),
                       answer.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(5, answer.size()))));
    lengths.insert(answer.size());
  }
  EXPECT_GT(lengths.size(), 10U);
  EXPECT_NE(answer_seed(1, 2), answer_seed(2, 1));
  EXPECT_FALSE(model.answer(1, {}, 10).empty());
}

// What follows is counted: the longest context that is known decides.
TEST(NgramModel, BacksOffToWhatIsKnown) {
  const NgramModel model(built_in(), {"a b c\n\na b d\n\nx b c"});
  const auto tokens = [](const char* text) { return built_in().encode(text); };
  const Ids c = tokens(" c"), d = tokens(" d");
  EXPECT_EQ(model.followers(tokens("a b")), (NgramModel::Followers{{c[0], 1}, {d[0], 1}}));
  EXPECT_EQ(model.followers(tokens("x b")), (NgramModel::Followers{{c[0], 1}}));
  EXPECT_EQ(model.followers(tokens("q b")), (NgramModel::Followers{{c[0], 2}, {d[0], 1}}));
  EXPECT_EQ(model.followers(tokens(" b c")), (NgramModel::Followers{{NgramModel::kEnd, 2}}));
}

TEST(Utf8, KnowsWhatIsWellFormed) {
  EXPECT_EQ(utf8::sequence_length("\xED\xA0\x80"), 0U);      // a surrogate
  EXPECT_EQ(utf8::sequence_length("\xC0\x80"), 0U);          // overlong
  EXPECT_EQ(utf8::sequence_length("\xF4\x90\x80\x80"), 0U);  // above U+10FFFF
  EXPECT_EQ(utf8::sequence_length("\xE2\x82"), 0U);          // cut short
  for (char32_t c = 1; c < 0x110000; c += 97) {
    if (c >= 0xD800 && c < 0xE000) continue;
    std::string text;
    utf8::append(text, c);
    ASSERT_EQ(utf8::sequence_length(text), text.size());
    ASSERT_EQ(utf8::decode(text).value, c);
  }
}

}  // namespace
}  // namespace blockyard
