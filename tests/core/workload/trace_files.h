// Files for tests of trace readers: temporary ones, and the public traces where they are to be had.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/prefix/block_set.h"
#include "core/workload/traces/trace_reader.h"

namespace blockyard::test {

/// Chains in tests: what a test writes down by hand.
using Runs = std::vector<blockyard::Span>;

/// A file that is gone when this is.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& bytes, const std::string& name = "trace.jsonl") {
    const testing::TestInfo* info = testing::UnitTest::GetInstance()->current_test_info();
    dir_ = std::filesystem::path(testing::TempDir()) /
           (std::string("blockyard-") + info->test_suite_name() + info->name());
    std::filesystem::create_directories(dir_);
    path_ = (dir_ / name).string();
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::filesystem::remove_all(dir_); }
  const std::string& path() const { return path_; }

 private:
  std::filesystem::path dir_;
  std::string path_;
};

/// A trace file by the settings that tests vary; times count from the file's zero.
inline Result<Workload> read_file_as(const std::string& path, const std::string& format,
                                     std::optional<std::uint32_t> block, double scale = 1,
                                     std::optional<std::uint32_t> limit = {}, std::uint32_t cache_block = 16) {
  WorkloadSpec spec;
  spec.type = WorkloadType::kTrace;
  spec.format = format;
  spec.block_tokens = block;
  spec.time_scale = scale;
  spec.limit = limit;
  spec.start = TraceStart::kZero;
  TraceReading reading;
  reading.cache_block_tokens = cache_block;
  return read_trace({path}, spec, reading);
}

/// A public trace, or "" where the folder is missing: then the test says that it is skipped.
inline std::string public_trace(const std::string& name) {
  const char* dir = std::getenv("BLOCKYARD_TRACES");
  const std::string path = std::string(dir != nullptr ? dir : BLOCKYARD_TRACES) + "/" + name;
  return std::filesystem::exists(path) ? path : "";
}

}  // namespace blockyard::test
