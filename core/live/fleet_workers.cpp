#include "core/live/fleet_workers.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <vector>

#include "core/base/words/printable.h"
#include "core/live/heartbeat/bodies.h"
#include "core/settings/json_text.h"

namespace blockyard::live {
namespace {

using io::Json;
using io::ObjectReader;

constexpr std::string_view kEngines[] = {"auto", "vllm", "sglang"};
const std::vector<std::string_view> kEngineNames(std::begin(kEngines), std::end(kEngines));

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

}  // namespace

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
  if (!is_worker_name(name)) return bad("a name has 1 to 64 of A-Z a-z 0-9 . _ -");
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
    if (fleet.present() == kMostWorkers || fleet.workers.size() == kMostIndices)
      return Error{fmt::format("more than {} workers", kMostWorkers)};
    if (fleet.find(setup.name)) return bad("another worker has this name");
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

Json worker_object(const WorkerSetup& w) {
  const auto text_or_null = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
  Json worker;
  worker["name"] = w.name;
  if (!w.address.host.empty()) worker["url"] = w.address.text();
  worker["engine"] = kEngines[static_cast<std::size_t>(w.engine)];
  worker["events"] = text_or_null(w.events);
  worker["replay"] = text_or_null(w.replay);
  worker["topic"] = w.topic;
  worker["capacity_blocks"] = w.capacity_blocks ? Json(*w.capacity_blocks) : Json();
  return worker;
}

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

std::optional<WorkerId> LiveFleet::find(std::string_view worker) const {
  for (WorkerId w = 0; w < workers.size(); ++w) {
    if (workers[w].name == worker && !workers[w].removed) return w;
  }
  return std::nullopt;
}

std::size_t LiveFleet::present() const {
  return static_cast<std::size_t>(
      std::count_if(workers.begin(), workers.end(), [](const WorkerSetup& w) { return !w.removed; }));
}

Result<std::vector<WorkerSetup>> parse_workers(std::string_view json, const std::string& default_name) {
  auto document = io::parse_json(json);
  if (!document) return document.error();
  if (!document->is_object()) return Error{"a worker is one JSON object"};
  std::optional<Error> trouble;
  ObjectReader in(*document, "", trouble);
  WrittenWorker written;
  written.name = default_name;
  read_worker(in, written);
  in.finish();
  if (trouble) return *trouble;
  LiveFleet alone;
  if (auto added = add_worker(alone, written); !added) return added.error();
  return std::move(alone.workers);
}

std::string worker_json(const WorkerSetup& worker) { return io::dump_json(worker_object(worker)); }

}  // namespace blockyard::live
