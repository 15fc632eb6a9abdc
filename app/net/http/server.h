// HttpServer: answers HTTP/1.1 over TCP, on the one thread that runs its context. It reads a request whole, hands it to
// the handler as an Exchange, and sends what that says; several requests follow one another on a connection, none two
// at once.
//
// What is a request and what is refused is core/http's; here are the sockets, the times and the limits. Invariants:
// 1. every request is handed out at most once, whole, and ends with exactly one of: answered, cut off, left by the
// client; 2. nothing of an Exchange is called back after it has ended; 3. what waits to be sent of an answer is what
// its maker was told of: it waits for `sent` before it makes more.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/http/body.h"
#include "core/http/head.h"

namespace blockyard::net {

struct ServerLimits {
  std::size_t head = 16U << 10, body = 64U << 20;
  std::uint64_t all_bodies = 1ULL << 30;
  std::size_t connections = 8192;
  std::chrono::seconds head_time{10}, body_silence{30}, body_time{300}, idle_time{75}, write_silence{60};
};

/// An answer that is known as a whole.
struct Reply {
  unsigned status = 200;
  std::string body;
  std::string content_type = "application/json";
  http::Fields fields;
};

class HttpServer;
class Connection;

/// A request and its answer. Held by whoever answers; ends with the answer.
class Exchange {
 public:
  Exchange(std::shared_ptr<Connection> connection, http::RequestHead head, std::string body);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  const http::RequestHead& head() const { return head_; }
  const std::string& body() const { return body_; }
  /// For who changes it, or keeps it: it counts as held until forget_body().
  std::string take_body() { return std::move(body_); }
  /// The body is needed no more.
  void forget_body();
  /// Whether the one who asks is on this machine.
  bool from_loopback() const;

  /// The whole answer.
  void reply(Reply reply);
  /// An answer whose body comes in pieces: with its length where that is known.
  void begin(unsigned status, http::Fields fields, std::optional<std::uint64_t> length);
  /// A piece of it; `sent` is called when it has been given to the system.
  void write(std::string_view piece, std::function<void()> sent);
  /// The body is whole.
  void end();
  /// What was written goes out, then the connection is closed amid the answer, so that nobody takes it for whole.
  void cut();
  bool begun() const { return begun_; }
  /// The client has gone, or takes nothing: told once. Not after the end.
  std::function<void()> left;

 private:
  friend class Connection;
  void over();
  std::shared_ptr<Connection> connection_;  // empty: it has ended
  http::RequestHead head_;
  std::string body_;
  bool begun_ = false, chunked_ = false;
};

class HttpServer {
 public:
  /// Before a body is read: the refusal of a request by its head alone, or nothing.
  using Guard = std::function<std::optional<Reply>(const http::RequestHead& head, bool from_loopback)>;
  using Handler = std::function<void(std::shared_ptr<Exchange>)>;
  /// The error's body of a refusal that the server itself makes.
  using Refusal = std::function<Reply(unsigned status, const std::string& why)>;
  struct Hands {
    Guard guard;
    Handler handle;
    Refusal refuse;
  };

  HttpServer(boost::asio::io_context& context, ServerLimits limits, Hands hands);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Listens there; port 0: a free one. Errors say why it cannot.
  Result<void> listen(const std::string& host, std::uint16_t port);
  std::uint16_t port() const { return port_; }
  /// Takes no more connections, closes those that are idle, and lets each of the others end with its answer.
  void drain();
  /// Closes everything.
  void close();
  std::size_t connections() const { return all_.size(); }

 private:
  friend class Connection;
  friend class Exchange;
  void accept();
  void take(boost::asio::ip::tcp::socket socket);
  void drop_longest_idle();
  void gone(Connection& c);

  boost::asio::io_context& context_;
  ServerLimits limits_;
  Hands hands_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  std::list<std::weak_ptr<Connection>> all_, idle_;  // idle ones by when they became so
  std::uint64_t bodies_ = 0;                          // bytes of all that are held
  std::optional<boost::asio::ip::tcp::socket> waiting_;  // accepted, and without a place so far
  bool accepting_ = false, draining_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace blockyard::net
