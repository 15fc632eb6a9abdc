// StandIn: one stand-in worker: a ClockedWorker moved by this machine's clock, behind an HttpServer that speaks vLLM's
// API and a Publisher of its KV events. On the one thread that runs its context.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "app/net/http/server.h"
#include "app/net/standin/options.h"
#include "app/net/standin/publisher.h"
#include "core/standin/api.h"
#include "core/standin/clocked_worker.h"
#include "core/standin/metrics_page.h"

namespace blockyard::net {

class StandIn {
 public:
  /// `words` must outlive it. Errors: a port that is taken, a cache that a stand-in cannot have.
  static Result<std::unique_ptr<StandIn>> start(boost::asio::io_context& context, const WordSource& words,
                                                StandInOptions options);
  ~StandIn();
  StandIn(const StandIn&) = delete;
  StandIn& operator=(const StandIn&) = delete;

  std::string url() const;
  /// Endpoints; empty: none.
  std::string events() const { return publisher_ ? publisher_->events() : std::string(); }
  std::string replay() const { return publisher_ ? publisher_->replay() : std::string(); }
  /// What it holds and serves. On the context's thread.
  const standin::ClockedWorker& worker() const { return *worker_; }

 private:
  struct Job;
  StandIn(boost::asio::io_context& context, const WordSource& words, StandInOptions options);
  SimTime now() const;
  std::optional<Reply> guard(const http::RequestHead& head) const;
  void handle(const std::shared_ptr<Exchange>& exchange);
  void generate(const std::shared_ptr<Exchange>& exchange, bool chat);
  std::string page() const;
  /// Hands out what has happened, and sleeps until the next thing does.
  void go_on();
  void happened(const standin::Happening& h);
  void finish(Job& job);

  boost::asio::io_context& context_;
  StandInOptions options_;
  standin::Api api_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::unique_ptr<standin::ClockedWorker> worker_;
  std::unique_ptr<Publisher> publisher_;
  std::unique_ptr<HttpServer> server_;
  boost::asio::steady_timer timer_;
  std::unordered_map<standin::Ticket, std::shared_ptr<Job>> jobs_;
  standin::PageFigures figures_;
  std::uint64_t requests_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace blockyard::net
