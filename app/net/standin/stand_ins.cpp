#include "app/net/standin/stand_ins.h"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <thread>
#include <utility>  // before Boost's headers, which forget it

#include "app/net/standin/standin.h"

namespace blockyard::net {

struct StandIns::Parts {
  ~Parts() {
    work.reset();
    context.stop();
    if (thread.joinable()) thread.join();
    all.clear();
  }
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{context.get_executor()};
  std::vector<std::unique_ptr<StandIn>> all;
  std::vector<StandInPlace> places;
  std::thread thread;
};

StandIns::StandIns() = default;
StandIns::~StandIns() = default;

Result<std::unique_ptr<StandIns>> StandIns::start(const std::vector<StandInOptions>& options, const WordSource& words) {
  std::unique_ptr<StandIns> out(new StandIns());
  out->parts_ = std::make_unique<Parts>();
  Parts& p = *out->parts_;
  for (const StandInOptions& o : options) {
    auto one = StandIn::start(p.context, words, o);
    if (!one) return one.error();
    p.all.push_back(std::move(*one));
    p.places.push_back({p.all.back()->url(), p.all.back()->events(), p.all.back()->replay(), ::getpid()});
  }
  p.thread = std::thread([&p] { p.context.run(); });
  return out;
}

const std::vector<StandInPlace>& StandIns::places() const { return parts_->places; }

std::vector<std::uint64_t> StandIns::resident(std::size_t i) {
  std::promise<std::vector<std::uint64_t>> told;
  boost::asio::post(parts_->context, [&] {
    std::vector<std::uint64_t> out;
    for (const auto* block : parts_->all[i]->worker().resident()) out.push_back(block->hash);
    std::sort(out.begin(), out.end());
    told.set_value(std::move(out));
  });
  return told.get_future().get();
}

}  // namespace blockyard::net
