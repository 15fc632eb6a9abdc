#include "app/cli/live/live_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "app/cli/parts/options.h"
#include "app/cli/parts/table.h"
#include "app/net/check.h"
#include "app/net/watch.h"
#include "core/base/words/printable.h"

namespace blockyard::cli {
namespace {

using live::LiveWorker;
using live::WorkerSetup;

bool same_address(const WorkerSetup& a, const WorkerSetup& b) {
  return a.address.host == b.address.host && a.address.port == b.address.port;
}

// What is wrong, or missing, with one worker, one line each.
void advise(const live::LiveFleet& fleet, const LiveWorker& w, const net::AddressLook* look,
            std::vector<std::string>& out) {
  const auto say = [&](const std::string& what) { out.push_back(fmt::format("{}: {}", w.setup.name, what)); };
  if (look != nullptr) {
    if (look->wants_key()) {
      say("it asks for a key; name the environment variable that holds it as api_key_env in a fleet file");
    } else if (!look->health.good()) {
      say(fmt::format("{}{}: {}", w.setup.address.text(), fleet.health_path, printable(look->health.reason())));
    }
    if (!look->metrics.good() && !look->wants_key())
      say(fmt::format("no metrics ({}); SGLang needs --enable-metrics", printable(look->metrics.reason())));
    if (look->metrics.good() && !look->hits_reported)
      say("its metrics tell no hits of the prefix cache; vLLM needs --enable-prefix-caching");
    if (look->metrics.good() && look->ranks_shown > w.setup.ranks)
      say(fmt::format("its metrics show {} ranks, and here it has {}; say ranks={}", look->ranks_shown, w.setup.ranks,
                      look->ranks_shown));
    if (!look->tokenizes_prompts) {
      say("no /tokenize: chains of prompts cannot be known");
    } else if (!look->tokenizes_messages) {
      say("/tokenize takes no messages: chains of chats cannot be known");
    }
  }
  if (w.setup.events.empty()) {
    say("no stream is named, so nothing is known of its blocks; vLLM: --kv-events-config "
        R"('{"enable_kv_cache_events":true,"publisher":"zmq","endpoint":"tcp://*:5557","replay_endpoint":"tcp://*:5558"}')");
    return;
  }
  if (!w.was_connected) {
    say(fmt::format("{} is not reached; vLLM binds it where its endpoint has * or ::, and connects to it otherwise",
                    w.setup.events));
  } else if (w.last_batch < 0) {
    say("its stream is reached and brought no batch; send it a request");
  }
  if (w.setup.replay.empty())
    say("no replay is named: what is missed is lost; vLLM: replay_endpoint, and replay= here");
  if (w.truth.block_size() == 1) say("its blocks have 1 token, which costs much; SGLang: --page-size 16");
  if (w.truth.misfit() != 0) say(w.why);
}

}  // namespace

int check_fleet(const live::LiveFleet& fleet, double seconds) {
  const PolledInterrupts interrupts;
  auto watch = net::Watch::start(fleet, {});
  if (!watch) return refuse(watch.error());
  const auto looks = net::look_at(fleet, std::chrono::microseconds(ms_to_us(std::min(seconds, 5.0) * 1000)));
  const auto silent = [](const LiveWorker& w) {
    return !w.setup.events.empty() && w.last_batch < 0 && w.truth.misfit() == 0;
  };
  const auto& workers = (*watch)->session().workers();
  while (!interrupted() && (*watch)->now() < ms_to_us(seconds * 1000) &&
         (std::any_of(workers.begin(), workers.end(), silent) || (*watch)->awaiting()))
    (*watch)->pump(50'000);
  if (interrupted()) return refuse(interruption());
  (void)(*watch)->end();

  bool good = true;
  std::vector<std::string> advice;
  std::vector<std::vector<std::string>> rows{
      {"worker", "answers", "stream", "blocks", "of", "tokens a block", "ranks", "hits", "tokenizes"}};
  for (const LiveWorker& w : workers) {
    const auto at = std::find_if(looks.begin(), looks.end(), [&](const net::AddressLook& l) {
      return same_address(fleet.workers[l.worker], w.setup);
    });
    const net::AddressLook* look = at == looks.end() ? nullptr : &*at;
    const bool answers = look == nullptr || look->health.good();
    good = good && answers && !silent(w) && w.truth.misfit() == 0;
    const std::string stream = w.setup.events.empty() ? "none"
                               : !w.was_connected     ? "not reached"
                               : w.last_batch < 0     ? "silent"
                                                      : fmt::format("{} batches", w.truth.counts().batches);
    const auto yes = [look](bool net::AddressLook::*what) {
      return look == nullptr ? "–" : look->*what ? "yes" : "no";
    };
    rows.push_back({w.setup.name,
                    look == nullptr ? "–"
                    : answers       ? "yes"
                                    : "no",
                    stream, fmt::format("{}", w.truth.resident_blocks()),
                    fmt::format("{}", w.capacity_blocks(fleet.block_tokens)), fmt::format("{}", w.truth.block_size()),
                    look == nullptr ? "–" : fmt::format("{}", look->ranks_shown), yes(&net::AddressLook::hits_reported),
                    yes(&net::AddressLook::tokenizes_messages)});
    advise(fleet, w, look, advice);
  }
  fmt::print("{}", text_table(rows));
  for (const std::string& line : advice) fmt::print("{}\n", line);
  return good ? kDone : kFailed;
}

}  // namespace blockyard::cli
