#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <iterator>

#include "core/live/record/base64.h"
#include "core/live/record/line_parts.h"
#include "core/live/record/record_json.h"
#include "core/settings/json_text.h"

namespace blockyard::live {
namespace {

// Writing: lines of tens of thousands of blocks, so no value of the JSON library is made.

// Finite numbers as they are; the others, which JSON has not, as texts.
void add_double(std::string& out, double v) {
  if (std::isfinite(v)) {
    add_number(out, v);
  } else {
    out += std::isnan(v) ? "\"nan\"" : v > 0 ? "\"inf\"" : "\"-inf\"";
  }
}

void add_event(std::string& out, const KvEvent& e) {
  const auto to = std::back_inserter(out);
  fmt::format_to(to, R"({{"op":"{}")", kKvOpNames[static_cast<std::size_t>(e.op)]);
  if (e.op != KvOp::kCleared) {
    out += R"(,"hashes":[)";
    for (std::size_t i = 0; i < e.hashes.size(); ++i)
      fmt::format_to(to, "{}\"{:016x}\"", i == 0 ? "" : ",", e.hashes[i]);
    out += ']';
    fmt::format_to(to, R"(,"tier":"{}")", kTierNames[static_cast<std::size_t>(e.tier)]);
    if (e.group) fmt::format_to(to, R"(,"group":{})", *e.group);
  }
  if (e.op == KvOp::kStored) {
    if (e.parent) fmt::format_to(to, R"(,"parent":"{:016x}")", *e.parent);
    fmt::format_to(to, R"(,"block_size":{},"codes":[)", e.block_size);
    add_codes(out, e.codes);
    out += ']';
    if (e.root != kRootDigest) fmt::format_to(to, R"(,"root":"{}")", to_hex(e.root));
  }
  out += '}';
}

void add_body(std::string& out, const KvRecord& r) {
  const auto to = std::back_inserter(out);
  fmt::format_to(to, R"(,"w":{},"seq":{},"via":"{}")", r.worker, r.batch.seq, r.batch.replayed ? "replay" : "live");
  if (r.batch.refused != Refusal::kNone) {
    fmt::format_to(to, R"(,"refused":"{}")", kRefusalNames[static_cast<std::size_t>(r.batch.refused)]);
    return;
  }
  out += R"(,"ts":)";
  add_double(out, r.batch.ts);
  if (r.batch.rank) fmt::format_to(to, R"(,"rank":{})", *r.batch.rank);
  out += R"(,"events":[)";
  for (std::size_t i = 0; i < r.batch.events.size(); ++i) {
    if (i > 0) out += ',';
    add_event(out, r.batch.events[i]);
  }
  out += ']';
  bool first = true;
  for (std::size_t i = 0; i < kDrops; ++i) {
    if (r.batch.dropped[i] == 0) continue;
    fmt::format_to(to, R"({}"{}":{})", first ? R"(,"dropped":{)" : ",", kDropNames[i], r.batch.dropped[i]);
    first = false;
  }
  if (!first) out += '}';
}

void add_body(std::string& out, const KvRawRecord& r) {
  fmt::format_to(std::back_inserter(out), R"(,"w":{},"seq":{},"via":"{}","payload":"{}")", r.worker, r.seq,
                 r.replayed ? "replay" : "live", base64(r.payload));
}

void add_body(std::string& out, const MetricsRecord& r) {
  fmt::format_to(std::back_inserter(out), R"(,"w":{})", r.worker);
  if (!r.error.empty()) {
    out += R"(,"error":)";
    add_text(out, r.error);
    return;
  }
  for (const FigureRow& row : figure_rows()) {
    const auto& v = r.figures.*row.value;
    if (!v) continue;
    fmt::format_to(std::back_inserter(out), R"(,"{}":)", row.name);
    add_double(out, *v);
  }
  if (r.figures.bad_lines > 0) fmt::format_to(std::back_inserter(out), R"(,"bad_lines":{})", r.figures.bad_lines);
  for (const HistogramRow& row : histogram_rows()) {
    const MetricHistogram& h = r.figures.*row.value;
    if (h == MetricHistogram()) continue;
    fmt::format_to(std::back_inserter(out), R"(,"{}":{{"sum":)", row.name);
    add_double(out, h.sum);
    out += R"(,"count":)";
    add_double(out, h.count);
    out += R"(,"buckets":[)";
    for (std::size_t i = 0; i < h.buckets.size(); ++i) {
      out += i == 0 ? "[" : ",[";
      add_double(out, h.buckets[i].first);
      out += ',';
      add_double(out, h.buckets[i].second);
      out += ']';
    }
    out += "]}";
  }
}

void add_body(std::string& out, const StateRecord& r) {
  fmt::format_to(std::back_inserter(out), R"(,"w":{},"state":"{}")", r.worker,
                 kStateChangeNames[static_cast<std::size_t>(r.state)]);
  if (r.why.empty()) return;
  out += R"(,"why":)";
  add_text(out, r.why);
}

void add_body(std::string& out, const EndRecord& r) {
  fmt::format_to(std::back_inserter(out), R"(,"records":{})", r.records);
}

}  // namespace

void add_number(std::string& out, double v) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), v).ptr;
  out.append(text, end);
}

void add_text(std::string& out, std::string_view text) { out += io::dump_json(Json(std::string(text))); }

void add_codes(std::string& out, std::span<const Code> codes) {
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (i > 0) out += ',';
    if (codes[i].none()) {
      out += "null";
    } else {
      fmt::format_to(std::back_inserter(out), "\"{:016x}{:016x}\"", codes[i].high, codes[i].low);
    }
  }
}

std::string head_line(const RecordingHead& head) {
  Json line;
  line["blockyard_live"] = kRecordingVersion;
  line["version"] = head.version;
  line["started"] = head.started;
  line["fleet"] = Json::parse(head.fleet);
  return io::dump_json(line);
}

std::string record_line(const Record& record) {
  std::string out = fmt::format(R"({{"type":"{}","t_us":{})", kRecordTypes[record.body.index()], record.t);
  std::visit([&out](const auto& body) { add_body(out, body); }, record.body);
  out += '}';
  return out;
}

}  // namespace blockyard::live
