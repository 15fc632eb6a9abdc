#include "core/live/fleet_sections.h"

#include <algorithm>
#include <charconv>

namespace blockyard::live {
namespace {

using io::Json;
using io::ObjectReader;

bool is_host(const std::string& text) {
  return !text.empty() && text.size() <= 253 && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7f && std::string_view("@/?#\\\"'<>[]").find(c) == std::string_view::npos;
  });
}

// A whole number, or null: 0.
void port_or_none(ObjectReader& in, const char* key, std::uint32_t& out) {
  if (in.is_null(key)) {
    in.ignore(key);
  } else {
    in.integer(key, out, 1, 0xFFFF);
  }
}

void read_heartbeats(ObjectReader& in, const Json& section, HeartbeatSettings& out) {
  in.boolean("accept", out.accept);
  in.number("detect_ms", out.detect_ms, 1, 3.6e6);
  in.integer("max_workers", out.max_workers, 1, kMostWorkers);
  if (!in.has("url_hosts")) return;
  in.ignore("url_hosts");
  const Json& list = section["url_hosts"];
  out.url_hosts.clear();
  const bool good = list.is_array() && list.size() <= 4096 && std::all_of(list.begin(), list.end(), [](const Json& v) {
                      return v.is_string() && is_host(v.get_ref<const std::string&>());
                    });
  if (!good) return in.fail("url_hosts", "must be a list of hosts");
  for (const Json& v : list) out.url_hosts.push_back(v.get<std::string>());
}

void read_discover(ObjectReader& in, DiscoverSettings& out) {
  if (in.is_null("dns")) {
    in.ignore("dns");
  } else {
    in.string("dns", out.dns);
    if (!out.dns.empty() && !is_host(out.dns)) in.fail("dns", "must be the name of a host");
  }
  in.integer("port", out.port, 1, 0xFFFF);
  port_or_none(in, "events_port", out.events_port);
  port_or_none(in, "replay_port", out.replay_port);
  in.integer("ranks", out.ranks, 1, kMostRanks);
  in.number("every_ms", out.every_ms, 10, 3.6e6);
  if (out.replay_port != 0 && out.events_port == 0) in.fail("replay_port", "needs events_port");
  if (std::max(out.events_port, out.replay_port) + out.ranks > 0x10000)
    in.fail("ranks", "leave no port for the last of them");
}

}  // namespace

void read_sections(ObjectReader& in, const Json& document, LiveFleet& out) {
  in.object("heartbeats", [&](ObjectReader& section) {
    read_heartbeats(section, document["heartbeats"], out.heartbeats);
    section.finish();
  });
  in.object("discover", [&](ObjectReader& section) {
    read_discover(section, out.discover);
    section.finish();
  });
  if (in.is_null("events_bind")) {
    in.ignore("events_bind");
  } else {
    in.string("events_bind", out.events_bind);
  }
  if (!out.events_bind.empty()) {
    const bool tcp = out.events_bind.starts_with("tcp://");
    auto place = parse_listen(tcp ? std::string_view(out.events_bind).substr(6) : std::string_view());
    if (!tcp || !place || place->port == 0) return in.fail("events_bind", "must be tcp://ADDRESS:PORT");
    out.events_bind_loopback = place->loopback();
    out.events_bind = "tcp://" + place->text();
  }
  in.object("keep", [&](ObjectReader& section) {
    section.number("minutes", out.keep.minutes, 0.001, 1e7);
    section.number("mib", out.keep.mib, 1, 1e6);
    section.finish();
  });
}

void write_sections(Json& out, const LiveFleet& fleet) {
  const auto port = [](std::uint32_t p) { return p == 0 ? Json() : Json(p); };
  const DiscoverSettings& d = fleet.discover;
  out["heartbeats"] = {{"accept", fleet.heartbeats.accept},
                       {"detect_ms", fleet.heartbeats.detect_ms},
                       {"max_workers", fleet.heartbeats.max_workers},
                       {"url_hosts", fleet.heartbeats.url_hosts}};
  out["discover"] = {
      {"dns", d.dns.empty() ? Json() : Json(d.dns)}, {"port", d.port},   {"events_port", port(d.events_port)},
      {"replay_port", port(d.replay_port)},          {"ranks", d.ranks}, {"every_ms", d.every_ms}};
  out["events_bind"] = fleet.events_bind.empty() ? Json() : Json(fleet.events_bind);
  out["keep"] = {{"minutes", fleet.keep.minutes}, {"mib", fleet.keep.mib}};
}

}  // namespace blockyard::live
