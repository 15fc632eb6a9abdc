// How a stand-in is set up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "core/settings/config.h"
#include "core/standin/kv_payload.h"

namespace blockyard::net {

struct PublisherOptions {
  std::uint16_t events = 0, replay = 0;  ///< ports on 127.0.0.1; 0: free ones
  bool with_replay = true;
  std::string topic;
  std::size_t buffer = 10'000;   ///< batches that a replay can bring back
  std::set<std::uint64_t> drop;  ///< batches that are kept from the stream, and not from the replay
};

struct StandInOptions {
  Config config;
  std::uint16_t port = 0;  ///< 0: a free one
  bool with_events = true;
  PublisherOptions publisher;
  std::string model = "blockyard-standin";
  standin::PayloadForm form = standin::PayloadForm::kMap;
  double time_scale = 1;
  std::string api_key;                      ///< empty: none is asked for
  std::uint32_t fail_every = 0;             ///< every so many requests one is answered with 500; 0: never
  std::optional<std::uint32_t> die_after;   ///< the connection is dropped after so many tokens
};

}  // namespace blockyard::net
