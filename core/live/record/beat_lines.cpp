// Lines of what heartbeat workers posted: written, and read back.
#include <iterator>

#include "core/live/fleet_file.h"
#include "core/live/record/line_parts.h"

namespace blockyard::live {
namespace {

constexpr std::size_t kLongestWhy = 4096;
constexpr std::string_view kHeld = "active_hashes", kGone = "evicted_hashes";

std::string name_of(LineReader& in) {
  const std::string_view name = in.text("worker_id");
  if (!is_worker_name(name)) in.fail("worker_id", "1 to 64 of A-Z a-z 0-9 . _ -");
  return std::string(name.substr(0, 64));
}

void read_hashes(LineReader& in, std::string_view key, std::vector<Digest>& out) {
  const Json* list = in.find(key);
  if (list == nullptr || !list->is_array()) return in.fail(key, "a list");
  out.reserve(list->size());
  for (const Json& v : *list) {
    const auto digest = v.is_string() ? parse_digest(v.get_ref<const std::string&>()) : std::nullopt;
    if (!digest) return in.fail(key, "of 64 hexadecimal digits");
    out.push_back(*digest);
  }
}

void add_start(std::string& out, WorkerId w, const std::string& name) {
  fmt::format_to(std::back_inserter(out), R"(,"w":{},"worker_id":"{}")", w, name);
}

void add_hashes(std::string& out, std::string_view key, const std::vector<Digest>& hashes) {
  fmt::format_to(std::back_inserter(out), R"(,"{}":[)", key);
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    out += i == 0 ? "\"" : ",\"";
    out += to_hex(hashes[i]);
    out += '"';
  }
  out += ']';
}

}  // namespace

void read_body(LineReader& in, BeatRecord& r) {
  r.name = name_of(in);
  r.load = in.number("current_load");
  if (!(r.load >= 0) || r.load > std::numeric_limits<double>::max()) in.fail("current_load", "a number of at least 0");
  if (in.find("worker_url") != nullptr) {
    r.url = in.text("worker_url");
    if (const auto address = parse_http_address(r.url); !address) in.fail("worker_url", "an address");
  }
  if (in.find("why") == nullptr) return;
  r.why = in.text("why");
  if (r.why.size() > kLongestWhy) in.fail("why", "a text of at most 4096 bytes");
}
void read_body(LineReader& in, SyncRecord& r) {
  r.name = name_of(in);
  read_hashes(in, kHeld, r.hashes);
}
void read_body(LineReader& in, EvictRecord& r) {
  r.name = name_of(in);
  read_hashes(in, kGone, r.hashes);
}

void add_body(std::string& out, const BeatRecord& r) {
  add_start(out, r.worker, r.name);
  out += R"(,"current_load":)";
  add_number(out, r.load);
  if (!r.url.empty()) {
    out += R"(,"worker_url":)";
    add_text(out, r.url);
  }
  if (r.why.empty()) return;
  out += R"(,"why":)";
  add_text(out, r.why);
}
void add_body(std::string& out, const SyncRecord& r) {
  add_start(out, r.worker, r.name);
  add_hashes(out, kHeld, r.hashes);
}
void add_body(std::string& out, const EvictRecord& r) {
  add_start(out, r.worker, r.name);
  add_hashes(out, kGone, r.hashes);
}

}  // namespace blockyard::live
