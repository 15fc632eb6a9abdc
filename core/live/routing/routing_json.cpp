#include "core/live/routing/routing_json.h"

#include <algorithm>

#include "core/base/words/printable.h"
#include "core/settings/json_text.h"

namespace blockyard::live {
namespace {

using io::Json;
using io::ObjectReader;

// null or a text.
void text_or_null(ObjectReader& in, const char* key, std::string& out) {
  if (in.is_null(key)) {
    in.ignore(key);
  } else {
    in.string(key, out);
  }
}

// A list of texts of which each is good.
template <class Good>
void texts(ObjectReader& in, const Json& section, const char* key, std::vector<std::string>& out, const Good& good,
           const char* wanted) {
  if (!in.has(key)) return;
  in.ignore(key);
  const Json& list = section[key];
  if (!list.is_array() || list.size() > 256) return in.fail(key, "must be a list of texts");
  out.clear();
  for (const Json& v : list) {
    if (!v.is_string() || !good(v.get_ref<const std::string&>())) return in.fail(key, wanted);
    out.push_back(v.get<std::string>());
  }
}

bool is_path(const std::string& text) {
  return text.starts_with("/v1/") && text.size() <= 256 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f && c != '?' && c != '#'; });
}

bool is_origin(const std::string& text) {
  return (text.starts_with("http://") || text.starts_with("https://")) && text.size() <= 256 &&
         text.find_first_of(" \t\r\n") == std::string::npos && text.back() != '/';
}

std::string tokens_text(const RouterSettings& s) {
  if (s.tokens == TokenSource::kFile) return s.tokens_file;
  return s.tokens == TokenSource::kNone ? "none" : "worker";
}

void read_proxy(ObjectReader& in, const Json& section, ProxySettings& out) {
  in.integer("retries", out.retries, 0, 100);
  in.number("connect_ms", out.connect_ms, 1, 600'000);
  in.number("first_byte_ms", out.first_byte_ms, 1, 3.6e6);
  in.number("stall_ms", out.stall_ms, 1, 3.6e6);
  in.integer("breaker_failures", out.breaker_failures, 1, 1'000'000);
  in.number("breaker_ms", out.breaker_ms, 1, 3.6e6);
  in.integer("max_in_flight", out.max_in_flight, 1, 1'000'000);
  in.number("drain_ms", out.drain_ms, 0, 3.6e6);
  in.boolean("ask_usage", out.ask_usage);
  if (in.has("explain_headers") && !in.is_null("explain_headers")) {
    bool explain = false;
    in.boolean("explain_headers", explain);
    out.explain_headers = explain;
  }
  in.ignore("explain_headers");
  texts(in, section, "also", out.also, is_path, "must be a list of paths that begin with /v1/");
}

}  // namespace

void read_routing(ObjectReader& in, const Json& document, RouterSettings& out) {
  std::string listen;
  text_or_null(in, "listen", listen);
  if (!listen.empty()) {
    auto place = parse_listen(listen);
    if (!place) return in.fail("listen", place.error().message);
    out.listen = std::move(*place);
  }
  std::string tokens = tokens_text(out);
  in.string("tokens", tokens);
  out.tokens = tokens == "worker" ? TokenSource::kWorker : tokens == "none" ? TokenSource::kNone : TokenSource::kFile;
  if (out.tokens == TokenSource::kFile) out.tokens_file = tokens;
  if (tokens.empty()) in.fail("tokens", "must be worker, none or a tokenizer.json");
  if (in.has("router")) {
    in.ignore("router");
    if (const auto ok = read_router(io::dump_json(document["router"]), out); !ok && !in.failed())
      in.fail("router", ok.error().message);
  }
  in.object("proxy", [&](ObjectReader& proxy) {
    read_proxy(proxy, document["proxy"], out.proxy);
    proxy.finish();
  });
  in.object("security", [&](ObjectReader& security) {
    security.boolean("allow_remote", out.security.allow_remote);
    text_or_null(security, "api_key_env", out.security.api_key_env);
    text_or_null(security, "admin_key_env", out.security.admin_key_env);
    texts(security, document["security"], "origins", out.security.origins, is_origin,
          "must be a list of origins such as https://host");
    security.finish();
  });
}

void write_routing(Json& out, const RouterSettings& s) {
  out["tokens"] = tokens_text(s);
  out["listen"] = s.listen ? Json(s.listen->text()) : Json();
  out["router"] = Json::parse(router_json(s));
  const ProxySettings& p = s.proxy;
  out["proxy"] = {{"retries", p.retries},
                  {"connect_ms", p.connect_ms},
                  {"first_byte_ms", p.first_byte_ms},
                  {"stall_ms", p.stall_ms},
                  {"breaker_failures", p.breaker_failures},
                  {"breaker_ms", p.breaker_ms},
                  {"max_in_flight", p.max_in_flight},
                  {"drain_ms", p.drain_ms},
                  {"ask_usage", p.ask_usage},
                  {"explain_headers", p.explain_headers ? Json(*p.explain_headers) : Json()},
                  {"also", p.also}};
  out["security"] = {{"allow_remote", s.security.allow_remote}, {"origins", s.security.origins}};
}

}  // namespace blockyard::live
