// The heads of HTTP/1.1 messages: what is taken, and what is refused. Pure: bytes in, a value or a reason out.
//
// It is strict, since two programs that read the same bytes differently let a request be smuggled past one of them:
// core/live/README.md, "Security". Invariants: 1. what passes has one meaning by RFC 9112: its lines end with CRLF, its
// length is said once; 2. a request's target is a path; 3. no text that comes out holds CR, LF or NUL.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace blockyard::http {

struct Field {
  std::string name, value;
  bool operator==(const Field&) const = default;
};
using Fields = std::vector<Field>;

/// Whether two names of fields are the same: letters whatever their case.
bool same_name(std::string_view a, std::string_view b);
/// The value of the first field of that name; nullptr where there is none.
const std::string* find_field(const Fields& fields, std::string_view name);
void remove_field(Fields& fields, std::string_view name);

/// How long the body is.
struct Framing {
  enum class Kind : std::uint8_t { kNone, kLength, kChunked, kUntilClose } kind = Kind::kNone;
  std::uint64_t length = 0;
};

struct RequestHead {
  std::string method, target;
  int minor = 1;  ///< of HTTP/1.x
  Fields fields;
  Framing body;
  bool keep_alive = true;
  bool expects_continue = false;
  /// The target without its query.
  std::string_view path() const { return std::string_view(target).substr(0, target.find('?')); }
};

struct ResponseHead {
  unsigned status = 0;
  int minor = 1;
  Fields fields;
  Framing body;
  bool keep_alive = true;
};

/// How far a head goes.
struct HeadScan {
  std::size_t size = 0;  ///< bytes of the head, its empty line among them; 0: not yet there
  bool bad = false;      ///< a bare CR, a bare LF or NUL: it will never be one
};
HeadScan scan_head(std::string_view bytes);

/// `head` is what scan_head() found. Errors name what is wrong, and no value.
Result<RequestHead> parse_request(std::string_view head);
/// The answer to anything but a HEAD.
Result<ResponseHead> parse_response(std::string_view head);

/// Removes what belongs to one connection alone: Connection and what it names, Keep-Alive, Proxy-*, TE, Trailer,
/// Transfer-Encoding, Upgrade.
void remove_hop_by_hop(Fields& fields);

/// The reason phrase of a status; "Status" of one that is not known.
std::string_view reason_of(unsigned status);

}  // namespace blockyard::http
