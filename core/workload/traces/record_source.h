// RecordSource: a file as records, one after another: lines, the elements of one JSON array, or JSON objects that span
// lines. Only the record at hand is held, and it is bounded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/workload/traces/byte_source.h"

namespace blockyard {

/// One record and the line at which it begins. What follows it in memory may be read for some bytes, as SIMD parsers
/// want it. Valid until the next one is asked for.
struct TraceRecord {
  std::string_view text;
  std::size_t line = 0;
};

class RecordSource {
 public:
  /// Looks at the first bytes: what is no trace at all (a Git LFS pointer, a web page, UTF-16 …) is an error that says
  /// what it is.
  static Result<std::unique_ptr<RecordSource>> open(const std::string& path, std::uint64_t most_bytes);

  /// The next record that is not blank; false at the end.
  Result<bool> next(TraceRecord& out);
  /// Whether the file begins as JSON does.
  bool json() const { return json_; }
  /// The path as messages name it.
  const std::string& path() const { return path_; }
  std::uint64_t bytes_read() const { return bytes_read_; }

 private:
  enum class Mode : std::uint8_t { kLines, kArray, kObjects };

  RecordSource(std::string path, std::unique_ptr<ByteSource> bytes);
  Result<bool> fill();
  std::optional<Error> begin();
  Result<bool> next_line(TraceRecord& out);
  Result<bool> next_value(TraceRecord& out);
  Result<bool> scan_object(std::size_t& end);
  Result<bool> skip_space();
  std::string_view rest() const { return {buffer_.data() + at_, end_ - at_}; }
  Error error(std::string_view what) const;

  std::string path_;
  std::unique_ptr<ByteSource> bytes_;
  std::vector<char> buffer_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  std::size_t line_ = 1;
  std::uint64_t bytes_read_ = 0;
  Mode mode_ = Mode::kLines;
  bool json_ = false;
  bool ended_ = false;   // no more bytes to come
  bool closed_ = false;  // the array's ] was read
  bool first_ = true;    // no element yet
};

}  // namespace blockyard
