#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/base/words/printable.h"
#include "core/live/record/recording.h"

namespace blockyard::live {

// What is packed is unpacked as far as it goes: a session that was killed leaves no proper end, and what its last flush
// wrote is to be read all the same. (libarchive gives nothing of the block that is cut.)
class RecordingReader::Source {
 public:
  explicit Source(std::FILE* file) : file_(file) {}
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  ~Source() {
    std::fclose(file_);
    if (packed_) inflateEnd(&stream_);
  }
  bool begin() {
    have_ = std::fread(in_, 1, sizeof(in_), file_);
    packed_ = have_ >= 2 && static_cast<unsigned char>(in_[0]) == 0x1f && static_cast<unsigned char>(in_[1]) == 0x8b;
    constexpr int kGzip = 15 + 16;
    return !packed_ || inflateInit2(&stream_, kGzip) == Z_OK;
  }
  /// 0 at the end, or where it is cut.
  std::size_t read(char* to, std::size_t size) {
    if (!packed_) {
      const std::size_t n = std::min(have_, size);
      std::memcpy(to, in_ + at_, n);
      at_ += n;
      have_ -= n;
      return n > 0 ? n : std::fread(to, 1, size, file_);
    }
    stream_.next_out = reinterpret_cast<Bytef*>(to);
    stream_.avail_out = static_cast<uInt>(size);
    while (!ended_ && stream_.avail_out == size) {
      if (have_ == 0) {
        at_ = 0;
        have_ = std::fread(in_, 1, sizeof(in_), file_);
        if (have_ == 0) break;
      }
      stream_.next_in = reinterpret_cast<Bytef*>(in_ + at_);
      stream_.avail_in = static_cast<uInt>(have_);
      const int state = inflate(&stream_, Z_SYNC_FLUSH);
      at_ += have_ - stream_.avail_in;
      have_ = stream_.avail_in;
      ended_ = state != Z_OK && state != Z_BUF_ERROR;
      broken_ |= ended_ && state != Z_STREAM_END;
    }
    return size - stream_.avail_out;
  }
  /// Packed, and not to its end.
  bool cut() const { return packed_ && (!ended_ || broken_); }

 private:
  std::FILE* file_;
  bool packed_ = false, ended_ = false, broken_ = false;
  z_stream stream_{};
  char in_[1 << 16];
  std::size_t at_ = 0, have_ = 0;
};

RecordingReader::RecordingReader(std::string path) : path_(std::move(path)) {}
RecordingReader::~RecordingReader() = default;

Result<std::unique_ptr<RecordingReader>> RecordingReader::open(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rbe");
  if (file == nullptr) return Error{fmt::format("{}: {}", quoted_part(path), std::strerror(errno))};
  std::unique_ptr<RecordingReader> out(new RecordingReader(path));
  out->source_ = std::make_unique<Source>(file);
  if (!out->source_->begin()) return Error::failure(fmt::format("{}: cannot be unpacked", quoted_part(path)));
  std::string line;
  bool whole = false;
  auto there = out->read_line(line, whole);
  if (!there) return there.error();
  const auto refused = [&path](const std::string& why) { return Error{fmt::format("{}: {}", quoted_part(path), why)}; };
  if (!*there) return refused("the file is empty");
  auto head = parse_head(line);
  if (!head) return refused(whole ? head.error().message : "the first line is cut off");
  out->head_ = std::move(*head);
  auto fleet = parse_fleet(out->head_.fleet, {});
  if (!fleet) return refused("line 1: " + fleet.error().message);
  out->fleet_ = std::move(*fleet);
  out->workers_ = static_cast<std::uint32_t>(out->fleet_.workers.size());
  return out;
}

Result<bool> RecordingReader::read_line(std::string& out, bool& whole) {
  out.clear();
  while (true) {
    const std::size_t end = buffer_.find('\n', at_);
    if (end != std::string::npos) {
      out.append(buffer_, at_, end - at_);
      at_ = end + 1;
      whole = true;
      ++line_;
      return true;
    }
    out.append(buffer_, at_, std::string::npos);
    buffer_.clear();
    at_ = 0;
    if (out.size() > kLongestRecordLine)
      return Error{fmt::format("{}: line {}: longer than {} bytes", quoted_part(path_), line_ + 1, kLongestRecordLine)};
    if (!at_end_) {
      buffer_.resize(1 << 16);
      const std::size_t got = source_->read(buffer_.data(), buffer_.size());
      at_end_ = got == 0;
      buffer_.resize(got);
    }
    if (at_end_ && buffer_.empty()) {
      whole = false;
      if (!out.empty()) ++line_;
      return !out.empty();
    }
  }
}

Result<std::optional<Record>> RecordingReader::next() {
  std::string line;
  while (true) {
    bool whole = false;
    const auto there = read_line(line, whole);
    if (!there) return there.error();
    if (!*there) {
      cut_ |= source_->cut();
      return std::optional<Record>();
    }
    auto record = parse_record(line, workers_);
    const auto refused = [this](const std::string& why) {
      return Error{fmt::format("{}: line {}: {}", quoted_part(path_), line_, why)};
    };
    if (!record) {
      if (whole) return refused(record.error().message);
      cut_ = true;
      return std::optional<Record>();
    }
    if (!*record) {
      ++skipped_;
      continue;
    }
    if (ended_) return refused("there is something behind the end");
    if ((*record)->t < last_) return refused("its time is before that of the line before");
    last_ = (*record)->t;
    if (joins(**record, workers_)) ++workers_;
    ended_ = std::holds_alternative<EndRecord>((*record)->body);
    return record;
  }
}

}  // namespace blockyard::live
