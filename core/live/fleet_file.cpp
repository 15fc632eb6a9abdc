#include "core/live/fleet_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "core/base/words/printable.h"
#include "core/live/routing/routing_json.h"
#include "core/settings/json_reader.h"
#include "core/settings/json_text.h"

namespace blockyard::live {
namespace {

using io::Json;
using io::ObjectReader;

constexpr std::string_view kEngines[] = {"auto", "vllm", "sglang"};
const std::vector<std::string_view> kEngineNames(std::begin(kEngines), std::end(kEngines));

// A worker as it is written: its ranks still together.
struct WrittenWorker {
  std::string name, url, events, replay, topic, api_key_env;
  std::size_t engine = 0;
  std::uint32_t ranks = 1;
  std::optional<std::uint32_t> capacity_blocks;
};

bool good_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  });
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (trouble != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

bool good_host(std::string_view host) {
  return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [](char c) {
    return c > ' ' && c < 0x7f && std::string_view("@/?#\\\"'<>[]").find(c) == std::string_view::npos;
  });
}

// tcp://HOST:PORT for rank `rank`; a host that means "everywhere" becomes the one of the worker's URL.
Result<std::string> endpoint(std::string_view text, std::uint32_t rank, const HttpAddress& address) {
  const Error bad{fmt::format("{}: not an address of a stream; write tcp://HOST:PORT", quoted_part(text))};
  if (text.starts_with("ipc://") && text.size() > 6 && rank == 0) return std::string(text);
  if (!text.starts_with("tcp://")) return bad;
  const std::string_view place = text.substr(6);
  const std::size_t colon = place.rfind(':');
  if (colon == std::string_view::npos) return bad;
  std::string_view host = place.substr(0, colon);
  const auto port = parse_port(place.substr(colon + 1));
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  const std::string_view inner = bracketed ? host.substr(1, host.size() - 2) : host;
  const bool everywhere = inner == "*" || inner == "0.0.0.0" || inner == "::";
  if (!port || (!everywhere && !good_host(inner)) || *port + rank > 0xFFFF) return bad;
  if (everywhere && address.host.empty()) {
    return Error{fmt::format("{}: which host that is, only a worker's URL can say; write the host", quoted_part(text))};
  }
  std::string at(host);
  if (everywhere) at = address.host.find(':') == std::string::npos ? address.host : "[" + address.host + "]";
  return fmt::format("tcp://{}:{}", at, *port + rank);
}

Result<WrittenWorker> parse_spec(std::string_view spec) {
  WrittenWorker out;
  const auto bad = [&](std::string_view what) {
    return Error{fmt::format("--worker {}: {}", quoted_part(spec), what)};
  };
  for (bool first = true; first || !spec.empty(); first = false) {
    const std::size_t comma = spec.find(',');
    const std::string_view part = spec.substr(0, comma);
    const bool more = comma != std::string_view::npos;
    if (first) {
      out.url = part;
    } else {
      const std::size_t sign = part.find('=');
      if (sign == std::string_view::npos)
        return bad("after the URL come name=, events=, replay=, topic=, ranks=, engine=");
      const std::string_view key = part.substr(0, sign), value = part.substr(sign + 1);
      if (key == "name") {
        out.name = value;
      } else if (key == "events") {
        out.events = value;
      } else if (key == "replay") {
        out.replay = value;
      } else if (key == "topic") {
        out.topic = value;
      } else if (key == "engine") {
        const auto* const at = std::find(std::begin(kEngines), std::end(kEngines), value);
        if (at == std::end(kEngines)) return bad("engine must be vllm, sglang or auto");
        out.engine = static_cast<std::size_t>(at - std::begin(kEngines));
      } else if (key == "ranks") {
        const auto [end, trouble] = std::from_chars(value.data(), value.data() + value.size(), out.ranks);
        if (trouble != std::errc() || end != value.data() + value.size() || out.ranks < 1 || out.ranks > kMostRanks)
          return bad(fmt::format("ranks must be a whole number from 1 to {}", kMostRanks));
      } else {
        return bad(fmt::format("{} is not known; name, events, replay, topic, ranks, engine are", quoted_part(key)));
      }
    }
    spec = more ? spec.substr(comma + 1) : std::string_view();
  }
  return out;
}

Result<void> add_worker(LiveFleet& fleet, const WrittenWorker& w) {
  const std::string name = w.name.empty() ? fmt::format("w{}", fleet.workers.size()) : w.name;
  const auto bad = [&name](const std::string& what) {
    return Error{fmt::format("worker {}: {}", quoted_part(name), what)};
  };
  if (!good_name(name)) return bad("a name has 1 to 64 of A-Z a-z 0-9 . _ -");
  if (w.url.empty() && w.events.empty()) return bad("it needs a url or events");
  if (!w.replay.empty() && w.events.empty()) return bad("replay needs events");
  if (w.topic.size() > 256) return bad("a topic has at most 256 bytes");
  WorkerSetup setup;
  if (!w.url.empty()) {
    auto address = parse_http_address(w.url);
    if (!address) return bad(address.error().message);
    setup.address = std::move(*address);
  }
  setup.topic = w.topic;
  setup.engine = static_cast<EngineNames>(w.engine);
  setup.ranks = w.ranks;
  setup.capacity_blocks = w.capacity_blocks;
  setup.api_key_env = w.api_key_env;
  for (std::uint32_t rank = 0; rank < w.ranks; ++rank) {
    setup.rank = rank;
    setup.name = w.ranks == 1 ? name : fmt::format("{}.{}", name, rank);
    for (const auto& [text, to] : {std::pair(&w.events, &setup.events), std::pair(&w.replay, &setup.replay)}) {
      if (text->empty()) continue;
      auto at = endpoint(*text, rank, setup.address);
      if (!at) return bad(at.error().message);
      *to = std::move(*at);
    }
    if (fleet.workers.size() == kMostWorkers) return Error{fmt::format("more than {} workers", kMostWorkers)};
    for (const WorkerSetup& other : fleet.workers) {
      if (other.name == setup.name) return bad("another worker has this name");
    }
    fleet.workers.push_back(setup);
  }
  return {};
}

void read_worker(ObjectReader& in, WrittenWorker& w) {
  in.string("name", w.name);
  in.string("url", w.url);
  in.choice("engine", w.engine, kEngineNames);
  in.integer("ranks", w.ranks, 1, kMostRanks);
  for (const auto& [key, to] :
       {std::pair("events", &w.events), std::pair("replay", &w.replay), std::pair("api_key_env", &w.api_key_env)}) {
    if (in.is_null(key)) {
      in.ignore(key);
    } else {
      in.string(key, *to);
    }
  }
  in.string("topic", w.topic);
  if (in.has("capacity_blocks") && !in.is_null("capacity_blocks")) {
    std::uint32_t blocks = 0;
    in.integer("capacity_blocks", blocks, 1, 1U << 30);
    w.capacity_blocks = blocks;
  }
  in.ignore("capacity_blocks");
}

}  // namespace

std::string HttpAddress::text() const {
  return host.empty()
             ? std::string()
             : fmt::format("http://{}:{}", host.find(':') == std::string::npos ? host : "[" + host + "]", port);
}

Result<HttpAddress> parse_http_address(std::string_view url) {
  const auto bad = [url](std::string_view what) { return Error{fmt::format("{}: {}", quoted_part(url), what)}; };
  if (url.starts_with("https://")) return bad("https is not spoken here; put a proxy that does before the worker");
  if (!url.starts_with("http://")) return bad("not an address; write http://HOST:PORT");
  std::string_view rest = url.substr(7);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find('@') != std::string_view::npos) return bad("an address has no user");
  if (rest.find_first_of("/?#") != std::string_view::npos) return bad("an address has no path or query");
  HttpAddress out;
  std::string_view port;
  if (rest.starts_with('[')) {
    const std::size_t end = rest.find(']');
    if (end == std::string_view::npos) return bad("a bracket is not closed");
    out.host = rest.substr(1, end - 1);
    rest = rest.substr(end + 1);
    if (!rest.empty() && rest[0] != ':') return bad("behind the bracket comes a colon and the port");
    port = rest.empty() ? rest : rest.substr(1);
    if (!rest.empty() && port.empty()) return bad("the port is missing");
  } else {
    const std::size_t colon = rest.find(':');
    out.host = rest.substr(0, colon);
    if (colon != std::string_view::npos) {
      port = rest.substr(colon + 1);
      if (port.empty()) return bad("the port is missing");
    }
  }
  if (!good_host(out.host)) return bad("the host is missing or not one");
  if (!port.empty()) {
    const auto number = parse_port(port);
    if (!number) return bad("a port is a whole number from 1 to 65535");
    out.port = *number;
  }
  return out;
}

Result<LiveFleet> parse_fleet(std::string_view json, const std::vector<std::string>& specs) {
  auto document = io::parse_json(json);
  if (!document) return document.error();
  std::optional<Error> trouble;
  LiveFleet fleet;
  std::vector<WrittenWorker> written;
  if (!document->is_object()) return Error{"a fleet file is one JSON object"};
  ObjectReader in(*document, "", trouble);
  in.string("name", fleet.name);
  in.integer("block_tokens", fleet.block_tokens, 1, 4096);
  in.objects("workers", [&written](ObjectReader& worker) {
    read_worker(worker, written.emplace_back());
    worker.finish();
  });
  in.object("stream", [&fleet](ObjectReader& stream) {
    std::size_t on_gap = fleet.clear_on_gap, copies = fleet.one_copy;
    stream.choice("on_gap", on_gap, {"keep", "clear"});
    stream.choice("copies", copies, {"count", "set"});
    fleet.clear_on_gap = on_gap == 1;
    fleet.one_copy = copies == 1;
    stream.number("replay_timeout_ms", fleet.replay_timeout_ms, 1, 600'000);
    stream.integer("hold_batches", fleet.hold_batches, 1, 1U << 20);
    stream.finish();
  });
  in.object("metrics", [&fleet](ObjectReader& metrics) {
    metrics.number("every_ms", fleet.metrics_every_ms, 10, 3'600'000);
    metrics.number("timeout_ms", fleet.metrics_timeout_ms, 10, 600'000);
    metrics.finish();
  });
  in.object("health", [&fleet](ObjectReader& health) {
    health.string("path", fleet.health_path);
    const bool plain =
        std::all_of(fleet.health_path.begin(), fleet.health_path.end(), [](char c) { return c > ' ' && c < 0x7f; });
    if (!plain || !fleet.health_path.starts_with('/')) health.fail("path", "must begin with / and hold no blanks");
    health.number("every_ms", fleet.health_every_ms, 10, 3'600'000);
    health.number("timeout_ms", fleet.health_timeout_ms, 10, 600'000);
    health.integer("failures", fleet.health_failures, 1, 1000);
    health.integer("successes", fleet.health_successes, 1, 1000);
    health.finish();
  });
  read_routing(in, *document, fleet.router);
  in.finish();
  if (trouble) return *trouble;
  for (const std::string& spec : specs) {
    auto worker = parse_spec(spec);
    if (!worker) return worker.error();
    written.push_back(std::move(*worker));
  }
  for (const WrittenWorker& w : written) {
    if (auto added = add_worker(fleet, w); !added) return added.error();
  }
  return fleet;
}

std::string fleet_json(const LiveFleet& fleet) {
  Json out;
  out["name"] = fleet.name;
  out["block_tokens"] = fleet.block_tokens;
  out["workers"] = Json::array();
  const auto text_or_null = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
  for (const WorkerSetup& w : fleet.workers) {
    // Ranks come out one by one, as those behind addresses of their own would.
    Json worker;
    worker["name"] = w.name;
    if (!w.address.host.empty()) worker["url"] = w.address.text();
    worker["engine"] = kEngines[static_cast<std::size_t>(w.engine)];
    worker["events"] = text_or_null(w.events);
    worker["replay"] = text_or_null(w.replay);
    worker["topic"] = w.topic;
    worker["capacity_blocks"] = w.capacity_blocks ? Json(*w.capacity_blocks) : Json();
    out["workers"].push_back(std::move(worker));
  }
  out["stream"] = {{"on_gap", fleet.clear_on_gap ? "clear" : "keep"},
                   {"copies", fleet.one_copy ? "set" : "count"},
                   {"replay_timeout_ms", fleet.replay_timeout_ms},
                   {"hold_batches", fleet.hold_batches}};
  out["metrics"] = {{"every_ms", fleet.metrics_every_ms}, {"timeout_ms", fleet.metrics_timeout_ms}};
  out["health"] = {{"path", fleet.health_path},
                   {"every_ms", fleet.health_every_ms},
                   {"timeout_ms", fleet.health_timeout_ms},
                   {"failures", fleet.health_failures},
                   {"successes", fleet.health_successes}};
  write_routing(out, fleet.router);
  return io::dump_json(out);
}

}  // namespace blockyard::live
