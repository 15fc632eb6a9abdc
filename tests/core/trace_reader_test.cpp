// Trace readers: identity of blocks, order, and one clear line for whatever is wrong.
#include "core/workload/trace_reader.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <chrono>

#include "tests/core/trace_files.h"

namespace blockyard {
namespace {

using test::TemporaryFile;

Result<Workload> read(const std::string& bytes, TraceFormat format = TraceFormat::kMooncake,
                      std::uint32_t trace_block = 32, double scale = 1, std::optional<std::uint32_t> limit = {}) {
  const TemporaryFile file(bytes);
  return read_trace(file.path(), format, trace_block, scale, limit, 16);
}

std::string line(const std::string& timestamp, const std::string& input, const std::string& output,
                 const std::string& ids) {
  return "{\"timestamp\": " + timestamp + ", \"input_length\": " + input + ", \"output_length\": " + output +
         ", \"hash_ids\": " + ids + "}\n";
}

// The message without the folder of the file.
std::string error_of(const std::string& bytes, TraceFormat format = TraceFormat::kMooncake) {
  const auto w = read(bytes, format);
  if (w) return "";
  const std::string& m = w.error().message;
  const std::size_t at = m.find("trace.jsonl");
  return at == std::string::npos ? m : m.substr(at);
}

TEST(TraceReader, CutsTraceBlocksAndSharesPrefixes) {
  // 70 tokens: 4 full blocks of 16; the third trace block gives none of its own sub-blocks.
  const auto w =
      read(line("0", "70", "5", "[7, 8, 9]") + line("1", "80", "5", "[7, 8, 9]") + line("2", "64", "1", "[7, 9]"));
  ASSERT_TRUE(w) << w.error().message;
  ASSERT_EQ(w->requests.size(), 3U);
  EXPECT_EQ(w->prompt_chain(w->requests[0]), (test::Runs{{0, 4}}));
  EXPECT_EQ(w->prompt_chain(w->requests[1]), (test::Runs{{0, 5}}));
  EXPECT_EQ(w->prompt_chain(w->requests[2]), (test::Runs{{0, 2}, {5, 2}}));
  EXPECT_EQ(w->tree.origin(6).key, 9U);
  EXPECT_EQ(w->tree.origin(6).j, 1U);
  EXPECT_EQ(w->tree.parent(5), 1U);
}

TEST(TraceReader, SortsByArrivalAndNumbersBlocksInThatOrder) {
  const auto w = read(line("3.0005", "16", "1", "[1]") + line("1", "16", "1", "[2]") + line("1", "16", "1", "[3]"),
                      TraceFormat::kMooncake, 32, 2);
  ASSERT_TRUE(w) << w.error().message;
  EXPECT_EQ(w->requests[0].arrival, 2000);
  EXPECT_EQ(w->requests[2].arrival, 6001);
  EXPECT_EQ(w->tree.origin(0).key, 2U);
  EXPECT_EQ(w->tree.origin(1).key, 3U);
  EXPECT_EQ(w->requests[0].user, 1U);
}

TEST(TraceReader, LimitTakesTheFirstLinesBeforeSorting) {
  const auto w = read(line("9", "16", "1", "[1]") + "\n" + line("5", "16", "1", "[2]") + "not read",
                      TraceFormat::kMooncake, 32, 1, 2);
  ASSERT_TRUE(w) << w.error().message;
  EXPECT_EQ(w->requests.size(), 2U);
}

TEST(TraceReader, TakesWindowsLinesByteOrderMarkBlankLinesAndNoLastNewline) {
  std::string text = "\xEF\xBB\xBF" + line("0", "16", "1", "[1]");
  text.insert(text.size() - 1, "\r");
  text += "\r\n   \n" + line("1", "16.0", "0", "[1]");
  text.pop_back();
  const auto w = read(text);
  ASSERT_TRUE(w) << w.error().message;
  EXPECT_EQ(w->requests.size(), 2U);
}

TEST(TraceReader, WarnsOnceAboutSpareIds) {
  const auto w =
      read(line("0", "32", "1", "[1, 2, 3]") + line("0", "33", "1", "[1, 4]") + line("0", "1", "1", "[1, 2]"));
  ASSERT_TRUE(w) << w.error().message;
  ASSERT_EQ(w->warnings.size(), 1U);
  EXPECT_NE(w->warnings[0].find(":1: hash_ids: more ids than input_length fills; ignored, here and in 1 further lines"),
            std::string::npos)
      << w->warnings[0];
}

TEST(TraceReader, OnlyFullBlocksNeedIds) {
  EXPECT_TRUE(read(line("0", "47", "1", "[1]")));
  EXPECT_EQ(error_of(line("0", "48", "1", "[1]")),
            "trace.jsonl:1: hash_ids: 1 ids are too few; 48 tokens need at least 2 of 32 tokens each");
}

TEST(TraceReader, OneLineSaysWhatIsWrong) {
  const std::string good = line("0", "16", "1", "[1]");
  EXPECT_NE(error_of(good + "\n{\"timestamp\": 0, \"inp").find("trace.jsonl:3: not valid JSON ("), std::string::npos);
  EXPECT_NE(error_of("nonsense\n").find("trace.jsonl:1: not valid JSON ("), std::string::npos);
  EXPECT_NE(error_of(line("NaN", "16", "1", "[1]")).find(":1: not valid JSON"), std::string::npos);
  EXPECT_NE(error_of(line("0", "99999999999999999999999", "1", "[1]")).find("trace.jsonl:1: "), std::string::npos);
  EXPECT_EQ(error_of("[1, 2]\n"), "trace.jsonl:1: [1,2] is not allowed; each line must be one object");
  EXPECT_EQ(error_of(line("-1", "16", "1", "[1]")), "trace.jsonl:1: timestamp: -1 is not allowed; it must be ≥ 0");
  EXPECT_EQ(error_of(line("\"0\"", "16", "1", "[1]")),
            "trace.jsonl:1: timestamp: \"0\" is not allowed; it must be a number");
  EXPECT_EQ(
      error_of(line("1.7e12", "16", "1", "[1]")),
      "trace.jsonl:1: timestamp: 1700000000000.0 is not allowed; it must be at most one year after the trace's start, "
      "once scaled");
  EXPECT_EQ(error_of(good + line("0", "16.5", "1", "[1]")),
            "trace.jsonl:2: input_length: 16.5 is not allowed; it must be a whole number from 1 to 100000000");
  EXPECT_EQ(error_of(line("0", "0", "1", "[]")),
            "trace.jsonl:1: input_length: 0 is not allowed; it must be a whole number from 1 to 100000000");
  EXPECT_EQ(error_of(line("0", "10000000000", "1", "[1]")),
            "trace.jsonl:1: input_length: 10000000000 is not allowed; it must be a whole number from 1 to 100000000");
  EXPECT_EQ(error_of(line("0", "16", "-1", "[1]")),
            "trace.jsonl:1: output_length: -1 is not allowed; it must be a whole number from 0 to 100000000");
  EXPECT_EQ(error_of(line("0", "16", "1", "[-4]")),
            "trace.jsonl:1: hash_ids: -4 is not allowed; it must be a whole number ≥ 0");
  EXPECT_EQ(error_of(line("0", "16", "1", "7")),
            "trace.jsonl:1: hash_ids: 7 is not allowed; it must be a list of whole numbers ≥ 0");
  EXPECT_EQ(error_of("{\"timestamp\": 0}\n"), "trace.jsonl:1: input_length: is missing; every line needs it");
  EXPECT_EQ(error_of(""), "trace.jsonl: holds no request; each line must be one JSON object");
  EXPECT_EQ(error_of("\n\n"), "trace.jsonl: holds no request; each line must be one JSON object");
  const auto wrong_blocks = read(good, TraceFormat::kMooncake, 24);
  EXPECT_NE(wrong_blocks.error().message.find("blocks of 24 tokens; the cache's block size (16) must divide it"),
            std::string::npos);
}

TEST(TraceReader, SaysWhatIsWrongWithTheFile) {
  const auto missing = read_trace("/nowhere/x.jsonl", TraceFormat::kMooncake, 512, 1, {}, 16);
  EXPECT_EQ(missing.error().message, "/nowhere/x.jsonl: no such file");
  const auto folder = read_trace("/", TraceFormat::kMooncake, 512, 1, {}, 16);
  EXPECT_EQ(folder.error().message, "/: is a folder, not a trace file");
}

TEST(TraceReader, BailianCountsSecondsAndKnowsChats) {
  const auto w = read(
      R"({"chat_id": 5, "parent_chat_id": -1, "timestamp": 1.5, "input_length": 40, "output_length": 3, "type": "text", "turn": 1, "hash_ids": [1, 2, 3]})"
      "\n"
      R"({"chat_id": 6, "parent_chat_id": -1, "timestamp": 2.0, "input_length": 16, "output_length": 3, "type": "text", "turn": 1, "hash_ids": [9]})"
      "\n"
      R"({"chat_id": 7, "parent_chat_id": 5, "timestamp": 61.061, "input_length": 64, "output_length": 3, "type": "text", "turn": 2, "hash_ids": [1, 2, 4, 5]})",
      TraceFormat::kBailian, 16);
  ASSERT_TRUE(w) << w.error().message;
  EXPECT_EQ(w->requests[0].arrival, 1'500'000);
  EXPECT_EQ(w->requests[2].arrival, 61'061'000);
  EXPECT_EQ(w->requests[0].user, w->requests[2].user);
  EXPECT_NE(w->requests[0].user, w->requests[1].user);
  EXPECT_EQ(w->prompt_chain(w->requests[2]), (test::Runs{{0, 2}, {3, 2}}));
}

TEST(TraceReader, ReadsGzipOfSeveralMembersAndRefusesACutOne) {
  const auto pack = [](const std::string& text) {
    std::string out(text.size() + 200, '\0');
    z_stream z{};
    EXPECT_EQ(deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    z.avail_in = static_cast<uInt>(text.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
  };
  const std::string packed = pack(line("0", "16", "1", "[1]")) + pack(line("1", "16", "1", "[1]"));
  const auto w = read(packed);
  ASSERT_TRUE(w) << w.error().message;
  EXPECT_EQ(w->requests.size(), 2U);
  EXPECT_EQ(error_of(packed.substr(0, packed.size() - 12)), "trace.jsonl: the gzip file is cut short");
  EXPECT_EQ(error_of("\x1f\x8b nothing of that kind"), "trace.jsonl: not a valid gzip file");
}

TEST(TraceReader, KnownAnswersGoOnBehindThePrompt) {
  const std::string text =
      R"({"timestamp": 0, "input_length": 20, "output_length": 29, "hash_ids": [0, 99], "output_hash_ids": [1, 2, 3]})"
      "\n";
  const auto w = read(text, TraceFormat::kMooncake, 16);
  ASSERT_TRUE(w) << w.error().message;
  EXPECT_EQ(w->requests[0].prompt_blocks, 1U);
  EXPECT_EQ(w->requests[0].known_blocks, 3U);  // 48 tokens are computed: block 3 is not among them
  EXPECT_EQ(w->block_at(w->requests[0], 2), 2U);
  EXPECT_EQ(w->private_blocks, 0U);
  const auto larger = read(text, TraceFormat::kMooncake, 32);
  ASSERT_TRUE(larger) << larger.error().message;
  EXPECT_EQ(larger->requests[0].known_blocks, 1U);
  EXPECT_EQ(larger->warnings.size(), 2U);  // a spare hash id, and the answer's
}

TEST(TraceReader, NoByteOfALineCanBreakIt) {
  const std::string good = line("12.5", "70", "5", "[7, 8, 9]");
  for (std::size_t at = 0; at < good.size(); ++at) {
    (void)read(good.substr(0, at));
    for (const char c : {'\0', '"', '{', ']', '-', '9', '\xff'}) {
      std::string bad = good;
      bad[at] = c;
      const auto w = read(bad);
      EXPECT_TRUE(w.has_value() || w.error().message.find('\n') == std::string::npos);
    }
  }
}

}  // namespace
}  // namespace blockyard
