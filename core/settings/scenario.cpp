#include "core/settings/scenario.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/base/printable.h"
#include "core/io/presets_json.h"
#include "core/router/policy.h"
#include "core/settings/json_reader.h"
#include "core/settings/json_text.h"
#include "core/settings/scenario_json.h"
#include "core/settings/workload_json.h"

namespace blockyard {
namespace {

using io::Json;
using io::ObjectReader;

constexpr double kMostMs = 1e12;  // 31 years: far from overflowing 64-bit microseconds
constexpr double kMostCost = 1e9;
constexpr std::uint32_t kMostRouters = 1024;

void read_ms(ObjectReader& in, std::string_view key, SimTime& out, double low) {
  double ms = us_to_ms(out);
  in.number(key, ms, low, kMostMs);
  out = ms_to_us(ms);
}

template <class Enum>
void read_choice(ObjectReader& in, std::string_view key, Enum& out, const std::vector<std::string_view>& names) {
  auto index = static_cast<std::size_t>(out);
  in.choice(key, index, names);
  out = static_cast<Enum>(index);
}

const std::vector<std::string_view> kEngines{"slots", "continuous"};
const std::vector<std::string_view> kViews{"synced", "decisions", "oracle"};
const std::vector<std::string_view> kLoads{"remaining_ms", "queue_depth"};
const std::vector<std::string_view> kReports{"none", "evictions", "all"};
const std::vector<std::string_view> kFaults{"cache_flush", "crash", "router_restart"};
const std::vector<std::string_view> kReplicaChoices{"turn", "session"};

std::vector<std::string_view> eviction_names() {
  std::vector<std::string_view> names;
  for (const EvictionRow& row : eviction_table()) names.push_back(row.id);
  return names;
}

std::vector<std::string_view> strategy_names() {
  std::vector<std::string_view> names;
  for (const PolicyRow& row : policy_table()) names.push_back(row.id);
  return names;
}

void read_whole_or_null(ObjectReader& in, std::string_view key, std::optional<std::uint32_t>& out, double most) {
  std::optional<double> value;
  in.optional_number(key, value, 1, most);
  if (!value) return;
  if (*value != std::floor(*value)) in.fail(key, "it must be null or a whole number");
  out = static_cast<std::uint32_t>(*value);
}

void read_cache(ObjectReader& in, Scenario& s) {
  in.integer("block_tokens", s.config.cache.block_tokens, 1, 65536);
  read_whole_or_null(in, "capacity_blocks", s.capacity_blocks, 1e8);
  read_choice(in, "eviction", s.config.cache.eviction, eviction_names());
  in.boolean("recompute_last_block", s.config.cache.recompute_last_block);
}

void read_fleet(ObjectReader& in, Scenario& s) {
  FleetConfig& f = s.config.fleet;
  in.integer("workers", f.workers, 1, 65536);
  read_choice(in, "engine", f.engine, kEngines);
  in.integer("slots", f.slots, 1, 1000000);
  read_whole_or_null(in, "max_num_seqs", s.max_num_seqs, 1e6);
  read_whole_or_null(in, "max_batched_tokens", s.max_batched_tokens, 1e9);
  in.boolean("reserve_full_prompt", f.reserve_full_prompt);
  in.boolean("block_copies", f.block_copies);
  in.boolean("async_scheduling", f.async_scheduling);
  in.boolean("null_block", f.null_block);
}

void read_latency(ObjectReader& in, LatencyModel& l) {
  in.number("prefill_base_ms", l.prefill_base_ms, 0, kMostCost);
  in.number("prefill_per_block_ms", l.prefill_per_block_ms, 0, kMostCost);
  in.number("full_hit_ms", l.full_hit_ms, 0, kMostCost);
  in.number("decode_per_token_ms", l.decode_per_token_ms, 0, kMostCost);
  in.number("step_floor_ms", l.step_floor_ms, 0.001, kMostCost);
  in.number("decode_per_seq_ms", l.decode_per_seq_ms, 0, kMostCost);
}

void read_router(ObjectReader& in, RouterConfig& r) {
  std::size_t strategy = r.strategy;
  in.choice("strategy", strategy, strategy_names());
  r.strategy = static_cast<std::uint32_t>(strategy);
  read_choice(in, "view", r.view, kViews);
  read_ms(in, "heartbeat_ms", r.heartbeat, 0);
  read_ms(in, "sync_ms", r.sync, 0);
  read_choice(in, "reports", r.reports, kReports);
  read_ms(in, "message_delay_ms", r.message_delay, 0);
  in.number("message_loss", r.message_loss, 0, 1);
  in.boolean("speculative_insert", r.speculative_insert);
  read_choice(in, "load_metric", r.load_metric, kLoads);
  in.optional_number("speculative_load", r.speculative_load, 0, kMostCost);
  read_ms(in, "view_ttl_ms", r.view_ttl, 0);
  in.integer("view_max_blocks", r.view_max_blocks, 0, 1'000'000'000);
  in.integer("replicas", r.replicas, 1, kMostRouters);
  read_choice(in, "replica_choice", r.replica_choice, kReplicaChoices);
  for (const ParamRow& row : param_table()) {
    double& value = r.params.*row.field;
    if (row.truth) {
      bool yes = value != 0;
      in.boolean(row.id, yes);
      value = yes ? 1 : 0;
      continue;
    }
    in.number(row.id, value, row.low, row.high);
    if (row.integer && value != std::floor(value)) in.fail(row.id, "it must be a whole number");
  }
}

void read_slo(ObjectReader& in, SloConfig& slo) {
  in.optional_number("ttft_ms", slo.ttft_ms, 0, kMostCost);
  in.optional_number("tpot_ms", slo.tpot_ms, 0, kMostCost);
}

void read_fault(ObjectReader& in, Fault& f, const Config& config) {
  read_ms(in, "t_ms", f.t, 0);
  read_choice(in, "kind", f.kind, kFaults);
  if (f.kind == FaultKind::kRouterRestart) {
    in.integer("router", f.router, 0, config.router.replicas - 1);
    read_ms(in, "down_ms", f.down, 0);
    return;
  }
  in.integer("worker", f.worker, 0, config.fleet.workers - 1);
  if (f.kind == FaultKind::kCrash) {
    f.restart = 10'000'000;
    read_ms(in, "restart_ms", f.restart, 0);
    read_ms(in, "detect_ms", f.detect, 0);
  }
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  std::error_code ec;
  if (std::filesystem::is_directory(path, ec)) return Error{fmt::format("{}: is a folder; a file is needed", path)};
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error{fmt::format("{}: cannot be read: {}", path, std::strerror(errno))};
  std::ostringstream text;
  text << in.rdbuf();
  if (in.bad()) return Error{fmt::format("{}: cannot be read: {}", path, std::strerror(errno))};
  return std::move(text).str();
}

Result<Scenario> parse_scenario(const std::string& json_text, const std::string& base_dir,
                                const std::string& presets_dir) {
  const auto document = io::parse_json(json_text);
  if (!document) return document.error();
  Scenario s;
  s.base_dir = base_dir;
  std::optional<Error> error;
  ObjectReader in(*document, "", error);
  in.string("name", s.name);
  in.string("about", s.about);
  in.integer64("seed", s.config.seed);
  in.string("model", s.model);
  in.string("gpu", s.gpu);
  in.object("cache", [&s](ObjectReader& o) { read_cache(o, s); });
  in.object("fleet", [&s](ObjectReader& o) { read_fleet(o, s); });
  in.object("latency", [&s](ObjectReader& o) { read_latency(o, s.config.latency); });
  in.object("router", [&s](ObjectReader& o) { read_router(o, s.config.router); });
  in.object("slo", [&s](ObjectReader& o) { read_slo(o, s.config.slo); });
  in.object("workload", [&s](ObjectReader& o) { io::read_workload(o, s.workload); });
  in.objects("faults", [&s](ObjectReader& o) {
    Fault f;
    read_fault(o, f, s.config);
    s.config.faults.push_back(f);
  });
  in.finish();
  if (error) return *error;
  if (s.workload.type == WorkloadType::kTrace && s.workload.block_tokens) {
    if (auto wrong = blocks_disagree(*s.workload.block_tokens, s.config.cache.block_tokens)) return *wrong;
  }
  if (auto fixed = io::fill_capacity(s, presets_dir); !fixed) return fixed.error();
  if (s.config.fleet.engine == EngineKind::kContinuous && s.config.fleet.null_block &&
      s.config.cache.capacity_blocks < 2) {
    return Error{"/cache/capacity_blocks: 1 is not allowed with fleet.null_block; it must be 2 or more"};
  }
  return s;
}

Result<Scenario> read_scenario(const std::string& path, const std::string& presets_dir) {
  const auto text = read_file(path);
  if (!text) return text.error();
  auto scenario = parse_scenario(*text, std::filesystem::path(path).parent_path().string(), presets_dir);
  if (!scenario) return Error{fmt::format("{}: {}", path, scenario.error().message)};
  return scenario;
}

Result<std::string> set_json_value(const std::string& json_text, std::string_view dotted_path,
                                   const std::string& value) {
  auto read = io::parse_json(json_text);
  if (!read) return read.error();
  Json document = std::move(*read);
  if (auto shallow = io::check_json_depth(value); !shallow) return shallow.error();
  if (std::count(dotted_path.begin(), dotted_path.end(), '.') >= static_cast<std::ptrdiff_t>(kDeepestJson)) {
    return Error{fmt::format("{}: objects and lists nest at most {} deep", quoted_part(dotted_path), kDeepestJson)};
  }
  Json parsed = Json::parse(value, nullptr, false);
  if (parsed.is_discarded()) parsed = as_utf8(value);
  Json* at = &document;
  std::string walked;
  for (std::size_t begin = 0; begin <= dotted_path.size();) {
    const std::size_t dot = std::min(dotted_path.find('.', begin), dotted_path.size());
    const std::string key = as_utf8(dotted_path.substr(begin, dot - begin));
    if (key.empty())
      return Error{
          fmt::format("'{}' is not a path; write keys with dots between: router.sync_ms", quoted_part(dotted_path))};
    walked += "/" + key;
    if (at->is_array()) {
      std::size_t index = 0;
      const bool number = !key.empty() && key.find_first_not_of("0123456789") == std::string::npos && key.size() < 9;
      if (number) index = std::stoul(key);
      if (!number || index >= at->size())
        return Error{fmt::format("{}: no such entry; the list has {}", walked, at->size())};
      at = &(*at)[index];
    } else {
      if (at->is_null()) *at = Json::object();
      if (!at->is_object()) return Error{fmt::format("{}: no such key; what is above it is no object", walked)};
      at = &(*at)[key];
    }
    begin = dot + 1;
  }
  *at = std::move(parsed);
  // Another workload type has other keys: those of the old one would only be refused.
  if (dotted_path == "workload.type") document["workload"] = Json{{"type", *at}};
  return io::dump_json(document);
}

namespace io {

Json scenario_json(const Scenario& s) {
  const Config& c = s.config;
  Json router{{"strategy", policy_table()[c.router.strategy].id},
              {"view", kViews[static_cast<std::size_t>(c.router.view)]},
              {"heartbeat_ms", us_to_ms(c.router.heartbeat)},
              {"sync_ms", us_to_ms(c.router.sync)},
              {"reports", kReports[static_cast<std::size_t>(c.router.reports)]},
              {"message_delay_ms", us_to_ms(c.router.message_delay)},
              {"message_loss", c.router.message_loss},
              {"speculative_insert", c.router.speculative_insert},
              {"load_metric", kLoads[static_cast<std::size_t>(c.router.load_metric)]},
              {"speculative_load", c.router.effective_speculative_load()},
              {"view_ttl_ms", us_to_ms(c.router.view_ttl)},
              {"view_max_blocks", c.router.view_max_blocks},
              {"replicas", c.router.replicas},
              {"replica_choice", kReplicaChoices[static_cast<std::size_t>(c.router.replica_choice)]}};
  for (const ParamRow& row : param_table()) {
    const double value = c.router.params.*row.field;
    router[std::string(row.id)] = row.truth ? Json(value != 0) : Json(value);
  }
  const auto or_null = [](const std::optional<double>& v) { return v ? Json(*v) : Json(); };
  Json faults = Json::array();
  for (const Fault& f : c.faults) {
    Json fault{{"t_ms", us_to_ms(f.t)}, {"kind", kFaults[static_cast<std::size_t>(f.kind)]}};
    if (f.kind == FaultKind::kRouterRestart) {
      fault["router"] = f.router;
      fault["down_ms"] = us_to_ms(f.down);
    } else {
      fault["worker"] = f.worker;
    }
    if (f.kind == FaultKind::kCrash) {
      fault["restart_ms"] = us_to_ms(f.restart);
      fault["detect_ms"] = us_to_ms(f.detect);
    }
    faults.push_back(std::move(fault));
  }
  Json out{{"name", s.name}};
  if (!s.about.empty()) out["about"] = s.about;
  out.update(Json{{"seed", c.seed},
                  {"model", s.model},
                  {"gpu", s.gpu},
                  {"cache",
                   {{"block_tokens", c.cache.block_tokens},
                    {"capacity_blocks", c.cache.capacity_blocks},
                    {"eviction", eviction_names()[static_cast<std::size_t>(c.cache.eviction)]},
                    {"recompute_last_block", c.cache.recompute_last_block}}},
                  {"fleet",
                   {{"workers", c.fleet.workers},
                    {"engine", kEngines[static_cast<std::size_t>(c.fleet.engine)]},
                    {"slots", c.fleet.slots},
                    {"max_num_seqs", c.fleet.max_num_seqs},
                    {"max_batched_tokens", c.fleet.max_batched_tokens},
                    {"reserve_full_prompt", c.fleet.reserve_full_prompt},
                    {"block_copies", c.fleet.block_copies},
                    {"async_scheduling", c.fleet.async_scheduling},
                    {"null_block", c.fleet.null_block}}},
                  {"latency",
                   {{"prefill_base_ms", c.latency.prefill_base_ms},
                    {"prefill_per_block_ms", c.latency.prefill_per_block_ms},
                    {"full_hit_ms", c.latency.full_hit_ms},
                    {"decode_per_token_ms", c.latency.decode_per_token_ms},
                    {"step_floor_ms", c.latency.step_floor_ms},
                    {"decode_per_seq_ms", c.latency.decode_per_seq_ms}}},
                  {"router", router},
                  {"slo", {{"ttft_ms", or_null(c.slo.ttft_ms)}, {"tpot_ms", or_null(c.slo.tpot_ms)}}},
                  {"workload", write_workload(s.workload)},
                  {"faults", faults}});
  return out;
}

}  // namespace io

std::string write_scenario(const Scenario& scenario, int indent) {
  return io::dump_json(io::scenario_json(scenario), indent);
}

}  // namespace blockyard
