#include "app/cli/live/watch_source.h"

#include <utility>

namespace blockyard::cli {

Result<std::unique_ptr<WatchSource>> WatchSource::start(const live::LiveFleet& fleet, net::WatchOptions options) {
  std::unique_ptr<WatchSource> out(new WatchSource(fleet));
  WatchSource* self = out.get();
  options.see = [self](const live::Record& record) {
    if (self->give_) self->give_(record);
  };
  auto watch = net::Watch::start(fleet, options);
  if (!watch) return watch.error();
  out->watch_ = std::move(*watch);
  return out;
}

WatchSource::~WatchSource() {
  if (watch_) (void)watch_->end();  // what went wrong with the recording has been told
}

void WatchSource::take(const std::function<void(const live::Record&)>& give) {
  give_ = give;
  watch_->pump(0);
  give_ = nullptr;
}

}  // namespace blockyard::cli
