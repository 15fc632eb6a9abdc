#include "core/live/routing/router_page.h"

#include <fmt/format.h>

#include "core/settings/json_text.h"

namespace blockyard::live {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

std::string router_page(const LiveSession& session) {
  std::string out;
  const auto rows = [&](std::string_view name, std::string_view type, auto value) {
    out += fmt::format("# TYPE {} {}\n", name, type);
    for (WorkerId w = 0; w < session.workers().size(); ++w) {
      if (session.workers()[w].setup.removed) continue;  // its name may be another's
      out += fmt::format("{}{{worker=\"{}\"}} {}\n", name, session.workers()[w].setup.name, value(w));
    }
  };
  const auto worker = [&session](WorkerId w) -> const LiveWorker& { return session.workers()[w]; };
  rows("blockyard_active_requests", "gauge", [&](WorkerId w) { return worker(w).active; });
  rows("blockyard_resident_blocks", "gauge", [&](WorkerId w) { return worker(w).truth.resident_blocks(); });
  rows("blockyard_expected_blocks", "gauge", [&](WorkerId w) { return session.view().believed_blocks(w); });
  rows("blockyard_stream_gaps_total", "counter", [&](WorkerId w) { return worker(w).gaps; });
  rows("blockyard_lost_batches_total", "counter", [&](WorkerId w) { return worker(w).truth.counts().lost; });
  rows("blockyard_completed_total", "counter", [&](WorkerId w) { return session.requests().requests_of(w); });
  rows("blockyard_hit_blocks_total", "counter", [&](WorkerId w) { return session.requests().hit_blocks_of(w); });
  const Json summary = Json::parse(session.requests().summary_json());
  for (const char* key : {"retries", "untokenized", "mistokenized", "predicted_blocks", "false_hits", "missed_hits"})
    out += fmt::format("# TYPE blockyard_{0}_total counter\nblockyard_{0}_total {1}\n", key, summary[key].dump());
  return out;
}

std::string workers_json(const LiveSession& session) {
  Json all = Json::array();
  for (WorkerId id = 0; id < session.workers().size(); ++id) {
    const LiveWorker& w = session.workers()[id];
    Json one;
    one["name"] = w.setup.name;
    one["url"] = w.setup.address.text();
    one["state"] = kWorkerStateNames[static_cast<std::size_t>(w.state())];
    one["heartbeat"] = w.setup.heartbeat;
    one["up"] = w.up;
    one["draining"] = w.draining;
    one["breaker_open"] = w.breaker_open;
    one["active"] = w.active;
    one["active_blocks"] = w.active_blocks;
    one["resident_blocks"] = w.truth.resident_blocks();
    one["expected_blocks"] = session.view().believed_blocks(id);
    one["capacity_blocks"] = w.capacity_blocks(session.fleet().block_tokens);
    if (w.setup.heartbeat) one["load_ms"] = w.beat_load;
    one["running"] = w.figures.running ? Json(*w.figures.running) : Json();
    one["waiting"] = w.figures.waiting ? Json(*w.figures.waiting) : Json();
    one["figures_age_ms"] = w.figures_at < 0 ? Json() : Json(us_to_ms(session.now() - w.figures_at));
    all.push_back(std::move(one));
  }
  return io::dump_json({{"workers", all}});
}

std::string decision_json(const Decided& d, const LiveFleet& fleet) {
  const RouteRecord& r = d.record;
  Json out;
  out["t_us"] = d.t;
  out["request"] = r.request;
  out["attempt"] = r.attempt;
  out["worker"] = fleet.workers[r.worker].name;
  out["strategy"] = r.strategy;
  out["reason"] = r.reason;
  out["prompt_tokens"] = r.chain ? Json(r.prompt_tokens) : Json();
  out["candidates"] = Json::array();
  for (WorkerId w = 0; w < r.sights.size(); ++w) {
    const WorkerSight& s = r.sights[w];
    Json one = {{"worker", fleet.workers[w].name},
                {"routable", s.routable},
                {"overlap", s.overlap},
                {"load", s.load},
                {"waiting", s.waiting},
                {"in_use", s.in_use},
                {"active", s.active},
                {"active_blocks", s.active_blocks},
                {"pending_tokens", s.pending_tokens}};
    for (std::size_t i = 0; i < d.why.terms.size(); ++i)
      one[std::string(d.why.terms[i])] = d.why.candidates[w].terms[i];
    if (!d.why.score_name.empty()) one["score"] = d.why.candidates[w].score;
    out["candidates"].push_back(std::move(one));
  }
  return io::dump_json(out);
}

Result<std::string> changed_router(const RouterSettings& settings, std::string_view change) {
  const auto changes = io::parse_json(change);
  if (!changes) return changes.error();
  if (!changes->is_object()) return Error{"the body must be a JSON object"};
  Json all = Json::parse(router_json(settings));
  for (const auto& [key, value] : changes->items()) all[key] = value;
  // A price that was not given follows the metric.
  RouterSettings read = settings;
  if (const auto ok = read_router(io::dump_json(all), read); !ok) return ok.error();
  return router_json(read);
}

}  // namespace blockyard::live
