#include "core/live/routing/live_router.h"

#include <algorithm>
#include <cmath>

#include "core/live/heartbeat/bodies.h"
#include "core/tokens/sha256.h"

namespace blockyard::live {
namespace {

constexpr std::size_t kMostNames = 1U << 20;  // sessions, or key blocks, that are told apart at one time

Breaker breaker_of(const ProxySettings& p) { return {p.breaker_failures, ms_to_us(p.breaker_ms)}; }

}  // namespace

LiveRouter::LiveRouter(const LiveSession& session, std::uint64_t seed) : session_(&session), memory_(seed) { grow(); }

void LiveRouter::grow() {
  const std::size_t workers = session_->workers().size();
  if (breakers_.size() == workers) return;
  breakers_.resize(workers, breaker_of(session_->fleet().router.proxy));
  models_.resize(workers);
  pending_.resize(workers, 0);
  active_blocks_.resize(workers);
  memory_.ring.clear();  // made anew at the next need
  if (!memory_.sessions.live.empty()) memory_.sessions.live.resize(workers, 0);
}

bool LiveRouter::serves_model(WorkerId w, const std::optional<std::string>& model) const {
  if (!model) return true;
  const auto has = [&model](const std::optional<std::vector<ServedModel>>& list) {
    return list && std::any_of(list->begin(), list->end(), [&](const ServedModel& m) { return m.id == *model; });
  };
  if (w < models_.size() && has(models_[w])) return true;
  return std::none_of(models_.begin(), models_.end(), has);  // one that no list names: any
}

std::vector<WorkerId> LiveRouter::routable(const RouteQuestion& q, SimTime now) const {
  std::vector<WorkerId> up, admitted;
  for (WorkerId w = 0; w < session_->workers().size(); ++w) {
    const LiveWorker& worker = session_->workers()[w];
    if (!worker.up || worker.draining || worker.setup.removed || !serves_model(w, q.model)) continue;
    if (worker.setup.address.host.empty() && !(q.assignable && worker.setup.heartbeat)) continue;
    up.push_back(w);
    if (w >= breakers_.size() || breakers_[w].admits(now)) admitted.push_back(w);
  }
  const bool all_open =
      std::all_of(up.begin(), up.end(), [this](WorkerId w) { return w < breakers_.size() && breakers_[w].open(); });
  std::vector<WorkerId>& out = all_open ? up : admitted;
  std::erase_if(out, [&q](WorkerId w) { return std::find(q.tried.begin(), q.tried.end(), w) != q.tried.end(); });
  return out;
}

bool LiveRouter::any_routable(SimTime now) const {
  RouteQuestion any;
  any.assignable = true;
  return !routable(any, now).empty();
}

double LiveRouter::load_of(const LiveWorker& w) const {
  const RouterConfig& config = session_->fleet().router.config;
  if (config.load_metric == LoadMetric::kRemainingMs) {  // engines do not tell it
    return w.setup.heartbeat ? w.beat_load + config.effective_speculative_load() * w.sent_since : 0;
  }
  if (w.figures_at < 0) return w.active;
  return w.figures.running.value_or(0) + w.figures.waiting.value_or(0) +
         config.effective_speculative_load() * w.sent_since;
}

// Numbers for names, dense and in order of first sight; all are forgotten where they become too many.
std::uint32_t LiveRouter::session_number(const std::string& name) {
  if (sessions_.size() >= kMostNames && !sessions_.contains(name)) {
    sessions_.clear();
    memory_.sessions = {};
  }
  return sessions_.try_emplace(name, static_cast<std::uint32_t>(sessions_.size())).first->second;
}

// The policies know key blocks by their id in a tree; here it holds those alone.
BlockId LiveRouter::key_block(const Digest& digest) {
  if (key_blocks_.size() >= kMostNames) {
    key_blocks_ = PrefixTree();
    memory_.bound.clear();
  }
  std::vector<Span> chain;
  key_blocks_.extend(kNone, digest_prefix(digest), 1, chain);
  return chain.front().first;
}

std::vector<std::uint64_t> LiveRouter::keys_of(const AskChain& chain) {
  std::vector<std::uint64_t> out;
  Digest digest = chain.root;
  for (const Code& code : chain.codes) {
    digest = chained(digest, code);
    out.push_back(digest_prefix(digest));
  }
  return out;
}

std::optional<Decided> LiveRouter::choose(const RouteQuestion& q, SimTime now) {
  grow();
  const RouterConfig& config = session_->fleet().router.config;
  const auto& workers = session_->workers();
  const std::uint32_t block_tokens = session_->fleet().block_tokens;
  const PolicyRow& policy = policy_table()[config.strategy];
  FleetFigures figures(workers.size());
  figures.routable = routable(q, now);
  if (figures.routable.empty()) return std::nullopt;
  const AskChain none;
  const AskChain& chain = q.chain ? *q.chain : none;
  std::vector<Code> beats;
  if (session_->has_heartbeats()) {
    for (const Digest& hash : chain.beats) beats.push_back(code_of_beat(hash));
  }
  const std::vector<std::uint32_t> overlap = session_->overlaps(chain.root, chain.codes, beats);
  std::vector<std::uint32_t> distinct(workers.size(), 0), fresh(workers.size(), 0);
  std::vector<std::uint64_t> keys;
  if (policy.reads(Signal::kActiveDistinct)) keys = keys_of(chain);
  std::uint32_t capacity = 0;
  for (WorkerId w = 0; w < workers.size(); ++w) {
    const LiveWorker& worker = workers[w];
    const std::uint32_t blocks = worker.capacity_blocks(block_tokens);
    if (capacity == 0) capacity = blocks;
    figures.load[w] = load_of(worker);
    figures.waiting[w] = static_cast<std::uint32_t>(std::max(0.0, worker.figures.waiting.value_or(0)));
    figures.in_use[w] = static_cast<std::uint32_t>(std::lround(worker.figures.usage.value_or(0) * blocks));
    figures.active[w] = worker.active;
    figures.active_blocks[w] = worker.active_blocks;
    figures.pending_tokens[w] = pending_[w];
    figures.told_at[w] = std::max<SimTime>(worker.figures_at, 0);
    distinct[w] = static_cast<std::uint32_t>(active_blocks_[w].size());
    for (const std::uint64_t key : keys) fresh[w] += !active_blocks_[w].contains(key);
  }
  RouteInput in;
  in.chain_blocks = static_cast<std::uint32_t>(chain.codes.size());
  in.prompt_tokens = chain.prompt_tokens;
  in.block_tokens = block_tokens;
  in.capacity_blocks = capacity;
  in.now = now;
  in.see(figures, overlap);
  in.active_distinct = distinct;
  in.fresh_blocks = fresh;
  if (!q.session.empty()) {
    in.session = session_number(q.session);
    in.session_name = q.session;
  }
  // What the hashing and the sticky ones make their key of.
  const auto wanted = static_cast<std::uint32_t>(config.params.prefix_tokens) / block_tokens;
  const std::uint32_t of_key = std::min(wanted, in.chain_blocks);
  Digest key_digest = chain.root;
  std::vector<Span> spans{{0, in.chain_blocks}};
  if (of_key > 0) {
    for (std::uint32_t k = 0; k < of_key; ++k) key_digest = chained(key_digest, chain.codes[k]);
    spans = {{0, of_key - 1}, {key_block(key_digest), 1}, {0, in.chain_blocks - of_key}};
  }
  in.chain = spans;
  in.tree = &key_blocks_;
  Decided out;
  out.t = now;
  out.why.candidates.resize(workers.size());
  RouteRecord& r = out.record;
  r.worker = policy.choose(in, config.params, memory_, &out.why);
  r.request = q.request;
  r.attempt = q.attempt;
  r.chain = q.chain.has_value();
  r.root = chain.root;
  r.codes = chain.codes;
  r.beats = std::move(beats);
  r.prompt_tokens = chain.prompt_tokens;
  r.strategy = policy.id;
  r.reason = out.why.reason;
  for (WorkerId w = 0; w < workers.size(); ++w) {
    const WorkerFigures f = in.of(w);
    r.sights.push_back(
        {f.routable, f.overlap, f.load, f.waiting, f.in_use, f.active, f.active_blocks, f.pending_tokens});
  }
  return out;
}

void LiveRouter::sent(const RouteQuestion& q, WorkerId w) {
  over(q.request);
  Mine& mine = mine_[q.request];
  mine.worker = w;
  breakers_[w].sent();
  if (!q.chain) return;
  mine.tokens = q.chain->prompt_tokens;
  pending_[w] += mine.tokens;
  if (!policy_table()[session_->fleet().router.config.strategy].reads(Signal::kActiveDistinct)) return;
  mine.blocks = keys_of(*q.chain);
  for (const std::uint64_t key : mine.blocks) ++active_blocks_[w][key];
}

void LiveRouter::first_token(std::uint64_t request) {
  const auto at = mine_.find(request);
  if (at == mine_.end()) return;
  pending_[at->second.worker] -= at->second.tokens;
  at->second.tokens = 0;
}

void LiveRouter::over(std::uint64_t request) {
  const auto at = mine_.find(request);
  if (at == mine_.end()) return;
  const Mine& mine = at->second;
  pending_[mine.worker] -= mine.tokens;
  auto& blocks = active_blocks_[mine.worker];
  for (const std::uint64_t key : mine.blocks) {
    if (const auto block = blocks.find(key); --block->second == 0) blocks.erase(block);
  }
  mine_.erase(at);
}

std::optional<StateRecord> LiveRouter::went(WorkerId w, How how, const std::string& why, SimTime now) {
  grow();
  Breaker& b = breakers_[w];
  if (how == How::kNeither) b.neither();
  if (how == How::kWell && b.well()) return StateRecord{w, StateChange::kBreakerClosed, ""};
  if (how == How::kBadly && b.badly(now)) return StateRecord{w, StateChange::kBreakerOpen, why};
  return std::nullopt;
}

void LiveRouter::serves(WorkerId w, std::vector<ServedModel> models) {
  grow();
  models_[w] = std::move(models);
}

bool LiveRouter::is_adapter(const std::string& model) const {
  return std::any_of(models_.begin(), models_.end(), [&model](const auto& list) {
    return list && std::any_of(list->begin(), list->end(),
                               [&model](const ServedModel& m) { return m.adapter && m.id == model; });
  });
}

std::optional<WorkerId> LiveRouter::tokenizer(const std::optional<std::string>& model) const {
  std::optional<WorkerId> best;
  for (WorkerId w = 0; w < session_->workers().size(); ++w) {
    const LiveWorker& worker = session_->workers()[w];
    if (!worker.up || worker.setup.removed || worker.setup.address.host.empty() || !serves_model(w, model)) continue;
    if (!best || load_of(worker) < load_of(session_->workers()[*best])) best = w;
  }
  return best;
}

}  // namespace blockyard::live
