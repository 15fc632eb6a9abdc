#include "core/live/routing/router_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "core/base/words/printable.h"
#include "core/router/policy.h"
#include "core/settings/json_text.h"
#include "core/settings/scenario.h"

namespace blockyard::live {
namespace {

using Json = nlohmann::ordered_json;

// Keys of a scenario's router that say how a simulated one learns. This one is told by the streams.
constexpr auto kSimulated = std::to_array<std::string_view>(
    {"view", "view_ttl_ms", "view_max_blocks", "sync_ms", "heartbeat_ms", "reports", "message_delay_ms", "message_loss",
     "replicas", "replica_choice"});

// What a scenario needs so that nothing of it is looked up in files.
constexpr char kPlainScenario[] =
    R"({"cache":{"capacity_blocks":1},"fleet":{"max_num_seqs":1,"max_batched_tokens":1}})";

bool is_token(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

}  // namespace

bool ListenAddress::loopback() const { return host.starts_with("127.") || host == "::1"; }

std::string ListenAddress::text() const {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

Result<ListenAddress> parse_listen(std::string_view text) {
  ListenAddress out;
  const std::size_t colon = text.rfind(':');
  std::string_view port = text;
  if (colon != std::string_view::npos) {
    std::string_view host = text.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    out.host = host == "localhost" ? "127.0.0.1" : std::string(host);
    port = text.substr(colon + 1);
  }
  const auto [end, trouble] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (trouble != std::errc() || end != port.data() + port.size() || out.host.empty())
    return Error{fmt::format("{}: not a place to listen at; write PORT or ADDRESS:PORT", quoted_part(text))};
  return out;
}

Result<void> read_router(std::string_view text, RouterSettings& out) {
  auto router = io::parse_json(text);
  if (!router) return router.error();
  if (!router->is_object()) return Error{"/router: must be an object"};
  for (const std::string_view key : kSimulated) {
    if (router->contains(std::string(key)))
      return Error{fmt::format("/router/{}: has no meaning here: a live router learns from its workers' streams", key)};
  }
  const auto own = [&](const char* key) {
    Json value;
    if (router->contains(key)) value = (*router)[key];
    router->erase(key);
    return value;
  };
  if (const Json ttl = own("speculative_ttl_ms"); !ttl.is_null()) {
    if (!ttl.is_number() || !(ttl.get<double>() >= 0) || ttl.get<double>() > 3.6e6)
      return Error{"/router/speculative_ttl_ms: must be a number from 0 to 3600000"};
    out.speculative_ttl_ms = ttl.get<double>();
  }
  if (const Json header = own("session_header"); !header.is_null()) {
    if (!header.is_string() || !is_token(header.get_ref<const std::string&>()))
      return Error{"/router/session_header: must be the name of a header field"};
    out.session_header = header.get<std::string>();
  }
  if (!router->contains("load_metric")) (*router)["load_metric"] = "queue_depth";
  Json scenario = Json::parse(kPlainScenario);
  scenario["router"] = std::move(*router);
  auto parsed = parse_scenario(io::dump_json(scenario), "", "");
  if (!parsed) return parsed.error();
  out.config = parsed->config.router;
  return {};
}

std::string router_json(const RouterSettings& settings) {
  Scenario scenario;
  scenario.capacity_blocks = 1;
  scenario.config.router = settings.config;
  Json router = Json::parse(write_scenario(scenario))["router"];
  for (const std::string_view key : kSimulated) router.erase(std::string(key));
  router["speculative_ttl_ms"] = settings.speculative_ttl_ms;
  router["session_header"] = settings.session_header;
  return io::dump_json(router);
}

}  // namespace blockyard::live
