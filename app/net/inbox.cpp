#include "app/net/inbox.h"

#include <iterator>
#include <utility>

namespace blockyard::net {

SimTime Inbox::now() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began_).count();
}

void Inbox::put(Arrival arrival) {
  {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [this] { return closed_ || bytes_ < kMostBytes; });
    if (closed_) return;
    arrival.t = now();
    bytes_ += arrival.text.size() + sizeof(Arrival);
    all_.push_back(std::move(arrival));
  }
  something_.notify_one();
}

std::vector<Arrival> Inbox::take(std::chrono::microseconds longest) {
  std::vector<Arrival> out;
  {
    std::unique_lock lock(mutex_);
    something_.wait_for(lock, longest, [this] { return closed_ || !all_.empty(); });
    out.assign(std::make_move_iterator(all_.begin()), std::make_move_iterator(all_.end()));
    all_.clear();
    bytes_ = 0;
  }
  room_.notify_all();
  return out;
}

void Inbox::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  something_.notify_all();
  room_.notify_all();
}

}  // namespace blockyard::net
