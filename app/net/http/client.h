// HttpClients: sends requests of clients on to workers and gives their answers as they come, on the one thread that runs
// its context. Connections that are still good are kept for a moment and used again.
//
// Invariants: 1. a call ends with exactly one of done, failed, or cancel(), and says nothing afterwards; 2. bytes of the
// answer's body come in order, none twice; no more is read before what came has been taken (go_on()); 3. a connection
// is used again only where its last answer was whole and nothing unasked for came behind it.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "core/http/body.h"
#include "core/http/head.h"
#include "core/live/fleet_file.h"

namespace blockyard::net {

/// Why a call failed.
enum class CallFailure : std::uint8_t {
  kNobody,     ///< no connection
  kLost,       ///< the connection broke
  kBroken,     ///< what came is no HTTP, or its body has no clear end
  kFirstByte,  ///< nothing of the body came in time
  kStall,      ///< nothing more of it did
};

struct CallTimes {
  std::chrono::microseconds connect{}, first_byte{}, stall{};
};

class HttpClients;

class HttpCall : public std::enable_shared_from_this<HttpCall> {
 public:
  struct Hands {
    std::function<void()> sent;  ///< the whole request is with the system
    std::function<void(http::ResponseHead&&)> head;
    /// A piece of the body; nothing more comes until go_on().
    std::function<void(std::string&&)> piece;
    std::function<void()> done;
    std::function<void(CallFailure, const std::string& why)> failed;
  };
  HttpCall(HttpClients& clients, live::HttpAddress address, std::string request, CallTimes times, Hands hands);

  void start();
  void go_on();
  /// Closes the connection; nothing is said any more.
  void cancel();
  bool was_sent() const { return sent_; }

 private:
  friend class HttpClients;
  using Socket = boost::asio::ip::tcp::socket;
  void connect();
  void use(std::unique_ptr<Socket> socket, bool again);
  void read();
  void understand();
  void fail(CallFailure kind, const std::string& why);
  void finish();
  void wait(std::chrono::microseconds time, CallFailure kind, const char* why);

  HttpClients* clients_;
  std::shared_ptr<bool> clients_alive_;
  live::HttpAddress address_;
  std::string request_;
  CallTimes times_;
  std::shared_ptr<const Hands> hands_;  // none when it is over: they may hold who holds the call
  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::steady_timer deadline_;
  std::uint64_t waits_ = 0;
  std::unique_ptr<Socket> socket_;
  std::array<char, 16384> piece_{};
  std::string in_;
  http::ResponseHead head_;
  http::BodyReader body_;
  bool used_before_ = false, sent_ = false, written_ = false, heard_ = false, headed_ = false, over_ = false;
  bool paused_ = false, reading_ = false;
};

class HttpClients {
 public:
  explicit HttpClients(boost::asio::io_context& context);
  ~HttpClients();
  HttpClients(const HttpClients&) = delete;
  HttpClients& operator=(const HttpClients&) = delete;

  /// `request`: head and body as they are sent.
  std::shared_ptr<HttpCall> call(const live::HttpAddress& address, std::string request, CallTimes times,
                                 HttpCall::Hands hands);

 private:
  friend class HttpCall;
  using Socket = boost::asio::ip::tcp::socket;
  struct Kept {
    std::unique_ptr<Socket> socket;
    std::chrono::steady_clock::time_point until;
  };
  /// One that is good, as far as can be seen; nullptr where there is none.
  std::unique_ptr<Socket> take(const std::string& address);
  void keep(const std::string& address, std::unique_ptr<Socket> socket);
  void sweep();

  boost::asio::io_context& context_;
  boost::asio::steady_timer sweeper_;
  bool sweeping_ = false;
  std::map<std::string, std::deque<Kept>> kept_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace blockyard::net
