#include "core/standin/clocked_worker.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "core/settings/setting.h"

namespace blockyard::standin {
namespace {

constexpr std::uint32_t kMostBlocks = 1U << 22;  // ids: blocks that are held or waited for
constexpr std::size_t kSlackRuns = 4096;         // spans of requests that are gone, until they are swept up

Config as_clocked(Config config, double scale) {
  Scenario costs;
  costs.config.latency = config.latency;
  for (const Setting& row : setting_table()) {
    if (row.section() == "latency") set_number(row, costs, *setting_number(row, costs) * scale);
  }
  config.latency = costs.config.latency;
  config.fleet.skip_steps = false;  // every token is told when it is made
  config.faults.clear();
  return config;
}

}  // namespace

// The clocked worker as its engine sees it.
class ClockedWorker::Host : public WorkerHost {
 public:
  explicit Host(ClockedWorker& w) : w_(w) {}
  const Workload& workload() const override { return w_.workload_; }
  const Config& config() const override { return w_.config_; }
  const Request& request(RequestId r) const override { return w_.workload_.requests[r]; }
  bool step_is_over(SimTime) const override { return false; }
  void schedule(RequestId r, SimTime first_token, SimTime finish) override {
    Due due;
    due.t = r == kNone ? finish : first_token;
    due.what = r == kNone ? Due::What::kStep : Due::What::kToken;
    due.request = r;
    due.first = first_token;
    due.last = finish;
    if (r == kNone) due.serial = w_.state_->step.serial;
    if (r != kNone) due.ticket = w_.places_[r].ticket;
    w_.push(due);
  }
  void started(RequestId r, std::uint32_t hit, bool resumed) override {
    if (!resumed) w_.say(Happening::What::kStarted, r, hit * w_.block_tokens());
  }
  void evicted(RequestId, const CacheChanges& changes) override { touch(changes); }
  void report(const CacheChanges& changes) override { touch(changes); }
  void evicted(RequestId, const SpanChanges&) override { BY_CHECK(false, "a clocked worker's cache has slots"); }
  void changed(RequestId, const RunChanges&) override { BY_CHECK(false, "a clocked worker's cache has slots"); }
  void first_token(RequestId) override {}  // told with all others
  void finished(RequestId r) override {
    w_.tell_tokens(r, w_.workload_.requests[r].output_tokens);
    w_.say(Happening::What::kFinished, r, 0);
    w_.over_.push_back(r);
  }
  void preempted(RequestId r) override { w_.say(Happening::What::kPreempted, r, 0); }

 private:
  void touch(const CacheChanges& changes) {
    w_.touched_.insert(w_.touched_.end(), changes.evicted.begin(), changes.evicted.end());
    w_.touched_.insert(w_.touched_.end(), changes.stored.begin(), changes.stored.end());
  }
  ClockedWorker& w_;
};

Result<std::unique_ptr<ClockedWorker>> ClockedWorker::make(const Config& config, double time_scale) {
  if (const EvictionRow& row = eviction_row(config.cache.eviction); row.needs_tree)
    return Error{fmt::format("cache.eviction {} knows the future, which a stand-in does not; choose another", row.id)};
  return std::unique_ptr<ClockedWorker>(new ClockedWorker(config, time_scale));
}

ClockedWorker::ClockedWorker(const Config& config, double time_scale)
    : config_(as_clocked(config, time_scale)), names_(kMostBlocks), engine_(&engine_of(config_)) {
  workload_.block_tokens = config_.cache.block_tokens;
  workload_.private_blocks = kMostBlocks;  // all ids are this worker's own; the tree stays empty
  state_.emplace(KvCache({CacheKind::kBlocks, pool(), config_.cache.eviction, engine_->keeps_copies(config_)},
                         workload_.id_count(), nullptr, Rng(config_.seed, RngPurpose::kEviction)));
}

ClockedWorker::~ClockedWorker() = default;

std::uint32_t ClockedWorker::pool() const { return engine_->pool(config_); }

std::optional<std::string> ClockedWorker::misfit(std::size_t prompt, std::size_t answer) const {
  if (prompt == 0) return "the prompt has no token";
  Request r;
  constexpr std::size_t kMost = 1U << 30;
  r.prompt_tokens = static_cast<std::uint32_t>(std::min(prompt, kMost));
  r.output_tokens = static_cast<std::uint32_t>(std::min(answer, kMost));
  r.prompt_blocks = r.prompt_tokens / block_tokens();
  const std::uint64_t most = engine_->most_blocks(config_, r);
  if (most <= pool()) return std::nullopt;
  return fmt::format("{} tokens of prompt and {} of answer need {} blocks, and the cache has {}", prompt, answer, most,
                     pool());
}

void ClockedWorker::push(Due due) {
  due.order = next_order_++;
  queue_.push(due);
}

void ClockedWorker::say(Happening::What what, RequestId r, std::uint32_t count) {
  Happening h;
  h.what = what;
  h.t = now_;
  h.ticket = r == kNone ? 0 : places_[r].ticket;
  h.count = count;
  happened_.push_back(std::move(h));
}

// A place among the requests, and spans of its chain in `runs`; what is left of those that are gone is swept up first.
RequestId ClockedWorker::place_for(const std::vector<BlockId>& chain) {
  RequestId r = kNone;
  if (free_.empty()) {
    r = static_cast<RequestId>(places_.size());
    places_.emplace_back();
    workload_.requests.emplace_back();
  } else {
    r = free_.back();
    free_.pop_back();
  }
  if (workload_.runs.size() > 2 * live_runs_ + kSlackRuns) {
    std::vector<Span> kept;
    for (RequestId other = 0; other < places_.size(); ++other) {
      Request& q = workload_.requests[other];
      if (!places_[other].taken) continue;
      const auto from = workload_.runs.begin() + q.runs_begin;
      q.runs_begin = static_cast<std::uint32_t>(kept.size());
      kept.insert(kept.end(), from, from + q.runs_count);
    }
    workload_.runs = std::move(kept);
  }
  Request& q = workload_.requests[r];
  q = Request();
  q.runs_begin = static_cast<std::uint32_t>(workload_.runs.size());
  for (const BlockId b : chain) {
    auto& runs = workload_.runs;
    if (runs.size() > q.runs_begin && runs.back().first + runs.back().count == b) {
      ++runs.back().count;
    } else {
      runs.push_back({b, 1});
    }
  }
  q.runs_count = static_cast<std::uint32_t>(workload_.runs.size()) - q.runs_begin;
  live_runs_ += q.runs_count;
  return r;
}

std::optional<Ticket> ClockedWorker::add(const Asked& asked, SimTime now) {
  advance(now);
  BY_CHECK(!misfit(asked.prompt.size(), asked.answer.size()) && !asked.answer.empty(), "a request that never fits");
  const std::uint32_t size = block_tokens();
  std::vector<std::uint32_t> tokens = asked.prompt;
  tokens.insert(tokens.end(), asked.answer.begin(), asked.answer.end() - 1);  // the last is only handed out
  auto chain = names_.name(tokens, size, asked.salt);
  if (!chain) return std::nullopt;
  const RequestId r = place_for(*chain);
  Request& q = workload_.requests[r];
  q.prompt_tokens = static_cast<std::uint32_t>(asked.prompt.size());
  q.output_tokens = static_cast<std::uint32_t>(asked.answer.size());
  q.prompt_blocks = q.prompt_tokens / size;
  q.known_blocks = static_cast<std::uint32_t>(chain->size());
  places_[r] = {next_ticket_++, 0, std::move(*chain), true};
  by_ticket_[places_[r].ticket] = r;
  const Ticket ticket = places_[r].ticket;
  Host host(*this);
  WaitingRequest waiting;
  waiting.request = r;
  waiting.prompt_tokens = q.prompt_tokens;
  waiting.output_tokens = q.output_tokens;
  waiting.estimate = engine_->service_estimate(*state_, host, q);
  state_->waiting.push_back(waiting);
  state_->waiting_estimate += waiting.estimate;
  engine_->poke(*state_, host, now_);
  settle();
  return ticket;
}

void ClockedWorker::leave(Ticket ticket, SimTime now) {
  advance(now);
  const auto at = by_ticket_.find(ticket);
  if (at == by_ticket_.end()) return;
  const RequestId r = at->second;
  Host host(*this);
  abort(host, r);
  end(r);
  settle();
}

// It neither waits nor runs any more; its blocks stay, idle, as of one that is done. A step that runs keeps its length:
// what it would have given to this one is nobody's.
void ClockedWorker::abort(Host& host, RequestId r) {
  EngineState& s = *state_;
  const bool slots = config_.fleet.engine == EngineKind::kSlots;
  std::size_t place = 0;
  while (place < s.waiting.size() && s.waiting[place].request != r) ++place;
  if (place < s.waiting.size()) {
    s.waiting_estimate -= s.waiting[place].estimate;
    s.waiting.erase(place);
  } else {
    const auto it = std::find_if(s.running.begin(), s.running.end(), [r](const Sequence& q) { return q.request == r; });
    BY_CHECK(it != s.running.end(), "a request was given up that is not there");
    Sequence gone = std::move(*it);
    s.running.erase(it);
    s.mark_stopped(now_);
    if (slots) {
      s.cache.release(workload_.sequence(workload_.requests[r]), now_);
    } else {
      s.cache.release(gone.held, now_);
    }
  }
  if (slots) engine_->poke(s, host, now_);  // others may fit now; engine continuous goes on with its next step
}

bool ClockedWorker::reset(SimTime now) {
  advance(now);
  if (in_use() > 0) return false;
  state_->cache.flush_idle();
  for (BlockId id = 0; id < names_.bound(); ++id) {
    if (names_[id].copies > 0) names_.set_copies(id, 0);
  }
  say(Happening::What::kCleared, kNone, 0);
  return true;
}

void ClockedWorker::advance(SimTime now) {
  while (!queue_.empty() && queue_.top().t <= now) {
    const Due due = queue_.top();
    queue_.pop();
    now_ = std::max(now_, due.t);
    happen(due);
  }
  now_ = std::max(now_, now);
}

void ClockedWorker::happen(const Due& due) {
  Host host(*this);
  if (due.what == Due::What::kStep) {
    if (due.serial != state_->step.serial) return;
    engine_->step_end(*state_, host, now_);
    return settle();
  }
  if (!places_[due.request].taken || places_[due.request].ticket != due.ticket) return;
  if (due.what == Due::What::kFinish) {
    engine_->finish(*state_, host, due.request, now_);
    return settle();
  }
  // Engine slots plans a life as a whole: its tokens are spread evenly over the time that they take.
  const std::uint32_t made = places_[due.request].told + 1;
  const std::uint32_t all = workload_.requests[due.request].output_tokens;
  tell_tokens(due.request, made);
  Due next = due;
  next.what = made < all ? Due::What::kToken : Due::What::kFinish;
  next.t = made < all ? due.first + (due.last - due.first) * made / all : due.last;
  push(next);
}

void ClockedWorker::tell_tokens(RequestId r, std::uint32_t generated) {
  for (std::uint32_t& told = places_[r].told; told < generated; ++told) say(Happening::What::kToken, r, told);
}

void ClockedWorker::settle() {
  if (config_.fleet.engine == EngineKind::kContinuous) {
    for (const Sequence& q : state_->running) tell_tokens(q.request, q.generated);
    for (const WaitingRequest& q : state_->waiting) tell_tokens(q.request, q.generated);
  }
  tell_blocks();
  std::vector<RequestId> over;
  over.swap(over_);
  for (const RequestId r : over) end(r);
}

void ClockedWorker::end(RequestId r) {
  Place& place = places_[r];
  by_ticket_.erase(place.ticket);
  names_.let_go(place.chain);
  live_runs_ -= workload_.requests[r].runs_count;
  place = Place();
  free_.push_back(r);
}

std::uint32_t ClockedWorker::copies_in_cache(BlockId id) const {
  const BlockCache& cache = state_->cache.blocks();
  std::uint32_t copies = 0;
  for (SlotId s = cache.slot_of(id); s != kNone; s = cache.slots()[s].next_copy) ++copies;
  return copies;
}

// An engine's lists of a step do not say in which order a block went and came; what the cache holds now does.
void ClockedWorker::tell_blocks() {
  if (touched_.empty()) return;
  std::vector<BlockId> stored;
  Happening removed;
  for (const BlockId id : touched_) {
    const std::uint32_t now = copies_in_cache(id);
    const std::uint32_t had = names_[id].copies;
    if (now == had) continue;
    for (std::uint32_t n = now; n < had; ++n) removed.removed.push_back(names_[id].hash);
    for (std::uint32_t n = had; n < now; ++n) stored.push_back(id);
    names_.set_copies(id, now);
  }
  touched_.clear();
  if (!removed.removed.empty()) {
    removed.what = Happening::What::kRemoved;
    removed.t = now_;
    happened_.push_back(std::move(removed));
  }
  for (std::size_t i = 0; i < stored.size();) {
    Happening h;
    h.what = Happening::What::kStored;
    h.t = now_;
    h.stored.parent = names_[stored[i]].parent;
    h.stored.salt = names_[stored[i]].salt;
    do {
      const BlockNames::Block& block = names_[stored[i]];
      h.stored.hashes.push_back(block.hash);
      h.stored.tokens.insert(h.stored.tokens.end(), block.tokens.begin(), block.tokens.end());
      ++i;
    } while (i < stored.size() && names_[stored[i]].parent == names_[stored[i - 1]].hash);
    happened_.push_back(std::move(h));
  }
}

std::vector<Happening> ClockedWorker::take() { return std::exchange(happened_, {}); }

std::vector<const BlockNames::Block*> ClockedWorker::resident() const {
  std::vector<const BlockNames::Block*> out;
  for (BlockId id = 0; id < names_.bound(); ++id) {
    if (names_[id].copies > 0) out.push_back(&names_[id]);
  }
  std::sort(out.begin(), out.end(), [](const auto* a, const auto* b) { return a->digest < b->digest; });
  return out;
}

void ClockedWorker::check() const {
  Host host(const_cast<ClockedWorker&>(*this));  // an engine's check only reads
  engine_->check(*state_, host);
  state_->cache.check();
  std::uint32_t copies = 0;
  for (BlockId id = 0; id < names_.bound(); ++id) {
    BY_CHECK(names_[id].copies == copies_in_cache(id), "a block was told of that is not there, or the other way");
    copies += names_[id].copies;
  }
  const BlockCache& cache = state_->cache.blocks();
  std::uint32_t filled = 0;
  for (const SlotInfo& slot : cache.slots()) filled += slot.block != kNone;
  BY_CHECK(copies == filled, "a slot holds a block of which nobody was told");
}

}  // namespace blockyard::standin
