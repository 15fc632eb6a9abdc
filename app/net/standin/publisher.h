// Publisher: a stand-in's stream of KV events, as an engine publishes it: a PUB socket, and a ROUTER socket that
// replays the latest batches to whoever asks. On a thread of its own, which numbers the batches from 0.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "app/net/standin/options.h"
#include "core/base/result.h"

namespace blockyard::net {

class Publisher {
 public:
  /// Errors: a port that is taken.
  static Result<std::unique_ptr<Publisher>> start(const PublisherOptions& options);
  ~Publisher();
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  void publish(std::string payload);
  /// Where it can be heard: tcp://127.0.0.1:PORT; empty: nowhere.
  const std::string& events() const;
  const std::string& replay() const;

 private:
  struct Thread;
  Publisher();
  std::unique_ptr<Thread> thread_;
};

}  // namespace blockyard::net
