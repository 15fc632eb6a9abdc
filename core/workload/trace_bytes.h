// A trace file's bytes in memory, unpacked where it is gzip (told by its first two bytes, not by its name).
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "core/base/result.h"

namespace blockyard {

/// Bytes followed by `padding` more that may be read (zero), as SIMD parsers want it.
struct TraceBytes {
  std::unique_ptr<char[]> data;
  std::size_t size = 0;
};

/// Reads a regular file whole. Errors name the path: missing, not readable, a folder, a broken gzip stream.
Result<TraceBytes> read_trace_bytes(const std::string& path, std::size_t padding);

}  // namespace blockyard
