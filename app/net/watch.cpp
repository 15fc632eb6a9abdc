#include "app/net/watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <future>
#include <random>
#include <thread>
#include <utility>  // before Boost's headers, which forget it

#include "app/net/discovery.h"
#include "app/net/inbox.h"
#include "app/net/polls.h"
#include "app/net/router/desk.h"
#include "app/net/router/front.h"
#include "app/net/streams.h"
#include "core/base/version.h"
#include "core/live/feed.h"
#include "core/tokens/tokenizer_json.h"

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

// 32 hexadecimal digits that nobody can guess.
std::string random_key() {
  std::random_device source;
  std::string out;
  for (int i = 0; i < 4; ++i) out += fmt::format("{:08x}", source());
  return out;
}

}  // namespace

struct Watch::Parts {
  explicit Parts(const live::LiveFleet& fleet) : session(fleet) {}
  ~Parts() { quiet(); }

  // What only a router needs: its two sides, and the keys that its variables hold.
  Result<void> begin_router(const live::LiveFleet& fleet) {
    const live::SecuritySettings& security = fleet.router.security;
    live::Guard::Keys keys;
    for (const auto& [name, key] :
         {std::pair(&security.api_key_env, &keys.api), std::pair(&security.admin_key_env, &keys.admin)}) {
      if (name->empty()) continue;
      const char* value = std::getenv(name->c_str());
      if (value == nullptr || *value == '\0') return Error{fmt::format("/security: no variable {} is set", *name)};
      *key = value;
    }
    if (!fleet.router.listen->loopback() && (!security.allow_remote || keys.api.empty())) {
      return Error{fmt::format("{}: listening there needs security.allow_remote and a key (security.api_key_env)",
                               fleet.router.listen->text())};
    }
    if (keys.admin.empty()) made_key = keys.changes = random_key();
    std::shared_ptr<const Tokenizer> tokenizer;
    if (fleet.router.tokens == live::TokenSource::kFile) {
      auto read = read_tokenizer(fleet.router.tokens_file);
      if (!read) return read.error();
      tokenizer = std::make_shared<const Tokenizer>(std::move(*read));
    }
    desk = std::make_unique<Desk>(session, *feed, inbox, context);
    if (!fleet.events_bind.empty()) desk->counts_unclaimed([this] { return streams ? streams->unclaimed() : 0; });
    front = std::make_unique<Front>(context, fleet, std::move(keys), desk->hands(), std::move(tokenizer));
    if (auto ok = front->listen(); !ok) return ok;
    live::ListenAddress own = *fleet.router.listen;
    own.port = front->port();
    feed->listens_at(std::move(own));
    return {};
  }

  // What the threads that listen need to know of a record that has just been applied.
  void announce(const live::Record& record) {
    using live::StateChange;
    const auto* state = std::get_if<live::StateRecord>(&record.body);
    const auto* beat = std::get_if<live::BeatRecord>(&record.body);
    for (; announced < session.workers().size(); ++announced) {
      const live::WorkerSetup setup = feed->fleet().workers[announced];
      if (!setup.heartbeat && streams) {  // while it still listens
        streams->add(announced, setup);
        boost::asio::post(context, [this, w = announced, setup] { polls->add(w, setup); });
      }
      tell_front(announced);
    }
    if (beat != nullptr && !beat->url.empty()) tell_front(beat->worker);
    if (state == nullptr) return;
    if (state->state == StateChange::kRemoved) {
      if (streams) streams->remove(state->worker);
      boost::asio::post(context, [this, w = state->worker] { polls->remove(w); });
      tell_front(state->worker);
    }
    if ((state->state == StateChange::kRestarted || state->state == StateChange::kUp) && front)
      boost::asio::post(context, [this, w = state->worker] { front->read_models(w); });
  }
  void tell_front(WorkerId w) {
    if (front) boost::asio::post(context, [this, w, setup = feed->fleet().workers[w]] { front->set_worker(w, setup); });
  }

  void begin(const live::LiveFleet& fleet) {
    polls = std::make_unique<Polls>(context, fleet, inbox);
    if (!fleet.discover.dns.empty()) {
      discovery = std::make_unique<Discovery>(context, fleet.discover, [this](std::vector<std::string> addresses) {
        Arrival a;
        a.what = Arrival::What::kCall;
        a.call = [this, addresses = std::move(addresses)](SimTime t) { feed->discovered(addresses, t); };
        inbox.put(std::move(a));
      });
    }
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
    discovery.reset();
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
      case What::kCall:
        a.call(a.t);
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
  std::unique_ptr<Discovery> discovery;
  WorkerId announced = 0;  // workers below it are known to the threads
  std::unique_ptr<Desk> desk;
  std::unique_ptr<Front> front;
  std::string made_key;
  std::thread network;
};

Watch::Watch() = default;
Watch::~Watch() = default;

Result<std::unique_ptr<Watch>> Watch::start(const live::LiveFleet& fleet, const WatchOptions& options) {
  std::unique_ptr<Watch> out(new Watch());
  out->parts_ = std::make_unique<Parts>(fleet);
  Parts& p = *out->parts_;
  live::Feed::Hands hands;
  hands.record = [&p, see = options.see](live::Record&& record) {
    p.session.apply(record);
    p.announce(record);
    if (p.recording) p.recording->add(record);
    if (see) see(record);
  };
  hands.ask = [&p](WorkerId w, std::uint32_t ask, std::uint64_t from) {
    if (p.streams) p.streams->ask(w, ask, from);
  };
  hands.raw = options.record_raw;
  hands.busy = [&p](WorkerId w) { return p.session.workers()[w].active > 0; };
  p.announced = static_cast<WorkerId>(fleet.workers.size());
  p.feed = std::make_unique<live::Feed>(fleet, std::move(hands));
  auto streams = Streams::start(fleet, p.inbox);
  if (!streams) return streams.error();
  p.streams = std::move(*streams);
  if (fleet.router.listen) {
    if (auto ok = p.begin_router(fleet); !ok) return ok.error();
  }
  if (!options.record.empty()) {
    auto recording = live::RecordingWriter::create(options.record, {version(), p.started, live::fleet_json(fleet)},
                                                   options.record_most);
    if (!recording) return recording.error();
    p.recording = std::move(*recording);
  }
  p.begin(fleet);
  return out;
}

void Watch::pump(SimTime longest) {
  Parts& p = *parts_;
  const SimTime now = p.inbox.now();
  const SimTime due = std::min(p.feed->due(), p.desk ? p.desk->due() : kNever);
  const SimTime wait = std::max<SimTime>(0, std::min(longest, due == kNever ? longest : due - now));
  for (Arrival& a : p.inbox.take(std::chrono::microseconds(wait))) p.hear(a);
  p.feed->tick(p.inbox.now());
  if (p.desk) p.desk->tick(p.inbox.now());
  if (p.recording) p.recording->flush_due(p.inbox.now());
}

const live::LiveSession& Watch::session() const { return parts_->session; }
const std::string& Watch::started() const { return parts_->started; }
SimTime Watch::now() const { return parts_->inbox.now(); }
bool Watch::awaiting() const { return parts_->feed->awaiting(); }

std::string Watch::listening() const {
  if (!parts_->front) return {};
  live::ListenAddress at = *parts_->session.fleet().router.listen;
  at.port = parts_->front->port();
  return "http://" + at.text();
}
const std::string& Watch::made_key() const { return parts_->made_key; }
void Watch::command(live::CommandRecord command) {
  Arrival a;
  a.what = Arrival::What::kCall;
  a.call = [&p = *parts_, command = std::move(command)](SimTime t) { p.feed->pass({t, command}); };
  parts_->inbox.put(std::move(a));
}
void Watch::drain() {
  if (parts_->front) boost::asio::post(parts_->context, [&p = *parts_] { p.front->drain(); });
}
std::size_t Watch::in_flight() const { return parts_->front ? parts_->front->in_flight() : 0; }
void Watch::on_request(std::function<void(const live::EndedRequest&)> ended) {
  parts_->session.ended = std::move(ended);
}

std::optional<std::string> Watch::recording_trouble() {
  return parts_->recording ? parts_->recording->trouble() : std::nullopt;
}

Result<void> Watch::end() {
  Parts& p = *parts_;
  if (p.front) {  // what is still under way ends now, and is told
    std::promise<void> closed;
    boost::asio::post(p.context, [&p, &closed] {
      p.front->close();
      closed.set_value();
    });
    closed.get_future().wait();
    for (Arrival& a : p.inbox.take(std::chrono::microseconds(0))) p.hear(a);
  }
  p.quiet();
  for (Arrival& a : p.inbox.take(std::chrono::microseconds(0))) p.hear(a);
  p.feed->end(p.inbox.now());
  if (!p.recording) return {};
  return p.recording->finish();
}

}  // namespace blockyard::net
