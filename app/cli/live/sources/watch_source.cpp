#include "app/cli/live/sources/watch_source.h"

#include <utility>

namespace blockyard::cli {

Result<std::unique_ptr<WatchSource>> WatchSource::start(const live::LiveFleet& fleet, bool raw,
                                                        std::unique_ptr<Demo> demo) {
  std::unique_ptr<WatchSource> out(new WatchSource(fleet));
  WatchSource* self = out.get();
  net::WatchOptions options;
  options.record_raw = raw;
  options.see = [self](const live::Record& record) {
    const std::lock_guard lock(self->mutex_);
    self->come_.push_back(record);
  };
  out->demo_ = std::move(demo);
  auto watch = net::Watch::start(fleet, options);
  if (!watch) return watch.error();
  out->watch_ = std::move(*watch);
  if (out->demo_) {
    if (auto ok = out->demo_->begin(out->watch_->listening()); !ok) return ok.error();
  }
  out->thread_ = std::thread([self] { self->run(); });
  return out;
}

WatchSource::~WatchSource() {
  if (demo_ && watch_) demo_->load().stop();
  over_ = true;
  if (thread_.joinable()) thread_.join();
  if (watch_ && !demo_ && !watch_->listening().empty()) {
    watch_->drain();
    const SimTime until = watch_->now() + ms_to_us(fleet_.router.proxy.drain_ms);
    while (watch_->in_flight() > 0 && watch_->now() < until) watch_->pump(20'000);
  }
  if (watch_) (void)watch_->end();  // it records nothing
}

void WatchSource::run() {
  constexpr SimTime kLongest = 10'000;  // µs: the window's clock goes on as often
  while (!over_) {
    const SimTime begin = watch_->now();  // what came before is taken by the pump
    watch_->pump(kLongest);
    const std::lock_guard lock(mutex_);
    until_ = begin;
  }
}

void WatchSource::take(const std::function<void(const live::Record&)>& give) {
  std::vector<live::Record> all;
  {
    const std::lock_guard lock(mutex_);
    all.swap(come_);
    given_until_ = until_;
  }
  for (const live::Record& record : all) give(record);
}

std::optional<std::string> WatchSource::trouble() { return std::nullopt; }

}  // namespace blockyard::cli
