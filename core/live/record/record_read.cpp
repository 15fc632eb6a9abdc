#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <type_traits>

#include "core/base/words/printable.h"
#include "core/live/fleet_file.h"
#include "core/live/record/base64.h"
#include "core/live/record/line_parts.h"
#include "core/live/record/record_json.h"
#include "core/live/wire/kv_decode.h"
#include "core/settings/json_text.h"

namespace blockyard::live {
namespace {

std::optional<std::uint64_t> hash_of(const Json& v) {
  if (!v.is_string()) return std::nullopt;
  const auto& text = v.get_ref<const std::string&>();
  std::uint64_t out = 0;
  const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), out, 16);
  if (text.size() != 16 || trouble != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

void read_stored(LineReader& in, KvEvent& e) {
  if (const Json* parent = in.find("parent")) {
    e.parent = hash_of(*parent);
    if (!e.parent) in.fail("parent", "16 hexadecimal digits");
  }
  e.block_size = static_cast<std::uint32_t>(in.whole("block_size", 0x7FFFFFFF));
  if (e.block_size == 0) in.fail("block_size", "1 or more");
  const Json* codes = in.find("codes");
  if (codes == nullptr || !codes->is_array()) return in.fail("codes", "a list");
  e.codes.reserve(codes->size());
  for (const Json& c : *codes) {
    const auto code = c.is_null()     ? std::optional<Code>(Code())
                      : c.is_string() ? parse_code(c.get_ref<const std::string&>())
                                      : std::nullopt;
    if (!code) return in.fail("codes", "of 32 hexadecimal digits or null");
    e.codes.push_back(*code);
  }
  if (in.find("root") == nullptr) return;
  if (const auto root = in.digest("root")) e.root = *root;
}

void read_event(LineReader& in, KvEvent& e) {
  e.op = static_cast<KvOp>(in.choice("op", kKvOpNames));
  if (e.op == KvOp::kCleared) return;
  e.tier = static_cast<Tier>(in.choice("tier", kTierNames));
  if (const Json* group = in.find("group")) {
    if (group->is_number_integer()) {
      e.group = group->get<std::int64_t>();
    } else {
      in.fail("group", "a whole number");
    }
  }
  const Json* hashes = in.find("hashes");
  if (hashes == nullptr || !hashes->is_array()) return in.fail("hashes", "a list");
  e.hashes.reserve(hashes->size());
  for (const Json& h : *hashes) {
    const auto hash = hash_of(h);
    if (!hash) return in.fail("hashes", "of 16 hexadecimal digits");
    e.hashes.push_back(*hash);
  }
  if (e.op == KvOp::kStored) read_stored(in, e);
}

void read_body(LineReader& in, KvRecord& r) {
  r.batch.seq = in.whole("seq", std::numeric_limits<std::uint64_t>::max());
  static constexpr std::string_view kVia[] = {"live", "replay"};
  r.batch.replayed = in.choice("via", kVia) == 1;
  if (in.find("refused") != nullptr) {
    r.batch.refused = static_cast<Refusal>(in.choice("refused", kRefusalNames));
    return;
  }
  r.batch.ts = in.number("ts");
  if (const Json* rank = in.find("rank")) {
    if (!rank->is_number_integer()) return in.fail("rank", "a whole number");
    r.batch.rank = rank->get<std::int64_t>();
  }
  const Json* events = in.find("events");
  if (events == nullptr || !events->is_array()) return in.fail("events", "a list");
  for (const Json& v : *events) {
    if (!v.is_object()) return in.fail("events", "a list of objects");
    LineReader event(v);
    read_event(event, r.batch.events.emplace_back());
    if (!event.trouble().empty()) return in.fail("events", fmt::format("right: {}", event.trouble()));
  }
  const Json* dropped = in.find("dropped");
  if (dropped == nullptr) return;
  if (!dropped->is_object()) return in.fail("dropped", "an object");
  LineReader counts(*dropped);
  for (std::size_t i = 0; i < kDrops; ++i) {
    if (counts.find(kDropNames[i]) != nullptr) r.batch.dropped[i] = counts.whole(kDropNames[i], kMostElements);
  }
  if (!counts.trouble().empty()) in.fail("dropped", fmt::format("right: {}", counts.trouble()));
}

void read_body(LineReader& in, KvRawRecord& r) {
  r.seq = in.whole("seq", std::numeric_limits<std::uint64_t>::max());
  static constexpr std::string_view kVia[] = {"live", "replay"};
  r.replayed = in.choice("via", kVia) == 1;
  auto payload = from_base64(in.text("payload"));
  if (!payload || payload->size() > kLongestPayload) return in.fail("payload", "base64 of at most 64 MiB");
  r.payload = std::move(*payload);
}

void read_histogram(LineReader& in, const HistogramRow& row, MetricsFigures& figures) {
  const Json* v = in.find(row.name);
  if (v == nullptr) return;
  if (!v->is_object()) return in.fail(row.name, "an object");
  LineReader inside(*v);
  MetricHistogram& h = figures.*row.value;
  h.sum = inside.number("sum");
  h.count = inside.number("count");
  const Json* buckets = inside.find("buckets");
  if (!inside.trouble().empty() || buckets == nullptr || !buckets->is_array() || buckets->size() > 4096)
    return in.fail(row.name, "sum, count and buckets");
  for (const Json& b : *buckets) {
    const auto bound = b.is_array() && b.size() == 2 ? LineReader::real(b[0]) : std::nullopt;
    const auto upto = bound ? LineReader::real(b[1]) : std::nullopt;
    if (!upto) return in.fail(row.name, "with buckets of a bound and a count");
    h.buckets.emplace_back(*bound, *upto);
  }
}

void read_body(LineReader& in, MetricsRecord& r) {
  if (in.find("error") != nullptr) {
    r.error = in.text("error");
    if (r.error.empty()) in.fail("error", "a text");
    return;
  }
  for (const FigureRow& row : figure_rows()) {
    if (in.find(row.name) != nullptr) r.figures.*row.value = in.number(row.name);
  }
  if (in.find("bad_lines") != nullptr) r.figures.bad_lines = in.whole("bad_lines", kMostElements * 4);
  for (const HistogramRow& row : histogram_rows()) read_histogram(in, row, r.figures);
}

void read_body(LineReader& in, StateRecord& r) {
  r.state = static_cast<StateChange>(in.choice("state", kStateChangeNames));
  if (in.find("why") != nullptr) r.why = in.text("why");
}

void read_body(LineReader& in, EndRecord& r) {
  r.records = in.whole("records", std::numeric_limits<std::uint64_t>::max());
}

template <class Body>
Body body_of(LineReader& in, std::uint32_t workers) {
  Body body;
  if constexpr (std::is_same_v<Body, BeatRecord> || std::is_same_v<Body, SyncRecord>) {
    body.worker = static_cast<WorkerId>(in.whole("w", std::min(workers, kMostIndices - 1)));  // it may join
  } else if constexpr (requires { body.worker; }) {
    body.worker = static_cast<WorkerId>(in.whole("w", workers == 0 ? 0 : workers - 1));
    if (workers == 0) in.fail("w", "a worker of the fleet, which has none");
  }
  if constexpr (requires { read_body(in, body, workers); }) {
    read_body(in, body, workers);
  } else {
    read_body(in, body);
  }
  return body;
}

}  // namespace

Result<RecordingHead> parse_head(std::string_view line) {
  const Json head = io::json_or_discarded(line);
  if (!head.is_object() || !head.contains("blockyard_live")) return Error{"not a recording of `blockyard live`"};
  const Json& version = head["blockyard_live"];
  if (!version.is_number_unsigned() || version.get<std::uint64_t>() != kRecordingVersion) {
    return Error{fmt::format("a recording of version {}; this program reads version {}",
                             quoted_part(io::dump_json(version)), kRecordingVersion)};
  }
  if (!head.contains("fleet") || !head["fleet"].is_object()) return Error{"the recording's first line names no fleet"};
  RecordingHead out;
  if (head.contains("version") && head["version"].is_string()) out.version = head["version"];
  if (head.contains("started") && head["started"].is_string()) out.started = head["started"];
  out.fleet = io::dump_json(head["fleet"]);
  return out;
}

Result<std::optional<Record>> parse_record(std::string_view line, std::uint32_t workers) {
  const auto json = io::parse_json(line);
  if (!json) return json.error();
  if (!json->is_object()) return Error{"not an object"};
  LineReader in(*json);
  const std::string_view type = in.text("type");
  Record record;
  record.t = static_cast<SimTime>(in.whole("t_us", static_cast<std::uint64_t>(std::numeric_limits<SimTime>::max())));
  if (type == kRecordTypes[0]) {
    record.body = body_of<KvRecord>(in, workers);
  } else if (type == kRecordTypes[1]) {
    record.body = body_of<KvRawRecord>(in, workers);
  } else if (type == kRecordTypes[2]) {
    record.body = body_of<MetricsRecord>(in, workers);
  } else if (type == kRecordTypes[3]) {
    record.body = body_of<StateRecord>(in, workers);
  } else if (type == kRecordTypes[4]) {
    record.body = body_of<EndRecord>(in, workers);
  } else if (type == kRecordTypes[5]) {
    record.body = body_of<RouteRecord>(in, workers);
  } else if (type == kRecordTypes[6]) {
    record.body = body_of<RequestRecord>(in, workers);
  } else if (type == kRecordTypes[7]) {
    record.body = body_of<CommandRecord>(in, workers);
  } else if (type == kRecordTypes[8]) {
    record.body = body_of<BeatRecord>(in, workers);
  } else if (type == kRecordTypes[9]) {
    record.body = body_of<SyncRecord>(in, workers);
  } else if (type == kRecordTypes[10]) {
    record.body = body_of<EvictRecord>(in, workers);
  } else if (in.trouble().empty()) {
    return std::optional<Record>();
  }
  if (!in.trouble().empty()) return Error{in.trouble()};
  return std::optional<Record>(std::move(record));
}

}  // namespace blockyard::live
