#include "app/net/router/front.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>  // before Boost's headers, which forget it

#include "app/net/http_get.h"
#include "app/net/polls.h"

namespace blockyard::net {
namespace {

namespace asio = boost::asio;
using live::Outcome;
using live::Service;

constexpr std::size_t kGreatBody = 256U << 10;
constexpr std::size_t kManyTokens = 16'384;
constexpr std::uint32_t kMostAsking = 64;
constexpr std::size_t kMostTokenAnswer = 32U << 20, kMostModels = 8U << 20;
constexpr std::chrono::seconds kModelsEvery{30};

std::chrono::microseconds duration(double ms) { return std::chrono::microseconds(ms_to_us(ms)); }

bool good_id(const std::string& id) {
  return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  });
}

bool is_generated(Service s) { return s == Service::kCompletion || s == Service::kChat; }

live::AskKind kind_of(Service s) {
  if (s == Service::kCompletion) return live::AskKind::kCompletion;
  return s == Service::kChat ? live::AskKind::kChat : live::AskKind::kOther;
}

}  // namespace

Front::Front(asio::io_context& context, const live::LiveFleet& fleet, live::Guard::Keys keys, DeskHands desk,
             std::shared_ptr<const Tokenizer> tokenizer)
    : context_(context),
      fleet_(fleet),
      guard_(fleet.router, std::move(keys), fleet.heartbeats.accept),
      desk_(std::move(desk)),
      tokenizer_(std::move(tokenizer)),
      clients_(context),
      models_timer_(context) {
  explain_ = fleet.router.proxy.explain_headers.value_or(fleet.router.listen->loopback());
  HttpServer::Hands hands;
  hands.guard = [this](const http::RequestHead& head, bool from_loopback) { return guard(head, from_loopback); };
  hands.handle = [this](const std::shared_ptr<Exchange>& exchange) { handle(exchange); };
  hands.refuse = [this](unsigned status, const std::string& why) {
    const std::string_view code = status == 413   ? "body_too_large"
                                  : status == 429 ? "too_many_requests"
                                  : status == 431 ? "headers_too_large"
                                                  : "bad_request";
    return error_reply(
        live::make_error(status, status == 429 ? "rate_limit_error" : "invalid_request_error", code, why));
  };
  server_ = std::make_unique<HttpServer>(context, ServerLimits(), std::move(hands));
}

Front::~Front() {
  *alive_ = false;
  tokenising_.stop();
  tokenising_.join();
  beside_.join();
  for (auto& [number, job] : jobs_) {
    if (job->call) job->call->cancel();
  }
}

Result<void> Front::listen() {
  if (auto ok = server_->listen(fleet_.router.listen->host, fleet_.router.listen->port); !ok) return ok.error();
  models_later();
  return {};
}

void Front::close() {
  server_->close();
  models_timer_.cancel();
}

Reply Front::error_reply(const live::RouterError& error) const {
  return {error.status, error.json(), "application/json", {}};
}

Reply Front::with_origin(Reply reply, const http::RequestHead& head) const {
  const std::string origin = guard_.allowed_origin(head);
  if (!origin.empty()) {
    reply.fields.push_back({"Access-Control-Allow-Origin", origin});
    reply.fields.push_back({"Vary", "Origin"});
  }
  return reply;
}

std::optional<Reply> Front::guard(const http::RequestHead& head, bool from_loopback) const {
  const auto checked = guard_.check(head, from_loopback);
  if (const auto* refused = std::get_if<live::RouterError>(&checked)) return error_reply(*refused);
  return std::nullopt;
}

void Front::handle(const std::shared_ptr<Exchange>& exchange) {
  const auto checked = guard_.check(exchange->head(), exchange->from_loopback());
  const Service service = std::get<Service>(checked);
  const http::RequestHead& head = exchange->head();
  switch (service) {
    case Service::kCompletion:
    case Service::kChat:
    case Service::kOther:
      return take(exchange, service);
    case Service::kBeat:
    case Service::kSync:
    case Service::kEvict:
      return take_post(exchange, service);
    case Service::kHealth:
      return exchange->reply(with_origin({200, "", "text/plain", {}}, head));
    case Service::kOptions: {
      Reply reply = with_origin({204, "", "", {}}, head);
      reply.fields.push_back({"Access-Control-Allow-Methods", "GET, POST, PUT, OPTIONS"});
      reply.fields.push_back({"Access-Control-Allow-Headers", "Authorization, Content-Type, X-Request-Id"});
      return exchange->reply(std::move(reply));
    }
    default:
      break;
  }
  if (service == Service::kReady && draining_)
    return exchange->reply(error_reply(live::make_error(503, "unavailable_error", "draining", "it is about to end")));
  desk_.administer(service, head.target, exchange->body(), [this, alive = alive_, exchange](Reply reply) {
    if (*alive) exchange->reply(with_origin(std::move(reply), exchange->head()));
  });
}

void Front::take(const std::shared_ptr<Exchange>& exchange, Service service) {
  if (draining_) {
    return exchange->reply(
        error_reply(live::make_error(503, "unavailable_error", "draining", "the router is about to end")));
  }
  if (jobs_.size() >= fleet_.router.proxy.max_in_flight) {
    return exchange->reply(error_reply(live::make_error(
        429, "rate_limit_error", "too_many_requests",
        fmt::format("{} requests are in flight, and no more are taken", fleet_.router.proxy.max_in_flight))));
  }
  const auto job = std::make_shared<Job>();
  job->number = next_request_++;
  job->exchange = exchange;
  job->asked = exchange->head();
  job->body = exchange->take_body();
  job->own_key = guard_.is_own_key(job->asked);
  job->record.request = job->number;
  job->record.arrival = desk_.now();
  job->record.generates = is_generated(service);
  const std::string* id = http::find_field(job->asked.fields, "X-Request-Id");
  job->request_id = id != nullptr && good_id(*id) ? *id : fmt::format("by-{:016x}", job->number);
  jobs_[job->number] = job;
  ++in_flight_;
  exchange->left = [this, alive = alive_, job] {
    if (*alive) end(job, Outcome::kCancelled);
  };
  const live::AskKind kind = kind_of(service);
  if (job->body.size() <= kGreatBody) return understood(job, live::read_ask(job->body, kind));
  asio::post(beside_, [this, alive = alive_, job, kind] {
    auto ask = live::read_ask(job->body, kind);
    asio::post(context_, [this, alive, job, ask = std::move(ask)]() mutable {
      if (*alive && !job->over) understood(job, std::move(ask));
    });
  });
}

void Front::understood(const std::shared_ptr<Job>& job, std::variant<live::Ask, live::AskRefusal> ask) {
  if (const auto* refused = std::get_if<live::AskRefusal>(&ask))
    return refuse(job, live::make_error(400, "invalid_request_error", refused->code, refused->message));
  job->ask = std::get<live::Ask>(std::move(ask));
  live::RouteQuestion& q = job->question;
  q.request = job->number;
  q.model = job->ask.model;
  q.assignable = job->ask.kind == live::AskKind::kCompletion;
  const std::string* session = http::find_field(job->asked.fields, fleet_.router.session_header);
  q.session = session != nullptr ? session->substr(0, 256) : job->ask.session;
  find_tokens(job);
}

std::string Front::adapter_of(const Job& job) const {
  return job.ask.model && adapters_.contains(*job.ask.model) ? *job.ask.model : std::string();
}

void Front::find_tokens(const std::shared_ptr<Job>& job) {
  if (job->ask.tokens) {
    return make_chain(job, std::move(*job->ask.tokens));
  }
  if (tokenizer_ && job->ask.kind == live::AskKind::kCompletion) return tokenise(job);
  if (job->ask.question.empty() || fleet_.router.tokens == live::TokenSource::kNone) return chained(job, std::nullopt);
  untold_.push_back(job);
  ask_for_tokens();
}

void Front::ask_for_tokens() {
  while (!untold_.empty() && asking_ < kMostAsking) {
    const std::shared_ptr<Job> job = std::move(untold_.front());
    untold_.pop_front();
    if (job->over) continue;
    ++asking_;
    const auto told = [this, alive = alive_, job](HttpAnswer&& answer) {
      if (!*alive) return;
      --asking_;
      auto tokens = answer.good() ? live::read_tokens(answer.body) : std::nullopt;
      if (!job->over && tokens) make_chain(job, std::move(*tokens));
      if (!job->over && !tokens) chained(job, std::nullopt);
      ask_for_tokens();
    };
    desk_.tokenizer(
        [this, alive = alive_, job, told](std::optional<WorkerId> w) {
          if (!*alive) return;
          if (!w || job->over) return told(HttpAnswer{HttpAnswer::Trouble::kNobody, 0, "", ""});
          const live::WorkerSetup& worker = fleet_.workers[*w];
          HttpQuestion q;
          q.address = worker.address;
          q.path = "/tokenize";
          q.key = key_of(worker);
          const std::string* own = http::find_field(job->asked.fields, "Authorization");
          if (q.key.empty() && own != nullptr && !job->own_key && own->starts_with("Bearer ")) q.key = own->substr(7);
          q.post = job->ask.question;
          q.timeout = std::chrono::seconds(1 + (q.post.size() >> 20));
          q.most_bytes = kMostTokenAnswer;
          http_get(context_, std::move(q), told);
        },
        job->ask.model);
  }
}

// Digests of many blocks take their time: beside those that pass bytes on.
void Front::make_chain(const std::shared_ptr<Job>& job, std::vector<std::uint32_t> tokens) {
  const bool many = tokens.size() > kManyTokens;
  auto make = [tokens = std::move(tokens), unit = fleet_.block_tokens, adapter = adapter_of(*job), salt = job->ask.salt,
               posting = heartbeats_] {
    live::AskChain chain = live::chain_of(tokens, unit, adapter, salt);
    // Their caches know neither adapters nor salts.
    if (posting && unit == live::kBeatBlockTokens && chain.root == kRootDigest) chain.beats = live::beat_hashes(tokens);
    return chain;
  };
  if (!many) return chained(job, make());
  asio::post(beside_, [this, alive = alive_, job, make = std::move(make)] {
    asio::post(context_, [this, alive, job, chain = make()]() mutable {
      if (*alive && !job->over) chained(job, std::move(chain));
    });
  });
}

void Front::chained(const std::shared_ptr<Job>& job, std::optional<live::AskChain> chain) {
  job->question.chain = std::move(chain);
  choose(job);
}

void Front::choose(const std::shared_ptr<Job>& job) {
  desk_.choose(job->question, [this, alive = alive_, job](std::optional<live::RouteRecord> route) {
    if (!*alive || job->over) return;
    if (route) return send(job, *route);
    if (!job->question.tried.empty()) {
      return refuse(job, live::make_error(502, "upstream_error", "worker_unreachable",
                                          fmt::format("{} could not be reached, and no other worker is there",
                                                      fleet_.workers[job->question.tried.back()].name)));
    }
    refuse(job, live::make_error(503, "unavailable_error", "no_workers", "no worker is there for this request"), true);
  });
}

void Front::read_models(WorkerId w) {
  const live::WorkerSetup& worker = fleet_.workers[w];
  if (worker.address.host.empty() || worker.removed) return;
  HttpQuestion q{worker.address, "/v1/models", key_of(worker), "", duration(fleet_.metrics_timeout_ms), kMostModels};
  http_get(context_, std::move(q), [this, alive = alive_, w](HttpAnswer&& answer) {
    if (!*alive || !answer.good()) return;
    auto models = live::read_models(answer.body);
    if (!models) return;
    for (const live::ServedModel& m : *models) {
      if (m.adapter) adapters_.insert(m.id);
    }
    desk_.serves(w, std::move(*models));
  });
}

void Front::models_later() {
  for (WorkerId w = 0; w < fleet_.workers.size(); ++w) read_models(w);
  models_timer_.expires_after(kModelsEvery);
  models_timer_.async_wait([this, alive = alive_](boost::system::error_code trouble) {
    if (!trouble && *alive) models_later();
  });
}

}  // namespace blockyard::net
