// Trace readers: identity of blocks, order, and one clear line for whatever is wrong.
#include "core/workload/traces/trace_reader.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <chrono>

#include "tests/core/workload/trace_files.h"

namespace blockyard {
namespace {

using test::TemporaryFile;

Result<Workload> read(const std::string& bytes, const std::string& format = "mooncake",
                      std::optional<std::uint32_t> trace_block = 32, double scale = 1,
                      std::optional<std::uint32_t> limit = {}) {
  const TemporaryFile file(bytes);
  return test::read_file_as(file.path(), format, trace_block, scale, limit);
}

std::string line(const std::string& timestamp, const std::string& input, const std::string& output,
                 const std::string& ids) {
  return "{\"timestamp\": " + timestamp + ", \"input_length\": " + input + ", \"output_length\": " + output +
         ", \"hash_ids\": " + ids + "}\n";
}

// The message without the folder of the file.
std::string error_of(const std::string& bytes, const std::string& format = "mooncake") {
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
                      "mooncake", 32, 2);
  ASSERT_TRUE(w) << w.error().message;
  EXPECT_EQ(w->requests[0].arrival, 2000);
  EXPECT_EQ(w->requests[2].arrival, 6001);
  EXPECT_EQ(w->tree.origin(0).key, 2U);
  EXPECT_EQ(w->tree.origin(1).key, 3U);
  EXPECT_EQ(w->requests[1].user, 1U) << "in order of their first request";
}

TEST(TraceReader, LimitTakesTheFirstLinesBeforeSorting) {
  const auto w =
      read(line("9", "16", "1", "[1]") + "\n" + line("5", "16", "1", "[2]") + "not read", "mooncake", 32, 1, 2);
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

TEST(TraceReader, SpareIdsAreRefusedUnlessTheyAreToBeIgnored) {
  const std::string text = line("0", "32", "1", "[1, 2, 3]") + line("0", "33", "1", "[1, 4]");
  EXPECT_EQ(error_of(text),
            "trace.jsonl:1: hash_ids: 3 ids are too many; 32 tokens are 1 blocks of 32 tokens at most (to read on "
            "without the others: workload.ignore_extra_ids=true)");
  const TemporaryFile file(text);
  WorkloadSpec spec;
  spec.block_tokens = 32;
  spec.ignore_extra_ids = true;
  const auto w = read_trace({file.path()}, spec, {});
  ASSERT_TRUE(w) << w.error().message;
  EXPECT_EQ(w->prompt_chain(w->requests[1]), (test::Runs{{0, 2}}));
}

TEST(TraceReader, FullBlocksAloneNeedIdsAndTheRestIsTheRequestsOwn) {
  EXPECT_TRUE(read(line("0", "47", "1", "[1]")));
  const auto w = read(line("0", "63", "1", "[1]") + line("0", "63", "1", "[1]"));
  ASSERT_TRUE(w) << w.error().message;
  EXPECT_EQ(w->prompt_chain(w->requests[0]), (test::Runs{{0, 3}}));
  EXPECT_EQ(w->prompt_chain(w->requests[1]), (test::Runs{{0, 2}, {3, 1}}));
  EXPECT_EQ(error_of(line("0", "64", "1", "[1]") + line("0", "64", "1", "[1, 2, 3]")),
            "trace.jsonl:1: hash_ids: 1 ids are too few; 64 tokens fill 2 blocks of 32 tokens");
}

TEST(TraceReader, OneLineSaysWhatIsWrong) {
  const std::string good = line("0", "16", "1", "[1]");
  EXPECT_NE(error_of(good + "\n{\"timestamp\": 0, \"inp").find("trace.jsonl:3: not valid JSON ("), std::string::npos);
  EXPECT_NE(error_of("nonsense\n").find("trace.jsonl:1: neither JSON nor a table"), std::string::npos);
  EXPECT_NE(error_of(line("NaN", "16", "1", "[1]")).find(":1: not valid JSON"), std::string::npos);
  EXPECT_NE(error_of(line("0", "99999999999999999999999", "1", "[1]")).find("trace.jsonl:1: "), std::string::npos);
  EXPECT_EQ(error_of("[1, 2]\n"), "trace.jsonl:1: 1 is not allowed; each line must be one object");
  EXPECT_EQ(error_of(line("-1", "16", "1", "[1]")),
            "trace.jsonl:1: timestamp: -1 is not allowed; it must be 0 or more");
  EXPECT_EQ(error_of(line("\"0\"", "16", "1", "[1]")),
            "trace.jsonl:1: timestamp: \"0\" is not allowed; it must be a number");
  EXPECT_NE(error_of(line("1.7e17", "16", "1", "[1]")).find("it must be at most 100 years after the file's zero"),
            std::string::npos);
  EXPECT_EQ(error_of(good + line("0", "16.5", "1", "[1]")),
            "trace.jsonl:2: input_length: 16.5 is not allowed; it must be a whole number from 1 to 100000000");
  EXPECT_EQ(error_of(line("0", "0", "1", "[]")),
            "trace.jsonl:1: input_length: 0 is not allowed; it must be a whole number from 1 to 100000000");
  EXPECT_EQ(error_of(line("0", "10000000000", "1", "[1]")),
            "trace.jsonl:1: input_length: 10000000000 is not allowed; it must be a whole number from 1 to 100000000");
  EXPECT_EQ(error_of(line("0", "16", "-1", "[1]")),
            "trace.jsonl:1: output_length: -1 is not allowed; it must be a whole number from 0 to 100000000");
  EXPECT_EQ(error_of(line("0", "16", "1", "[-4]")),
            "trace.jsonl:1: hash_ids: -4 is not allowed; it must be a whole number from 0 on, or a text");
  EXPECT_EQ(error_of(line("0", "16", "1", "7")), "trace.jsonl:1: hash_ids: 7 is not allowed; it must be a list of ids");
  EXPECT_EQ(error_of("{\"timestamp\": 0}\n"), "trace.jsonl:1: input_length: is missing; every line needs it");
  EXPECT_EQ(error_of(""), "trace.jsonl: holds no request; each line must be one JSON object");
  EXPECT_EQ(error_of("\n\n"), "trace.jsonl: holds no request; each line must be one JSON object");
  const auto wrong_blocks = read(good, "mooncake", 24);
  EXPECT_NE(
      wrong_blocks.error().message.find("24 is not allowed; it must be a multiple of /cache/block_tokens (16): the "
                                        "nearest that fits is cache.block_tokens 12"),
      std::string::npos)
      << wrong_blocks.error().message;
}

TEST(TraceReader, SaysWhatIsWrongWithTheFile) {
  const auto missing = test::read_file_as("/nowhere/x.jsonl", "mooncake", 512);
  EXPECT_EQ(missing.error().message, "/nowhere/x.jsonl: no such file");
  const auto folder = test::read_file_as("/proc/sys/fs", "mooncake", 512);
  EXPECT_EQ(
      folder.error().message,
      "/proc/sys/fs: the folder holds no trace; files named .json, .jsonl or .csv (packed or not) are looked for");
}

TEST(TraceReader, NamesWhatIsNoTrace) {
  const std::string utf16("{\0\"\0t\0\"\0}\0", 10);
  EXPECT_NE(error_of(utf16).find("this is UTF-16 text"), std::string::npos);
  EXPECT_NE(error_of(std::string(5000, '\0')).find("holds no request"), std::string::npos) << "zeros are nothing";
  EXPECT_NE(error_of("PAR1....").find("this is a Parquet file"), std::string::npos);
}

TEST(TraceReader, BailianCountsSecondsAndKnowsChats) {
  const auto w = read(
      R"({"chat_id": 5, "parent_chat_id": -1, "timestamp": 1.5, "input_length": 40, "output_length": 3, "type": "text", "turn": 1, "hash_ids": [1, 2, 3]})"
      "\n"
      R"({"chat_id": 6, "parent_chat_id": -1, "timestamp": 2.0, "input_length": 16, "output_length": 3, "type": "text", "turn": 1, "hash_ids": [9]})"
      "\n"
      R"({"chat_id": 7, "parent_chat_id": 5, "timestamp": 61.061, "input_length": 64, "output_length": 3, "type": "text", "turn": 2, "hash_ids": [1, 2, 4, 5]})",
      "bailian", 16);
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
  EXPECT_EQ(error_of(packed.substr(0, packed.size() - 12)),
            "trace.jsonl: is broken or cut short (truncated gzip input)");
  EXPECT_NE(error_of("\x1f\x8b nothing of that kind"), "");
}

TEST(TraceReader, KnownAnswersGoOnBehindThePrompt) {
  const std::string text =
      R"({"timestamp": 0, "input_length": 20, "output_length": 29, "hash_ids": [0, 99], "output_hash_ids": [1, 2, 3]})"
      "\n";
  const auto w = read(text, "mooncake", 16);
  ASSERT_TRUE(w) << w.error().message;
  EXPECT_EQ(w->requests[0].prompt_blocks, 1U);
  EXPECT_EQ(w->requests[0].known_blocks, 3U);  // 48 tokens are computed: block 3 is not among them
  EXPECT_EQ(w->block_at(w->requests[0], 2), 2U);
  EXPECT_EQ(w->private_blocks, 0U);
}

TEST(TraceReader, NoByteOfALineCanBreakIt) {
  const std::string good = line("12.5", "70", "5", "[7, 8, 9]");
  for (std::size_t at = 0; at < good.size(); ++at) {
    (void)read(good.substr(0, at), "", std::nullopt);
    for (const char c : {'\0', '"', '{', ']', '-', '9', '\xff'}) {
      std::string bad = good;
      bad[at] = c;
      const auto w = read(bad, "", std::nullopt);
      EXPECT_TRUE(w.has_value() || w.error().message.find('\n') == std::string::npos);
    }
  }
}

}  // namespace
}  // namespace blockyard
