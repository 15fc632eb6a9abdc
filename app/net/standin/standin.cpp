#include "app/net/standin/standin.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <utility>  // before Boost's headers, which forget it

namespace blockyard::net {
namespace {

using standin::ApiError;
using standin::Happening;

double wall_clock() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

Reply error_reply(const ApiError& error) { return {error.status, error.json(), "application/json", {}}; }

struct Route {
  std::string_view method, path;
};
constexpr auto kRoutes = std::to_array<Route>({{"POST", "/v1/completions"},
                                               {"POST", "/v1/chat/completions"},
                                               {"GET", "/v1/models"},
                                               {"GET", "/health"},
                                               {"GET", "/metrics"},
                                               {"POST", "/tokenize"},
                                               {"POST", "/reset_prefix_cache"}});

}  // namespace

// A request that is being served.
struct StandIn::Job {
  standin::Ticket ticket = 0;
  std::shared_ptr<Exchange> exchange;
  standin::Generate asked;
  standin::Api::Stream stream;
  SimTime arrived = 0, last_token = -1;
};

Result<std::unique_ptr<StandIn>> StandIn::start(boost::asio::io_context& context, const WordSource& words,
                                                StandInOptions options) {
  std::unique_ptr<StandIn> out(new StandIn(context, words, std::move(options)));
  StandIn& s = *out;
  auto worker = standin::ClockedWorker::make(s.options_.config, s.options_.time_scale);
  if (!worker) return worker.error();
  s.worker_ = std::move(*worker);
  if (s.options_.with_events) {
    auto publisher = Publisher::start(s.options_.publisher);
    if (!publisher) return publisher.error();
    s.publisher_ = std::move(*publisher);
  }
  HttpServer::Hands hands;
  hands.guard = [&s](const http::RequestHead& head, bool) { return s.guard(head); };
  hands.handle = [&s](const std::shared_ptr<Exchange>& exchange) { s.handle(exchange); };
  hands.refuse = [](unsigned status, const std::string& why) {
    return error_reply({status, why, "BadRequestError", ""});
  };
  s.server_ = std::make_unique<HttpServer>(context, ServerLimits(), std::move(hands));
  if (auto ok = s.server_->listen("127.0.0.1", s.options_.port); !ok) return ok.error();
  s.figures_.model = s.options_.model;
  s.figures_.block_tokens = s.worker_->block_tokens();
  s.figures_.pool = s.worker_->pool();
  s.figures_.process_start = wall_clock();
  return out;
}

StandIn::StandIn(boost::asio::io_context& context, const WordSource& words, StandInOptions options)
    : context_(context), options_(std::move(options)), api_(words, options_.model), timer_(context) {}

StandIn::~StandIn() {
  *alive_ = false;
  server_.reset();
}

std::string StandIn::url() const { return fmt::format("http://127.0.0.1:{}", server_->port()); }

SimTime StandIn::now() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began_).count();
}

// As vLLM does it, a key opens what lies under /v1 alone.
std::optional<Reply> StandIn::guard(const http::RequestHead& head) const {
  bool path_known = false;
  for (const Route& r : kRoutes) {
    if (r.path != head.path()) continue;
    path_known = true;
    if (r.method != head.method) continue;
    const std::string* key = http::find_field(head.fields, "Authorization");
    if (!options_.api_key.empty() && r.path.starts_with("/v1/") &&
        (key == nullptr || *key != "Bearer " + options_.api_key))
      return error_reply({401, "Unauthorized", "AuthenticationError", ""});
    return std::nullopt;
  }
  return error_reply({path_known ? 405U : 404U, path_known ? "Method Not Allowed" : "Not Found", "NotFoundError", ""});
}

void StandIn::handle(const std::shared_ptr<Exchange>& exchange) {
  const std::string_view path = exchange->head().path();
  if (path == "/health") return exchange->reply({200, "", "text/plain", {}});
  if (path == "/metrics") return exchange->reply({200, page(), "text/plain; version=0.0.4; charset=utf-8", {}});
  if (path == "/v1/models") return exchange->reply({200, api_.models(), "application/json", {}});
  if (path == "/tokenize") {
    auto answer = api_.tokenize(exchange->body());
    if (const auto* error = std::get_if<ApiError>(&answer)) return exchange->reply(error_reply(*error));
    return exchange->reply({200, std::get<std::string>(std::move(answer)), "application/json", {}});
  }
  if (path == "/reset_prefix_cache") {
    const bool done = worker_->reset(now());
    go_on();
    if (done) return exchange->reply({200, "", "text/plain", {}});
    return exchange->reply(error_reply({503, "blocks are in use; nothing was done", "ServiceUnavailableError", ""}));
  }
  generate(exchange, path == "/v1/chat/completions");
}

std::string StandIn::page() const {
  standin::PageFigures f = figures_;
  f.in_use = worker_->in_use();
  f.running = worker_->running();
  f.waiting = worker_->waiting();
  return standin::metrics_page(f);
}

void StandIn::generate(const std::shared_ptr<Exchange>& exchange, bool chat) {
  ++requests_;
  if (options_.fail_every > 0 && requests_ % options_.fail_every == 0)
    return exchange->reply(error_reply({500, "made to fail", "InternalServerError", ""}));
  auto asked = api_.generate(exchange->body(), chat);
  if (const auto* error = std::get_if<ApiError>(&asked)) return exchange->reply(error_reply(*error));
  const auto job = std::make_shared<Job>();
  job->asked = std::get<standin::Generate>(std::move(asked));
  if (const auto why = worker_->misfit(job->asked.prompt.size(), job->asked.answer.size()))
    return exchange->reply(error_reply({400, *why, "BadRequestError", chat ? "messages" : "prompt"}));
  exchange->forget_body();
  job->exchange = exchange;
  job->arrived = now();
  const auto ticket = worker_->add({job->asked.prompt, job->asked.answer, job->asked.salt}, job->arrived);
  if (!ticket) return exchange->reply(error_reply({503, "too much waits", "ServiceUnavailableError", ""}));
  job->ticket = *ticket;
  job->stream.id = fmt::format("{}-{:016x}", chat ? "chatcmpl" : "cmpl", requests_);
  job->stream.created = static_cast<std::int64_t>(wall_clock());
  jobs_[*ticket] = job;
  exchange->left = [this, alive = alive_, ticket = *ticket] {
    if (!*alive) return;
    jobs_.erase(ticket);
    worker_->leave(ticket, now());
    go_on();
  };
  if (job->asked.stream) {  // the head goes before the work, as engines send it
    exchange->begin(200, {{"Content-Type", "text/event-stream; charset=utf-8"}}, std::nullopt);
  }
  go_on();
}

void StandIn::go_on() {
  while (true) {  // who leaves makes room, and more happens
    worker_->advance(now());
    const std::vector<Happening> all = worker_->take();
    if (all.empty()) break;
    if (publisher_) publisher_->publish(standin::kv_payload(all, wall_clock(), worker_->block_tokens(), options_.form));
    for (const Happening& h : all) happened(h);
  }
  const SimTime due = worker_->due();
  if (due == kNever) return;
  timer_.expires_at(began_ + std::chrono::microseconds(due));
  timer_.async_wait([this, alive = alive_](boost::system::error_code trouble) {
    if (!trouble && *alive) go_on();
  });
}

void StandIn::happened(const Happening& h) {
  const auto at = jobs_.find(h.ticket);
  if (at == jobs_.end()) return;
  const std::shared_ptr<Job> held = at->second;  // it may leave while it is written to
  Job& job = *held;
  switch (h.what) {
    case Happening::What::kStarted:
      job.stream.cached = h.count;
      figures_.queried += job.asked.prompt.size();
      figures_.prompt += job.asked.prompt.size();
      figures_.hit += h.count;
      break;
    case Happening::What::kToken: {
      ++figures_.generated;
      const double passed = static_cast<double>(h.t - std::max(job.last_token, job.arrived)) / 1e6;
      (job.last_token < 0 ? figures_.ttft : figures_.interval).add(passed);
      job.last_token = h.t;
      if (options_.die_after && h.count == *options_.die_after) {
        const auto exchange = job.exchange;
        jobs_.erase(h.ticket);
        worker_->leave(h.ticket, now());
        exchange->cut();
      } else if (job.asked.stream) {
        job.exchange->write(api_.piece(job.asked, job.stream, h.count), nullptr);
      }
      break;
    }
    case Happening::What::kPreempted:
      ++figures_.preemptions;
      break;
    case Happening::What::kFinished:
      figures_.e2e.add(static_cast<double>(h.t - job.arrived) / 1e6);
      ++(job.asked.cut ? figures_.full_length : figures_.stopped);
      jobs_.erase(h.ticket);
      finish(job);
      break;
    case Happening::What::kRemoved:
    case Happening::What::kStored:
    case Happening::What::kCleared:
      break;
  }
}

void StandIn::finish(Job& job) {
  if (!job.asked.stream) {
    return job.exchange->reply(
        {200, api_.whole(job.asked, job.stream.id, job.stream.created, job.stream.cached), "application/json", {}});
  }
  job.exchange->write(api_.tail(job.asked, job.stream), nullptr);
  job.exchange->end();
}

}  // namespace blockyard::net
