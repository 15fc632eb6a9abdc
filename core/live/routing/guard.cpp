#include "core/live/routing/guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/settings/json_text.h"

namespace blockyard::live {
namespace {

struct Row {
  std::string_view method, path;
  Service service;
};
constexpr auto kServices = std::to_array<Row>({{"POST", "/v1/completions", Service::kCompletion},
                                               {"POST", "/v1/chat/completions", Service::kChat},
                                               {"GET", "/v1/models", Service::kModels},
                                               {"GET", "/health", Service::kHealth},
                                               {"GET", "/ready", Service::kReady},
                                               {"GET", "/metrics", Service::kMetrics},
                                               {"GET", "/blockyard/workers", Service::kWorkers},
                                               {"GET", "/blockyard/decisions", Service::kDecisions},
                                               {"POST", "/blockyard/workers", Service::kAdd},
                                               {"PUT", "/blockyard/router", Service::kRouter},
                                               {"POST", "/internal/heartbeat", Service::kBeat},
                                               {"POST", "/internal/sync", Service::kSync},
                                               {"POST", "/internal/eviction", Service::kEvict}});

bool is_post_of_a_worker(Service s) { return s == Service::kBeat || s == Service::kSync || s == Service::kEvict; }
bool is_change(Service s) {
  return s == Service::kDrain || s == Service::kResume || s == Service::kRouter || s == Service::kAdd ||
         s == Service::kRemove;
}
// What a router's own key is not enough for, where there is one for those who run it.
bool is_admin(Service s) {
  return s == Service::kWorkers || s == Service::kDecisions || is_change(s) || is_post_of_a_worker(s);
}
bool needs_json(Service s) { return s == Service::kRouter || s == Service::kAdd || is_post_of_a_worker(s); }

// DELETE /blockyard/workers/NAME, POST /blockyard/workers/NAME/drain, …/resume.
std::optional<Service> of_one_worker(std::string_view path) {
  constexpr std::string_view kBefore = "/blockyard/workers/";
  if (!path.starts_with(kBefore)) return std::nullopt;
  path.remove_prefix(kBefore.size());
  const std::size_t slash = path.find('/');
  if (slash == 0 || path.empty()) return std::nullopt;
  if (slash == std::string_view::npos) return Service::kRemove;
  if (path.substr(slash) == "/drain") return Service::kDrain;
  if (path.substr(slash) == "/resume") return Service::kResume;
  return std::nullopt;
}

// The host of a Host field, or of an origin behind its scheme; without port and brackets.
std::string_view host_of(std::string_view text) {
  if (text.starts_with('[')) return text.substr(1, std::min(text.find(']'), text.size()) - 1);
  return text.substr(0, text.find(':'));
}

bool is_loopback_name(std::string_view host) {
  if (http::same_name(host, "localhost") || host == "::1") return true;
  return host.starts_with("127.") && host.size() <= 15 &&
         std::all_of(host.begin(), host.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

bool is_json(const http::RequestHead& head) {
  const std::string* type = http::find_field(head.fields, "Content-Type");
  if (type == nullptr) return false;
  std::string_view kind = std::string_view(*type).substr(0, type->find(';'));
  while (kind.ends_with(' ')) kind.remove_suffix(1);
  return http::same_name(kind, "application/json");
}

bool went_through_a_proxy(const http::RequestHead& head) {
  return std::any_of(head.fields.begin(), head.fields.end(), [](const http::Field& f) {
    return http::same_name(f.name, "Forwarded") || http::same_name(f.name, "Via") ||
           http::same_name(f.name, "X-Real-IP") ||
           http::same_name(std::string_view(f.name).substr(0, 12), "X-Forwarded-");
  });
}

}  // namespace

std::string RouterError::json() const {
  nlohmann::ordered_json error;
  error["message"] = message;
  error["type"] = type;
  error["param"] = nullptr;
  error["code"] = code;
  return io::dump_json({{"error", error}});
}

RouterError make_error(unsigned status, std::string_view type, std::string_view code, std::string message) {
  return {status, std::string(type), std::string(code), std::move(message)};
}

bool same_secret(std::string_view a, std::string_view b) {
  unsigned differ = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const char other = b.empty() ? '\0' : b[i % b.size()];
    differ |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(other);
  }
  return differ == 0;
}

Guard::Guard(const RouterSettings& settings, Keys keys, bool heartbeats)
    : settings_(settings), keys_(std::move(keys)), heartbeats_(heartbeats) {}

std::string Guard::allowed_origin(const http::RequestHead& head) const {
  const std::string* origin = http::find_field(head.fields, "Origin");
  return origin == nullptr ? std::string() : *origin;
}

bool Guard::is_own_key(const http::RequestHead& head) const {
  const std::string* told = http::find_field(head.fields, "Authorization");
  if (told == nullptr) return false;
  const std::array all{&keys_.api, &keys_.admin, &keys_.changes};
  return std::any_of(all.begin(), all.end(),
                     [told](const std::string* key) { return !key->empty() && same_secret(*told, "Bearer " + *key); });
}

std::optional<RouterError> Guard::check_source(const http::RequestHead& head) const {
  const auto no = [](std::string why) {
    return make_error(403, "permission_error", "origin_not_allowed", std::move(why));
  };
  if (settings_.listen && settings_.listen->loopback() &&
      !is_loopback_name(host_of(*http::find_field(head.fields, "Host"))))
    return no("the Host of this request is not this machine");
  const std::string* origin = http::find_field(head.fields, "Origin");
  if (origin == nullptr) return std::nullopt;
  const auto& all = settings_.security.origins;
  if (std::find(all.begin(), all.end(), *origin) == all.end())
    return no("requests from this Origin are not allowed; security.origins lists those that are");
  return std::nullopt;
}

std::optional<RouterError> Guard::check_key(const http::RequestHead& head, Service service, bool from_loopback) const {
  if (service == Service::kHealth || service == Service::kReady || service == Service::kOptions) return std::nullopt;
  const std::string* told = http::find_field(head.fields, "Authorization");
  const auto has = [told](const std::string& key) { return told != nullptr && same_secret(*told, "Bearer " + key); };
  const auto refused = [](std::string why) {
    return make_error(401, "authentication_error", "invalid_api_key", std::move(why));
  };
  if (is_change(service)) {
    if (has(keys_.admin.empty() ? keys_.changes : keys_.admin)) return std::nullopt;
    return refused("changes need the admin key");
  }
  const std::string& key = is_admin(service) && !keys_.admin.empty() ? keys_.admin : keys_.api;
  if (!key.empty()) {
    if (has(key)) return std::nullopt;
    return refused("the key is missing or wrong");
  }
  if (is_admin(service) && (!from_loopback || went_through_a_proxy(head)))
    return make_error(403, "permission_error", "origin_not_allowed", "without a key this serves this machine alone");
  return std::nullopt;
}

std::variant<Service, RouterError> Guard::check(const http::RequestHead& head, bool from_loopback) const {
  if (auto refused = check_source(head)) return *refused;
  if (head.method == "OPTIONS" && http::find_field(head.fields, "Origin") != nullptr) return Service::kOptions;
  const std::string_view path = head.path();
  std::optional<Service> found;
  bool path_known = false;
  for (const Row& r : kServices) {
    if (r.path != path || (!heartbeats_ && is_post_of_a_worker(r.service))) continue;
    path_known = true;
    if (r.method == head.method) found = r.service;
  }
  const auto& also = settings_.proxy.also;
  if (std::find(also.begin(), also.end(), path) != also.end()) {
    path_known = true;
    if (head.method == "POST") found = Service::kOther;
  }
  if (const auto one = of_one_worker(path)) {
    path_known = true;
    if (head.method == (*one == Service::kRemove ? "DELETE" : "POST")) found = one;
  }
  if (!path_known) {
    return make_error(404, "invalid_request_error", "not_found", "there is no such path here");
  }
  if (!found) return make_error(405, "invalid_request_error", "method_not_allowed", "this path has another method");
  if (auto refused = check_key(head, *found, from_loopback)) return *refused;
  if ((needs_json(*found) || (is_change(*found) && head.body.kind != http::Framing::Kind::kNone)) && !is_json(head))
    return make_error(400, "invalid_request_error", "bad_json", "the Content-Type must be application/json");
  return *found;
}

}  // namespace blockyard::live
