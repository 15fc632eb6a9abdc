// The HTTP server's limits, small ones, over real sockets: what is refused, what is closed, and who waits.
#include "app/net/http/server.h"

#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>  // before Boost's headers, which forget it
#include <vector>

namespace blockyard::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// A server on a thread of its own that answers with the body's size, and holds back what is asked of /held.
class Served {
 public:
  explicit Served(ServerLimits limits) {
    run([&] {
      HttpServer::Hands hands;
      hands.guard = [](const http::RequestHead&, bool) { return std::nullopt; };
      hands.refuse = [](unsigned status, const std::string& why) { return Reply{status, why, "text/plain", {}}; };
      hands.handle = [this](std::shared_ptr<Exchange> e) {
        if (e->head().target == "/held") return held_.push_back(std::move(e));
        e->reply({200, std::to_string(e->body().size()), "text/plain", {}});
      };
      server_ = std::make_unique<HttpServer>(context_, limits, std::move(hands));
      ASSERT_TRUE(server_->listen("127.0.0.1", 0));
    });
  }
  ~Served() {
    run([&] {
      held_.clear();
      server_.reset();
    });
    work_.reset();
    context_.stop();
    thread_.join();
  }
  void run(const std::function<void()>& what) {
    std::promise<void> done;
    asio::post(context_, [&] {
      what();
      done.set_value();
    });
    done.get_future().wait();
  }
  std::size_t connections() {
    std::size_t out = 0;
    run([&] { out = server_->connections(); });
    return out;
  }
  void answer_held() {
    run([&] {
      for (const auto& e : std::exchange(held_, {})) e->reply({200, "late", "text/plain", {}});
    });
  }
  void take_held(const std::function<void(const std::shared_ptr<Exchange>&)>& what) {
    run([&] {
      for (const auto& e : std::exchange(held_, {})) what(e);
    });
  }
  void await_held(std::size_t n) {
    for (std::size_t there = 0; there < n;) run([&] { there = held_.size(); });
  }
  tcp::socket connect() {
    tcp::socket s(mine_);
    s.connect({asio::ip::address_v4::loopback(), server_->port()});
    return s;
  }

 private:
  asio::io_context context_{1}, mine_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
  std::vector<std::shared_ptr<Exchange>> held_;
  std::unique_ptr<HttpServer> server_;
  std::thread thread_{[this] { context_.run(); }};
};

void say(tcp::socket& s, const std::string& text) {
  boost::system::error_code ignored;
  asio::write(s, asio::buffer(text), ignored);
}

// All until it is closed.
std::string rest(tcp::socket& s) {
  std::string out;
  boost::system::error_code trouble;
  asio::read(s, asio::dynamic_buffer(out), trouble);
  return out;
}

// One answer: its status line, and its body behind a blank.
std::string one(tcp::socket& s) {
  std::string out;
  char c = 0;
  boost::system::error_code trouble;
  while (!out.ends_with("\r\n\r\n") && asio::read(s, asio::buffer(&c, 1), trouble) == 1) out += c;
  const std::size_t at = out.find("Content-Length: ");
  std::string body(at == std::string::npos ? 0 : static_cast<std::size_t>(std::stoi(out.substr(at + 16))), '\0');
  asio::read(s, asio::buffer(body), trouble);
  return out.substr(9, 3) + " " + body;
}

std::string request(const std::string& target, const std::string& body, const std::string& more = "") {
  return "POST " + target + " HTTP/1.1\r\nHost: a\r\n" + more + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

ServerLimits small() {
  ServerLimits out;
  out.head = 256;
  out.body = 1000;
  out.all_bodies = 1500;
  out.connections = 3;
  out.head_time = out.body_silence = out.idle_time = out.write_silence = std::chrono::seconds(1);
  out.body_time = std::chrono::seconds(2);
  return out;
}

TEST(HttpServer, RefusesWhatIsTooLong) {
  Served served(small());
  tcp::socket a = served.connect();
  say(a, request("/", std::string(1000, 'a')));
  EXPECT_EQ(one(a), "200 1000");
  say(a, request("/", std::string(1001, 'a')));
  EXPECT_EQ(rest(a).substr(9, 3), "413");
  tcp::socket b = served.connect();
  say(b, request("/", "", "X: " + std::string(300, 'a') + "\r\n"));
  EXPECT_EQ(rest(b).substr(9, 3), "431");
  tcp::socket c = served.connect();  // in chunks nobody says how long it will be
  say(c, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + std::string(1001, 'a') +
             "\r\n0\r\n\r\n");
  EXPECT_EQ(rest(c).substr(9, 3), "413");
}

TEST(HttpServer, HoldsSoManyBodiesAndNoMore) {
  Served served(small());
  tcp::socket a = served.connect(), b = served.connect();
  say(a, request("/held", std::string(900, 'a')));
  served.await_held(1);
  say(b, request("/", std::string(700, 'a')));
  EXPECT_EQ(rest(b).substr(9, 3), "429");
  served.answer_held();
  EXPECT_EQ(one(a), "200 late");
  tcp::socket c = served.connect();  // and there is room again
  say(c, request("/", std::string(900, 'a')));
  EXPECT_EQ(one(c), "200 900");
}

TEST(HttpServer, ClosesWhoSaysNothing) {
  Served served(small());
  tcp::socket a = served.connect(), b = served.connect(), c = served.connect();
  say(a, "POST / HT");                                                   // half a head
  say(b, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc");  // a third of a body
  say(c, request("/", "abc"));                                           // and then nothing
  EXPECT_EQ(one(c), "200 3");
  EXPECT_EQ(rest(c), "");
  EXPECT_EQ(rest(a), "");
  EXPECT_EQ(rest(b), "");
  EXPECT_EQ(served.connections(), 0U);
}

TEST(HttpServer, ABodyThatTricklesIsNotWaitedForForEver) {
  Served served(small());
  tcp::socket a = served.connect();
  say(a, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n");
  const auto began = std::chrono::steady_clock::now();
  boost::system::error_code trouble;
  for (int i = 0; i < 100 && !trouble; ++i) {
    asio::write(a, asio::buffer("a", 1), trouble);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_TRUE(trouble);
  const auto took = std::chrono::steady_clock::now() - began;
  EXPECT_GT(took, std::chrono::milliseconds(1500));
  EXPECT_LT(took, std::chrono::seconds(8));
}

TEST(HttpServer, GivesThePlaceOfTheLongestIdleToWhoComes) {
  ServerLimits limits = small();
  limits.idle_time = std::chrono::seconds(60);
  Served served(limits);
  std::vector<tcp::socket> idle;
  for (int i = 0; i < 3; ++i) {
    idle.push_back(served.connect());
    say(idle.back(), request("/", "a"));
    ASSERT_EQ(one(idle.back()), "200 1");
  }
  tcp::socket d = served.connect();
  say(d, request("/", "abcd"));
  EXPECT_EQ(one(d), "200 4");
  EXPECT_EQ(rest(idle[0]), "");  // the first was idle longest
  say(idle[1], request("/", "ab"));
  EXPECT_EQ(one(idle[1]), "200 2");
}

TEST(HttpServer, WhoFindsNoPlaceWaitsUntilOneIsFree) {
  ServerLimits limits = small();
  limits.idle_time = std::chrono::seconds(60);
  Served served(limits);
  std::vector<tcp::socket> busy;
  for (std::size_t i = 0; i < 3; ++i) {
    busy.push_back(served.connect());
    say(busy.back(), request("/held", "a"));
    served.await_held(i + 1);
  }
  tcp::socket d = served.connect();
  say(d, request("/", "abcd"));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(served.connections(), 3U);
  served.answer_held();  // those are idle now
  EXPECT_EQ(one(d), "200 4");
}

TEST(HttpServer, AClientThatTakesNothingIsClosed) {
  Served served(small());
  tcp::socket a = served.connect();
  a.set_option(asio::socket_base::receive_buffer_size(4096));
  say(a, request("/held", "a"));
  served.await_held(1);
  std::shared_ptr<Exchange> exchange;
  std::promise<void> left;
  served.take_held([&](const std::shared_ptr<Exchange>& e) {
    exchange = e;
    e->left = [&left] { left.set_value(); };
    e->begin(200, {}, std::nullopt);
    e->write(std::string(32U << 20, 'a'), nullptr);
  });
  EXPECT_EQ(left.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
  EXPECT_EQ(served.connections(), 0U);
  served.run([&] { exchange.reset(); });
}

}  // namespace
}  // namespace blockyard::net
