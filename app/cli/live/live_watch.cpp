// blockyard live on workers that are there: watching them, being their router, the demo.
#include <fmt/format.h>

#include <memory>

#include "app/cli/live/sources/demo.h"
#include "app/cli/live/live_parts.h"
#include "app/net/watch.h"
#include "core/base/words/printable.h"

namespace blockyard::cli {
namespace {

constexpr SimTime kPatience = 20'000'000;  // of a demo, with itself

// A router takes no new requests, and lets those that run end, for as long as it is given.
void end_in_order(net::Watch& watch, double drain_ms) {
  if (watch.listening().empty()) return;
  watch.drain();
  const SimTime until = watch.now() + ms_to_us(drain_ms);
  while (watch.in_flight() > 0 && watch.now() < until) watch.pump(20'000);
}

// Stops the users, waits for what they began and for the streams to say what is held; why the demo failed.
std::optional<std::string> end_demo(Demo& demo, net::Watch& watch) {
  demo.load().stop();
  const SimTime until = watch.now() + kPatience;
  while ((demo.load().running() > 0 || watch.in_flight() > 0) && watch.now() < until) watch.pump(20'000);
  auto differs = demo.differs(watch.session());
  while (differs && watch.now() < until) {
    watch.pump(50'000);
    differs = demo.differs(watch.session());
  }
  note("blockyard: the users' requests: {} done, {} failed\n", demo.load().done(), demo.load().failed());
  if (demo.load().running() > 0) return "a request of the users did not end";
  if (demo.load().failed() > 0) return "a request of the users failed: " + demo.load().trouble();
  return differs;
}

}  // namespace

int watch_fleet(const LiveArgs& args, const Context& context) {
  std::unique_ptr<Demo> demo;
  if (args.demo) {
    auto started = Demo::start(*args.demo, args.scenario, args.seed, Assets(context.assets_dir));
    if (!started) return refuse(started.error());
    demo = std::move(*started);
  }
  const auto fleet = demo ? read_fleet(args, demo->fleet()) : read_fleet(args);
  if (!fleet) return refuse(fleet.error());
  io::Outputs outputs;
  if (!args.fleet.empty()) outputs.reads("the fleet", args.fleet);
  const PolledInterrupts interrupts;
  net::WatchOptions options{args.record, args.record_raw, static_cast<std::uint64_t>(args.record_max_mib * 1048576.0)};
  if (args.record_raw) note("blockyard: warning: {} will hold the prompts' token ids\n", printable(args.record));
  RequestRows rows(args, outputs);
  if (rows.trouble()) return refuse(*rows.trouble());
  auto watch = net::Watch::start(*fleet, options);
  if (!watch) return refuse(watch.error());
  (*watch)->on_request(rows.writer((*watch)->session()));
  if (const std::string at = (*watch)->listening(); !at.empty()) note("blockyard: listening on {}\n", at);
  if (const std::string& key = (*watch)->made_key(); !key.empty()) note("blockyard: key for changes: {}\n", key);
  if (demo) {
    if (auto ok = demo->begin((*watch)->listening()); !ok) return refuse(ok.error());
  }
  const SimTime until = args.seconds > 0 ? ms_to_us(args.seconds * 1000) : kNever;
  constexpr SimTime kSecond = 1'000'000;
  SimTime next = kSecond;
  Troubles troubles;
  // A demo goes on until something has been seen of it, where the machine is too busy to show it in its time.
  const auto unseen = [&] { return demo && demo->load().done() == 0 && (*watch)->now() < until + kPatience; };
  while (!interrupted() && ((*watch)->now() < until || unseen())) {
    const SimTime left = std::max(until - (*watch)->now(), SimTime{1'000});
    (*watch)->pump(std::min({SimTime{50'000}, next - (*watch)->now(), left}));
    troubles.look((*watch)->session());
    if (const auto trouble = (*watch)->recording_trouble()) note("blockyard: warning: {}\n", *trouble);
    if ((*watch)->now() < next) continue;
    note("{}", progress_line((*watch)->session(), (*watch)->now()));
    while (next <= (*watch)->now()) next += kSecond;
  }
  std::optional<std::string> demo_trouble;
  if (demo) demo_trouble = end_demo(*demo, **watch);
  end_in_order(**watch, fleet->router.proxy.drain_ms);
  const auto ended = (*watch)->end();
  const int status = end_with((*watch)->session(), (*watch)->started(), args, outputs);
  if (!ended) return refuse(ended.error());
  if (demo_trouble) return refuse(Error::failure(*demo_trouble));
  return status;
}

}  // namespace blockyard::cli
