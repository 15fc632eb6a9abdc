#include "core/http/body.h"

#include <algorithm>

namespace blockyard::http {
namespace {

constexpr std::uint32_t kMostDigits = 16;     // of a chunk's size: 64 bits
constexpr std::uint32_t kMostExtra = 16'384;  // bytes of a chunk's extension, or of all trailers

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

BodyReader::BodyReader(const Framing& framing) {
  switch (framing.kind) {
    case Framing::Kind::kNone:
      break;
    case Framing::Kind::kLength:
      left_ = framing.length;
      if (left_ > 0) state_ = State::kData;
      break;
    case Framing::Kind::kChunked:
      state_ = State::kSize;
      break;
    case Framing::Kind::kUntilClose:
      state_ = State::kUntilClose;
      break;
  }
}

Result<std::size_t> BodyReader::bad(const char* why) {
  state_ = State::kBad;
  return Error{why};
}

Result<std::size_t> BodyReader::feed(std::string_view bytes, std::string& out) {
  std::size_t at = 0;
  while (at < bytes.size() && state_ != State::kDone) {
    const char c = bytes[at];
    switch (state_) {
      case State::kUntilClose:
        out.append(bytes.substr(at));
        return bytes.size();
      case State::kData:
      case State::kChunk: {
        const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - at));
        out.append(bytes.substr(at, n));
        at += n;
        left_ -= n;
        if (left_ == 0) {
          state_ = state_ == State::kData ? State::kDone : State::kChunkEnd;
          cr_ = false;
        }
        continue;
      }
      case State::kSize: {
        const int digit = hex_digit(c);
        if (digit >= 0) {
          if (++digits_ > kMostDigits) return bad("the size of a chunk is beyond 64 bits");
          left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
          break;
        }
        if (digits_ == 0) return bad("a chunk without a size");
        if (c != ';' && c != '\r' && c != ' ' && c != '\t') return bad("the size of a chunk is no number");
        state_ = State::kExtension;
        extra_ = 0;
        cr_ = false;
        continue;  // this byte is looked at there
      }
      case State::kExtension:
        if (++extra_ > kMostExtra) return bad("the extension of a chunk is too long");
        if (cr_ && c != '\n') return bad("a bare CR in the extension of a chunk");
        if (!cr_ && (c == '\n' || c == '\0')) return bad("a bare LF in the extension of a chunk");
        if (cr_) {
          digits_ = 0;
          state_ = left_ > 0 ? State::kChunk : State::kTrailer;
          extra_ = line_ = 0;
        }
        cr_ = c == '\r';
        break;
      case State::kChunkEnd:
        if (cr_ ? c != '\n' : c != '\r') return bad("a chunk does not end where it should");
        if (cr_) state_ = State::kSize;
        cr_ = c == '\r';
        break;
      case State::kTrailer:
        if (++extra_ > kMostExtra) return bad("the trailers are too long");
        if (cr_ && c != '\n') return bad("a bare CR in a trailer");
        if (!cr_ && (c == '\n' || c == '\0')) return bad("a bare LF in a trailer");
        if (cr_) {
          if (line_ == 0) state_ = State::kDone;
          line_ = 0;
        } else if (c != '\r') {
          ++line_;
        }
        cr_ = c == '\r';
        break;
      case State::kBad:
        return Error{"what came before was no chunk"};
      case State::kDone:
        break;
    }
    ++at;
  }
  return at;
}

}  // namespace blockyard::http
