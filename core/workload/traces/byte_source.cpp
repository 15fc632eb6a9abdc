#include "core/workload/traces/byte_source.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace blockyard {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 18U;

}  // namespace

ByteSource::~ByteSource() {
  if (archive_ != nullptr) archive_read_free(archive_);
}

Error ByteSource::trouble(const char* what) const {
  const char* said = archive_error_string(archive_);
  std::string why = said == nullptr ? "" : said;
  while (!why.empty() && (why.back() == '\n' || why.back() == '.')) why.pop_back();
  return Error{why.empty() ? fmt::format("{}: {}", path_, what) : fmt::format("{}: {} ({})", path_, what, why)};
}

Result<std::unique_ptr<ByteSource>> ByteSource::open(const std::string& path, std::uint64_t most_bytes) {
  namespace fs = std::filesystem;
  const bool standard_input = path == "-";
  std::unique_ptr<ByteSource> out(new ByteSource(standard_input ? "standard input" : path));
  out->most_bytes_ = most_bytes;
  if (!standard_input) {
    std::error_code ec;
    const auto status = fs::status(path, ec);
    if (status.type() == fs::file_type::not_found) return Error{path + ": no such file"};
    if (status.type() == fs::file_type::directory) return Error{path + ": is a folder, not a trace file"};
    if (status.type() == fs::file_type::character || status.type() == fs::file_type::block ||
        status.type() == fs::file_type::socket) {
      // A terminal, /dev/zero and the like have no end; /dev/stdin does, but "-" says that.
      if (path != "/dev/stdin" && path != "/dev/null") return Error{path + ": is a device, not a trace file"};
    }
  }
  archive* a = archive_read_new();
  if (a == nullptr) return Error{path + ": libarchive does not start"};
  out->archive_ = a;
  archive_read_support_filter_gzip(a);
  archive_read_support_filter_zstd(a);
  archive_read_support_filter_xz(a);
  archive_read_support_filter_lzma(a);
  archive_read_support_filter_bzip2(a);
  archive_read_support_format_zip(a);
  archive_read_support_format_raw(a);
  archive_read_support_format_empty(a);
  errno = 0;
  const int opened =
      standard_input ? archive_read_open_fd(a, 0, kChunk) : archive_read_open_filename(a, path.c_str(), kChunk);
  if (opened != ARCHIVE_OK && opened != ARCHIVE_WARN) {
    if (archive_errno(a) > 0 && archive_errno(a) < 1000)
      return Error{fmt::format("{}: cannot be read: {}", out->path_, std::strerror(archive_errno(a)))};
    return out->trouble("is broken or cut short");
  }
  archive_entry* entry = nullptr;
  for (;;) {
    const int header = archive_read_next_header(a, &entry);
    if (header == ARCHIVE_EOF) {
      out->ended_ = true;  // nothing in it
      return out;
    }
    if (header != ARCHIVE_OK && header != ARCHIVE_WARN) return out->trouble("is broken or cut short");
    out->zip_ = (archive_format(a) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_ZIP;
    if (out->zip_ && archive_entry_filetype(entry) == AE_IFDIR) continue;
    return out;
  }
}

Result<std::size_t> ByteSource::read(char* to, std::size_t size) {
  if (ended_) return std::size_t{0};
  const la_ssize_t n = archive_read_data(archive_, to, size);
  if (n < 0) return trouble("is broken or cut short");
  if (n == 0) {
    ended_ = true;
    archive_entry* entry = nullptr;
    while (zip_) {
      const int header = archive_read_next_header(archive_, &entry);
      if (header == ARCHIVE_EOF) break;
      if (header != ARCHIVE_OK && header != ARCHIVE_WARN) return trouble("is broken or cut short");
      if (archive_entry_filetype(entry) == AE_IFDIR) continue;
      return Error{path_ + ": the zip holds several files; give one, or unpack it and give the folder"};
    }
    return std::size_t{0};
  }
  given_ += static_cast<std::uint64_t>(n);
  if (given_ > most_bytes_) {
    return Error{
        fmt::format("{}: unpacks to more than {} MiB, which is the most that is read", path_, most_bytes_ >> 20U)};
  }
  return static_cast<std::size_t>(n);
}

}  // namespace blockyard
