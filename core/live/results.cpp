#include "core/live/results.h"

#include <fmt/format.h>

#include "core/base/version.h"
#include "core/settings/json_text.h"

namespace blockyard::live {
namespace {

using Json = nlohmann::ordered_json;

std::string_view state_name(const LiveWorker& w) { return kWorkerStateNames[static_cast<std::size_t>(w.state())]; }

std::string whole(const std::optional<double>& v) { return v ? fmt::format("{:.0f}", *v) : std::string("–"); }

Json worker_json(const LiveSession& session, WorkerId id) {
  const LiveWorker& w = session.workers()[id];
  const StreamCounts& counts = w.truth.counts();
  Json out;
  out["name"] = w.setup.name;
  out["state"] = state_name(w);
  if (w.setup.heartbeat) {
    out["heartbeats"] = w.beats;
    out["load_ms"] = w.beat_load;
  }
  out["batches"] = counts.batches;
  out["gaps"] = w.gaps;
  out["lost_batches"] = counts.lost;
  out["replayed_batches"] = counts.replayed;
  out["restarts"] = counts.restarts;
  out["dropped"] = Json::object();
  for (std::size_t i = 0; i < kDrops; ++i) {
    if (counts.dropped[i] > 0) out["dropped"][std::string(kDropNames[i])] = counts.dropped[i];
  }
  std::uint64_t bad = 0;
  for (const std::uint64_t n : counts.refused) bad += n;
  out["bad_payloads"] = bad;
  out["bad_frames"] = w.bad_frames;
  out["unknown_removals"] = counts.unknown_removals;
  out["last_batch"] = w.truth.last() ? Json(*w.truth.last()) : Json();
  out["capacity_blocks"] = w.capacity_blocks(session.fleet().block_tokens);
  out["resident_blocks"] = w.truth.resident_blocks();
  out["engine_blocks"] = w.truth.engine_blocks();
  out["orphans"] = w.truth.orphans();
  for (const Tier tier : {Tier::kCpu, Tier::kDisk, Tier::kExternal}) {
    if (w.truth.in_tier(tier) > 0)
      out["tiers"][std::string(kTierNames[static_cast<std::size_t>(tier)])] = w.truth.in_tier(tier);
  }
  out["resident_digest"] = to_hex(session.resident_digest(id));
  if (session.fleet().router.listen) {
    out["requests"] = session.requests().requests_of(id);
    out["hit_blocks"] = session.requests().hit_blocks_of(id);
    out["active"] = w.active;
    out["expected_blocks"] = session.view().believed_blocks(id);
  }
  if (w.figures_at >= 0) {
    Json& metrics = out["metrics"];
    metrics["at_ms"] = us_to_ms(w.figures_at);
    const auto& rows = figure_rows();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto& v = w.figures.*rows[i].value;
      if (v) metrics[std::string(rows[i].name)] = rows[i].counter ? w.totals[i] : *v;
    }
  }
  return out;
}

}  // namespace

std::string live_results_json(const LiveSession& session, const std::string& started) {
  Json out;
  out["blockyard"] = version();
  out["live"] = true;
  out["started"] = started;
  out["name"] = session.fleet().name;
  out["block_tokens"] = session.fleet().block_tokens;
  out["duration_ms"] = us_to_ms(session.now());
  out["records"] = session.records();
  out["identities"] = session.forest().size();
  if (session.fleet().router.listen || session.requests().requests() > 0) {
    out["summary"] = Json::parse(session.requests().summary_json());
    out["match_length_histogram"] = Json::parse(session.requests().histogram_json());
  }
  out["workers"] = Json::array();
  for (WorkerId w = 0; w < session.workers().size(); ++w) out["workers"].push_back(worker_json(session, w));
  return io::dump_json(out, 2) + "\n";
}

std::string worker_line(const LiveSession& session, WorkerId id) {
  const LiveWorker& w = session.workers()[id];
  const std::uint32_t capacity = w.capacity_blocks(session.fleet().block_tokens);
  std::string out = fmt::format("{} {}", w.setup.name, state_name(w));
  if (w.setup.heartbeat) {
    out += fmt::format(" {} blocks, {:.0f} ms of work", w.truth.resident_blocks(), w.beat_load);
  } else if (w.tells_blocks()) {
    out += fmt::format(" {}/{} blocks", w.truth.resident_blocks(), capacity);
  }
  if (w.figures.running) out += fmt::format(", {} running", whole(w.figures.running));
  if (w.figures.waiting) out += fmt::format(", {} waiting", whole(w.figures.waiting));
  return out;
}

std::vector<std::vector<std::string>> worker_rows(const LiveSession& session) {
  std::vector<std::vector<std::string>> rows{{"worker", "state", "blocks", "of", "batches", "gaps", "lost", "replayed",
                                              "restarts", "left out", "running", "waiting"}};
  for (const LiveWorker& w : session.workers()) {
    const StreamCounts& c = w.truth.counts();
    std::uint64_t dropped = 0;
    for (const std::uint64_t n : c.dropped) dropped += n;
    rows.push_back({w.setup.name, std::string(state_name(w)), fmt::format("{}", w.truth.resident_blocks()),
                    fmt::format("{}", w.capacity_blocks(session.fleet().block_tokens)), fmt::format("{}", c.batches),
                    fmt::format("{}", w.gaps), fmt::format("{}", c.lost), fmt::format("{}", c.replayed),
                    fmt::format("{}", c.restarts), fmt::format("{}", dropped), whole(w.figures.running),
                    whole(w.figures.waiting)});
  }
  return rows;
}

}  // namespace blockyard::live
