// Desk: the side of a router that decides, on the thread that owns the session: it chooses workers, keeps the figures
// of what was sent, and answers questions about both. The Front asks it by closures in the inbox.
#pragma once

#include <boost/asio/io_context.hpp>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "app/net/inbox.h"
#include "app/net/router/front.h"
#include "core/live/feed.h"
#include "core/live/routing/live_router.h"
#include "core/standin/metrics_page.h"

namespace blockyard::net {

class Desk {
 public:
  /// All must outlive it; `context` is the Front's.
  Desk(live::LiveSession& session, live::Feed& feed, Inbox& inbox, boost::asio::io_context& context);

  /// What the Front is given: calls that come back here through the inbox.
  DeskHands hands();
  /// Messages of engines that connect here and are nobody's. From the thread that owns the session.
  void counts_unclaimed(std::function<std::uint64_t()> count) { unclaimed_ = std::move(count); }
  /// Time passes: those that wait for a worker are tried again, or sent away.
  void tick(SimTime t);
  /// When it has something to do.
  SimTime due() const;

 private:
  struct Waiting {
    live::RouteQuestion question;
    SimTime until = 0;
    std::function<void(std::optional<live::RouteRecord>)> reply;
  };
  using Choice = std::function<void(std::optional<live::RouteRecord>)>;
  void put(std::function<void(SimTime)> call);
  bool choose(const live::RouteQuestion& q, const Choice& reply, SimTime t);
  void ended(const live::RequestRecord& r, SimTime t);
  Reply administer(live::Service service, const std::string& target, const std::string& body, SimTime t);
  Reply decisions(const std::string& target) const;
  Reply models() const;
  Reply page() const;
  Reply change_router(const std::string& body, SimTime t);
  Reply drain(const std::string& target, bool drain, SimTime t);
  Reply post(const live::HeartbeatPost& post, SimTime t);
  Reply add(const std::string& body, SimTime t);
  Reply remove(const std::string& target, SimTime t);

  live::LiveSession* session_;
  live::Feed* feed_;
  Inbox* inbox_;
  boost::asio::io_context* context_;
  live::LiveRouter router_;
  std::deque<Waiting> waiting_;
  SimTime next_try_ = kNever;
  std::deque<live::Decided> decisions_;                                      // the latest
  std::map<std::pair<std::string, std::uint32_t>, std::uint64_t> answered_;  // by worker and status
  standin::SecondsHistogram ttft_, e2e_;
  std::function<std::uint64_t()> unclaimed_;
};

}  // namespace blockyard::net
