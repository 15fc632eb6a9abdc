// Front: a request on its way to a worker, and the answer on its way back.
#include <fmt/format.h>

#include <utility>  // before Boost's headers, which forget it

#include "app/net/polls.h"
#include "app/net/router/front.h"

namespace blockyard::net {
namespace {

using live::Outcome;

std::chrono::microseconds duration(double ms) { return std::chrono::microseconds(ms_to_us(ms)); }

}  // namespace

std::string Front::request_for(const Job& job, WorkerId w) const {
  const live::WorkerSetup& worker = fleet_.workers[w];
  http::Fields fields = job.asked.fields;
  http::remove_hop_by_hop(fields);
  const std::string key = key_of(worker);
  for (const char* name :
       {"Host", "Content-Length", "Accept-Encoding", "Expect", "X-data-parallel-rank", "X-Request-Id"})
    http::remove_field(fields, name);
  std::erase_if(fields, [](const http::Field& f) {
    return http::same_name(std::string_view(f.name).substr(0, 12), "X-Blockyard-");
  });
  if (job.own_key || !key.empty()) http::remove_field(fields, "Authorization");
  const bool ask = fleet_.router.proxy.ask_usage && job.ask.stream && job.record.generates && !job.ask.usage;
  const std::string asked = ask ? live::with_usage(job.body) : std::string();
  const std::string& body = ask ? asked : job.body;
  std::string out = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", job.asked.method, job.asked.target,
                                worker.address.text().substr(7));
  for (const http::Field& f : fields) out += f.name + ": " + f.value + "\r\n";
  if (!key.empty()) out += "Authorization: Bearer " + key + "\r\n";
  if (worker.ranks > 1) out += fmt::format("X-data-parallel-rank: {}\r\n", worker.rank);
  out += fmt::format("Accept-Encoding: identity\r\nX-Request-Id: {}\r\nContent-Length: {}\r\n\r\n", job.request_id,
                     body.size());
  return out + body;
}

void Front::send(const std::shared_ptr<Job>& job, const live::RouteRecord& route) {
  if (fleet_.workers[route.worker].address.host.empty()) return assign(job, route);
  job->route = route;
  job->record.served = route.worker;
  job->record.routed = desk_.now();
  ++job->record.attempts;
  job->head.reset();
  job->reader.reset();
  const live::ProxySettings& p = fleet_.router.proxy;
  HttpCall::Hands hands;
  const auto with = [alive = alive_, job](auto what) {
    return [alive, job, what](auto&&... args) {
      if (*alive && !job->over) what(std::forward<decltype(args)>(args)...);
    };
  };
  hands.sent = with([this, job] { job->record.sent = desk_.now(); });
  hands.head = with([this, job](http::ResponseHead&& h) { head(job, std::move(h)); });
  hands.piece = with([this, job](std::string&& bytes) { piece(job, std::move(bytes)); });
  hands.done = with([this, job] { done(job); });
  hands.failed = with([this, job](CallFailure kind, const std::string& why) { failed(job, kind, why); });
  job->call =
      clients_.call(fleet_.workers[route.worker].address, request_for(*job, route.worker),
                    {duration(p.connect_ms), duration(p.first_byte_ms), duration(p.stall_ms)}, std::move(hands));
}

// Whether another worker may be asked; then it is.
bool Front::try_again(const std::shared_ptr<Job>& job) {
  if (job->begun || job->record.attempts > fleet_.router.proxy.retries) return false;
  job->call->cancel();
  job->question.tried.push_back(job->route.worker);
  ++job->question.attempt;
  choose(job);
  return true;
}

void Front::head(const std::shared_ptr<Job>& job, http::ResponseHead&& head) {
  job->record.head = desk_.now();
  const bool again = head.status == 429 || head.status == 502 || head.status == 503 || head.status == 504;
  const bool later = http::find_field(head.fields, "Retry-After") != nullptr;
  desk_.went(job->route.worker, head.status >= 500 && head.status != 501, head.status, later,
             fmt::format("it answered {}", head.status));
  const std::string* type = http::find_field(head.fields, "Content-Type");
  const bool events = type != nullptr && type->starts_with("text/event-stream");
  job->head = std::move(head);
  const bool kept = !fleet_.router.proxy.ask_usage || job->ask.usage || !job->ask.stream;
  job->reader.emplace(events, kept);
  if (!again || job->record.attempts > fleet_.router.proxy.retries) return;
  job->deciding = true;
  live::RouteQuestion other = job->question;
  other.tried.push_back(job->route.worker);
  ++other.attempt;
  desk_.choose(other, [this, alive = alive_, job, other](std::optional<live::RouteRecord> route) {
    if (!*alive || job->over) return;
    job->deciding = false;
    if (route) {
      job->call->cancel();
      job->question = other;
      job->held_piece.reset();
      job->held_done = false;
      return send(job, *route);
    }
    if (job->held_piece) piece(job, std::move(*std::exchange(job->held_piece, std::nullopt)));
    if (!job->over && job->held_done) done(job);
  });
}

void Front::begin_answer(Job& job) {
  if (std::exchange(job.begun, true)) return;
  const http::ResponseHead& head = *job.head;
  job.record.http_status = head.status;
  http::Fields fields = head.fields;
  http::remove_hop_by_hop(fields);
  http::remove_field(fields, "Content-Length");
  http::remove_field(fields, "X-Request-Id");
  fields.push_back({"X-Request-Id", job.request_id});
  if (explain_) {
    fields.push_back({"X-Blockyard-Worker", fleet_.workers[job.route.worker].name});
    fields.push_back({"X-Blockyard-Overlap",
                      fmt::format("{}/{}", job.route.sights[job.route.worker].overlap, job.route.codes.size())});
  }
  const std::string origin = guard_.allowed_origin(job.asked);
  if (!origin.empty()) {
    http::remove_field(fields, "Access-Control-Allow-Origin");
    fields.push_back({"Access-Control-Allow-Origin", origin});
    fields.push_back({"Vary", "Origin"});
  }
  std::optional<std::uint64_t> length;
  if (head.body.kind == http::Framing::Kind::kLength) length = head.body.length;
  if (head.body.kind == http::Framing::Kind::kNone) length = 0;
  job.exchange->begin(head.status, std::move(fields), length);
  job.exchange->forget_body();
  job.body = {};
}

void Front::piece(const std::shared_ptr<Job>& job, std::string&& bytes) {
  if (job->deciding) {
    job->held_piece = std::move(bytes);
    return;
  }
  begin_answer(*job);
  const bool had = job->reader->has_token();
  const std::string out = job->record.generates ? job->reader->pass(bytes) : std::move(bytes);
  if (!had && job->reader->has_token()) {
    job->record.first_token = desk_.now();
    desk_.first_token(job->number);
  }
  const auto call = job->call;
  if (out.empty()) return call->go_on();
  job->exchange->write(out, [call] { call->go_on(); });
}

void Front::done(const std::shared_ptr<Job>& job) {
  if (job->deciding) {
    job->held_done = true;
    return;
  }
  begin_answer(*job);
  if (job->record.generates) {
    const std::string rest = job->reader->end();
    job->exchange->write(rest, nullptr);
  }
  job->exchange->end();
  end(job, job->record.http_status < 400 ? Outcome::kCompleted : Outcome::kFailed);
}

void Front::failed(const std::shared_ptr<Job>& job, CallFailure kind, const std::string& why) {
  const std::string& name = fleet_.workers[job->route.worker].name;
  desk_.went(job->route.worker, true, 0, false, why);
  job->deciding = false;
  if (!job->begun) {
    const bool lost = kind == CallFailure::kNobody || kind == CallFailure::kLost;
    // A request that kills its worker does not visit them all.
    const bool once_more = !job->call->was_sent() || job->lost_after_sent++ == 0;
    if (lost && once_more && try_again(job)) return;
    if (kind == CallFailure::kFirstByte || kind == CallFailure::kStall)
      return refuse(job, live::make_error(504, "upstream_error", "worker_timeout", fmt::format("{}: {}", name, why)));
    return refuse(job, live::make_error(502, "upstream_error", "worker_unreachable", fmt::format("{}: {}", name, why)));
  }
  const std::string* type = http::find_field(job->head->fields, "Content-Type");
  if (type != nullptr && type->starts_with("text/event-stream")) {
    const auto error =
        live::make_error(502, "upstream_error", "worker_lost", fmt::format("{} was lost: {}", name, why));
    job->exchange->write("data: " + error.json() + "\n\n", nullptr);
    job->exchange->end();
  } else {
    job->exchange->cut();
  }
  end(job, Outcome::kFailed);
}

void Front::refuse(const std::shared_ptr<Job>& job, const live::RouterError& error, bool retry_later) {
  Reply reply = with_origin(error_reply(error), job->asked);
  if (retry_later) reply.fields.push_back({"Retry-After", "1"});
  reply.fields.push_back({"X-Request-Id", job->request_id});
  job->record.http_status = error.status;
  job->exchange->reply(std::move(reply));
  end(job, Outcome::kFailed);
}

void Front::end(const std::shared_ptr<Job>& job, Outcome outcome) {
  if (std::exchange(job->over, true)) return;
  if (job->call) job->call->cancel();
  live::RequestRecord& r = job->record;
  r.outcome = outcome;
  r.finish = desk_.now();
  if (job->reader) {
    const live::Usage& usage = job->reader->usage();
    r.output_tokens = usage.output_tokens.value_or(job->reader->events_with_text());
    if (!job->ask.first_of_several) {
      r.told_prompt_tokens = usage.prompt_tokens;
      r.cached_tokens = usage.cached_tokens;
    }
  }
  job->exchange->left = nullptr;
  job->exchange.reset();
  desk_.ended(r);
  jobs_.erase(job->number);
  --in_flight_;
}

}  // namespace blockyard::net
