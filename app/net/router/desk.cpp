#include "app/net/router/desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <charconv>
#include <set>
#include <utility>  // before Boost's headers, which forget it

#include "core/live/routing/router_page.h"

namespace blockyard::net {
namespace {

using live::LiveRouter;
using live::Service;

constexpr SimTime kPatience = 1'000'000, kTryEvery = 20'000;
constexpr std::size_t kMostDecisions = 1000;

Reply json_reply(std::string body) { return {200, std::move(body), "application/json", {}}; }

Reply refusal(unsigned status, std::string_view type, std::string_view code, std::string why) {
  return {status, live::make_error(status, type, code, std::move(why)).json(), "application/json", {}};
}

Reply nobody() { return refusal(404, "invalid_request_error", "not_found", "there is no worker of this name"); }
Reply too_many() {
  return refusal(400, "invalid_request_error", "too_many_workers",
                 fmt::format("there are {} workers, or as many as may post heartbeats, and no more are taken",
                             live::kMostWorkers));
}

// NAME of /blockyard/workers/NAME[/…].
std::string worker_of(const std::string& target) {
  constexpr std::size_t kBefore = std::string_view("/blockyard/workers/").size();
  return target.substr(kBefore, target.find_first_of("/?", kBefore) - kBefore);
}

}  // namespace

Desk::Desk(live::LiveSession& session, live::Feed& feed, Inbox& inbox, boost::asio::io_context& context)
    : session_(&session), feed_(&feed), inbox_(&inbox), context_(&context), router_(session, 42) {}

void Desk::put(std::function<void(SimTime)> call) {
  Arrival a;
  a.what = Arrival::What::kCall;
  a.call = std::move(call);
  inbox_->put(std::move(a));
}

DeskHands Desk::hands() {
  DeskHands out;
  // Each runs on the network thread, and leaves the rest to the other one.
  out.now = [this] { return inbox_->now(); };
  out.choose = [this](live::RouteQuestion q, Choice reply) {
    put([this, q = std::move(q), reply = std::move(reply)](SimTime t) {
      if (choose(q, reply, t)) return;
      if (!q.tried.empty()) return boost::asio::post(*context_, [reply] { reply(std::nullopt); });
      waiting_.push_back({q, t + kPatience, reply});
      next_try_ = std::min(next_try_, t + kTryEvery);
    });
  };
  out.tokenizer = [this](std::function<void(std::optional<WorkerId>)> reply, std::optional<std::string> model) {
    put([this, reply = std::move(reply), model = std::move(model)](SimTime) {
      boost::asio::post(*context_, [reply, w = router_.tokenizer(model)] { reply(w); });
    });
  };
  out.first_token = [this](std::uint64_t request) { put([this, request](SimTime) { router_.first_token(request); }); };
  out.went = [this](WorkerId w, bool broke, unsigned status, bool retry_after, std::string why) {
    put([=, this](SimTime t) {
      auto how = broke ? LiveRouter::How::kBadly : LiveRouter::How::kWell;
      // Busy is not broken, and a request that breaks is not a worker that does while its health answers.
      if ((status == 503 && retry_after) || (status == 500 && session_->workers()[w].up))
        how = LiveRouter::How::kNeither;
      if (auto change = router_.went(w, how, why, t)) feed_->pass({t, std::move(*change)});
    });
  };
  out.ended = [this](live::RequestRecord r) { put([this, r = std::move(r)](SimTime t) { ended(r, t); }); };
  out.serves = [this](WorkerId w, std::vector<live::ServedModel> models) {
    put([this, w, models = std::move(models)](SimTime) { router_.serves(w, models); });
  };
  out.post = [this](live::HeartbeatPost body, std::function<void(Reply)> reply) {
    put([this, body = std::move(body), reply = std::move(reply)](SimTime t) {
      boost::asio::post(*context_, [reply, answer = post(body, t)]() mutable { reply(std::move(answer)); });
    });
  };
  out.administer = [this](Service service, std::string target, std::string body, std::function<void(Reply)> reply) {
    put([=, this](SimTime t) {
      boost::asio::post(*context_,
                        [reply, answer = administer(service, target, body, t)]() mutable { reply(std::move(answer)); });
    });
  };
  return out;
}

bool Desk::choose(const live::RouteQuestion& q, const Choice& reply, SimTime t) {
  auto decided = router_.choose(q, t);
  if (!decided) return false;
  feed_->pass({t, decided->record});
  router_.sent(q, decided->record.worker);
  boost::asio::post(*context_, [reply, record = decided->record] { reply(record); });
  decisions_.push_back(std::move(*decided));
  decisions_.back().record.codes.clear();  // as many as a prompt is long
  if (decisions_.size() > kMostDecisions) decisions_.pop_front();
  return true;
}

void Desk::tick(SimTime t) {
  if (t < next_try_) return;
  next_try_ = kNever;
  std::deque<Waiting> all;
  all.swap(waiting_);
  for (Waiting& w : all) {
    if (choose(w.question, w.reply, t)) continue;
    if (t >= w.until) {
      boost::asio::post(*context_, [reply = std::move(w.reply)] { reply(std::nullopt); });
    } else {
      waiting_.push_back(std::move(w));
    }
  }
  if (!waiting_.empty()) next_try_ = t + kTryEvery;
}

SimTime Desk::due() const { return next_try_; }

void Desk::ended(const live::RequestRecord& r, SimTime t) {
  router_.over(r.request);
  std::erase_if(waiting_, [&r](const Waiting& w) { return w.question.request == r.request; });
  if (r.served) router_.went(*r.served, LiveRouter::How::kNeither, "", t);
  const std::string worker = r.served ? session_->workers()[*r.served].setup.name : std::string();
  ++answered_[{worker, r.http_status}];
  if (r.first_token >= 0) ttft_.add(static_cast<double>(r.first_token - r.arrival) / 1e6);
  if (r.outcome == live::Outcome::kCompleted) e2e_.add(static_cast<double>(r.finish - r.arrival) / 1e6);
  feed_->pass({t, r});
}

Reply Desk::administer(Service service, const std::string& target, const std::string& body, SimTime t) {
  switch (service) {
    case Service::kReady:
      if (router_.any_routable(t)) return {200, "", "text/plain", {}};
      return refusal(503, "unavailable_error", "no_workers", "no worker is routable");
    case Service::kModels:
      return models();
    case Service::kMetrics:
      return page();
    case Service::kWorkers:
      return json_reply(live::workers_json(*session_));
    case Service::kDecisions:
      return decisions(target);
    case Service::kDrain:
    case Service::kResume:
      return drain(target, service == Service::kDrain, t);
    case Service::kRouter:
      return change_router(body, t);
    case Service::kAdd:
      return add(body, t);
    case Service::kRemove:
      return remove(target, t);
    default:
      return refusal(404, "invalid_request_error", "not_found", "there is no such path here");
  }
}

// The union of the workers' lists; of equal names the first counts.
Reply Desk::models() const {
  std::set<std::string> seen;
  std::string out = R"({"object":"list","data":[)";
  for (WorkerId w = 0; w < session_->workers().size(); ++w) {
    const auto* models = router_.models(w);
    if (models == nullptr || !*models || session_->workers()[w].setup.removed) continue;
    for (const live::ServedModel& m : **models) {
      if (!seen.insert(m.id).second) continue;
      out += (seen.size() > 1 ? "," : "") + m.json;
    }
  }
  return json_reply(out + "]}");
}

Reply Desk::decisions(const std::string& target) const {
  std::size_t last = 100;
  if (const std::size_t at = target.find("?last="); at != std::string::npos) {
    const auto [end, trouble] = std::from_chars(target.data() + at + 6, target.data() + target.size(), last);
    if (trouble != std::errc() || end != target.data() + target.size() || last < 1 || last > kMostDecisions)
      return refusal(400, "invalid_request_error", "bad_json", "last must be a whole number from 1 to 1000");
  }
  std::string out = R"({"decisions":[)";
  const std::size_t from = decisions_.size() > last ? decisions_.size() - last : 0;
  for (std::size_t i = from; i < decisions_.size(); ++i)
    out += (i > from ? "," : "") + live::decision_json(decisions_[i], session_->fleet());
  return json_reply(out + "]}");
}

Reply Desk::change_router(const std::string& body, SimTime t) {
  auto merged = live::changed_router(session_->fleet().router, body);
  if (!merged) return refusal(400, "invalid_request_error", "bad_json", merged.error().message);
  feed_->pass({t, live::CommandRecord{live::CommandKind::kRouter, std::nullopt, *merged}});
  return json_reply(*merged);
}

Reply Desk::drain(const std::string& target, bool drain, SimTime t) {
  const std::string name = worker_of(target);
  const auto w = session_->fleet().find(name);
  if (!w) return nobody();
  if (feed_->leaving(*w)) return refusal(409, "invalid_request_error", "leaving", "this worker is about to leave");
  live::CommandRecord command;
  command.command = drain ? live::CommandKind::kDrain : live::CommandKind::kResume;
  command.whom = w;
  feed_->pass({t, std::move(command)});
  return json_reply(fmt::format(R"({{"worker":"{}","draining":{}}})", name, drain));
}

Reply Desk::add(const std::string& body, SimTime t) {
  auto ranks = live::parse_workers(body, fmt::format("w{}", session_->workers().size()));
  if (!ranks) return refusal(400, "invalid_request_error", "bad_json", ranks.error().message);
  // Whoever may add a worker is not thereby told what other variables hold.
  const std::string& key = ranks->front().api_key_env;
  const auto& all = session_->workers();
  const bool known =
      std::any_of(all.begin(), all.end(), [&key](const live::LiveWorker& w) { return w.setup.api_key_env == key; });
  if (!key.empty() && !known)
    return refusal(400, "invalid_request_error", "bad_json",
                   "api_key_env names a variable that no worker of the fleet file names");
  std::string names;
  for (const live::WorkerSetup& w : *ranks) names += fmt::format("{}\"{}\"", names.empty() ? "" : ",", w.name);
  switch (feed_->add(std::move(*ranks), t)) {
    case live::Feed::Taken::kNameTaken:
      return refusal(409, "invalid_request_error", "name_taken", "another worker has this name");
    case live::Feed::Taken::kTooMany:
      return too_many();
    default:
      break;
  }
  Reply out = json_reply("{\"workers\":[" + names + "]}");
  out.status = 201;
  return out;
}

Reply Desk::remove(const std::string& target, SimTime t) {
  const std::string name = worker_of(target);
  if (feed_->remove(name, t) == live::Feed::Taken::kUnknown) return nobody();
  Reply out = json_reply(fmt::format(R"({{"worker":"{}","leaving":true}})", name));
  out.status = 202;
  return out;
}

Reply Desk::post(const live::HeartbeatPost& post, SimTime t) {
  switch (feed_->post(post, t)) {
    case live::Feed::Taken::kNameTaken:
      return refusal(409, "invalid_request_error", "name_taken", "a worker of this name is configured otherwise");
    case live::Feed::Taken::kTooMany:
      return too_many();
    default:
      return json_reply(R"({"status":"ok"})");
  }
}

Reply Desk::page() const {
  std::string out = live::router_page(*session_);
  out += "# TYPE blockyard_requests_total counter\n";
  for (const auto& [key, count] : answered_)
    out += fmt::format("blockyard_requests_total{{worker=\"{}\",status=\"{}\"}} {}\n", key.first, key.second, count);
  if (unclaimed_)
    out += fmt::format("# TYPE blockyard_unclaimed_messages_total counter\nblockyard_unclaimed_messages_total {}\n",
                       unclaimed_());
  ttft_.write(out, "blockyard_time_to_first_token_seconds", "");
  e2e_.write(out, "blockyard_e2e_request_latency_seconds", "");
  return {200, std::move(out), "text/plain; version=0.0.4; charset=utf-8", {}};
}

}  // namespace blockyard::net
