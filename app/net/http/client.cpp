#include "app/net/http/client.h"

#include <fmt/format.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <utility>  // before Boost's headers, which forget it

namespace blockyard::net {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

constexpr std::chrono::seconds kKept{3};  // servers may close a connection that is idle for five
constexpr std::size_t kLongestHead = 64U << 10;

}  // namespace

HttpCall::HttpCall(HttpClients& clients, live::HttpAddress address, std::string request, CallTimes times, Hands hands)
    : clients_(&clients),
      clients_alive_(clients.alive_),
      address_(std::move(address)),
      request_(std::move(request)),
      times_(times),
      hands_(std::make_shared<const Hands>(std::move(hands))),
      resolver_(clients.context_),
      deadline_(clients.context_) {}

void HttpCall::start() {
  if (auto socket = clients_->take(address_.text())) return use(std::move(socket), true);
  connect();
}

void HttpCall::wait(std::chrono::microseconds time, CallFailure kind, const char* why) {
  deadline_.expires_after(time);
  deadline_.async_wait([self = shared_from_this(), kind, why, number = ++waits_](boost::system::error_code trouble) {
    if (!trouble && self->waits_ == number) self->fail(kind, why);
  });
}

void HttpCall::connect() {
  wait(times_.connect, CallFailure::kNobody, "no connection in time");
  resolver_.async_resolve(
      address_.host, std::to_string(address_.port),
      [self = shared_from_this()](boost::system::error_code trouble, const Tcp::resolver::results_type& found) {
        if (self->over_) return;
        if (trouble) return self->fail(CallFailure::kNobody, trouble.message());
        self->socket_ = std::make_unique<Socket>(self->deadline_.get_executor());
        asio::async_connect(*self->socket_, found,
                            [self](boost::system::error_code failed, const Tcp::endpoint&) {
                              if (self->over_) return;
                              if (failed) return self->fail(CallFailure::kNobody, failed.message());
                              self->use(std::move(self->socket_), false);
                            });
      });
}

void HttpCall::use(std::unique_ptr<Socket> socket, bool again) {
  socket_ = std::move(socket);
  used_before_ = again;
  heard_ = written_ = false;
  boost::system::error_code ignored;
  socket_->set_option(Tcp::no_delay(true), ignored);
  wait(times_.first_byte, CallFailure::kFirstByte, "nothing of the answer came in time");
  asio::async_write(*socket_, asio::buffer(request_),
                    [self = shared_from_this(), of = socket_.get()](boost::system::error_code trouble, std::size_t) {
                      // A server may answer and close before it has read everything: reading tells.
                      if (self->over_ || self->socket_.get() != of || trouble) return;
                      self->written_ = true;
                      if (std::exchange(self->sent_, true)) return;
                      if (const auto hands = self->hands_; hands->sent) hands->sent();
                    });
  read();
}

void HttpCall::read() {
  if (over_ || reading_ || paused_) return;
  reading_ = true;
  socket_->async_read_some(asio::buffer(piece_),
                           [self = shared_from_this()](boost::system::error_code trouble, std::size_t n) {
                             self->reading_ = false;
                             if (self->over_) return;
                             if (!trouble) {
                               self->heard_ = true;
                               self->in_.append(self->piece_.data(), n);
                               return self->understand();
                             }
                             if (self->headed_ && self->body_.until_close() && trouble == asio::error::eof)
                               return self->finish();
                             if (self->used_before_ && !self->heard_) {
                               // It had been closed while it was kept: once more, on a new one.
                               self->socket_.reset();
                               return self->connect();
                             }
                             self->fail(CallFailure::kLost,
                                        trouble == asio::error::eof ? "it closed the connection" : trouble.message());
                           });
}

void HttpCall::understand() {
  while (!headed_) {
    const http::HeadScan scan = http::scan_head(in_);
    if (scan.bad || scan.size > kLongestHead || (scan.size == 0 && in_.size() > kLongestHead))
      return fail(CallFailure::kBroken, "the head of its answer is none, or too long");
    if (scan.size == 0) return read();
    auto head = http::parse_response(std::string_view(in_).substr(0, scan.size));
    if (!head) return fail(CallFailure::kBroken, head.error().message);
    in_.erase(0, scan.size);
    if (head->status < 200) continue;  // 100 and its kin
    head_ = std::move(*head);
    headed_ = true;
    body_ = http::BodyReader(head_.body);
    const auto hands = hands_;
    hands->head(http::ResponseHead(head_));
    if (over_) return;
  }
  std::string body;
  const auto taken = body_.feed(in_, body);
  if (taken) in_.erase(0, *taken);
  if (!body.empty()) {
    paused_ = true;
    ++waits_;  // no time runs while the client takes what came
    deadline_.cancel();
    const auto hands = hands_;
    hands->piece(std::move(body));
    if (over_) return;
  }
  if (!taken) return fail(CallFailure::kBroken, taken.error().message);
  if (!paused_) return body_.done() ? finish() : read();
}

void HttpCall::go_on() {
  if (over_ || !paused_) return;
  paused_ = false;
  if (body_.done()) return finish();
  wait(times_.stall, CallFailure::kStall, "nothing more of the answer came in time");
  if (!in_.empty()) return understand();
  read();
}

void HttpCall::finish() {
  if (over_) return;
  over_ = true;
  deadline_.cancel();
  const bool good = head_.keep_alive && in_.empty() && written_ && !reading_;
  if (good && *clients_alive_) clients_->keep(address_.text(), std::move(socket_));
  socket_.reset();
  const auto hands = std::exchange(hands_, nullptr);
  hands->done();
}

void HttpCall::fail(CallFailure kind, const std::string& why) {
  if (over_) return;
  const auto hands = hands_;
  cancel();
  hands->failed(kind, why);
}

void HttpCall::cancel() {
  over_ = true;
  hands_ = nullptr;
  ++waits_;
  deadline_.cancel();
  resolver_.cancel();
  boost::system::error_code ignored;
  if (socket_) socket_->close(ignored);
}

HttpClients::HttpClients(asio::io_context& context) : context_(context), sweeper_(context) {}

HttpClients::~HttpClients() { *alive_ = false; }

std::shared_ptr<HttpCall> HttpClients::call(const live::HttpAddress& address, std::string request, CallTimes times,
                                            HttpCall::Hands hands) {
  auto out = std::make_shared<HttpCall>(*this, address, std::move(request), times, std::move(hands));
  // Never from within: who calls has it in hand before anything is said.
  asio::post(context_, [out] {
    if (!out->over_ && *out->clients_alive_) out->start();
  });
  return out;
}

std::unique_ptr<HttpClients::Socket> HttpClients::take(const std::string& address) {
  auto& all = kept_[address];
  while (!all.empty()) {
    Kept last = std::move(all.back());  // the one that was used last
    all.pop_back();
    if (last.until <= std::chrono::steady_clock::now()) continue;
    // Closed meanwhile, or with bytes that nobody asked for?
    boost::system::error_code trouble;
    last.socket->non_blocking(true, trouble);
    char byte = 0;
    last.socket->receive(asio::buffer(&byte, 1), asio::socket_base::message_peek, trouble);
    if (trouble == asio::error::would_block) return std::move(last.socket);
  }
  return nullptr;
}

void HttpClients::keep(const std::string& address, std::unique_ptr<Socket> socket) {
  kept_[address].push_back({std::move(socket), std::chrono::steady_clock::now() + kKept});
  if (std::exchange(sweeping_, true)) return;
  sweep();
}

void HttpClients::sweep() {
  sweeper_.expires_after(std::chrono::seconds(1));
  sweeper_.async_wait([this, alive = alive_](boost::system::error_code trouble) {
    if (trouble || !*alive) return;
    bool any = false;
    for (auto& [address, all] : kept_) {
      while (!all.empty() && all.front().until <= std::chrono::steady_clock::now()) all.pop_front();
      any = any || !all.empty();
    }
    sweeping_ = any;
    if (any) sweep();
  });
}

}  // namespace blockyard::net
