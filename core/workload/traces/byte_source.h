// ByteSource: a file's bytes as a stream, unpacked on the way: plain, gzip, zstd, xz, bzip2, or zip with one file. It
// reads from pipes as well. Told by what the bytes are, never by the name; nothing is held but a buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "core/base/result.h"

struct archive;

namespace blockyard {

class ByteSource {
 public:
  /// Opens a file, a pipe, or standard input ("-"). `most_bytes` is what it may unpack to. Errors name the path:
  /// missing, not readable, a folder.
  static Result<std::unique_ptr<ByteSource>> open(const std::string& path, std::uint64_t most_bytes);
  ~ByteSource();
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  /// Up to `size` bytes to `to`; 0 at the end. Errors: a broken or cut archive, more than `most_bytes`.
  Result<std::size_t> read(char* to, std::size_t size);

 private:
  explicit ByteSource(std::string path) : path_(std::move(path)) {}
  Error trouble(const char* what) const;

  std::string path_;
  archive* archive_ = nullptr;
  std::uint64_t given_ = 0;
  std::uint64_t most_bytes_ = 0;
  bool ended_ = false;
  bool zip_ = false;
};

}  // namespace blockyard
