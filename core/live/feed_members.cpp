// A feed whose workers come and go: by their posts, by orders, by name.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "core/base/words/printable.h"
#include "core/live/feed.h"

namespace blockyard::live {
namespace {

constexpr SimTime kLongestLeave = SimTime{600} * 1'000'000;
constexpr std::uint32_t kAbsentUntilGone = 3;  // look-ups in a row

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.") || host == "0.0.0.0" || host == "::";
}

}  // namespace

bool Feed::room_for(std::size_t workers) const {
  return fleet_.present() + workers <= kMostWorkers && fleet_.workers.size() + workers <= kMostIndices;
}

Feed::Taken Feed::post(const HeartbeatPost& post, SimTime t) {
  const std::string& name = std::visit([](const auto& p) -> const std::string& { return p.worker; }, post);
  look_at_posters(t);
  auto found = fleet_.find(name);
  if (found && !fleet_.workers[*found].heartbeat) return Taken::kNameTaken;
  if (std::holds_alternative<EvictPost>(post)) {
    if (found) give(t, EvictRecord{*found, name, std::get<EvictPost>(post).hashes});
    return found ? Taken::kYes : Taken::kUnknown;
  }
  if (!found) {
    const auto posting = std::count_if(fleet_.workers.begin(), fleet_.workers.end(),
                                       [](const WorkerSetup& w) { return w.heartbeat && !w.removed; });
    if (!room_for(1) || static_cast<std::size_t>(posting) >= fleet_.heartbeats.max_workers) return Taken::kTooMany;
    WorkerSetup setup;
    setup.name = name;
    setup.heartbeat = true;
    found = static_cast<WorkerId>(workers_.size());
    grow(setup);
    workers_[*found].up = false;
  }
  const WorkerId w = *found;
  std::string why, url;
  if (const auto* beat = std::get_if<BeatPost>(&post)) url = address_of(w, *beat, why);
  workers_[w].posted = t;
  workers_[w].up = true;
  posters_due_ = std::min(posters_due_, t + ms_to_us(fleet_.heartbeats.detect_ms));
  if (const auto* beat = std::get_if<BeatPost>(&post)) {
    workers_[w].beaten = true;
    if (!url.empty()) fleet_.workers[w].address = parse_http_address(url).value();
    give(t, BeatRecord{w, name, beat->load, std::move(url), std::move(why)});
  } else {
    give(t, SyncRecord{w, name, std::get<SyncPost>(post).hashes});
  }
  return Taken::kYes;
}

// The address that requests go to from now on; empty: as before. What is wrong with the one that it names is said once.
std::string Feed::address_of(WorkerId w, const BeatPost& post, std::string& why) {
  if (!post.url || post.url->empty() || (workers_[w].up && workers_[w].beaten)) return {};
  const auto refused = [&](const std::string& what) {
    if (!std::exchange(workers_[w].url_reported, true))
      why = fmt::format("its worker_url is left out, and requests are only assigned to it: {}", what);
    return std::string();
  };
  const auto address = parse_http_address(*post.url);
  if (!address) return refused(address.error().message);
  const auto& hosts = fleet_.heartbeats.url_hosts;
  if (std::find(hosts.begin(), hosts.end(), address->host) == hosts.end())
    return refused(fmt::format("heartbeats.url_hosts does not name {}", quoted_part(address->host)));
  if (own_ && address->port == own_->port && (is_loopback(address->host) || address->host == own_->host))
    return refused("it is the address of this router");
  return address->text();
}

// Those that have not been heard of for detect_ms are down, as of the next record.
void Feed::look_at_posters(SimTime t) {
  if (t < posters_due_) return;
  posters_due_ = kNever;
  const SimTime patience = ms_to_us(fleet_.heartbeats.detect_ms);
  for (WorkerId w = 0; w < workers_.size(); ++w) {
    Worker& worker = workers_[w];
    if (!fleet_.workers[w].heartbeat || fleet_.workers[w].removed || !worker.up) continue;
    if (t < worker.posted + patience) {
      posters_due_ = std::min(posters_due_, worker.posted + patience);
      continue;
    }
    worker.up = false;
    say(w, StateChange::kLost, fmt::format("no heartbeat within {} ms", fleet_.heartbeats.detect_ms), t);
  }
}

Feed::Taken Feed::add(std::vector<WorkerSetup> ranks, SimTime t) {
  for (const WorkerSetup& setup : ranks) {
    if (fleet_.find(setup.name)) return Taken::kNameTaken;
  }
  if (!room_for(ranks.size())) return Taken::kTooMany;
  for (const WorkerSetup& setup : ranks) {
    CommandRecord command;
    command.command = CommandKind::kAdd;
    command.whom = static_cast<WorkerId>(workers_.size());
    command.added = worker_json(setup);
    grow(setup);
    give(t, std::move(command));
  }
  return Taken::kYes;
}

Feed::Taken Feed::remove(std::string_view name, SimTime t) {
  const auto w = fleet_.find(name);
  if (!w) return Taken::kUnknown;
  if (workers_[*w].leaves >= 0) return Taken::kYes;
  workers_[*w].leaves = t + kLongestLeave;
  CommandRecord command;
  command.command = CommandKind::kRemove;
  command.whom = w;
  give(t, std::move(command));
  return Taken::kYes;
}

void Feed::let_leave(SimTime t) {
  for (WorkerId w = 0; w < workers_.size(); ++w) {
    Worker& worker = workers_[w];
    if (worker.leaves < 0 || (t < worker.leaves && hands_.busy && hands_.busy(w))) continue;
    worker.leaves = -1;
    worker.up = false;
    fleet_.workers[w].removed = true;
    worker.reading.forget();
    worker.order = StreamOrder(rules(w));
    say(w, StateChange::kRemoved, "", t);
  }
}

void Feed::discovered(const std::vector<std::string>& addresses, SimTime t) {
  const DiscoverSettings& d = fleet_.discover;
  std::set<std::string> names;
  for (const std::string& host : addresses) {
    std::string name = host;
    std::replace(name.begin(), name.end(), ':', '-');
    if (!is_worker_name(name) || !names.insert(name).second) continue;
    if (fleet_.find(name) || fleet_.find(name + ".0")) continue;
    const std::string bracketed = host.find(':') == std::string::npos ? host : "[" + host + "]";
    const auto endpoint = [&](std::uint32_t port) {
      return port == 0 ? std::string("null") : fmt::format(R"("tcp://{}:{}")", bracketed, port);
    };
    auto ranks =
        parse_workers(fmt::format(R"({{"name":"{}","url":"http://{}:{}","ranks":{},"events":{},"replay":{}}})", name,
                                  bracketed, d.port, d.ranks, endpoint(d.events_port), endpoint(d.replay_port)),
                      name);
    if (!ranks) continue;
    const std::size_t first = workers_.size();
    if (add(std::move(*ranks), t) != Taken::kYes) continue;
    for (std::size_t w = first; w < workers_.size(); ++w) workers_[w].discovered = true;
  }
  for (WorkerId w = 0; w < workers_.size(); ++w) {
    Worker& worker = workers_[w];
    if (!worker.discovered || fleet_.workers[w].removed || worker.leaves >= 0) continue;
    std::string base = fleet_.workers[w].name;
    if (fleet_.workers[w].ranks > 1) base.resize(base.rfind('.'));
    worker.absent = names.contains(base) ? 0 : worker.absent + 1;
    if (worker.absent >= kAbsentUntilGone) (void)remove(fleet_.workers[w].name, t);
  }
}

}  // namespace blockyard::live
