// One question over HTTP, within limits of time and size: for probes and pages. Requests of clients are not sent this
// way.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "core/live/fleet_file.h"

namespace blockyard::net {

struct HttpAnswer {
  enum class Trouble : std::uint8_t { kNone, kNobody, kTimeout, kBroken };
  Trouble trouble = Trouble::kNone;
  unsigned status = 0;
  std::string body;
  std::string why;  ///< of the trouble
  bool good() const { return trouble == Trouble::kNone && status == 200; }
  /// What went wrong, in words; the status, where it was that.
  std::string reason() const;
};

struct HttpQuestion {
  live::HttpAddress address;
  std::string path;
  std::string key;   ///< sent as a bearer token; empty: none
  std::string post;  ///< JSON that is posted; empty: a GET
  std::chrono::microseconds timeout{};
  std::size_t most_bytes = 0;
};

/// A GET, or a POST where there is something to post. Calls `done` once, on the thread that runs the context. The name
/// is looked up anew each time.
void http_get(boost::asio::io_context& context, HttpQuestion question, std::function<void(HttpAnswer&&)> done);

}  // namespace blockyard::net
