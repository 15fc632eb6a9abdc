// Connection: one client of an HttpServer: its bytes become requests, and answers its bytes. Private to http/.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "app/net/http/server.h"

namespace blockyard::net {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(HttpServer& server, boost::asio::ip::tcp::socket socket);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start();
  bool from_loopback() const { return loopback_; }
  /// Bytes to the client; `sent` when they are with the system.
  void send(std::string_view bytes, std::function<void()> sent);
  /// The answer ends here, half: what was sent of it goes out, and the connection is closed.
  void cut();
  /// The answer is whole.
  void answered(bool keep);
  /// Closes, and tells whoever waits.
  void close();
  void release_body(std::size_t bytes);
  /// No request is under way.
  bool idle() const { return state_ == State::kIdle; }
  /// After the answer that is under way nothing more is read.
  void last_one() { last_ = true; }

 private:
  friend class HttpServer;
  friend class Exchange;
  enum class State : std::uint8_t { kIdle, kHead, kBody, kAnswering, kClosing, kClosed };
  void read();
  void heard(std::size_t bytes);
  void go_on();
  bool take_head();
  bool take_body();
  void hand_out();
  void refuse(unsigned status, const std::string& why);
  void refuse(Reply reply);
  void write();
  void set_state(State state);
  void wait(std::chrono::seconds time);
  void wait_for_body();
  void stop_waiting();
  void hold(std::size_t bytes);

  HttpServer* server_;  // nullptr: it is gone
  std::shared_ptr<bool> server_alive_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer deadline_;
  std::uint64_t waits_ = 0;  // a wait that is over, or given up, is void
  State state_ = State::kIdle;
  bool loopback_ = false, reading_ = false, last_ = false;
  std::string in_;  // what has come and is not yet understood
  std::array<char, 16384> piece_{};
  http::RequestHead head_;
  http::BodyReader reader_;
  std::string body_;
  std::size_t held_ = 0;  // of the server's bodies
  std::chrono::steady_clock::time_point body_until_;
  std::weak_ptr<Exchange> exchange_;
  std::string out_, writing_;
  std::vector<std::function<void()>> when_out_, when_written_;
  bool closing_after_ = false, cutting_ = false;
  std::list<std::weak_ptr<Connection>>::iterator in_all_, in_idle_;
  bool listed_idle_ = false;
};

}  // namespace blockyard::net
