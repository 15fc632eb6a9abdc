// Discovery: looks a name up, over and over, on the network thread, and tells which addresses it has.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/live/fleet_file.h"

namespace blockyard::net {

class Discovery {
 public:
  /// `found` is told of every look-up that succeeds: the addresses in numbers, each once, in an order of their own.
  Discovery(boost::asio::io_context& context, const live::DiscoverSettings& settings,
            std::function<void(std::vector<std::string>)> found);
  ~Discovery();
  Discovery(const Discovery&) = delete;
  Discovery& operator=(const Discovery&) = delete;

 private:
  class Search;
  std::shared_ptr<Search> search_;
};

}  // namespace blockyard::net
