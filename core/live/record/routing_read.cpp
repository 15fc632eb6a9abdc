// Lines of the kinds that a router writes, read back.
#include "core/live/fleet_file.h"
#include "core/live/record/line_parts.h"
#include "core/live/routing/router_settings.h"

namespace blockyard::live {
namespace {

constexpr std::uint64_t kMost32 = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kMostSights = kMostIndices;
constexpr std::size_t kLongestText = 4096;

std::uint32_t small(LineReader& in, std::string_view key) { return static_cast<std::uint32_t>(in.whole(key, kMost32)); }

std::optional<std::uint32_t> small_or_none(LineReader& in, std::string_view key) {
  if (in.find(key) == nullptr) return std::nullopt;
  return small(in, key);
}

std::optional<WorkerId> worker_of(LineReader& in, std::string_view key, std::uint32_t workers) {
  if (in.find(key) == nullptr) return std::nullopt;
  if (workers == 0) in.fail(key, "a worker of the fleet, which has none");
  return static_cast<WorkerId>(in.whole(key, workers == 0 ? 0 : workers - 1));
}

std::string text_of(LineReader& in, std::string_view key) {
  const std::string_view text = in.text(key);
  if (text.size() > kLongestText) in.fail(key, "a text of at most 4096 bytes");
  return std::string(text.substr(0, kLongestText));
}

bool read_sight(const Json& v, WorkerSight& s) {
  if (!v.is_array() || v.size() != 8) return false;
  for (const std::size_t i : {0U, 1U, 3U, 4U, 5U, 6U, 7U}) {
    if (!v[i].is_number_unsigned() || (i < 6 && v[i].get<std::uint64_t>() > kMost32)) return false;
  }
  if (!v[2].is_number()) return false;
  s.routable = v[0].get<std::uint32_t>() != 0;
  s.overlap = v[1].get<std::uint32_t>();
  s.load = v[2].get<double>();
  s.waiting = v[3].get<std::uint32_t>();
  s.in_use = v[4].get<std::uint32_t>();
  s.active = v[5].get<std::uint32_t>();
  s.active_blocks = v[6].get<std::uint64_t>();
  s.pending_tokens = v[7].get<std::uint64_t>();
  return true;
}

}  // namespace

void read_body(LineReader& in, RouteRecord& r) {
  r.request = in.whole("request", std::numeric_limits<std::uint64_t>::max());
  r.attempt = small(in, "attempt");
  if (const Json* codes = in.find("codes")) {
    r.chain = true;
    r.prompt_tokens = small(in, "tokens");
    if (!codes->is_array()) return in.fail("codes", "a list");
    for (const Json& c : *codes) {
      const auto code = c.is_string() ? parse_code(c.get_ref<const std::string&>()) : std::nullopt;
      if (!code) return in.fail("codes", "of 32 hexadecimal digits");
      r.codes.push_back(*code);
    }
    if (in.find("root") != nullptr) r.root = in.digest("root").value_or(kRootDigest);
    if (const Json* beats = in.find("beats")) {
      if (!beats->is_array() || beats->size() > r.codes.size()) return in.fail("beats", "a list, no longer than codes");
      for (const Json& b : *beats) {
        const auto code = b.is_string() ? parse_code(b.get_ref<const std::string&>()) : std::nullopt;
        if (!code) return in.fail("beats", "of 32 hexadecimal digits");
        r.beats.push_back(*code);
      }
    }
  }
  r.strategy = text_of(in, "strategy");
  r.reason = text_of(in, "reason");
  const Json* sights = in.find("workers");
  if (sights == nullptr || !sights->is_array() || sights->size() > kMostSights)
    return in.fail("workers", fmt::format("a list of at most {}", kMostSights));
  for (const Json& v : *sights) {
    if (!read_sight(v, r.sights.emplace_back())) return in.fail("workers", "a list of eight numbers each");
  }
}

void read_body(LineReader& in, RequestRecord& r, std::uint32_t workers) {
  r.request = in.whole("request", std::numeric_limits<std::uint64_t>::max());
  r.served = worker_of(in, "served", workers);
  r.attempts = small(in, "attempts");
  r.http_status = static_cast<std::uint32_t>(in.whole("http_status", 999));
  r.outcome = static_cast<Outcome>(in.choice("status", kOutcomeNames));
  r.arrival = in.time("arrival_us");
  r.routed = in.time("routed_us");
  r.sent = in.time("sent_us");
  r.head = in.time("head_us");
  r.first_token = in.time("first_token_us");
  r.finish = in.time("finish_us");
  r.output_tokens = small(in, "output_tokens");
  r.told_prompt_tokens = small_or_none(in, "prompt_tokens");
  r.cached_tokens = small_or_none(in, "cached_tokens");
  if (in.find("generates") != nullptr) r.generates = in.truth("generates");
}

void read_body(LineReader& in, CommandRecord& r, std::uint32_t workers) {
  r.command = static_cast<CommandKind>(in.choice("command", kCommandNames));
  if (r.command == CommandKind::kAdd) {
    r.whom = worker_of(in, "whom", workers + 1);
    if (r.whom != workers || workers >= kMostIndices) in.fail("whom", "the next worker");
    const Json* worker = in.find("worker");
    if (worker == nullptr) return in.fail("worker", "an object");
    r.added = io::dump_json(*worker);
    if (const auto ok = parse_workers(r.added, "w"); !ok || ok->size() != 1)
      in.fail("worker", ok ? "one worker" : ok.error().message);
    return;
  }
  r.whom = worker_of(in, "whom", workers);
  if (r.command != CommandKind::kRouter) {
    if (!r.whom) in.fail("whom", "a worker");
    return;
  }
  const Json* router = in.find("router");
  if (router == nullptr) return in.fail("router", "an object");
  r.router = io::dump_json(*router);
  RouterSettings settings;
  if (const auto ok = read_router(r.router, settings); !ok) in.fail("router", ok.error().message);
}

}  // namespace blockyard::live
