// How this program is a fleet's router: the sections router, proxy and security of a fleet file, and what stands beside
// them. core/live/README.md, "The router".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/settings/router_params.h"

namespace blockyard::live {

struct ListenAddress {
  std::string host = "127.0.0.1";  ///< in numbers
  std::uint16_t port = 0;          ///< 0: a free one
  bool loopback() const;
  std::string text() const;
};
/// [HOST:]PORT; `localhost` is 127.0.0.1. Errors say what is wrong.
Result<ListenAddress> parse_listen(std::string_view text);

struct ProxySettings {
  std::uint32_t retries = 2;
  double connect_ms = 2000, first_byte_ms = 600'000, stall_ms = 300'000;
  std::uint32_t breaker_failures = 5;
  double breaker_ms = 30'000;
  std::uint32_t max_in_flight = 4096;
  double drain_ms = 10'000;
  bool ask_usage = false;
  std::optional<bool> explain_headers;  ///< nothing: while listening on loopback
  std::vector<std::string> also = {"/v1/messages", "/v1/embeddings", "/v1/score", "/v1/rerank"};
  bool operator==(const ProxySettings&) const = default;
};

struct SecuritySettings {
  bool allow_remote = false;
  std::string api_key_env, admin_key_env;  ///< names of environment variables; empty: none
  std::vector<std::string> origins;
  bool operator==(const SecuritySettings&) const = default;
};

enum class TokenSource : std::uint8_t { kWorker, kNone, kFile };

struct RouterSettings {
  std::optional<ListenAddress> listen;  ///< nothing: no router
  TokenSource tokens = TokenSource::kWorker;
  std::string tokens_file;  ///< of kFile: a tokenizer.json
  RouterConfig config;      ///< strategy, its parameters, load metric, speculation
  double speculative_ttl_ms = 2000;
  std::string session_header = "X-Session-ID";
  ProxySettings proxy;
  SecuritySettings security;
};

/// The object under `router` of a fleet file as JSON text. Errors name the key: those of the simulator alone too.
Result<void> read_router(std::string_view json, RouterSettings& out);
/// It as JSON that reads back to the same.
std::string router_json(const RouterSettings& settings);

}  // namespace blockyard::live
