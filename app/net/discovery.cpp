#include "app/net/discovery.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <set>
#include <utility>  // before Boost's headers, which forget it

#include "core/base/sim_time.h"

namespace blockyard::net {

// The next look-up comes `every` after the one before was begun, and never before that has ended.
class Discovery::Search : public std::enable_shared_from_this<Search> {
 public:
  Search(boost::asio::io_context& context, const live::DiscoverSettings& settings,
         std::function<void(std::vector<std::string>)> found)
      : settings_(settings), found_(std::move(found)), resolver_(context), timer_(context) {}

  void look() {
    if (stopped_) return;
    timer_.expires_after(std::chrono::microseconds(ms_to_us(settings_.every_ms)));
    resolver_.async_resolve(settings_.dns, std::to_string(settings_.port),
                            [self = shared_from_this()](boost::system::error_code trouble, const Results& results) {
                              self->looked(trouble, results);
                            });
  }
  void stop() {
    stopped_ = true;
    resolver_.cancel();
    timer_.cancel();
  }

 private:
  using Results = boost::asio::ip::tcp::resolver::results_type;
  void looked(boost::system::error_code trouble, const Results& results) {
    if (stopped_) return;
    if (!trouble) {
      std::set<std::string> all;
      for (const auto& entry : results) all.insert(entry.endpoint().address().to_string());
      found_({all.begin(), all.end()});
    }
    timer_.async_wait([self = shared_from_this()](boost::system::error_code ended) {
      if (!ended) self->look();
    });
  }

  live::DiscoverSettings settings_;
  std::function<void(std::vector<std::string>)> found_;
  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::steady_timer timer_;
  bool stopped_ = false;
};

Discovery::Discovery(boost::asio::io_context& context, const live::DiscoverSettings& settings,
                     std::function<void(std::vector<std::string>)> found)
    : search_(std::make_shared<Search>(context, settings, std::move(found))) {
  search_->look();
}

Discovery::~Discovery() { search_->stop(); }

}  // namespace blockyard::net
