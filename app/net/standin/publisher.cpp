#include "app/net/standin/publisher.h"

#include <fmt/format.h>

#include <array>
#include <deque>
#include <thread>
#include <utility>
#include <vector>
#include <zmq.hpp>

namespace blockyard::net {
namespace {

constexpr char kOrders[] = "inproc://batches";
constexpr int kSendMark = 100'000;

std::array<unsigned char, 8> big_endian(std::uint64_t v) {
  std::array<unsigned char, 8> out{};
  for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<unsigned char>(v >> (56 - 8 * i));
  return out;
}

std::uint64_t from_big_endian(const zmq::message_t& frame) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < frame.size(); ++i) out = out << 8 | static_cast<const unsigned char*>(frame.data())[i];
  return out;
}

std::string place_of(zmq::socket_t& socket) { return socket.get(zmq::sockopt::last_endpoint); }

}  // namespace

struct Publisher::Thread {
  explicit Thread(PublisherOptions o) : options(std::move(o)) {}

  PublisherOptions options;
  std::string events_at, replay_at;
  zmq::context_t context{1};
  zmq::socket_t pub, router, orders_in, orders_out;
  std::deque<std::pair<std::uint64_t, std::string>> kept;
  std::uint64_t next = 0;
  std::thread thread;

  // An order is a payload; an empty one is the end.
  void run() {
    std::vector<zmq::pollitem_t> items{{orders_in.handle(), 0, ZMQ_POLLIN, 0}};
    if (options.with_replay) items.push_back({router.handle(), 0, ZMQ_POLLIN, 0});
    while (true) {
      zmq::poll(items, std::chrono::milliseconds(-1));
      zmq::message_t order;
      while (orders_in.recv(order, zmq::recv_flags::dontwait)) {
        if (order.size() == 0) return;
        say(order.to_string());
      }
      if (options.with_replay && (items[1].revents & ZMQ_POLLIN) != 0) replay();
    }
  }

  void say(std::string payload) {
    const std::uint64_t seq = next++;
    const auto number = big_endian(seq);
    if (!options.drop.contains(seq)) {
      pub.send(zmq::buffer(options.topic), zmq::send_flags::sndmore);
      pub.send(zmq::buffer(number), zmq::send_flags::sndmore);
      pub.send(zmq::buffer(payload), zmq::send_flags::none);
    }
    kept.emplace_back(seq, std::move(payload));
    if (kept.size() > options.buffer) kept.pop_front();
  }

  // Asked with two frames behind the asker's name; answered with four, as vLLM does it since 0.26.
  void replay() {
    std::vector<zmq::message_t> frames;
    do {
      zmq::message_t frame;
      if (!router.recv(frame, zmq::recv_flags::dontwait)) return;
      frames.push_back(std::move(frame));
    } while (frames.back().more());
    if (frames.size() != 3 || frames[2].size() != 8) return;
    const std::uint64_t from = from_big_endian(frames[2]);
    const auto answer = [&](std::uint64_t seq, const std::string& payload) {
      router.send(zmq::buffer(frames[0].data(), frames[0].size()), zmq::send_flags::sndmore);
      router.send(zmq::message_t(), zmq::send_flags::sndmore);
      router.send(zmq::buffer(options.topic), zmq::send_flags::sndmore);
      router.send(zmq::buffer(big_endian(seq)), zmq::send_flags::sndmore);
      router.send(zmq::buffer(payload), zmq::send_flags::none);
    };
    for (const auto& [seq, payload] : kept) {
      if (seq >= from) answer(seq, payload);
    }
    answer(~std::uint64_t{0}, "");
  }
};

Publisher::Publisher() = default;

Result<std::unique_ptr<Publisher>> Publisher::start(const PublisherOptions& options) {
  std::unique_ptr<Publisher> out(new Publisher());
  out->thread_ = std::make_unique<Thread>(options);
  Thread& t = *out->thread_;
  t.orders_in = zmq::socket_t(t.context, zmq::socket_type::pair);
  t.orders_in.bind(kOrders);
  t.orders_out = zmq::socket_t(t.context, zmq::socket_type::pair);
  t.orders_out.connect(kOrders);
  const auto bind = [&t](zmq::socket_t& socket, zmq::socket_type type, std::uint16_t port, std::string& at) {
    socket = zmq::socket_t(t.context, type);
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::sndhwm, kSendMark);
    const std::string place = port == 0 ? "tcp://127.0.0.1:*" : fmt::format("tcp://127.0.0.1:{}", port);
    try {
      socket.bind(place);
    } catch (const zmq::error_t& e) {
      return Result<void>(Error::failure(fmt::format("{}: cannot publish there: {}", place, e.what())));
    }
    at = place_of(socket);
    return Result<void>();
  };
  if (auto ok = bind(t.pub, zmq::socket_type::pub, options.events, t.events_at); !ok) return ok.error();
  if (options.with_replay) {
    if (auto ok = bind(t.router, zmq::socket_type::router, options.replay, t.replay_at); !ok) return ok.error();
  }
  t.thread = std::thread([&t] { t.run(); });
  return out;
}

void Publisher::publish(std::string payload) {
  if (!payload.empty()) thread_->orders_out.send(zmq::buffer(payload), zmq::send_flags::none);
}

const std::string& Publisher::events() const { return thread_->events_at; }
const std::string& Publisher::replay() const { return thread_->replay_at; }

Publisher::~Publisher() {
  if (thread_ == nullptr || !thread_->thread.joinable()) return;
  thread_->orders_out.send(zmq::message_t(), zmq::send_flags::none);
  thread_->thread.join();
}

}  // namespace blockyard::net
