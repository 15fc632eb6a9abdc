// What a router costs beside speaking to a worker itself: requests of 1 KiB and streams of events over loopback, both
// ways in turn, medians. The machine may be shared, so ratios and differences mean more than numbers, and the time on
// the processor (client and worker among it) more than any of them.
//
//     blockyard_net_bench [--smoke]
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <future>
#include <string>
#include <string_view>
#include <thread>
#include <utility>  // before Boost's headers, which forget it
#include <vector>

#include "app/net/http/client.h"
#include "app/net/http/server.h"
#include "app/net/watch.h"
#include "core/base/percentile.h"

namespace {

using namespace blockyard;
using namespace blockyard::net;
using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

std::int64_t now_us() { return std::chrono::duration_cast<microseconds>(Clock::now().time_since_epoch()).count(); }

// A context with a thread of its own.
struct Threaded {
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{context.get_executor()};
  std::thread thread{[this] { context.run(); }};
  ~Threaded() {
    work.reset();
    context.stop();
    thread.join();
  }
  void run(const std::function<void()>& what) {
    std::promise<void> done;
    boost::asio::post(context, [&] {
      what();
      done.set_value();
    });
    done.get_future().wait();
  }
};

// Answers at once with 1 KiB, or, asked for a stream, with events that say when they were sent: 50 a second.
class Upstream {
 public:
  Upstream() {
    at_.run([this] {
      HttpServer::Hands hands;
      hands.guard = [](const http::RequestHead&, bool) { return std::nullopt; };
      hands.refuse = [](unsigned status, const std::string& why) { return Reply{status, why, "text/plain", {}}; };
      hands.handle = [this](const std::shared_ptr<Exchange>& e) {
        if (e->body().find("\"stream\":true") == std::string::npos)
          return e->reply({200, answer_, "application/json", {}});
        e->begin(200, {{"Content-Type", "text/event-stream"}}, std::nullopt);
        event(e, std::make_shared<boost::asio::steady_timer>(at_.context), 0);
      };
      server_ = std::make_unique<HttpServer>(at_.context, ServerLimits(), std::move(hands));
      (void)server_->listen("127.0.0.1", 0);
    });
  }
  ~Upstream() {
    at_.run([this] {
      server_->close();
      server_.reset();
    });
  }
  std::uint16_t port() const { return server_->port(); }
  std::atomic<int> events{100};

 private:
  void event(const std::shared_ptr<Exchange>& e, const std::shared_ptr<boost::asio::steady_timer>& timer, int n) {
    if (n == events) return e->end();
    e->write(fmt::format("data: {}\n\n", now_us()), nullptr);
    timer->expires_after(std::chrono::milliseconds(20));
    timer->async_wait([this, e, timer, n](boost::system::error_code trouble) {
      if (!trouble) event(e, timer, n + 1);
    });
  }
  std::string answer_ = "{\"choices\":[{\"text\":\"" + std::string(960, 'a') + "\"}]}";
  Threaded at_;
  std::unique_ptr<HttpServer> server_;
};

std::string request_of(std::string_view more) {
  const std::string body = fmt::format(R"({{"prompt":"{}",{}"max_tokens":16}})", std::string(960, 'p'), more);
  return fmt::format(
      "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
      "{}\r\n\r\n{}",
      body.size(), body);
}

struct Taken {
  std::vector<double> us;  // sorted
  double seconds = 0;
  std::uint64_t failed = 0;
  double rate() const { return static_cast<double>(us.size()) / seconds; }
};

// `users` that each send the next request when the one before is over, for so long.
Taken requests(std::uint16_t port, std::size_t users, double seconds) {
  Taken out;
  Threaded at;
  std::promise<void> all_over;
  std::unique_ptr<HttpClients> clients;
  const std::string text = request_of("");
  const std::int64_t began = now_us(), until = began + static_cast<std::int64_t>(seconds * 1e6);
  std::size_t left = users;
  std::function<void()> next = [&] {
    const std::int64_t sent = now_us();
    if (sent >= until) {
      if (--left == 0) all_over.set_value();
      return;
    }
    auto call = std::make_shared<std::shared_ptr<HttpCall>>();
    HttpCall::Hands hands;
    hands.sent = [] {};
    hands.head = [](http::ResponseHead&&) {};
    hands.piece = [call](std::string&&) { (*call)->go_on(); };
    hands.done = [&, call, sent] {
      out.us.push_back(static_cast<double>(now_us() - sent));
      boost::asio::post(at.context, [&, call] {
        call->reset();
        next();
      });
    };
    hands.failed = [&, call](CallFailure, const std::string&) {
      ++out.failed;
      boost::asio::post(at.context, [&, call] {
        call->reset();
        next();
      });
    };
    *call =
        clients->call({"127.0.0.1", port}, text,
                      {std::chrono::seconds(10), std::chrono::seconds(10), std::chrono::seconds(10)}, std::move(hands));
  };
  at.run([&] {
    clients = std::make_unique<HttpClients>(at.context);
    for (std::size_t i = 0; i < users; ++i) next();
  });
  all_over.get_future().wait();
  at.run([&] { clients.reset(); });
  out.seconds = static_cast<double>(now_us() - began) / 1e6;
  std::sort(out.us.begin(), out.us.end());
  return out;
}

// How long each event of so many streams was under way.
Taken streams(std::uint16_t port, std::size_t count) {
  Taken out;
  Threaded at;
  std::promise<void> all_over;
  std::unique_ptr<HttpClients> clients;
  const std::string text = request_of("\"stream\":true,");
  const std::int64_t began = now_us();
  std::size_t left = count;
  std::vector<std::shared_ptr<HttpCall>> calls(count);
  at.run([&] {
    clients = std::make_unique<HttpClients>(at.context);
    for (std::size_t i = 0; i < count; ++i) {
      HttpCall::Hands hands;
      hands.sent = [] {};
      hands.head = [](http::ResponseHead&&) {};
      hands.piece = [&, i](std::string&& piece) {
        const std::int64_t now = now_us();
        for (std::size_t p = piece.find("data: "); p != std::string::npos; p = piece.find("data: ", p + 6))
          out.us.push_back(static_cast<double>(now - std::strtoll(piece.c_str() + p + 6, nullptr, 10)));
        calls[i]->go_on();
      };
      const auto over = [&] {
        if (--left == 0) all_over.set_value();
      };
      hands.done = over;
      hands.failed = [&, over](CallFailure, const std::string&) {
        ++out.failed;
        over();
      };
      calls[i] = clients->call({"127.0.0.1", port}, text,
                               {std::chrono::seconds(10), std::chrono::seconds(60), std::chrono::seconds(60)},
                               std::move(hands));
    }
  });
  all_over.get_future().wait();
  at.run([&] {
    calls.clear();
    clients.reset();
  });
  out.seconds = static_cast<double>(now_us() - began) / 1e6;
  std::sort(out.us.begin(), out.us.end());
  return out;
}

double cpu_us() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto us = [](const timeval& t) { return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec); };
  return us(used.ru_utime) + us(used.ru_stime);
}

double median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return percentile(v, 50);
}

// Both ways in turn.
void compare(const char* what, int rounds, const std::function<Taken(bool through)>& take) {
  std::vector<double> rate[2], p50[2], p99[2], cpu[2];
  std::uint64_t failed = 0;
  for (int r = 0; r < rounds; ++r) {
    for (const bool through : {false, true}) {
      const double before = cpu_us();
      const Taken t = take(through);
      failed += t.failed;
      if (t.us.empty()) continue;
      cpu[through].push_back((cpu_us() - before) / static_cast<double>(t.us.size()));
      rate[through].push_back(t.rate());
      p50[through].push_back(percentile(t.us, 50));
      p99[through].push_back(percentile(t.us, 99));
    }
  }
  if (failed > 0 || rate[0].empty() || rate[1].empty()) {
    fmt::print("{}: {} failed\n", what, failed);
    std::exit(1);
  }
  fmt::print("| {} | {:.0f} | {:.0f} | {:.2f} | {:.0f} | {:.0f} | {:.1f} | {:.1f} |\n", what, median(rate[0]),
             median(rate[1]), median(rate[1]) / median(rate[0]), median(p50[1]) - median(p50[0]),
             median(p99[1]) - median(p99[0]), median(cpu[0]), median(cpu[1]));
}

}  // namespace

int main(int argc, char** argv) {
  const bool smoke = argc > 1 && std::string_view(argv[1]) == "--smoke";
  const double seconds = smoke ? 0.2 : 3;
  const int rounds = smoke ? 1 : 5;
  Upstream upstream;
  upstream.events = smoke ? 5 : 150;
  auto fleet = live::parse_fleet(R"({"listen":"0","tokens":"none","health":{"successes":1}})",
                                 {fmt::format("http://127.0.0.1:{}", upstream.port())});
  auto watch = net::Watch::start(fleet.value(), {});
  if (!watch) {
    fmt::print("{}\n", watch.error().message);
    return 1;
  }
  std::atomic<bool> over{false};
  std::thread pump([&] {
    while (!over) (*watch)->pump(10'000);
  });
  const std::string url = (*watch)->listening();
  const auto router = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  fmt::print(
      "| what | direct /s | through the router /s | ratio | added p50 µs | added p99 µs | CPU µs direct | through |\n"
      "| --- | --- | --- | --- | --- | --- | --- | --- |\n");
  for (const std::size_t users : {std::size_t{1}, std::size_t{8}, std::size_t{64}}) {
    compare(fmt::format("requests of 1 KiB, {} at a time", users).c_str(), rounds,
            [&](bool through) { return requests(through ? router : upstream.port(), users, seconds); });
  }
  compare("events of 200 streams, 50 a second each", smoke ? 1 : 3,
          [&](bool through) { return streams(through ? router : upstream.port(), 200); });
  over = true;
  pump.join();
  return (*watch)->end() ? 0 : 1;
}
