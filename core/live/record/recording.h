// A recording as a file: written as the session goes, read back line by line. core/live/README.md, "Recording".
//
// Writing: lines go out whole; a second after the first that waits they are handed to the system, so that a session
// that is cut off loses no more. Trouble ends the recording, never the session. Reading: a last line that was cut is
// left out, any other bad one is an error with its number; nothing but the next line is held.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/live/fleet_file.h"
#include "core/live/record/record_json.h"

namespace blockyard::live {

inline constexpr std::uint64_t kMostRecordingBytes = std::uint64_t{4} << 30;
inline constexpr std::size_t kLongestRecordLine = std::size_t{96} << 20;

class RecordingWriter {
 public:
  /// Makes the file, packed where its name ends in .gz. Errors: it exists, or cannot be made.
  static Result<std::unique_ptr<RecordingWriter>> create(const std::string& path, const RecordingHead& head,
                                                         std::uint64_t most_bytes = kMostRecordingBytes);
  ~RecordingWriter();
  RecordingWriter(const RecordingWriter&) = delete;
  RecordingWriter& operator=(const RecordingWriter&) = delete;

  /// Nothing where the recording has ended.
  void add(const Record& record);
  /// Hands over what has waited for a second by now.
  void flush_due(SimTime now);
  /// Hands over everything and closes. What went wrong, here or before.
  Result<void> finish();
  /// Why it ended before its time; said once.
  std::optional<std::string> trouble();
  std::uint64_t lines() const { return lines_; }

 private:
  explicit RecordingWriter(std::string path);
  void write(std::string_view bytes, bool flush);
  void put(const char* bytes, std::size_t size);
  void end(std::string why);
  void line(const std::string& text);

  struct Packer;
  std::string path_;
  std::FILE* file_ = nullptr;
  std::unique_ptr<Packer> packer_;
  std::string waiting_;
  SimTime waits_since_ = kNever;
  std::uint64_t most_bytes_ = 0, bytes_ = 0, lines_ = 0;
  std::string why_;
  bool told_ = false;
};

class RecordingReader {
 public:
  /// Reads the first line. Errors name the file.
  static Result<std::unique_ptr<RecordingReader>> open(const std::string& path);
  ~RecordingReader();

  const RecordingHead& head() const { return head_; }
  const LiveFleet& fleet() const { return fleet_; }
  /// The next record; nothing at the end. Errors name the file and the line.
  Result<std::optional<Record>> next();
  std::uint64_t line() const { return line_; }
  /// Lines of types that this version does not know.
  std::uint64_t skipped() const { return skipped_; }
  /// The last line was cut off, and is left out.
  bool cut() const { return cut_; }
  /// The session ended in order.
  bool ended() const { return ended_; }

 private:
  /// The next line without its newline; nothing at the end. `whole`: the newline was there.
  Result<bool> read_line(std::string& out, bool& whole);

  class Source;  // the file's bytes, unpacked
  explicit RecordingReader(std::string path);

  std::string path_;
  std::unique_ptr<Source> source_;
  std::string buffer_;
  std::size_t at_ = 0;
  bool at_end_ = false;
  RecordingHead head_;
  LiveFleet fleet_;
  std::uint64_t line_ = 0, skipped_ = 0;
  std::uint32_t workers_ = 0;  // those that have joined among them
  SimTime last_ = 0;
  bool cut_ = false, ended_ = false;
};

}  // namespace blockyard::live
