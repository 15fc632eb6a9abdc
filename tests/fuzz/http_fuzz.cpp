// Fuzz target: HTTP/1.1 as a router reads it. The first byte says what the rest is: a request with its body, an answer
// with its, the body of a completion, or what a heartbeat worker posts.
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/check.h"
#include "core/http/body.h"
#include "core/http/head.h"
#include "core/live/heartbeat/bodies.h"
#include "core/live/routing/ask.h"

namespace {

using namespace blockyard;

struct Body {
  std::string text;
  std::size_t taken = 0;
  bool good = true, done = false;
  bool operator==(const Body&) const = default;
};

// The body, given in pieces of this many bytes.
Body body_of(const http::Framing& framing, std::string_view bytes, std::size_t piece) {
  Body out;
  http::BodyReader reader(framing);
  while (out.good && !reader.done() && out.taken < bytes.size()) {
    const std::string_view next = bytes.substr(out.taken, piece);
    const auto took = reader.feed(next, out.text);
    out.good = took.has_value();
    if (!out.good) break;
    BY_CHECK(*took <= next.size() && (*took > 0 || reader.done()), "a reader that does not go on");
    out.taken += *took;
  }
  out.done = reader.done();
  return out;
}

void check_fields(const http::Fields& fields) {
  for (const http::Field& f : fields) {
    for (const std::string* text : {&f.name, &f.value})
      BY_CHECK(text->find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos, "a field that ends a line");
  }
  http::Fields left = fields;
  http::remove_hop_by_hop(left);
  BY_CHECK(http::find_field(left, "Transfer-Encoding") == nullptr && http::find_field(left, "Connection") == nullptr,
           "fields of a connection are left");
}

// It does not matter in which pieces bytes come, and nothing behind the end is taken.
void check_body(const http::Framing& framing, std::string_view bytes) {
  const Body whole = body_of(framing, bytes, bytes.size() + 1);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{16}}) {
    const Body again = body_of(framing, bytes, piece);
    BY_CHECK(again.good == whole.good && again.done == whole.done, "pieces change how a body ends");
    BY_CHECK(!whole.good || again == whole, "pieces change a body");
    BY_CHECK(whole.good || again.text.starts_with(whole.text) || whole.text.starts_with(again.text),
             "pieces change a beginning");
  }
  if (whole.done)
    BY_CHECK(body_of(framing, std::string(bytes) + "more", 64) == whole, "more bytes change a body that is whole");
}

void message(const std::string& text, bool request) {
  const http::HeadScan scan = http::scan_head(text);
  for (std::size_t n = 0; n < scan.size; n += 1 + scan.size / 16)
    BY_CHECK(http::scan_head(std::string_view(text).substr(0, n)).size == 0, "half a head is taken for one");
  if (scan.bad || scan.size == 0) return;
  const std::string_view head = std::string_view(text).substr(0, scan.size),
                         rest = std::string_view(text).substr(scan.size);
  if (request) {
    const auto read = http::parse_request(head);
    if (!read) return;
    BY_CHECK(read->target.starts_with('/') && http::find_field(read->fields, "Host") != nullptr,
             "a request to nowhere");
    BY_CHECK(read->body.kind != http::Framing::Kind::kUntilClose, "a request without an end");
    check_fields(read->fields);
    check_body(read->body, rest);
  } else {
    const auto read = http::parse_response(head);
    if (!read) return;
    BY_CHECK(read->status >= 100 && read->status <= 999, "a status that is none");
    check_fields(read->fields);
    check_body(read->body, rest);
  }
}

void ask(const std::string& body) {
  for (const live::AskKind kind : {live::AskKind::kCompletion, live::AskKind::kChat, live::AskKind::kOther}) {
    const auto read = live::read_ask(body, kind);
    if (!std::holds_alternative<live::Ask>(read)) continue;
    const auto& asked = std::get<live::Ask>(read);
    if (asked.tokens) (void)live::chain_of(*asked.tokens, 16, "", asked.salt);
    const auto again = live::read_ask(live::with_usage(body), kind);
    BY_CHECK(std::holds_alternative<live::Ask>(again), "asking for usage breaks a body");
  }
  (void)live::read_tokens(body);
  (void)live::read_models(body);
}

void post(const std::string& body) {
  for (const live::HeartbeatKind kind :
       {live::HeartbeatKind::kBeat, live::HeartbeatKind::kSync, live::HeartbeatKind::kEvict}) {
    const auto read = live::read_heartbeat(body, kind);
    if (const auto* refused = std::get_if<live::BodyRefusal>(&read)) {
      BY_CHECK(refused->json.size() < 8192 && refused->json.find('\n') == std::string::npos, "a refusal that grows");
      continue;
    }
    std::visit([](const auto& p) { BY_CHECK(live::is_worker_name(p.worker), "a name that is none"); },
               std::get<live::HeartbeatPost>(read));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string rest(reinterpret_cast<const char*>(data + 1), size - 1);
  switch (data[0] % 4) {
    case 0:
      message(rest, true);
      break;
    case 1:
      message(rest, false);
      break;
    case 2:
      ask(rest);
      break;
    default:
      post(rest);
  }
  return 0;
}
