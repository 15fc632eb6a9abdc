// WatchSource: a real fleet, watched (or routed) over the network, as a session's source of records. On a thread of its
// own: a router decides at once, however long a frame takes.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "app/cli/live/sources/demo.h"
#include "app/net/watch.h"
#include "app/session/observation.h"

namespace blockyard::cli {

class WatchSource final : public LiveSource {
 public:
  /// `demo`: its workers are the fleet's, and its users begin. Errors: an endpoint that is none, a port that is taken.
  static Result<std::unique_ptr<WatchSource>> start(const live::LiveFleet& fleet, bool raw,
                                                    std::unique_ptr<Demo> demo = nullptr);
  /// A router lets the requests that run there end first, as long as its fleet gives them; a demo's need not.
  ~WatchSource() override;

  const live::LiveFleet& fleet() const override { return fleet_; }
  std::string started() const override { return watch_->started(); }
  void take(const std::function<void(const live::Record&)>& give) override;
  SimTime now() const override { return given_until_; }
  std::optional<std::string> trouble() override;
  std::string listening() const override { return watch_->listening(); }
  bool in_service() const override { return !demo_ && !listening().empty(); }
  void command(const live::CommandRecord& command) override { watch_->command(command); }
  /// A key that was made at start for changes from outside; empty: none was.
  const std::string& made_key() const { return watch_->made_key(); }

 private:
  explicit WatchSource(const live::LiveFleet& fleet) : fleet_(fleet) {}
  void run();

  live::LiveFleet fleet_;
  std::unique_ptr<Demo> demo_;
  std::unique_ptr<net::Watch> watch_;  // its thread's; what may be called from any is said there
  std::mutex mutex_;
  std::vector<live::Record> come_;  // and not taken yet
  SimTime until_ = 0;               // all that came by then is in it, or was
  SimTime given_until_ = 0;
  std::atomic<bool> over_{false};
  std::thread thread_;
};

}  // namespace blockyard::cli
