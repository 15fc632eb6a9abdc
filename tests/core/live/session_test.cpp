// A live session and its recording: what is written reads back to the same bytes, what is read trusts nothing, and a
// session fed from its recording is the session.
#include "core/live/session.h"

#include <gtest/gtest.h>

#include <random>

#include "core/live/record/base64.h"
#include "core/live/record/record_json.h"

namespace blockyard::live {
namespace {

LiveFleet fleet_of(std::uint32_t workers) {
  std::vector<std::string> specs;
  for (std::uint32_t w = 0; w < workers; ++w) specs.push_back(",events=tcp://127.0.0.1:" + std::to_string(5000 + w));
  return parse_fleet("{}", specs).value();
}

// Anything that a session may be told.
Record random_record(std::mt19937& rng, std::uint32_t workers) {
  Record r;
  r.t = static_cast<SimTime>(rng());
  const WorkerId w = static_cast<WorkerId>(rng() % workers);
  switch (rng() % 6) {
    case 0: {
      MetricsRecord m{w, {}, ""};
      if (rng() % 4 == 0) {
        m.error = "no answer within 1 s\n\"";
      } else {
        for (const FigureRow& row : figure_rows()) {
          if (rng() % 2 == 0) m.figures.*row.value = static_cast<double>(rng()) / 7;
        }
        m.figures.ttft = {{{0.1, 2}, {std::numeric_limits<double>::infinity(), 3}}, 0.3, 3};
      }
      r.body = m;
      break;
    }
    case 1:
      r.body = StateRecord{w, static_cast<StateChange>(rng() % std::size(kStateChangeNames)), rng() % 2 == 0 ? "" : "because"};
      break;
    case 2:
      r.body = KvRawRecord{w, rng() % 9, rng() % 2 == 0, std::string("\x93\xcb\0", 3)};
      break;
    default: {
      KvRecord kv;
      kv.worker = w;
      kv.batch.seq = rng() % 1000;
      kv.batch.replayed = rng() % 2 == 0;
      if (rng() % 10 == 0) {
        kv.batch.refused = Refusal::kDepth;
      } else {
        kv.batch.ts = static_cast<double>(rng()) / 3;
        if (rng() % 2 == 0) kv.batch.rank = 3;
        for (auto n = rng() % 4; n > 0; --n) {
          KvEvent e;
          e.op = static_cast<KvOp>(rng() % 3);
          if (e.op != KvOp::kCleared) {
            for (auto h = 1 + rng() % 3; h > 0; --h)
              e.hashes.push_back(rng() % 20 + (std::uint64_t{rng()} << 40) * (rng() % 2));
            e.tier = static_cast<Tier>(rng() % 4);
            if (rng() % 3 == 0) e.group = rng() % 3;
          }
          if (e.op == KvOp::kStored) {
            e.block_size = 16;
            if (rng() % 2 == 0) e.parent = rng() % 20;
            for (std::size_t h = 0; h < e.hashes.size(); ++h)
              e.codes.push_back(rng() % 9 == 0 ? Code() : Code{rng(), rng()});
            if (rng() % 3 == 0) e.root = root_digest("sql", "salt");
          }
          kv.batch.events.push_back(std::move(e));
        }
        kv.batch.dropped[rng() % kDrops] = rng() % 3;
      }
      r.body = std::move(kv);
    }
  }
  return r;
}

TEST(RecordJson, ReadsWhatItWrote) {
  std::mt19937 rng(5);
  for (int i = 0; i < 3000; ++i) {
    const Record r = random_record(rng, 4);
    const std::string line = record_line(r);
    ASSERT_EQ(line.find('\n'), std::string::npos);
    const auto again = parse_record(line, 4);
    ASSERT_TRUE(again) << again.error().message << line;
    ASSERT_TRUE(*again);
    EXPECT_EQ(**again, r) << line;
    EXPECT_EQ(record_line(**again), line);
  }
  const Record end{7, EndRecord{12}};
  EXPECT_EQ(record_line(end), R"({"type":"end","t_us":7,"records":12})");
  EXPECT_EQ(**parse_record(record_line(end), 0), end);
}

TEST(RecordJson, TrustsNothing) {
  const auto refused = [](const std::string& line) {
    const auto r = parse_record(line, 2);
    return r ? std::string(*r ? "taken" : "skipped") : r.error().message;
  };
  EXPECT_EQ(refused(R"({"type":"later","t_us":1})"), "skipped");
  EXPECT_EQ(refused(R"({"type":"kv","t_us":-1,"w":0,"seq":0,"via":"live","ts":0,"events":[]})").find("t_us must be"),
            0U);
  EXPECT_EQ(refused(R"({"type":"kv","t_us":1,"w":2,"seq":0,"via":"live","ts":0,"events":[]})"),
            "w must be a whole number up to 1");
  EXPECT_EQ(refused(R"({"type":"kv","t_us":1,"w":1,"seq":0,"via":"post","ts":0,"events":[]})"),
            "via must be one of live, replay");
  EXPECT_EQ(
      refused(
          R"({"type":"kv","t_us":1,"w":1,"seq":0,"via":"live","ts":0,"events":[{"op":"stored","tier":"GPU","hashes":["1"],"block_size":16,"codes":[]}]})"),
      "events must be right: hashes must be of 16 hexadecimal digits");
  EXPECT_EQ(
      refused(
          R"({"type":"kv","t_us":1,"w":1,"seq":0,"via":"live","ts":0,"events":[{"op":"stored","tier":"GPU","hashes":[],"block_size":0,"codes":[]}]})"),
      "events must be right: block_size must be 1 or more");
  EXPECT_EQ(refused(R"({"type":"state","t_us":1,"w":1,"state":"happy"})").find("state must be one of"), 0U);
  EXPECT_EQ(refused(R"({"type":"kv_raw","t_us":1,"w":1,"seq":0,"via":"live","payload":"a=bc"})"),
            "payload must be base64 of at most 64 MiB");
  EXPECT_EQ(refused("[]"), "not an object");
  EXPECT_EQ(refused(R"({"type":"kv")").find("not valid JSON"), 0U);
  // Whatever is taken can be applied: codes that are too few, parents of nobody, unknown sizes.
  std::mt19937 rng(9);
  LiveSession session(fleet_of(4));
  for (int i = 0; i < 3000; ++i) session.apply(random_record(rng, 4));
  EXPECT_EQ(session.records(), 3000U);
}

TEST(RecordJson, OfTheFirstLine) {
  const RecordingHead head{"1.0", "2026-11-26T12:00:00Z", fleet_json(fleet_of(2))};
  const auto again = parse_head(head_line(head));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->started, head.started);
  EXPECT_EQ(fleet_json(parse_fleet(again->fleet, {}).value()), head.fleet);
  EXPECT_FALSE(parse_head("{}"));
  EXPECT_FALSE(parse_head(R"({"blockyard_live":2,"fleet":{}})"));
  EXPECT_FALSE(parse_head(R"({"blockyard_live":1})"));
}

TEST(LiveSession, FedFromItsRecordingIsTheSame) {
  std::mt19937 rng(11);
  LiveSession live(fleet_of(4)), replayed(fleet_of(4));
  for (int i = 0; i < 2000; ++i) {
    const Record r = random_record(rng, 4);
    live.apply(r);
    replayed.apply(**parse_record(record_line(r), 4));
    if (i % 50 == 0) {
      ASSERT_EQ(live.hash(), replayed.hash()) << i;
    }
  }
  for (WorkerId w = 0; w < 4; ++w) EXPECT_EQ(live.resident_digest(w), replayed.resident_digest(w));
  Record one = random_record(rng, 4);
  live.apply(one);
  EXPECT_NE(live.hash(), replayed.hash());
}

TEST(LiveSession, StatesOfAWorker) {
  LiveSession s(fleet_of(1));
  const auto is = [&s] { return kWorkerStateNames[static_cast<std::size_t>(s.workers()[0].state())]; };
  const auto say = [&s](StateChange change) { s.apply({0, StateRecord{0, change, ""}}); };
  const auto batch = [&s](std::uint64_t seq) {
    s.apply({0, KvRecord{0, {seq, false, 0, {}, {}, {}, Refusal::kNone}}});
  };
  EXPECT_EQ(is(), "joining");
  say(StateChange::kConnected);
  batch(0);
  EXPECT_EQ(is(), "live");
  say(StateChange::kGap);
  EXPECT_EQ(is(), "gap");
  say(StateChange::kSettled);
  batch(5);
  EXPECT_EQ(is(), "partial");
  EXPECT_EQ(s.workers()[0].gaps, 1U);
  say(StateChange::kDisconnected);
  EXPECT_EQ(is(), "stale");
  say(StateChange::kDown);
  EXPECT_EQ(is(), "down");
  say(StateChange::kUp);
  say(StateChange::kConnected);
  say(StateChange::kRestarted);
  EXPECT_EQ(is(), "joining");
  batch(0);
  for (int i = 0; i < 3; ++i) s.apply({0, MetricsRecord{0, {}, "no answer"}});
  EXPECT_EQ(is(), "stale");
  s.apply({0, MetricsRecord{0, {}, ""}});
  EXPECT_EQ(is(), "live");
}

TEST(LiveSession, BridgesCountersThatFall) {
  LiveSession s(fleet_of(1));
  const auto page = [&s](double hits) {
    MetricsRecord m;
    m.figures.hit_tokens = hits;
    s.apply({0, m});
  };
  for (const double v : {100.0, 150.0, 30.0, 40.0}) page(v);
  const auto& rows = figure_rows();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].name == "hit_tokens") {
      EXPECT_EQ(s.workers()[0].totals[i], 90);  // 50, 30 since the reset, 10
    }
  }
}

TEST(FleetFile, OfTheCommandLineAndTheFile) {
  const auto fleet = parse_fleet(
      R"({"workers":[{"url":"http://10.0.0.1:8000","events":"tcp://*:5557","replay":"tcp://*:5558","ranks":2}],
                                     "stream":{"copies":"set"}})",
      {"http://[::1]:8001,name=b,engine=sglang"});
  ASSERT_TRUE(fleet) << fleet.error().message;
  ASSERT_EQ(fleet->workers.size(), 3U);
  EXPECT_EQ(fleet->workers[1].name, "w0.1");
  EXPECT_EQ(fleet->workers[1].events, "tcp://10.0.0.1:5558");
  EXPECT_EQ(fleet->workers[1].replay, "tcp://10.0.0.1:5559");
  EXPECT_EQ(fleet->workers[2].address.text(), "http://[::1]:8001");
  EXPECT_TRUE(fleet->one_copy);
  const auto refused = [](const std::string& json, const std::vector<std::string>& specs = {}) {
    const auto f = parse_fleet(json, specs);
    return f ? std::string("taken") : f.error().message;
  };
  EXPECT_EQ(refused("{}", {"https://a:1"}),
            "worker w0: https://a:1: https is not spoken here; put a proxy that does before the worker");
  for (const char* bad :
       {"http://", "http://a:0", "http://a:65536", "http://u@a", "http://a/x", "http://a?x", "ftp://a", "",
        ",events=5557", ",events=tcp://*:1", "http://a,replay=tcp://a:1", "http://a,ranks=65", "http://a,nome=x",
        "http://a,name=a b", "http://a,events=tcp://a:65535,ranks=2", "http://[::1", "http://a:"})
    EXPECT_NE(refused("{}", {bad}), "taken") << bad;
  EXPECT_NE(refused("{}", {"http://a,name=x", "http://b,name=x"}), "taken");
  EXPECT_EQ(refused(R"({"worker":[]})").find("/worker"), 0U);
}

TEST(Base64, ThereAndBack) {
  EXPECT_EQ(base64("Man"), "TWFu");
  EXPECT_EQ(base64("Ma"), "TWE=");
  EXPECT_EQ(base64("M"), "TQ==");
  std::mt19937 rng(2);
  for (std::size_t n = 0; n < 200; ++n) {
    std::string bytes;
    for (std::size_t i = 0; i < n; ++i) bytes += static_cast<char>(rng());
    EXPECT_EQ(from_base64(base64(bytes)), bytes);
  }
  for (const char* bad : {"TQ", "TQ=", "T===", "TQ==TQ==", "T=Q=", "TWF*"})
    EXPECT_EQ(from_base64(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace blockyard::live
