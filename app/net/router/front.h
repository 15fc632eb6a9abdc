// Front: the side of a router that clients see: it takes their requests, finds their tokens, has a worker chosen, and
// passes the request there and the answer back, piece by piece. On the network thread.
//
// Whom to choose is the Desk's, on the thread that owns the session; the two talk by closures that each hands the
// other. Invariants: 1. every request that the Desk has heard of ends with exactly one RequestRecord; 2. of an answer's
// body not more than one piece is held for a client; 3. a request is tried again only while nothing of an answer's body
// has come.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/net/http/client.h"
#include "app/net/http/server.h"
#include "app/net/router/job.h"
#include "core/live/fleet_file.h"
#include "core/live/heartbeat/bodies.h"
#include "core/live/record/record.h"
#include "core/live/routing/guard.h"
#include "core/tokens/tokenizer.h"

namespace blockyard::net {

/// What the Front asks of whoever owns the session. Each runs there, and answers by a closure on the network thread.
struct DeskHands {
  std::function<SimTime()> now;
  /// A worker for this attempt; nothing where none was routable for a second.
  std::function<void(live::RouteQuestion, std::function<void(std::optional<live::RouteRecord>)>)> choose;
  std::function<void(std::function<void(std::optional<WorkerId>)>, std::optional<std::string> model)> tokenizer;
  std::function<void(std::uint64_t request)> first_token;
  /// How an attempt at w went, with the status that it answered; 0: none.
  std::function<void(WorkerId w, bool broke, unsigned status, bool retry_after, std::string why)> went;
  std::function<void(live::RequestRecord)> ended;
  std::function<void(WorkerId w, std::vector<live::ServedModel>)> serves;
  /// What a heartbeat worker posted.
  std::function<void(live::HeartbeatPost, std::function<void(Reply)>)> post;
  /// An answer of the admin API, /metrics, /ready or /v1/models.
  std::function<void(live::Service, std::string target, std::string body, std::function<void(Reply)>)> administer;
};

class Front {
 public:
  /// `tokenizer`: of prompts, where it is not the workers that are asked; may be nullptr.
  Front(boost::asio::io_context& context, const live::LiveFleet& fleet, live::Guard::Keys keys, DeskHands desk,
        std::shared_ptr<const Tokenizer> tokenizer = nullptr);
  ~Front();
  Front(const Front&) = delete;
  Front& operator=(const Front&) = delete;

  Result<void> listen();
  std::uint16_t port() const { return server_->port(); }
  /// New requests are refused from now on.
  void drain() { draining_ = true; }
  /// Requests that have not ended. From any thread.
  std::size_t in_flight() const { return in_flight_; }
  void close();
  /// A worker has joined, has another address, or has left.
  void set_worker(WorkerId w, const live::WorkerSetup& setup);
  /// The list of models of this worker's address is read anew.
  void read_models(WorkerId w);

 private:
  std::optional<Reply> guard(const http::RequestHead& head, bool from_loopback) const;
  void handle(const std::shared_ptr<Exchange>& exchange);
  void take(const std::shared_ptr<Exchange>& exchange, live::Service service);
  void understood(const std::shared_ptr<Job>& job, std::variant<live::Ask, live::AskRefusal> ask);
  std::string adapter_of(const Job& job) const;
  void find_tokens(const std::shared_ptr<Job>& job);
  void ask_for_tokens();
  void tokenise(const std::shared_ptr<Job>& job);
  void take_post(const std::shared_ptr<Exchange>& exchange, live::Service service);
  void answer_post(const std::shared_ptr<Exchange>& exchange,
                   std::variant<live::HeartbeatPost, live::BodyRefusal> post);
  void assign(const std::shared_ptr<Job>& job, const live::RouteRecord& route);
  void make_chain(const std::shared_ptr<Job>& job, std::vector<std::uint32_t> tokens);
  void chained(const std::shared_ptr<Job>& job, std::optional<live::AskChain> chain);
  void choose(const std::shared_ptr<Job>& job);
  void send(const std::shared_ptr<Job>& job, const live::RouteRecord& route);
  std::string request_for(const Job& job, WorkerId w) const;
  // The answer of a worker.
  void head(const std::shared_ptr<Job>& job, http::ResponseHead&& head);
  void piece(const std::shared_ptr<Job>& job, std::string&& piece);
  void done(const std::shared_ptr<Job>& job);
  void failed(const std::shared_ptr<Job>& job, CallFailure kind, const std::string& why);
  bool try_again(const std::shared_ptr<Job>& job);
  void begin_answer(Job& job);
  void refuse(const std::shared_ptr<Job>& job, const live::RouterError& error, bool retry_later = false);
  void end(const std::shared_ptr<Job>& job, live::Outcome outcome);
  void models_later();
  Reply with_origin(Reply reply, const http::RequestHead& head) const;
  Reply error_reply(const live::RouterError& error) const;

  boost::asio::io_context& context_;
  live::LiveFleet fleet_;
  live::Guard guard_;
  DeskHands desk_;
  bool explain_ = false, draining_ = false;
  bool heartbeats_ = false;  // workers are known by their posts
  std::shared_ptr<const Tokenizer> tokenizer_;
  boost::asio::thread_pool beside_{1};      // great bodies are parsed here
  boost::asio::thread_pool tokenising_{1};  // prompts, by a tokenizer of our own
  std::unique_ptr<HttpServer> server_;
  HttpClients clients_;
  boost::asio::steady_timer models_timer_;
  std::unordered_map<std::uint64_t, std::shared_ptr<Job>> jobs_;
  std::deque<std::shared_ptr<Job>> untold_;  // waiting to ask for their tokens
  std::uint32_t asking_ = 0;
  std::atomic<std::size_t> in_flight_{0};
  std::set<std::string> adapters_;  // models that name a parent
  std::uint64_t next_request_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace blockyard::net
