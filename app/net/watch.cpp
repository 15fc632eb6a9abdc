#include "app/net/watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <ctime>
#include <thread>
#include <utility>  // before Boost's headers, which forget it

#include "app/net/inbox.h"
#include "app/net/polls.h"
#include "app/net/streams.h"
#include "core/base/version.h"
#include "core/live/feed.h"

namespace blockyard::net {
namespace {

std::string wall_clock() {
  const auto clock = std::chrono::system_clock::now();
  const std::time_t now = std::chrono::system_clock::to_time_t(clock);
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(clock.time_since_epoch()).count() % 1000;
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts);
  return fmt::format("{}.{:03}Z", text, ms);
}

}  // namespace

struct Watch::Parts {
  explicit Parts(const live::LiveFleet& fleet) : session(fleet) {}
  ~Parts() { quiet(); }

  void begin(const live::LiveFleet& fleet) {
    polls = std::make_unique<Polls>(context, fleet, inbox);
    network = std::thread([this] { context.run(); });
  }
  // Ends the threads that listen.
  void quiet() {
    inbox.close();
    streams.reset();
    if (network.joinable()) {
      work.reset();
      context.stop();
      network.join();
    }
    polls.reset();
  }
  void hear(Arrival& a) {
    using What = Arrival::What;
    switch (a.what) {
      case What::kConnected:
        feed->connected(a.worker, a.t);
        break;
      case What::kDisconnected:
        feed->disconnected(a.worker, a.t);
        break;
      case What::kMessage:
        feed->message(a.worker, a.seq, std::move(a.text), a.t);
        break;
      case What::kBadFrame:
        feed->bad_frame(a.worker, a.t);
        break;
      case What::kReplayed:
        feed->replayed(a.worker, a.ask, a.seq, std::move(a.text), a.t);
        break;
      case What::kReplayEnded:
        feed->replay_ended(a.worker, a.ask, a.t);
        break;
      case What::kMetrics:
        feed->metrics(a.worker, a.text, a.t);
        break;
      case What::kMetricsMissed:
        feed->metrics_missed(a.worker, a.text, a.t);
        break;
      case What::kHealth:
        feed->health(a.worker, a.probe, a.text, a.t);
        break;
    }
  }

  std::string started = wall_clock();
  live::LiveSession session;
  std::unique_ptr<live::RecordingWriter> recording;
  Inbox inbox;
  std::unique_ptr<live::Feed> feed;
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{context.get_executor()};
  std::unique_ptr<Streams> streams;
  std::unique_ptr<Polls> polls;
  std::thread network;
};

Watch::Watch() = default;
Watch::~Watch() = default;

Result<std::unique_ptr<Watch>> Watch::start(const live::LiveFleet& fleet, const WatchOptions& options) {
  std::unique_ptr<Watch> out(new Watch());
  out->parts_ = std::make_unique<Parts>(fleet);
  Parts& p = *out->parts_;
  if (!options.record.empty()) {
    auto recording = live::RecordingWriter::create(options.record, {version(), p.started, live::fleet_json(fleet)},
                                                   options.record_most);
    if (!recording) return recording.error();
    p.recording = std::move(*recording);
  }
  live::Feed::Hands hands;
  hands.record = [&p, see = options.see](live::Record&& record) {
    p.session.apply(record);
    if (p.recording) p.recording->add(record);
    if (see) see(record);
  };
  hands.ask = [&p](WorkerId w, std::uint32_t ask, std::uint64_t from) {
    if (p.streams) p.streams->ask(w, ask, from);
  };
  hands.raw = options.record_raw;
  p.feed = std::make_unique<live::Feed>(fleet, std::move(hands));
  auto streams = Streams::start(fleet, p.inbox);
  if (!streams) return streams.error();
  p.streams = std::move(*streams);
  p.begin(fleet);
  return out;
}

void Watch::pump(SimTime longest) {
  Parts& p = *parts_;
  const SimTime now = p.inbox.now();
  const SimTime wait = std::max<SimTime>(0, std::min(longest, p.feed->due() == kNever ? longest : p.feed->due() - now));
  for (Arrival& a : p.inbox.take(std::chrono::microseconds(wait))) p.hear(a);
  p.feed->tick(p.inbox.now());
  if (p.recording) p.recording->flush_due(p.inbox.now());
}

const live::LiveSession& Watch::session() const { return parts_->session; }
const std::string& Watch::started() const { return parts_->started; }
SimTime Watch::now() const { return parts_->inbox.now(); }
bool Watch::awaiting() const { return parts_->feed->awaiting(); }

std::optional<std::string> Watch::recording_trouble() {
  return parts_->recording ? parts_->recording->trouble() : std::nullopt;
}

Result<void> Watch::end() {
  Parts& p = *parts_;
  p.quiet();
  for (Arrival& a : p.inbox.take(std::chrono::microseconds(0))) p.hear(a);
  p.feed->end(p.inbox.now());
  if (!p.recording) return {};
  return p.recording->finish();
}

}  // namespace blockyard::net
