// Front: what workers post, requests that are only assigned to one of them, and prompts that are tokenised here.
#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <utility>  // before Boost's headers, which forget it

#include "app/net/router/front.h"

namespace blockyard::net {
namespace {

namespace asio = boost::asio;
using live::Service;

constexpr std::size_t kGreatBody = 256U << 10;

live::HeartbeatKind kind_of(Service s) {
  if (s == Service::kBeat) return live::HeartbeatKind::kBeat;
  return s == Service::kSync ? live::HeartbeatKind::kSync : live::HeartbeatKind::kEvict;
}

}  // namespace

void Front::take_post(const std::shared_ptr<Exchange>& exchange, Service service) {
  const live::HeartbeatKind kind = kind_of(service);
  if (exchange->body().size() <= kGreatBody) return answer_post(exchange, live::read_heartbeat(exchange->body(), kind));
  asio::post(beside_, [this, alive = alive_, exchange, body = exchange->take_body(), kind] {
    asio::post(context_, [this, alive, exchange, post = live::read_heartbeat(body, kind)]() mutable {
      if (*alive) answer_post(exchange, std::move(post));
    });
  });
}

void Front::answer_post(const std::shared_ptr<Exchange>& exchange,
                        std::variant<live::HeartbeatPost, live::BodyRefusal> post) {
  if (const auto* refused = std::get_if<live::BodyRefusal>(&post))
    return exchange->reply({422, refused->json, "application/json", {}});
  desk_.post(std::get<live::HeartbeatPost>(std::move(post)), [this, alive = alive_, exchange](Reply reply) {
    if (*alive) exchange->reply(with_origin(std::move(reply), exchange->head()));
  });
}

// The worker has no address: whoever asks is told whom it is, and that is all.
void Front::assign(const std::shared_ptr<Job>& job, const live::RouteRecord& route) {
  live::RequestRecord& r = job->record;
  r.served = route.worker;
  ++r.attempts;
  r.http_status = 200;
  r.routed = r.sent = r.head = desk_.now();
  std::string hashes;
  if (job->question.chain) {
    for (const Digest& hash : job->question.chain->beats)
      hashes += fmt::format("{}\"{}\"", hashes.empty() ? "" : ",", to_hex(hash));
  }
  const std::uint32_t overlap = route.sights[route.worker].overlap;
  Reply reply{200,
              fmt::format(R"({{"assigned_worker":"{}","status":"forwarded","block_hashes":[{}],"match_length":{},)"
                          R"("cache_status":"{}"}})",
                          fleet_.workers[route.worker].name, hashes, overlap, overlap > 0 ? "HIT" : "MISS"),
              "application/json",
              {{"X-Request-Id", job->request_id}}};
  job->exchange->reply(with_origin(std::move(reply), job->asked));
  end(job, live::Outcome::kCompleted);
}

void Front::tokenise(const std::shared_ptr<Job>& job) {
  if (!job->ask.text) return chained(job, std::nullopt);
  asio::post(tokenising_, [this, alive = alive_, job, text = std::move(*job->ask.text)] {
    auto tokens = tokenizer_->encode_single(text);
    asio::post(context_, [this, alive, job, tokens = std::move(tokens)]() mutable {
      if (*alive && !job->over) make_chain(job, std::move(tokens));
    });
  });
}

void Front::set_worker(WorkerId w, const live::WorkerSetup& setup) {
  if (w >= fleet_.workers.size()) fleet_.workers.resize(w + 1);
  fleet_.workers[w] = setup;
  heartbeats_ = heartbeats_ || setup.heartbeat;
  read_models(w);
}

}  // namespace blockyard::net
