// WatchSource: a real fleet, watched over the network, as a session's source of records.
#pragma once

#include <memory>

#include "app/net/watch.h"
#include "app/session/observation.h"

namespace blockyard::cli {

class WatchSource final : public LiveSource {
 public:
  /// Errors: an endpoint that is none, a recording that cannot be made.
  static Result<std::unique_ptr<WatchSource>> start(const live::LiveFleet& fleet, net::WatchOptions options);
  ~WatchSource() override;

  const live::LiveFleet& fleet() const override { return fleet_; }
  std::string started() const override { return watch_->started(); }
  void take(const std::function<void(const live::Record&)>& give) override;
  SimTime now() const override { return watch_->now(); }
  std::optional<std::string> trouble() override { return watch_->recording_trouble(); }
  /// Listens no more, and closes the recording in order.
  Result<void> end() { return watch_->end(); }

 private:
  explicit WatchSource(const live::LiveFleet& fleet) : fleet_(fleet) {}

  live::LiveFleet fleet_;
  std::function<void(const live::Record&)> give_;  // while something takes
  std::unique_ptr<net::Watch> watch_;
};

}  // namespace blockyard::cli
