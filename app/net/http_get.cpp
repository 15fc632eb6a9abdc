#include "app/net/http_get.h"

#include <fmt/format.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <memory>
#include <optional>
#include <utility>  // before Boost's headers, which forget it

namespace blockyard::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Tcp = asio::ip::tcp;

constexpr std::uint32_t kLongestHead = 64U << 10;

// It keeps itself alive by the handlers that wait for it, and ends with the last of them.
class Get : public std::enable_shared_from_this<Get> {
 public:
  Get(asio::io_context& context, HttpQuestion question, std::function<void(HttpAnswer&&)> done)
      : question_(std::move(question)),
        done_(std::move(done)),
        resolver_(context),
        stream_(context),
        deadline_(context) {}

  void start() {
    deadline_.expires_after(question_.timeout);
    deadline_.async_wait([self = shared_from_this()](beast::error_code trouble) {
      if (!trouble) self->give_up();
    });
    resolver_.async_resolve(
        question_.address.host, std::to_string(question_.address.port),
        [self = shared_from_this()](beast::error_code trouble, const Tcp::resolver::results_type& found) {
          if (trouble) return self->fail(HttpAnswer::Trouble::kNobody, trouble);
          self->connect(found);
        });
  }

 private:
  void connect(const Tcp::resolver::results_type& found) {
    if (over_) return;
    stream_.async_connect(found, [self = shared_from_this()](beast::error_code trouble, const Tcp::endpoint&) {
      if (trouble) return self->fail(HttpAnswer::Trouble::kNobody, trouble);
      self->write();
    });
  }
  void write() {
    const live::HttpAddress& address = question_.address;
    request_.method(question_.post.empty() ? http::verb::get : http::verb::post);
    request_.target(question_.path);
    request_.version(11);
    request_.set(http::field::host, address.text().substr(7));
    request_.set(http::field::user_agent, "blockyard");
    request_.set(http::field::accept, "*/*");
    request_.set(http::field::connection, "close");
    if (!question_.key.empty()) request_.set(http::field::authorization, "Bearer " + question_.key);
    if (!question_.post.empty()) {
      request_.set(http::field::content_type, "application/json");
      request_.body() = question_.post;
      request_.prepare_payload();
    }
    http::async_write(stream_, request_, [self = shared_from_this()](beast::error_code trouble, std::size_t) {
      if (trouble) return self->fail(HttpAnswer::Trouble::kBroken, trouble);
      self->read();
    });
  }
  void read() {
    parser_.header_limit(kLongestHead);
    parser_.body_limit(question_.most_bytes);
    // The head alone first: where some of the body comes with it, Boost 1.74 forgets that its length is beyond the limit.
    http::async_read_header(stream_, buffer_, parser_,
                            [self = shared_from_this()](beast::error_code trouble, std::size_t) {
                              if (trouble) return self->fail(HttpAnswer::Trouble::kBroken, trouble);
                              self->read_body();
                            });
  }
  void read_body() {
    http::async_read(stream_, buffer_, parser_, [self = shared_from_this()](beast::error_code trouble, std::size_t) {
      if (trouble) return self->fail(HttpAnswer::Trouble::kBroken, trouble);
      HttpAnswer answer;
      answer.status = self->parser_.get().result_int();
      answer.body = std::move(self->parser_.get().body());
      self->finish(std::move(answer));
    });
  }
  void give_up() {
    HttpAnswer answer;
    answer.trouble = HttpAnswer::Trouble::kTimeout;
    answer.why = fmt::format("no answer within {} ms", question_.timeout.count() / 1000);
    finish(std::move(answer));
  }
  void fail(HttpAnswer::Trouble kind, beast::error_code trouble) {
    HttpAnswer answer;
    answer.trouble = kind;
    answer.why = trouble.message();
    finish(std::move(answer));
  }
  void finish(HttpAnswer&& answer) {
    if (over_) return;
    over_ = true;
    deadline_.cancel();
    resolver_.cancel();
    beast::error_code ignored;
    stream_.socket().close(ignored);
    done_(std::move(answer));
  }

  HttpQuestion question_;
  std::function<void(HttpAnswer&&)> done_;
  Tcp::resolver resolver_;
  beast::tcp_stream stream_;
  asio::steady_timer deadline_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response_parser<http::string_body> parser_;
  bool over_ = false;
};

}  // namespace

std::string HttpAnswer::reason() const {
  if (trouble != Trouble::kNone) return why;
  return status == 200 ? std::string() : fmt::format("it answered {}", status);
}

void http_get(asio::io_context& context, HttpQuestion question, std::function<void(HttpAnswer&&)> done) {
  std::make_shared<Get>(context, std::move(question), std::move(done))->start();
}

}  // namespace blockyard::net
