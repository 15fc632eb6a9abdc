// Polls: asks every worker's address for its metrics and its health, over and over, on the network thread. One question
// of a kind at a time per address; ranks behind one address share it. Answers go into the inbox.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "app/net/inbox.h"
#include "core/live/fleet_file.h"

namespace blockyard::net {

/// The key of a worker: the value of the environment variable that it names; empty where there is none.
std::string key_of(const live::WorkerSetup& worker);

class Polls {
 public:
  Polls(boost::asio::io_context& context, const live::LiveFleet& fleet, Inbox& inbox);
  ~Polls();
  Polls(const Polls&) = delete;
  Polls& operator=(const Polls&) = delete;

 private:
  class Poll;
  std::vector<std::shared_ptr<Poll>> polls_;
};

}  // namespace blockyard::net
