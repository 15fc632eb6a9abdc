#include "app/net/standin/load.h"

#include <fmt/format.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <mutex>
#include <thread>
#include <utility>  // before Boost's headers, which forget it

#include "app/net/http/client.h"

namespace blockyard::net {
namespace {

namespace asio = boost::asio;

constexpr CallTimes kTimes{std::chrono::seconds(5), std::chrono::seconds(600), std::chrono::seconds(600)};

}  // namespace

struct Load::Parts {
  Parts(Load& l, const live::HttpAddress& address, std::size_t users, Rounds r)
      : load(l), to(address), rounds(std::move(r)), all(users) {}
  ~Parts() {
    work.reset();
    context.stop();
    if (thread.joinable()) thread.join();
  }

  struct User {
    std::uint32_t round = 0;
    std::size_t next = 0;
    std::unique_ptr<asio::steady_timer> timer;
    unsigned status = 0;
  };

  // The requests of a round; kept while somebody is in it.
  const std::vector<LoadRequest>& of(std::size_t u, std::uint32_t round) {
    auto at = made.find(round);
    if (at == made.end()) at = made.emplace(round, rounds(round)).first;
    std::uint32_t earliest = round;
    for (const User& user : all) earliest = std::min(earliest, user.round);
    made.erase(made.begin(), made.lower_bound(earliest));
    return at->second.at(u);
  }

  void think(std::size_t u) {
    User& user = all[u];
    while (of(u, user.round).size() <= user.next) {
      ++user.round;
      user.next = 0;
    }
    user.timer->expires_after(std::chrono::microseconds(of(u, user.round)[user.next].think));
    user.timer->async_wait([this, u](boost::system::error_code failed) {
      if (!failed && !stopped) send(u);
    });
  }

  void send(std::size_t u) {
    User& user = all[u];
    const std::string& body = of(u, user.round)[user.next++].body;
    ++load.begun_;
    user.status = 0;
    HttpCall::Hands hands;
    hands.head = [this, u](http::ResponseHead&& head) { all[u].status = head.status; };
    // Whoever reads what comes reads on at once.
    const auto call = std::make_shared<std::weak_ptr<HttpCall>>();
    hands.piece = [call](std::string&&) {
      if (const auto c = call->lock()) c->go_on();
    };
    hands.done = [this, u] {
      if (all[u].status == 200) return over(u, load.done_);
      fail(u, fmt::format("the answer was {}", all[u].status));
    };
    hands.failed = [this, u](CallFailure, const std::string& why) { fail(u, why); };
    *call = clients.call(to,
                         fmt::format("POST /v1/completions HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n"
                                     "Content-Length: {}\r\n\r\n{}",
                                     to.text().substr(7), body.size(), body),
                         kTimes, std::move(hands));
  }

  void fail(std::size_t u, const std::string& why) {
    {
      const std::lock_guard lock(mutex);
      if (trouble.empty()) trouble = why;
    }
    over(u, load.failed_);
  }
  void over(std::size_t u, std::atomic<std::uint64_t>& count) {
    ++count;
    if (!stopped) think(u);
  }

  Load& load;
  live::HttpAddress to;
  Rounds rounds;
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  HttpClients clients{context};
  std::vector<User> all;
  std::map<std::uint32_t, std::vector<std::vector<LoadRequest>>> made;
  bool stopped = false;
  mutable std::mutex mutex;
  std::string trouble;
  std::thread thread;
};

Load::Load(const live::HttpAddress& to, std::size_t users, Rounds rounds)
    : parts_(std::make_unique<Parts>(*this, to, users, std::move(rounds))) {
  Parts& p = *parts_;
  for (Parts::User& user : p.all) user.timer = std::make_unique<asio::steady_timer>(p.context);
  asio::post(p.context, [&p] {
    for (std::size_t u = 0; u < p.all.size(); ++u) p.think(u);
  });
  p.thread = std::thread([&p] { p.context.run(); });
}

Load::~Load() = default;

void Load::stop() {
  asio::post(parts_->context, [&p = *parts_] {
    p.stopped = true;
    for (Parts::User& user : p.all) user.timer->cancel();
  });
}

std::string Load::trouble() const {
  const std::lock_guard lock(parts_->mutex);
  return parts_->trouble;
}

}  // namespace blockyard::net
