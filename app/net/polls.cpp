#include "app/net/polls.h"

#include <boost/asio/steady_timer.hpp>
#include <cstdlib>
#include <utility>  // before Boost's headers, which forget it

#include "app/net/http_get.h"

namespace blockyard::net {
namespace {

constexpr std::size_t kMostMetrics = 8U << 20, kMostHealth = 64U << 10;

std::chrono::microseconds duration(double ms) { return std::chrono::microseconds(ms_to_us(ms)); }

live::Probe probe_of(const HttpAnswer& answer) {
  if (answer.good()) return live::Probe::kGood;
  if (answer.trouble == HttpAnswer::Trouble::kTimeout) return live::Probe::kTimeout;
  if (answer.trouble == HttpAnswer::Trouble::kNobody) return live::Probe::kNobody;
  return live::Probe::kRefused;
}

}  // namespace

std::string key_of(const live::WorkerSetup& worker) {
  const char* key = worker.api_key_env.empty() ? nullptr : std::getenv(worker.api_key_env.c_str());
  return key == nullptr ? "" : key;
}

// One question, again and again: the next one `every` after the one before was asked, and never before its answer.
class Polls::Poll : public std::enable_shared_from_this<Poll> {
 public:
  Poll(boost::asio::io_context& context, WorkerId worker, bool metrics, HttpQuestion question,
       std::chrono::microseconds every, Inbox& inbox)
      : context_(context),
        timer_(context),
        worker_(worker),
        metrics_(metrics),
        question_(std::move(question)),
        every_(every),
        inbox_(inbox) {}

  void ask() {
    if (stopped_) return;
    timer_.expires_after(every_);
    http_get(context_, question_,
             [self = shared_from_this()](HttpAnswer&& answer) { self->answered(std::move(answer)); });
  }
  void tells_of(WorkerId worker) { worker_ = worker; }
  void stop() {
    stopped_ = true;
    timer_.cancel();
  }

 private:
  void answered(HttpAnswer&& answer) {
    if (stopped_) return;
    Arrival a;
    a.worker = worker_;
    if (metrics_) {
      a.what = answer.good() ? Arrival::What::kMetrics : Arrival::What::kMetricsMissed;
      a.text = answer.good() ? std::move(answer.body) : answer.reason();
    } else {
      a.what = Arrival::What::kHealth;
      a.probe = probe_of(answer);
      a.text = answer.reason();
    }
    inbox_.put(std::move(a));
    timer_.async_wait([self = shared_from_this()](boost::system::error_code trouble) {
      if (!trouble) self->ask();
    });
  }

  boost::asio::io_context& context_;
  boost::asio::steady_timer timer_;
  WorkerId worker_;
  bool metrics_;
  HttpQuestion question_;
  std::chrono::microseconds every_;
  Inbox& inbox_;
  bool stopped_ = false;
};

Polls::Polls(boost::asio::io_context& context, const live::LiveFleet& fleet, Inbox& inbox)
    : context_(context), fleet_(fleet), inbox_(inbox) {
  for (WorkerId w = 0; w < fleet.workers.size(); ++w) add(w, fleet.workers[w]);
}

void Polls::add(WorkerId w, const live::WorkerSetup& worker) {
  if (worker.address.host.empty()) return;
  Place& place = places_[worker.address.text()];
  place.workers.push_back(w);
  if (place.metrics) return;
  const std::string key = key_of(worker);
  place.metrics = std::make_shared<Poll>(
      context_, w, true,
      HttpQuestion{worker.address, "/metrics", key, "", duration(fleet_.metrics_timeout_ms), kMostMetrics},
      duration(fleet_.metrics_every_ms), inbox_);
  place.health = std::make_shared<Poll>(
      context_, w, false,
      HttpQuestion{worker.address, fleet_.health_path, key, "", duration(fleet_.health_timeout_ms), kMostHealth},
      duration(fleet_.health_every_ms), inbox_);
  place.metrics->ask();
  place.health->ask();
}

void Polls::remove(WorkerId w) {
  for (auto at = places_.begin(); at != places_.end(); ++at) {
    Place& place = at->second;
    if (std::erase(place.workers, w) == 0) continue;
    for (const auto& poll : {place.metrics, place.health}) {
      if (place.workers.empty()) {
        poll->stop();
      } else {
        poll->tells_of(place.workers.front());
      }
    }
    if (place.workers.empty()) places_.erase(at);
    return;
  }
}

Polls::~Polls() {
  for (const auto& [address, place] : places_) {
    place.metrics->stop();
    place.health->stop();
  }
}

}  // namespace blockyard::net
