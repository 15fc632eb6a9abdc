// Polls: asks every worker's address for its metrics and its health, over and over, on the network thread. One question
// of a kind at a time per address; ranks behind one address share it. Answers go into the inbox.
#pragma once

#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/net/inbox.h"
#include "core/live/fleet_file.h"

namespace blockyard::net {

/// The key of a worker: the value of the environment variable that it names; empty where there is none.
std::string key_of(const live::WorkerSetup& worker);

class Polls {
 public:
  Polls(boost::asio::io_context& context, const live::LiveFleet& fleet, Inbox& inbox);
  ~Polls();
  /// A worker has joined, or has left. On the network thread.
  void add(WorkerId w, const live::WorkerSetup& worker);
  void remove(WorkerId w);
  Polls(const Polls&) = delete;
  Polls& operator=(const Polls&) = delete;

 private:
  class Poll;
  // What is asked of one address, for all ranks behind it.
  struct Place {
    std::vector<WorkerId> workers;
    std::shared_ptr<Poll> metrics, health;
  };
  boost::asio::io_context& context_;
  live::LiveFleet fleet_;
  Inbox& inbox_;
  std::map<std::string, Place> places_;  // by address
};

}  // namespace blockyard::net
