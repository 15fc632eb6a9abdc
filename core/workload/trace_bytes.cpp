#include "core/workload/trace_bytes.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace blockyard {
namespace {

// What a gzip file may unpack to: far above the largest public trace, far below what would exhaust memory.
constexpr std::size_t kMostBytes = std::size_t{16} << 30U;

struct Closer {
  void operator()(std::FILE* f) const { std::fclose(f); }
};

// Grows the buffer to hold `size` bytes and the padding; keeps what is there.
void reserve(TraceBytes& bytes, std::size_t& room, std::size_t size, std::size_t padding) {
  if (size + padding <= room) return;
  room = std::max(size + padding, room * 2);
  std::unique_ptr<char[]> bigger(new char[room]);
  if (bytes.size > 0) std::memcpy(bigger.get(), bytes.data.get(), bytes.size);
  bytes.data = std::move(bigger);
}

// Ends the stream when it goes out of scope.
struct Inflater {
  z_stream stream{};
  ~Inflater() { inflateEnd(&stream); }
};

Result<TraceBytes> unpack(const TraceBytes& packed, const std::string& path, std::size_t padding) {
  constexpr std::size_t kChunk = std::size_t{1} << 30U;  // zlib counts in 32 bits
  Inflater in;
  constexpr int kGzipOnly = 16;
  if (inflateInit2(&in.stream, MAX_WBITS + kGzipOnly) != Z_OK) return Error{path + ": zlib does not start"};
  TraceBytes out;
  std::size_t room = 0;
  std::size_t fed = 0;
  for (;;) {
    if (in.stream.avail_in == 0 && fed < packed.size) {
      const std::size_t n = std::min(kChunk, packed.size - fed);
      in.stream.next_in = reinterpret_cast<Bytef*>(packed.data.get() + fed);
      in.stream.avail_in = static_cast<uInt>(n);
      fed += n;
    }
    reserve(out, room, out.size + std::max<std::size_t>(packed.size * 4, 65536), padding);
    const std::size_t space = std::min(kChunk, room - padding - out.size);
    in.stream.next_out = reinterpret_cast<Bytef*>(out.data.get() + out.size);
    in.stream.avail_out = static_cast<uInt>(space);
    const int status = inflate(&in.stream, Z_NO_FLUSH);
    out.size += space - in.stream.avail_out;
    if (out.size > kMostBytes) return Error{fmt::format("{}: unpacks to more than {} GiB", path, kMostBytes >> 30U)};
    if (status == Z_STREAM_END) {
      if (in.stream.avail_in == 0 && fed == packed.size) break;
      if (inflateReset(&in.stream) != Z_OK) return Error{path + ": zlib does not go on"};  // a file of several members
    } else if (status == Z_BUF_ERROR && in.stream.avail_in == 0 && fed == packed.size) {
      return Error{path + ": the gzip file is cut short"};
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      return Error{path + ": not a valid gzip file"};
    }
  }
  std::memset(out.data.get() + out.size, 0, padding);
  return out;
}

}  // namespace

Result<TraceBytes> read_trace_bytes(const std::string& path, std::size_t padding) {
  std::error_code ec;
  const auto status = std::filesystem::status(path, ec);
  if (status.type() == std::filesystem::file_type::not_found) return Error{path + ": no such file"};
  if (status.type() == std::filesystem::file_type::directory) return Error{path + ": is a folder, not a trace file"};
  if (status.type() != std::filesystem::file_type::regular) return Error{path + ": is not a regular file"};
  const std::unique_ptr<std::FILE, Closer> file(std::fopen(path.c_str(), "rb"));
  if (!file) return Error{fmt::format("{}: cannot be read: {}", path, std::strerror(errno))};
  const auto size = std::filesystem::file_size(path, ec);
  if (ec) return Error{fmt::format("{}: cannot be read: {}", path, ec.message())};
  TraceBytes bytes;
  std::size_t room = 0;
  reserve(bytes, room, static_cast<std::size_t>(size), padding);
  bytes.size = std::fread(bytes.data.get(), 1, static_cast<std::size_t>(size), file.get());
  if (std::ferror(file.get()) != 0) return Error{fmt::format("{}: cannot be read: {}", path, std::strerror(errno))};
  std::memset(bytes.data.get() + bytes.size, 0, padding);
  const bool gzip = bytes.size >= 2 && bytes.data[0] == '\x1f' && bytes.data[1] == '\x8b';
  if (gzip) return unpack(bytes, path, padding);
  return bytes;
}

}  // namespace blockyard
