// A feed, its session, and the same session fed from the lines of its recording: for tests of workers that come and go.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/live/feed.h"
#include "core/live/heartbeat/held_set.h"
#include "core/live/record/record_json.h"
#include "core/live/session.h"

namespace blockyard::live {

// A block's hash and code, by number: any will do.
inline Digest hash_of(std::uint64_t n) { return beat_hash(std::vector<std::uint32_t>{static_cast<std::uint32_t>(n)}); }
inline Code code_of_block(std::uint64_t n) {
  return code_of(std::vector<std::uint32_t>{static_cast<std::uint32_t>(n)});
}

inline LiveFleet open_fleet(const std::string& json = R"({"listen":"8000"})") { return parse_fleet(json, {}).value(); }

// A feed, its session, and the same session fed from lines.
struct Both {
  explicit Both(const LiveFleet& fleet) : session(fleet), replayed(fleet), feed(fleet, hands()) {}
  Feed::Hands hands() {
    Feed::Hands out;
    out.record = [this](Record&& r) {
      session.apply(r);
      const auto workers = static_cast<std::uint32_t>(replayed.workers().size());
      const std::string line = record_line(r);
      lines.push_back(line);
      const auto again = parse_record(line, workers);
      ASSERT_TRUE(again) << again.error().message << line;
      ASSERT_TRUE(*again) << line;
      EXPECT_EQ(**again, r) << line;
      EXPECT_EQ(record_line(**again), line);
      replayed.apply(**again);
      ASSERT_EQ(session.hash(), replayed.hash()) << line;
    };
    out.ask = [](WorkerId, std::uint32_t, std::uint64_t) {};
    out.busy = [this](WorkerId w) { return session.workers()[w].active > 0; };
    return out;
  }
  const LiveWorker& worker(WorkerId w) const { return session.workers()[w]; }
  std::vector<std::string> lines;
  LiveSession session, replayed;
  Feed feed;
};

inline RouteRecord route_of(WorkerId w, std::uint64_t request, const std::vector<std::uint64_t>& blocks,
                            std::size_t workers) {
  RouteRecord r;
  r.worker = w;
  r.request = request;
  r.chain = true;
  r.prompt_tokens = static_cast<std::uint32_t>(16 * blocks.size());
  for (const std::uint64_t n : blocks) {
    r.codes.push_back(code_of_block(n));
    r.beats.push_back(code_of_beat(hash_of(n)));
  }
  r.sights.resize(workers);
  return r;
}

}  // namespace blockyard::live
