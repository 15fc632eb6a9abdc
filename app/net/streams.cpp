#include "app/net/streams.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>
#include <zmq.hpp>

#include "core/live/wire/msgpack.h"

namespace blockyard::net {
namespace {

constexpr int kReceiveMark = 100'000;
constexpr int kFirstReconnect = 100, kLongestReconnect = 5000;  // ms
constexpr int kMostAtOnce = 1000;                               // messages of one socket before the next has its turn

std::optional<std::uint64_t> number_of(const zmq::message_t& frame) {
  if (frame.size() != 8) return std::nullopt;
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < 8; ++i) out = out << 8 | static_cast<const unsigned char*>(frame.data())[i];
  return out;
}

std::array<unsigned char, 8> bytes_of(std::uint64_t number) {
  std::array<unsigned char, 8> out{};
  for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<unsigned char>(number >> (56 - 8 * i));
  return out;
}

// All frames of the next message; nothing where there is none.
bool receive(zmq::socket_t& socket, std::vector<zmq::message_t>& frames) {
  frames.clear();
  do {
    zmq::message_t frame;
    if (!socket.recv(frame, zmq::recv_flags::dontwait)) return false;
    const bool more = frame.more();
    frames.push_back(std::move(frame));
    if (!more) return true;
  } while (true);
}

void prepare(zmq::socket_t& socket) {
  socket.set(zmq::sockopt::linger, 0);
  socket.set(zmq::sockopt::ipv6, true);
  socket.set(zmq::sockopt::rcvhwm, kReceiveMark);
  socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(live::kLongestPayload));
  socket.set(zmq::sockopt::reconnect_ivl, kFirstReconnect);
  socket.set(zmq::sockopt::reconnect_ivl_max, kLongestReconnect);
}

struct Stream {
  WorkerId worker = 0;
  zmq::socket_t socket, events;
  std::string replay;
};

// A worker whose engine connects here, and may say who it is by any of these.
struct Caller {
  WorkerId worker = 0;
  std::uint32_t rank = 0;
  std::string name, place, host;
  bool heard = false;
};

struct Replay {
  std::uint32_t ask = 0;
  zmq::socket_t socket;
};

constexpr char kOrders[] = "inproc://orders";

// An order to the thread.
struct Order {
  enum class What : std::uint8_t { kAsk, kLook, kEnd } what = What::kAsk;  // kLook: at who has joined and left
  WorkerId worker = 0;
  std::uint32_t ask = 0;
  std::uint64_t from = 0;
};

}  // namespace

struct Streams::Thread {
  explicit Thread(Inbox& i) : inbox(i) {}

  zmq::context_t context{1};
  Inbox& inbox;
  std::vector<Stream> streams;
  std::vector<zmq::socket_t> doors;  // by rank
  std::vector<Caller> callers;
  std::atomic<std::uint64_t> unclaimed{0};
  std::map<WorkerId, Replay> replays;
  std::mutex mutex;  // of who has joined or left since the thread last looked
  std::vector<std::pair<WorkerId, std::optional<live::WorkerSetup>>> members;
  zmq::socket_t orders_out, orders_in;
  std::thread thread;

  void order(const Order& o) { orders_out.send(zmq::buffer(&o, sizeof(o)), zmq::send_flags::none); }

  void run() {
    while (true) {
      std::vector<zmq::pollitem_t> items{{orders_in.handle(), 0, ZMQ_POLLIN, 0}};
      for (Stream& s : streams) {
        items.push_back({s.socket.handle(), 0, ZMQ_POLLIN, 0});
        items.push_back({s.events.handle(), 0, ZMQ_POLLIN, 0});
      }
      const std::size_t doors_at = items.size();
      for (zmq::socket_t& door : doors) items.push_back({door.handle(), 0, ZMQ_POLLIN, 0});
      const std::size_t replays_at = items.size();
      std::vector<WorkerId> asked;
      for (auto& [worker, replay] : replays) {
        items.push_back({replay.socket.handle(), 0, ZMQ_POLLIN, 0});
        asked.push_back(worker);
      }
      zmq::poll(items, std::chrono::milliseconds(-1));
      for (std::size_t i = 0; i < streams.size(); ++i) {
        // Connections first: what a stream says comes behind the word that it is reached.
        if ((items[2 + 2 * i].revents & ZMQ_POLLIN) != 0) connections(streams[i]);
        if ((items[1 + 2 * i].revents & ZMQ_POLLIN) != 0) messages(streams[i]);
      }
      for (std::size_t rank = 0; rank < doors.size(); ++rank) {
        if ((items[doors_at + rank].revents & ZMQ_POLLIN) != 0) calls(static_cast<std::uint32_t>(rank));
      }
      for (std::size_t i = 0; i < asked.size(); ++i) {
        if ((items[replays_at + i].revents & ZMQ_POLLIN) != 0) pieces(asked[i]);
      }
      if ((items[0].revents & ZMQ_POLLIN) != 0 && !follow_orders()) return;
    }
  }

  // False: the end.
  bool follow_orders() {
    zmq::message_t message;
    while (orders_in.recv(message, zmq::recv_flags::dontwait)) {
      Order o;
      std::memcpy(&o, message.data(), sizeof(o));
      if (o.what == Order::What::kEnd) return false;
      if (o.what == Order::What::kLook) {
        look_at_members();
        continue;
      }
      replays.erase(o.worker);
      const auto stream =
          std::find_if(streams.begin(), streams.end(), [&o](const Stream& s) { return s.worker == o.worker; });
      if (stream == streams.end() || stream->replay.empty()) continue;
      Replay replay{o.ask, zmq::socket_t(context, zmq::socket_type::dealer)};
      prepare(replay.socket);
      replay.socket.connect(stream->replay);
      const auto from = bytes_of(o.from);
      replay.socket.send(zmq::message_t(), zmq::send_flags::sndmore);
      replay.socket.send(zmq::buffer(from), zmq::send_flags::none);
      replays.insert_or_assign(o.worker, std::move(replay));
    }
    return true;
  }

  void look_at_members() {
    std::vector<std::pair<WorkerId, std::optional<live::WorkerSetup>>> all;
    {
      const std::lock_guard lock(mutex);
      all.swap(members);
    }
    for (const auto& [w, setup] : all) {
      if (!setup) {
        replays.erase(w);
        std::erase_if(streams, [w = w](const Stream& s) { return s.worker == w; });
        std::erase_if(callers, [w = w](const Caller& c) { return c.worker == w; });
        continue;
      }
      try {
        open(w, *setup);
      } catch (const zmq::error_t&) {
        put(Arrival::What::kBadFrame, w);  // its endpoints are none: nothing will come
      }
    }
  }

  // May throw zmq::error_t.
  void open(WorkerId w, const live::WorkerSetup& setup) {
    if (setup.events.empty()) {
      if (doors.empty()) return;
      std::string name = setup.name;
      if (setup.ranks > 1) name.resize(name.rfind('.'));
      const std::string place = setup.address.host.empty() ? "" : setup.address.text().substr(7);
      callers.push_back({w, setup.rank, name, place, setup.address.host});
      return;
    }
    Stream s;
    s.worker = w;
    s.replay = setup.replay;
    s.socket = zmq::socket_t(context, zmq::socket_type::sub);
    prepare(s.socket);
    const std::string watch = fmt::format("inproc://connections-{}", w);
    if (zmq_socket_monitor(s.socket.handle(), watch.c_str(), ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED) !=
        0)
      throw zmq::error_t();
    s.events = zmq::socket_t(context, zmq::socket_type::pair);
    s.events.set(zmq::sockopt::linger, 0);
    s.events.connect(watch);
    s.socket.set(zmq::sockopt::subscribe, setup.topic);
    s.socket.connect(setup.events);
    streams.push_back(std::move(s));
  }

  // Messages of engines that connect here: kv@NAME@MODEL says whose.
  void calls(std::uint32_t rank) {
    std::vector<zmq::message_t> frames;
    for (int n = 0; n < kMostAtOnce && receive(doors[rank], frames); ++n) {
      const std::string topic = frames.empty() ? "" : frames[0].to_string();
      const std::size_t first = topic.find('@');
      const std::size_t second = first == std::string::npos ? first : topic.find('@', first + 1);
      Caller* caller =
          second == std::string::npos ? nullptr : called(topic.substr(first + 1, second - first - 1), rank);
      if (caller == nullptr) {
        ++unclaimed;
        continue;
      }
      if (!std::exchange(caller->heard, true)) put(Arrival::What::kConnected, caller->worker);
      message(caller->worker, frames);
    }
  }

  // By name, by host and port, or by a host that one worker alone has.
  Caller* called(const std::string& name, std::uint32_t rank) {
    std::vector<Caller*> by_host;
    for (Caller& c : callers) {
      if (c.rank != rank) continue;
      if (c.name == name || (!c.place.empty() && c.place == name)) return &c;
      if (!c.host.empty() && c.host == name) by_host.push_back(&c);
    }
    return by_host.size() == 1 ? by_host.front() : nullptr;
  }

  void put(Arrival::What what, WorkerId worker, std::uint32_t ask = 0, std::uint64_t seq = 0, std::string text = "") {
    Arrival a;
    a.what = what;
    a.worker = worker;
    a.ask = ask;
    a.seq = seq;
    a.text = std::move(text);
    inbox.put(std::move(a));
  }

  void messages(Stream& s) {
    std::vector<zmq::message_t> frames;
    for (int n = 0; n < kMostAtOnce && receive(s.socket, frames); ++n) message(s.worker, frames);
  }
  void message(WorkerId worker, const std::vector<zmq::message_t>& frames) {
    const auto seq = frames.size() == 3 ? number_of(frames[1]) : std::nullopt;
    if (seq) {
      put(Arrival::What::kMessage, worker, 0, *seq, frames[2].to_string());
    } else {
      put(Arrival::What::kBadFrame, worker);
    }
  }

  void connections(Stream& s) {
    std::vector<zmq::message_t> frames;
    while (receive(s.events, frames)) {
      if (frames.empty() || frames[0].size() < 2) continue;
      std::uint16_t event = 0;
      std::memcpy(&event, frames[0].data(), sizeof(event));
      if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) put(Arrival::What::kConnected, s.worker);
      if (event == ZMQ_EVENT_DISCONNECTED) put(Arrival::What::kDisconnected, s.worker);
    }
  }

  void pieces(WorkerId worker) {
    Replay& replay = replays.at(worker);
    std::vector<zmq::message_t> frames;
    for (int n = 0; n < kMostAtOnce && receive(replay.socket, frames); ++n) {
      // Empty, number, payload; or empty, topic, number, payload.
      const std::size_t at = frames.size() == 4 ? 2 : 1;
      const auto seq = frames.size() == at + 2 ? number_of(frames[at]) : std::nullopt;
      if (!seq) {
        put(Arrival::What::kBadFrame, worker);
      } else if (*seq == ~std::uint64_t{0}) {
        put(Arrival::What::kReplayEnded, worker, replay.ask);
        replays.erase(worker);
        return;
      } else {
        put(Arrival::What::kReplayed, worker, replay.ask, *seq, frames[at + 1].to_string());
      }
    }
  }
};

Streams::Streams() = default;

Result<std::unique_ptr<Streams>> Streams::start(const live::LiveFleet& fleet, Inbox& inbox) {
  std::unique_ptr<Streams> out(new Streams());
  out->thread_ = std::make_unique<Thread>(inbox);
  Thread& t = *out->thread_;
  t.orders_in = zmq::socket_t(t.context, zmq::socket_type::pair);
  t.orders_in.bind(kOrders);
  t.orders_out = zmq::socket_t(t.context, zmq::socket_type::pair);
  t.orders_out.connect(kOrders);
  if (!fleet.events_bind.empty()) {
    std::uint32_t ranks = fleet.discover.ranks;
    for (const live::WorkerSetup& w : fleet.workers) ranks = std::max(ranks, w.ranks);
    const std::size_t colon = fleet.events_bind.rfind(':');
    const int first = std::stoi(fleet.events_bind.substr(colon + 1));
    for (std::uint32_t rank = 0; rank < ranks; ++rank) {
      const std::string at = fmt::format("{}:{}", fleet.events_bind.substr(0, colon), first + static_cast<int>(rank));
      try {
        zmq::socket_t& door = t.doors.emplace_back(t.context, zmq::socket_type::sub);
        prepare(door);
        door.set(zmq::sockopt::subscribe, "");
        door.bind(at);
      } catch (const zmq::error_t& e) {
        return Error::failure(fmt::format("events_bind: {}: {}", at, e.what()));
      }
    }
  }
  for (WorkerId w = 0; w < fleet.workers.size(); ++w) {
    const live::WorkerSetup& setup = fleet.workers[w];
    try {
      t.open(w, setup);
    } catch (const zmq::error_t& e) {
      return Error{fmt::format("worker {}: {}: {}", setup.name, setup.events, e.what())};
    }
  }
  t.thread = std::thread([&t] { t.run(); });
  return out;
}

void Streams::ask(WorkerId w, std::uint32_t ask, std::uint64_t from) {
  thread_->order({Order::What::kAsk, w, ask, from});
}

void Streams::add(WorkerId w, const live::WorkerSetup& worker) {
  {
    const std::lock_guard lock(thread_->mutex);
    thread_->members.emplace_back(w, worker);
  }
  thread_->order({Order::What::kLook, w, 0, 0});
}

void Streams::remove(WorkerId w) {
  {
    const std::lock_guard lock(thread_->mutex);
    thread_->members.emplace_back(w, std::nullopt);
  }
  thread_->order({Order::What::kLook, w, 0, 0});
}

std::uint64_t Streams::unclaimed() const { return thread_->unclaimed; }

Streams::~Streams() {
  if (thread_ == nullptr || !thread_->thread.joinable()) return;
  thread_->order({Order::What::kEnd, 0, 0, 0});
  thread_->thread.join();
}

}  // namespace blockyard::net
