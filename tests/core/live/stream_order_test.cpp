// The order in which batches are applied: gaps, replays, restarts, by the table of core/live/README.md.
#include "core/live/wire/stream_order.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

namespace blockyard::live {
namespace {

// What happens as words: "5" applied, "5r" by a replay, "ask 3", "gap 3-4", "restart", "settled".
class Stream {
 public:
  explicit Stream(bool replay, std::size_t hold = 100) : order_({replay, 1000, hold}) {}
  std::string live(std::uint64_t seq) {
    order_.live(seq, std::to_string(seq), now_, out_);
    return words();
  }
  std::string replay(std::uint64_t seq, std::uint32_t of = 0) {
    order_.replayed(of == 0 ? ask_ : of, seq, std::to_string(seq), now_, out_);
    return words();
  }
  std::string end() {
    order_.replay_ended(ask_, out_);
    return words();
  }
  std::string joined() {
    order_.joined(now_, out_);
    return words();
  }
  std::string wait(SimTime us) {
    now_ += us;
    order_.tick(now_, out_);
    return words();
  }
  StreamOrder& order() { return order_; }

 private:
  std::string words() {
    std::vector<std::string> all;
    for (const StreamAction& a : out_) {
      switch (a.what) {
        case StreamAction::What::kApply:
          EXPECT_EQ(a.payload, std::to_string(a.seq));
          all.push_back(fmt::format("{}{}", a.seq, a.replayed ? "r" : ""));
          break;
        case StreamAction::What::kAsk:
          ask_ = a.ask;
          all.push_back(fmt::format("ask {}", a.seq));
          break;
        case StreamAction::What::kGap:
          all.push_back(fmt::format("gap {}-{}", a.seq, a.until));
          break;
        case StreamAction::What::kRestart:
          all.emplace_back("restart");
          break;
        case StreamAction::What::kSettled:
          all.emplace_back("settled");
          break;
      }
    }
    out_.clear();
    return fmt::format("{}", fmt::join(all, ", "));
  }
  StreamOrder order_;
  SimTime now_ = 0;
  std::uint32_t ask_ = 0;
  std::vector<StreamAction> out_;
};

TEST(StreamOrder, FromTheBeginning) {
  Stream s(true);
  EXPECT_EQ(s.live(0), "0");
  EXPECT_EQ(s.live(1), "1");
}

TEST(StreamOrder, AttachedLateAsksForWhatCameBefore) {
  Stream s(true);
  EXPECT_EQ(s.live(7), "ask 0");
  EXPECT_EQ(s.live(8), "");
  EXPECT_EQ(s.replay(5), "5r");  // the engine kept no more
  EXPECT_EQ(s.replay(6), "6r");
  EXPECT_EQ(s.replay(7), "7r");
  EXPECT_EQ(s.end(), "8, settled");
  EXPECT_EQ(s.live(9), "9");
}

TEST(StreamOrder, AttachedToAnIdleEngineAsksAtOnce) {
  Stream s(true);
  EXPECT_EQ(s.joined(), "ask 0");
  EXPECT_EQ(s.replay(0), "0r");
  EXPECT_EQ(s.replay(1), "1r");
  EXPECT_EQ(s.end(), "settled");
  EXPECT_EQ(s.live(1), "");  // it came both ways
  EXPECT_EQ(s.live(2), "2");
  EXPECT_EQ(Stream(false).joined(), "");
}

TEST(StreamOrder, WithoutAReplayWhatIsMissingIsLost) {
  Stream s(false);
  EXPECT_EQ(s.live(7), "7");
  EXPECT_EQ(s.live(10), "gap 8-9, 10");
}

TEST(StreamOrder, AGapIsFilled) {
  Stream s(true);
  s.live(0);
  EXPECT_EQ(s.live(3), "gap 1-2, ask 1");
  EXPECT_EQ(s.live(4), "");
  EXPECT_EQ(s.replay(1), "1r");
  EXPECT_EQ(s.replay(2), "2r");
  EXPECT_EQ(s.replay(3), "3r");
  EXPECT_EQ(s.replay(4), "4r");
  EXPECT_EQ(s.replay(5), "5r");  // faster than the stream
  EXPECT_EQ(s.end(), "settled");
  EXPECT_EQ(s.live(5), "");
  EXPECT_EQ(s.live(6), "6");
}

TEST(StreamOrder, AReplayThatBringsNothingIsGivenUp) {
  Stream s(true);
  s.live(0);
  EXPECT_EQ(s.live(3), "gap 1-2, ask 1");
  EXPECT_EQ(s.wait(999), "");
  EXPECT_EQ(s.replay(1), "1r");
  EXPECT_EQ(s.wait(999), "");  // it still spoke
  EXPECT_EQ(s.wait(1), "3, settled");
  EXPECT_EQ(s.replay(2), "");  // too late
  EXPECT_EQ(s.live(4), "4");
}

TEST(StreamOrder, ALowerNumberIsAnotherEngine) {
  Stream s(true);
  s.live(0);
  s.live(1);
  EXPECT_EQ(s.live(0), "restart, 0");
  s.live(1);
  s.live(2);
  EXPECT_EQ(s.live(2), "restart, ask 0");
  EXPECT_EQ(s.replay(0), "0r");
  EXPECT_EQ(s.end(), "2, settled");
}

TEST(StreamOrder, ARestartWhileAReplayIsAwaitedVoidsIt) {
  Stream s(true);
  s.live(5);
  s.live(6);
  EXPECT_EQ(s.live(3), "restart, ask 0");
  EXPECT_EQ(s.replay(0, 1), "");  // of the older replay
  EXPECT_EQ(s.replay(2), "2r");
  EXPECT_EQ(s.end(), "3, settled");
}

TEST(StreamOrder, LongAfterAReplayAKnownNumberIsAnotherEngine) {
  Stream s(true);
  s.joined();
  for (std::uint64_t i = 0; i < 5; ++i) s.replay(i);
  s.end();
  s.wait(5000);
  EXPECT_EQ(s.live(0), "restart, 0");
}

TEST(StreamOrder, HoldsNoMoreThanItMay) {
  Stream s(true, 3);
  s.live(0);
  EXPECT_EQ(s.live(2), "gap 1-1, ask 1");
  for (std::uint64_t i = 3; i < 7; ++i) EXPECT_EQ(s.live(i), "");
  EXPECT_EQ(s.order().held(), 3U);
  EXPECT_EQ(s.end(), "4, 5, 6, settled");  // 2 and 3 are lost as well
}

// The law: between restarts numbers rise, nothing is applied twice, and what is applied was sent.
TEST(StreamOrder, NumbersRiseWhateverArrives) {
  std::mt19937 rng(3);
  for (int round = 0; round < 2000; ++round) {
    StreamOrder order({rng() % 2 == 0, 50, 1 + rng() % 8});
    std::vector<StreamAction> out;
    SimTime now = 0;
    std::uint32_t ask = 0;
    std::optional<std::uint64_t> last;
    for (int step = 0; step < 60; ++step) {
      now += rng() % 30;
      const std::uint64_t seq = rng() % 12;
      switch (rng() % 5) {
        case 0:
          order.replayed(ask, seq, "", now, out);
          break;
        case 1:
          order.replay_ended(ask, out);
          break;
        case 2:
          order.tick(now, out);
          break;
        default:
          order.live(seq, "", now, out);
      }
      for (const StreamAction& a : out) {
        if (a.what == StreamAction::What::kAsk) ask = a.ask;
        if (a.what == StreamAction::What::kRestart) last.reset();
        if (a.what != StreamAction::What::kApply) continue;
        ASSERT_TRUE(!last || a.seq > *last);
        last = a.seq;
      }
      out.clear();
      ASSERT_LE(order.held(), 8U);
    }
  }
}

}  // namespace
}  // namespace blockyard::live
