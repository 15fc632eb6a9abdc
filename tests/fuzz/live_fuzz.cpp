// Fuzz target: what comes from a fleet's network and from recordings. The first byte says what the rest is: the payload
// of a stream, a page of metrics, a line of a recording, or the first line of one. Whatever is taken is applied.
#include <cstdint>
#include <string>
#include <utility>

#include "core/base/check.h"
#include "core/live/record/record_json.h"
#include "core/live/session.h"

namespace {

using namespace blockyard;
using namespace blockyard::live;

LiveFleet two_workers() {
  auto fleet = parse_fleet(R"({"block_tokens":4})", {",events=tcp://a:1", ",events=tcp://b:1"});
  return std::move(fleet).value();
}

// Twice, so that blocks meet what is there already; then everything is taken back.
void stream(const std::string& payload) {
  LiveSession session(two_workers());
  StreamReading reading(4, false);
  for (std::uint64_t seq = 0; seq < 3; ++seq) {
    KvRecord record{static_cast<WorkerId>(seq % 2), reading.read(seq, false, payload)};
    const Record whole{static_cast<SimTime>(seq), record};
    const auto again = parse_record(record_line(whole), 2);
    BY_CHECK(again.has_value() && again->has_value(), "what was written is refused");
    BY_CHECK(record_line(**again) == record_line(whole), "writing is not stable");
    session.apply(**again);
  }
  KvBatch clear;
  clear.seq = 9;
  clear.events.emplace_back();
  for (WorkerId w = 0; w < 2; ++w) session.apply({9, KvRecord{w, clear}});
  BY_CHECK(session.forest().size() == 0, "identities are left that nobody holds");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string rest(reinterpret_cast<const char*>(data + 1), size - 1);
  switch (data[0] % 4) {
    case 0:
      stream(rest);
      break;
    case 1: {
      const MetricsPage page = parse_metrics(rest);
      const Record record{1, MetricsRecord{0, figures_of(page, 0, 1), ""}};
      const auto again = parse_record(record_line(record), 1);
      BY_CHECK(again.has_value() && record_line(**again) == record_line(record), "figures are not kept");
      break;
    }
    case 2: {
      LiveSession session(two_workers());
      const auto record = parse_record(rest, 2);
      if (!record) {
        BY_CHECK(record.error().message.find('\n') == std::string::npos, "not one line");
      } else if (*record) {
        session.apply(**record);
        session.apply(**record);
        // A worker that joined by it is told something too.
        const auto joined = static_cast<WorkerId>(session.workers().size() - 1);
        session.apply({2, SyncRecord{joined, "a", {Digest{1}, Digest{2}}}});
        session.apply({2, StateRecord{joined, StateChange::kRemoved, ""}});
        BY_CHECK(record_line(**record).size() < 64 * rest.size() + 4096, "a line grows");
      }
      break;
    }
    default: {
      const auto head = parse_head(rest);
      if (head) (void)parse_fleet(head->fleet, {});
      (void)parse_fleet("{}", {rest});
    }
  }
  return 0;
}
