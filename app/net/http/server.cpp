#include "app/net/http/server.h"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>  // before Boost's headers, which forget it

#include "app/net/http/connection.h"

namespace blockyard::net {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

constexpr std::size_t kGreatBody = 16U << 10;  // one that is sent behind its head instead of copied into it

std::string head_text(unsigned status, const http::Fields& fields) {
  std::string out = fmt::format("HTTP/1.1 {} {}\r\n", status, http::reason_of(status));
  for (const http::Field& f : fields) out += f.name + ": " + f.value + "\r\n";
  return out;
}

}  // namespace

Exchange::Exchange(std::shared_ptr<Connection> connection, http::RequestHead head, std::string body)
    : connection_(std::move(connection)), head_(std::move(head)), body_(std::move(body)) {}

Exchange::~Exchange() {
  if (connection_) cut();  // whoever was to answer has not
}

void Exchange::forget_body() {
  if (connection_) connection_->release_body(connection_->held_);
  body_ = {};
}

bool Exchange::from_loopback() const { return connection_ && connection_->from_loopback(); }

void Exchange::reply(Reply reply) {
  if (!connection_ || begun_) return;
  begun_ = true;
  http::Fields fields = std::move(reply.fields);
  const bool bodiless = reply.status == 204 || reply.status == 304;
  if (!bodiless) {
    if (!reply.content_type.empty()) fields.push_back({"Content-Type", reply.content_type});
    fields.push_back({"Content-Length", std::to_string(reply.body.size())});
  }
  const bool keep = head_.keep_alive && !connection_->last_;
  if (!keep) fields.push_back({"Connection", "close"});
  std::string text = head_text(reply.status, fields) + "\r\n";
  if (reply.body.size() < kGreatBody) {
    connection_->send(text + reply.body, nullptr);
  } else {
    connection_->send(text, nullptr);
    connection_->send(reply.body, nullptr);
  }
  over();
}

void Exchange::begin(unsigned status, http::Fields fields, std::optional<std::uint64_t> length) {
  if (!connection_ || begun_) return;
  begun_ = true;
  const bool bodiless = status == 204 || status == 304;
  if (length) {
    if (!bodiless) fields.push_back({"Content-Length", std::to_string(*length)});
  } else if (head_.minor == 1) {
    chunked_ = true;
    fields.push_back({"Transfer-Encoding", "chunked"});
  } else {
    connection_->last_one();  // HTTP/1.0 knows an end of unknown length only as a close
  }
  if (!head_.keep_alive || connection_->last_) fields.push_back({"Connection", "close"});
  connection_->send(head_text(status, fields) + "\r\n", nullptr);
}

void Exchange::write(std::string_view piece, std::function<void()> sent) {
  if (!connection_) return;
  if (piece.empty()) {
    if (sent) asio::post(connection_->socket_.get_executor(), std::move(sent));
    return;
  }
  if (!chunked_) return connection_->send(piece, std::move(sent));
  std::string chunk = fmt::format("{:x}\r\n", piece.size());
  chunk += piece;
  chunk += "\r\n";
  connection_->send(chunk, std::move(sent));
}

void Exchange::end() {
  if (!connection_) return;
  if (chunked_) connection_->send("0\r\n\r\n", nullptr);
  over();
}

void Exchange::over() {
  const auto connection = std::exchange(connection_, nullptr);
  left = nullptr;
  connection->answered(head_.keep_alive);
}

void Exchange::cut() {
  const auto connection = std::exchange(connection_, nullptr);
  if (!connection) return;
  left = nullptr;
  connection->cut();
}

HttpServer::HttpServer(asio::io_context& context, ServerLimits limits, Hands hands)
    : context_(context), limits_(limits), hands_(std::move(hands)), acceptor_(context) {}

HttpServer::~HttpServer() {
  close();
  *alive_ = false;
}

Result<void> HttpServer::listen(const std::string& host, std::uint16_t port) {
  boost::system::error_code trouble;
  const auto fail = [&] {
    return Error::failure(fmt::format("{}:{}: cannot listen there: {}", host, port, trouble.message()));
  };
  const auto address = asio::ip::make_address(host, trouble);
  if (trouble) return Error{fmt::format("{}: not an address to listen on; write one in numbers", host)};
  const Tcp::endpoint place(address, port);
  acceptor_.open(place.protocol(), trouble);
  if (!trouble) acceptor_.set_option(Tcp::acceptor::reuse_address(true), trouble);
  if (!trouble) acceptor_.bind(place, trouble);
  if (!trouble) acceptor_.listen(asio::socket_base::max_listen_connections, trouble);
  if (trouble) return fail();
  port_ = acceptor_.local_endpoint(trouble).port();
  accept();
  return {};
}

void HttpServer::accept() {
  if (accepting_ || draining_ || !acceptor_.is_open()) return;
  if (all_.size() >= limits_.connections && idle_.empty()) return;  // until one closes, or is idle
  if (waiting_) take(std::move(*std::exchange(waiting_, std::nullopt)));
  accepting_ = true;
  acceptor_.async_accept([this, alive = alive_](boost::system::error_code trouble, Tcp::socket socket) {
    if (!*alive) return;
    accepting_ = false;
    if (trouble == asio::error::operation_aborted) return;
    if (!trouble) {
      if (all_.size() >= limits_.connections && idle_.empty()) {  // the idle one that it was to replace is busy again
        waiting_ = std::move(socket);
        return;
      }
      take(std::move(socket));
      return accept();
    }
    // Out of descriptors, say: not at once again.
    const auto timer = std::make_shared<asio::steady_timer>(context_, std::chrono::milliseconds(50));
    timer->async_wait([this, alive, timer](boost::system::error_code) {
      if (*alive) accept();
    });
  });
}

void HttpServer::take(Tcp::socket socket) {
  accepting_ = true;  // not from within this
  if (all_.size() >= limits_.connections) drop_longest_idle();
  const auto c = std::make_shared<Connection>(*this, std::move(socket));
  all_.push_back(c);
  c->in_all_ = std::prev(all_.end());
  c->start();
  accepting_ = false;
}

void HttpServer::drop_longest_idle() {
  if (idle_.empty()) return;
  if (const auto c = idle_.front().lock()) c->close();
}

void HttpServer::gone(Connection& c) {
  all_.erase(c.in_all_);
  accept();
}

void HttpServer::drain() {
  draining_ = true;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  while (!idle_.empty()) {
    const auto c = idle_.front().lock();
    if (!c) break;
    c->close();
  }
}

void HttpServer::close() {
  draining_ = true;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  while (!all_.empty()) {
    const auto c = all_.front().lock();
    if (!c) break;
    c->close();
  }
}

}  // namespace blockyard::net
