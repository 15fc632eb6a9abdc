// BodyReader: takes the body of a message out of the bytes that come, as its head says where it ends.
//
// Chunk extensions and trailers are dropped. Invariants: 1. bytes behind the body are never taken; 2. what was given
// out is the body's beginning, whatever trouble comes later; 3. it holds no bytes itself.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/http/head.h"

namespace blockyard::http {

class BodyReader {
 public:
  explicit BodyReader(const Framing& framing = {});

  /// Takes what it can from the front of `bytes`, appends the body's part of it to `out`, and returns how many bytes it
  /// took. Errors: a chunk that is none; nothing more is taken then.
  Result<std::size_t> feed(std::string_view bytes, std::string& out);
  /// The whole body has been given out. A body that goes until the close never is.
  bool done() const { return state_ == State::kDone; }
  bool until_close() const { return state_ == State::kUntilClose; }

 private:
  enum class State : std::uint8_t { kData, kUntilClose, kSize, kExtension, kChunk, kChunkEnd, kTrailer, kDone, kBad };
  Result<std::size_t> bad(const char* why);

  State state_ = State::kDone;
  std::uint64_t left_ = 0;    // of the body, or of the chunk
  std::uint32_t digits_ = 0;  // of the size so far
  std::uint32_t line_ = 0;    // bytes of the extension, or of the trailers' line
  std::uint32_t extra_ = 0;   // bytes of all extensions and trailers of this chunk
  bool cr_ = false;           // the byte before was one
};

}  // namespace blockyard::http
