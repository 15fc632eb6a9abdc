#include "app/net/http/connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <utility>  // before Boost's headers, which forget it

namespace blockyard::net {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kMostAhead = 64U << 10;      // bytes of later requests that are taken while one is answered
constexpr std::chrono::seconds kLingering{2};      // for what a refused client is still sending

}  // namespace

Connection::Connection(HttpServer& server, asio::ip::tcp::socket socket)
    : server_(&server), server_alive_(server.alive_), socket_(std::move(socket)), deadline_(server.context_) {
  boost::system::error_code ignored;
  const auto peer = socket_.remote_endpoint(ignored).address();
  loopback_ = peer.is_loopback() || (peer.is_v6() && peer.to_v6().is_v4_mapped() &&
                                     asio::ip::make_address_v4(asio::ip::v4_mapped, peer.to_v6()).is_loopback());
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

Connection::~Connection() { close(); }

void Connection::start() {
  set_state(State::kIdle);
  wait(server_->limits_.idle_time);
  read();
}

void Connection::set_state(State state) {
  state_ = state;
  if (!*server_alive_) return;
  const bool idle = state == State::kIdle;
  if (idle && !listed_idle_) {
    server_->idle_.push_back(weak_from_this());
    in_idle_ = std::prev(server_->idle_.end());
  }
  if (!idle && listed_idle_) server_->idle_.erase(in_idle_);
  listed_idle_ = idle;
  if (idle) server_->accept();
}

void Connection::wait(std::chrono::seconds time) {
  deadline_.expires_after(time);
  deadline_.async_wait([self = weak_from_this(), number = ++waits_](boost::system::error_code trouble) {
    const auto c = self.lock();
    if (!trouble && c && c->waits_ == number) c->close();
  });
}

void Connection::stop_waiting() {
  ++waits_;
  deadline_.cancel();
}

void Connection::wait_for_body() {
  const auto left = std::chrono::ceil<std::chrono::seconds>(body_until_ - std::chrono::steady_clock::now());
  wait(std::min(server_->limits_.body_silence, std::max(left, std::chrono::seconds(0))));
}

void Connection::read() {
  if (reading_ || state_ == State::kClosed || in_.size() >= kMostAhead) return;
  reading_ = true;
  socket_.async_read_some(asio::buffer(piece_),
                          [self = shared_from_this()](boost::system::error_code trouble, std::size_t n) {
                            self->reading_ = false;
                            if (trouble) return self->close();
                            self->heard(n);
                          });
}

void Connection::heard(std::size_t bytes) {
  if (state_ == State::kClosed || !*server_alive_) return;
  if (state_ == State::kClosing) return read();  // dropped: only that the client hears why it was refused
  in_.append(piece_.data(), bytes);
  if (state_ == State::kIdle) {
    set_state(State::kHead);
    wait(server_->limits_.head_time);
  } else if (state_ == State::kBody) {
    wait_for_body();
  }
  go_on();
  read();
}

void Connection::go_on() {
  if (state_ == State::kHead && !take_head()) return;
  if (state_ == State::kBody && !take_body()) return;
}

// True where there is more to look at.
bool Connection::take_head() {
  const http::HeadScan scan = http::scan_head(in_);
  if (scan.bad) return refuse(400, "a header line does not end with CRLF"), false;
  if (scan.size > server_->limits_.head || (scan.size == 0 && in_.size() > server_->limits_.head))
    return refuse(431, fmt::format("the header is longer than {} bytes", server_->limits_.head)), false;
  if (scan.size == 0) return false;
  auto head = http::parse_request(std::string_view(in_).substr(0, scan.size));
  if (!head) return refuse(400, head.error().message), false;
  in_.erase(0, scan.size);
  head_ = std::move(*head);
  if (auto refusal = server_->hands_.guard(head_, loopback_)) return refuse(std::move(*refusal)), false;
  if (head_.body.kind == http::Framing::Kind::kLength && head_.body.length > server_->limits_.body)
    return refuse(413, fmt::format("the body is longer than {} bytes", server_->limits_.body)), false;
  reader_ = http::BodyReader(head_.body);
  body_.clear();
  if (!reader_.done() && head_.expects_continue) send("HTTP/1.1 100 Continue\r\n\r\n", nullptr);
  set_state(State::kBody);
  body_until_ = std::chrono::steady_clock::now() + server_->limits_.body_time;
  wait_for_body();
  return true;
}

bool Connection::take_body() {
  const std::size_t before = body_.size();
  const auto taken = reader_.feed(in_, body_);
  if (!taken) return refuse(400, taken.error().message), false;
  in_.erase(0, *taken);
  if (body_.size() > server_->limits_.body)
    return refuse(413, fmt::format("the body is longer than {} bytes", server_->limits_.body)), false;
  hold(body_.size() - before);
  if (server_->bodies_ > server_->limits_.all_bodies)
    return refuse(429, fmt::format("the bodies of all requests hold more than {} bytes", server_->limits_.all_bodies)),
           false;
  if (!reader_.done()) return false;
  hand_out();
  return true;
}

void Connection::hold(std::size_t bytes) {
  held_ += bytes;
  server_->bodies_ += bytes;
}

void Connection::release_body(std::size_t bytes) {
  bytes = std::min(bytes, held_);
  held_ -= bytes;
  if (*server_alive_) server_->bodies_ -= bytes;
}

void Connection::hand_out() {
  set_state(State::kAnswering);
  stop_waiting();
  if (!head_.keep_alive) last_ = true;
  auto exchange = std::make_shared<Exchange>(shared_from_this(), std::move(head_), std::move(body_));
  body_ = {};
  exchange_ = exchange;
  server_->hands_.handle(std::move(exchange));
}

void Connection::refuse(unsigned status, const std::string& why) { refuse(server_->hands_.refuse(status, why)); }

// Nothing more of this client is understood: it is told, and its connection closed when it had time to hear it.
void Connection::refuse(Reply reply) {
  in_.clear();
  body_ = {};
  release_body(held_);
  last_ = true;
  set_state(State::kAnswering);
  http::RequestHead head;
  head.keep_alive = false;
  const auto exchange = std::make_shared<Exchange>(shared_from_this(), std::move(head), std::string());
  exchange_ = exchange;
  exchange->reply(std::move(reply));
}

void Connection::send(std::string_view bytes, std::function<void()> sent) {
  if (state_ == State::kClosed) return;
  out_ += bytes;
  if (sent) when_out_.push_back(std::move(sent));
  write();
}

void Connection::write() {
  if (!writing_.empty() || out_.empty() || !*server_alive_) return;
  writing_.swap(out_);
  when_written_.swap(when_out_);
  if (state_ == State::kAnswering || state_ == State::kClosing) wait(server_->limits_.write_silence);
  asio::async_write(socket_, asio::buffer(writing_),
                    [self = shared_from_this()](boost::system::error_code trouble, std::size_t) {
                      if (self->state_ == State::kClosed) return;
                      if (trouble) return self->close();
                      self->writing_.clear();
                      if (self->state_ == State::kAnswering) self->stop_waiting();
                      const auto told = std::exchange(self->when_written_, {});
                      for (const auto& sent : told) sent();
                      if (self->cutting_ && self->out_.empty()) return self->close();
                      if (self->closing_after_ && self->out_.empty() && self->writing_.empty()) {
                        boost::system::error_code ignored;
                        self->socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
                        self->wait(kLingering);
                        return;
                      }
                      self->write();
                    });
}

void Connection::answered(bool keep) {
  if (state_ != State::kAnswering) return;
  exchange_.reset();
  release_body(held_);
  if (!keep || last_ || !*server_alive_ || server_->draining_) {
    set_state(State::kClosing);
    closing_after_ = true;
    if (writing_.empty() && out_.empty()) close();
    return;
  }
  set_state(State::kIdle);
  wait(server_->limits_.idle_time);
  if (in_.empty()) return read();
  // The next request is there already. Not from within this one's answer.
  set_state(State::kHead);
  wait(server_->limits_.head_time);
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    if (self->state_ != State::kHead || !*self->server_alive_) return;
    self->go_on();
    self->read();
  });
}

void Connection::cut() {
  if (state_ != State::kAnswering) return close();
  exchange_.reset();
  when_out_.clear();
  when_written_.clear();
  if (writing_.empty() && out_.empty()) return close();
  set_state(State::kClosing);
  cutting_ = true;
}

void Connection::close() {
  if (state_ == State::kClosed) return;
  release_body(held_);
  set_state(State::kClosed);
  stop_waiting();
  boost::system::error_code ignored;
  socket_.close(ignored);
  when_out_.clear();
  if (*server_alive_) server_->gone(*this);
  if (const auto exchange = exchange_.lock()) {
    exchange_.reset();
    exchange->connection_.reset();
    const auto left = std::exchange(exchange->left, nullptr);
    if (left) left();
  }
}

}  // namespace blockyard::net
