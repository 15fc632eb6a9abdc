// Workers that join while a session runs and leave it: by orders, by name, and what is kept of them.
#include <gtest/gtest.h>

#include "fed_twice.h"

namespace blockyard::live {
namespace {

using Taken = Feed::Taken;

TEST(Members, AreAddedAndLeave) {
  Both b(parse_fleet("{}", {"http://127.0.0.1:1,name=one"}).value());
  EXPECT_EQ(
      b.feed.add(
          parse_workers(
              R"({"url":"http://127.0.0.1:2","name":"two","events":"tcp://*:5557","ranks":2,"api_key_env":"KEY"})", "x")
              .value(),
          5),
      Taken::kYes);
  ASSERT_EQ(b.session.workers().size(), 3U);
  EXPECT_EQ(b.worker(1).setup.name, "two.0");
  EXPECT_EQ(b.worker(2).setup.events, "tcp://127.0.0.1:5558");
  EXPECT_EQ(b.feed.fleet().workers[2].rank, 1U);
  EXPECT_EQ(b.lines.back().find("KEY"), std::string::npos);
  EXPECT_EQ(b.feed.add(parse_workers(R"({"url":"http://127.0.0.1:2","name":"one"})", "x").value(), 6),
            Taken::kNameTaken);
  EXPECT_NE(parse_workers(R"({"url":"http://127.0.0.1:2","nome":"one"})", "x").has_value(), true);
  // It goes when its requests are over, and is sent nothing more.
  b.feed.pass({7, route_of(0, 0, {1}, 3)});
  EXPECT_EQ(b.feed.remove("one", 8), Taken::kYes);
  b.feed.tick(9);
  EXPECT_EQ(b.worker(0).state(), WorkerState::kDraining);
  EXPECT_TRUE(b.feed.leaving(0));
  RequestRecord over;
  over.arrival = over.routed = over.sent = over.head = over.finish = 9;
  b.feed.pass({9, over});
  b.feed.tick(10);
  EXPECT_EQ(b.worker(0).state(), WorkerState::kRemoved);
  // What is still said of it is passed over.
  const std::size_t lines = b.lines.size();
  b.feed.connected(0, 11);
  b.feed.message(0, 0, "x", 11);
  b.feed.health(0, Probe::kGood, "", 11);
  b.feed.metrics(0, "", 11);
  EXPECT_EQ(b.lines.size(), lines);
  // One whose requests never end goes all the same.
  b.feed.pass({12, route_of(1, 5, {1}, 3)});
  (void)b.feed.remove("two.0", 13);
  b.feed.tick(SimTime{600} * 1'000'000);
  EXPECT_EQ(b.worker(1).state(), WorkerState::kDraining);
  b.feed.tick(SimTime{601} * 1'000'000);
  EXPECT_EQ(b.worker(1).state(), WorkerState::kRemoved);
}

TEST(Members, AreFoundByName) {
  Both b(open_fleet(R"({"discover":{"dns":"pods","port":9000,"events_port":5557,"ranks":2}})"));
  b.feed.discovered({"10.0.0.1", "fd00::2"}, 1);
  ASSERT_EQ(b.session.workers().size(), 4U);
  EXPECT_EQ(b.worker(0).setup.name, "10.0.0.1.0");
  EXPECT_EQ(b.worker(2).setup.name, "fd00--2.0");
  EXPECT_EQ(b.worker(3).setup.events, "tcp://[fd00::2]:5558");
  for (int i = 0; i < 2; ++i) b.feed.discovered({"10.0.0.1"}, 2 + i);
  b.feed.discovered({"fd00::2", "10.0.0.1"}, 4);  // back: two are not three in a row
  for (int i = 0; i < 3; ++i) b.feed.discovered({"fd00::2"}, 5 + i);
  b.feed.tick(9);
  EXPECT_EQ(b.worker(0).state(), WorkerState::kRemoved);
  EXPECT_EQ(b.worker(1).state(), WorkerState::kRemoved);
  EXPECT_NE(b.worker(2).state(), WorkerState::kRemoved);
  b.feed.discovered({"10.0.0.1", "fd00::2"}, 10);
  ASSERT_EQ(b.session.workers().size(), 6U);  // again, with other indices
}

TEST(Members, RecordsOfThemAreHeldToWhatCanBe) {
  const auto said = [](const std::string& line, std::uint32_t workers = 1) {
    const auto r = parse_record(line, workers);
    return r ? std::string(*r ? "taken" : "skipped") : r.error().message;
  };
  EXPECT_EQ(said(R"({"type":"beat","t_us":1,"w":1,"worker_id":"a","current_load":1})"), "taken");
  EXPECT_EQ(said(R"({"type":"beat","t_us":1,"w":2,"worker_id":"a","current_load":1})"),
            "w must be a whole number up to 1");
  EXPECT_EQ(said(R"({"type":"beat","t_us":1,"w":1,"worker_id":"a/b","current_load":1})").find("worker_id must be"), 0U);
  EXPECT_EQ(said(R"({"type":"beat","t_us":1,"w":1,"worker_id":"a","current_load":-1})").find("current_load must be"),
            0U);
  EXPECT_EQ(said(R"({"type":"beat","t_us":1,"w":1,"worker_id":"a","current_load":1,"worker_url":"x"})")
                .find("worker_url must be"),
            0U);
  EXPECT_EQ(said(R"({"type":"evict","t_us":1,"w":1,"worker_id":"a","evicted_hashes":[]})"),
            "w must be a whole number up to 0");
  EXPECT_EQ(
      said(R"({"type":"sync","t_us":1,"w":1,"worker_id":"a","active_hashes":["x"]})").find("active_hashes must be"),
      0U);
  EXPECT_EQ(
      said(R"({"type":"command","t_us":1,"command":"add","whom":0,"worker":{"url":"http://a"}})").find("whom must be"),
      0U);
  EXPECT_EQ(said(R"({"type":"command","t_us":1,"command":"add","whom":1,"worker":{"url":"a"}})").find("worker must be"),
            0U);
  EXPECT_EQ(said(R"({"type":"command","t_us":1,"command":"add","whom":1,"worker":{"url":"http://a"}})"), "taken");
  EXPECT_EQ(said(R"({"type":"command","t_us":1,"command":"remove"})").find("whom must be"), 0U);
  EXPECT_NE(said(R"({"type":"sync","t_us":1,"w":4096,"worker_id":"a","active_hashes":[]})", 4096), "taken");
  // Posts of a worker that posts nothing are passed over.
  LiveSession s(parse_fleet("{}", {"http://127.0.0.1:1"}).value());
  s.apply({1, SyncRecord{0, "w0", {hash_of(1)}}});
  s.apply({1, BeatRecord{0, "w0", 5, "http://127.0.0.1:9", ""}});
  s.apply({1, EvictRecord{0, "w0", {hash_of(1)}}});
  EXPECT_EQ(s.workers()[0].truth.resident_blocks(), 0U);
  EXPECT_EQ(s.workers()[0].setup.address.port, 1);
}

TEST(FleetFile, SaysHowWorkersComeAndGo) {
  const auto again = [](const std::string& json) {
    const auto fleet = parse_fleet(json, {});
    return fleet ? fleet_json(parse_fleet(fleet_json(*fleet), {}).value()) == fleet_json(*fleet) ? "same" : "another"
                 : fleet.error().message;
  };
  EXPECT_EQ(again(R"({"heartbeats":{"accept":false,"detect_ms":500,"max_workers":3,"url_hosts":["10.0.0.1"]},
      "discover":{"dns":"pods.svc","port":9000,"events_port":5557,"replay_port":5558,"ranks":2,"every_ms":100},
      "events_bind":"tcp://127.0.0.1:6000","keep":{"minutes":5,"mib":64},"tokens":"gpt2.json"})"),
            "same");
  for (const char* bad :
       {R"({"heartbeats":{"detect_ms":0}})", R"({"heartbeats":{"url_hosts":["a b"]}})",
        R"({"heartbeats":{"max_workers":300}})", R"({"discover":{"dns":"a/b"}})", R"({"discover":{"replay_port":5}})",
        R"({"discover":{"events_port":65535,"ranks":2}})", R"({"events_bind":"5557"})",
        R"({"events_bind":"tcp://0.0.0.0:5557"})", R"({"keep":{"mib":0}})", R"({"keep":{"hours":1}})"})
    EXPECT_NE(again(bad).find("/"), std::string::npos) << bad << again(bad);
  EXPECT_EQ(again(R"({"events_bind":"tcp://0.0.0.0:5557","security":{"allow_remote":true}})"), "same");
}

}  // namespace
}  // namespace blockyard::live
