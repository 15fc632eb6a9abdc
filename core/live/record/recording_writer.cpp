#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "core/base/words/printable.h"
#include "core/live/record/recording.h"

namespace blockyard::live {

struct RecordingWriter::Packer {
  z_stream stream{};
  bool open = false;
  ~Packer() {
    if (open) deflateEnd(&stream);
  }
};

RecordingWriter::RecordingWriter(std::string path) : path_(std::move(path)) {}

Result<std::unique_ptr<RecordingWriter>> RecordingWriter::create(const std::string& path, const RecordingHead& head,
                                                                 std::uint64_t most_bytes) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) {
    if (errno == EEXIST) return Error{fmt::format("{}: there is a file of this name already", quoted_part(path))};
    return Error{fmt::format("{}: {}", quoted_part(path), std::strerror(errno))};
  }
  std::unique_ptr<RecordingWriter> out(new RecordingWriter(path));
  out->file_ = ::fdopen(fd, "wb");
  out->most_bytes_ = most_bytes;
  if (path.ends_with(".gz")) {
    out->packer_ = std::make_unique<Packer>();
    constexpr int kGzip = 15 + 16;
    out->packer_->open = deflateInit2(&out->packer_->stream, 6, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) == Z_OK;
    if (!out->packer_->open) return Error::failure(fmt::format("{}: cannot be packed", quoted_part(path)));
  }
  out->line(head_line(head));
  out->write("", true);
  if (auto why = out->trouble()) return Error::failure(*why);
  return out;
}

RecordingWriter::~RecordingWriter() {
  if (file_ != nullptr) (void)finish();
}

void RecordingWriter::end(std::string why) {
  if (!why_.empty()) return;
  why_ = fmt::format("{}: {}; the recording ends here", quoted_part(path_), why);
}

void RecordingWriter::put(const char* bytes, std::size_t size) {
  if (size == 0 || !why_.empty()) return;
  if (std::fwrite(bytes, 1, size, file_) != size) end(std::strerror(errno));
  bytes_ += size;
}

void RecordingWriter::write(std::string_view bytes, bool flush) {
  if (!why_.empty() || file_ == nullptr) return;
  if (packer_ == nullptr) {
    put(bytes.data(), bytes.size());
  } else {
    z_stream& z = packer_->stream;
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    z.avail_in = static_cast<uInt>(bytes.size());
    char packed[1 << 15];
    do {
      z.next_out = reinterpret_cast<Bytef*>(packed);
      z.avail_out = sizeof(packed);
      (void)deflate(&z, flush ? Z_SYNC_FLUSH : Z_NO_FLUSH);
      put(packed, sizeof(packed) - z.avail_out);
    } while (z.avail_out == 0);
  }
  if (flush && why_.empty() && std::fflush(file_) != 0) end(std::strerror(errno));
}

void RecordingWriter::line(const std::string& text) {
  waiting_ += text;
  waiting_ += '\n';
  ++lines_;
  if (waiting_.size() < (1U << 16)) return;
  write(waiting_, false);
  waiting_.clear();
}

void RecordingWriter::add(const Record& record) {
  if (!why_.empty() || file_ == nullptr) return;
  if (waits_since_ == kNever) waits_since_ = record.t;
  line(record_line(record));
  if (bytes_ + waiting_.size() > most_bytes_) {
    write(waiting_, true);
    waiting_.clear();
    end(fmt::format("it has its {} bytes", most_bytes_));
  }
}

void RecordingWriter::flush_due(SimTime now) {
  if (waits_since_ == kNever || now < waits_since_ + 1'000'000) return;
  write(waiting_, true);
  waiting_.clear();
  waits_since_ = kNever;
}

Result<void> RecordingWriter::finish() {
  write(waiting_, false);
  waiting_.clear();
  if (packer_ != nullptr && why_.empty()) {
    z_stream& z = packer_->stream;
    z.avail_in = 0;
    char packed[1 << 15];
    int state = Z_OK;
    while (state == Z_OK) {
      z.next_out = reinterpret_cast<Bytef*>(packed);
      z.avail_out = sizeof(packed);
      state = deflate(&z, Z_FINISH);
      put(packed, sizeof(packed) - z.avail_out);
    }
  }
  if (file_ != nullptr && std::fclose(file_) != 0) end(std::strerror(errno));
  file_ = nullptr;
  if (!why_.empty()) return Error::failure(why_);
  return {};
}

std::optional<std::string> RecordingWriter::trouble() {
  if (why_.empty() || told_) return std::nullopt;
  told_ = true;
  return why_;
}

}  // namespace blockyard::live
