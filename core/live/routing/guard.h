// Guard: who may ask a router for what, by a request's head alone. core/live/README.md, "Security". Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/http/head.h"
#include "core/live/routing/router_settings.h"

namespace blockyard::live {

/// An answer of the router's own that refuses.
struct RouterError {
  unsigned status = 500;
  std::string type, code, message;
  std::string json() const;
};
RouterError make_error(unsigned status, std::string_view type, std::string_view code, std::string message);

/// Whether the texts are the same; takes the same time wherever they differ.
bool same_secret(std::string_view a, std::string_view b);

enum class Service : std::uint8_t {
  kCompletion,
  kChat,
  kOther,
  kModels,
  kHealth,
  kReady,
  kMetrics,
  kOptions,
  kWorkers,
  kDecisions,
  kDrain,
  kResume,
  kRouter,
  kAdd,
  kRemove,
  kBeat,
  kSync,
  kEvict
};

class Guard {
 public:
  struct Keys {
    std::string api, admin;  ///< configured; empty: none
    std::string changes;     ///< made at start where there is no admin key; never empty
  };
  /// `heartbeats`: whether workers may join by posting.
  Guard(const RouterSettings& settings, Keys keys, bool heartbeats = true);

  /// What is asked for, or why not.
  std::variant<Service, RouterError> check(const http::RequestHead& head, bool from_loopback) const;
  /// Whether this request's Authorization is the router's own key, which goes no further.
  bool is_own_key(const http::RequestHead& head) const;
  /// The origin of a request that may have one; empty: it has none.
  std::string allowed_origin(const http::RequestHead& head) const;

 private:
  std::optional<RouterError> check_source(const http::RequestHead& head) const;
  std::optional<RouterError> check_key(const http::RequestHead& head, Service service, bool from_loopback) const;

  RouterSettings settings_;
  Keys keys_;
  bool heartbeats_;
};

}  // namespace blockyard::live
