// Lines and constants from measured points: what they must be where the truth is known, and how sure they say they are.
#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "core/base/rng.h"
#include "core/live/calibrate/calibration.h"
#include "core/live/calibrate/line_fit.h"
#include "core/live/calibrate/recorded_points.h"
#include "core/settings/json_edit.h"
#include "core/settings/scenario.h"

namespace blockyard::live {
namespace {

std::vector<LinePoint> points_on(double intercept, double slope, const std::vector<double>& xs, int each = 5) {
  std::vector<LinePoint> out;
  for (const double x : xs) {
    for (int i = 0; i < each; ++i) out.push_back({x, intercept + slope * x});
  }
  return out;
}

const std::vector<double> kDoubled{1, 2, 4, 8, 16, 32, 64, 128, 256, 512};

TEST(LineFit, PointsOnALineGiveThatLineAndNoDoubt) {
  Rng rng(1, RngPurpose::kTest);
  for (int round = 0; round < 20; ++round) {
    const double intercept = rng.uniform() * 50, slope = rng.uniform() * 5;
    const auto fit = fit_line(points_on(intercept, slope, kDoubled), 1);
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->intercept, intercept, 1e-9);
    EXPECT_NEAR(fit->slope, slope, 1e-9);
    EXPECT_NEAR(fit->r2, 1, 1e-9);
    EXPECT_NEAR(fit->slope_95.high - fit->slope_95.low, 0, 1e-9);
    EXPECT_EQ(fit->quality, FitQuality::kGood);
  }
}

TEST(LineFit, AWildPointTurnsItLittleWhereItTurnsLeastSquares) {
  auto points = points_on(5, 2.5, kDoubled);
  Rng rng(2, RngPurpose::kTest);
  for (LinePoint& p : points) p.y += rng.normal() * 0.5;
  points[7].y += 5000;  // one request of fifty waited for something else
  const auto fit = fit_line(points, 1);
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->intercept, 5, 0.5);
  EXPECT_NEAR(fit->slope, 2.5, 0.01);
}

TEST(LineFit, ItsIntervalsHoldTheTruthAsOftenAsTheySay) {
  int slope_held = 0, intercept_held = 0;
  constexpr int kRuns = 200;
  for (int run = 0; run < kRuns; ++run) {
    Rng rng(static_cast<std::uint64_t>(run), RngPurpose::kTest);
    auto points = points_on(5, 2.5, kDoubled);
    for (LinePoint& p : points) p.y += rng.normal();
    const auto fit = fit_line(points, static_cast<std::uint64_t>(run));
    slope_held += fit->slope_95.low <= 2.5 && 2.5 <= fit->slope_95.high;
    intercept_held += fit->intercept_95.low <= 5 && 5 <= fit->intercept_95.high;
  }
  // 95 % of 200, give or take what resampling of 50 points costs.
  EXPECT_GE(slope_held, 174);
  EXPECT_GE(intercept_held, 174);
  EXPECT_LT(slope_held + intercept_held, 2 * kRuns) << "they say something";
}

TEST(LineFit, IsTheSameForTheSameSeedAndOnlyTheIntervalsFollowIt) {
  Rng rng(3, RngPurpose::kTest);
  auto points = points_on(5, 2.5, kDoubled);
  for (LinePoint& p : points) p.y += rng.normal();
  const auto a = fit_line(points, 1), b = fit_line(points, 1), c = fit_line(points, 2);
  EXPECT_EQ(a->slope_95.low, b->slope_95.low);
  EXPECT_EQ(a->slope, c->slope);
  EXPECT_NE(a->slope_95.low, c->slope_95.low);
}

TEST(LineFit, NeedsTwoPlacesAndKnowsANegativeStart) {
  EXPECT_FALSE(fit_line({}, 1));
  EXPECT_FALSE(fit_line({{3, 1}, {3, 2}}, 1));
  const auto fit = fit_line(points_on(-4, 2, kDoubled), 1);
  EXPECT_EQ(fit->intercept, 0);
}

TEST(LineFit, ACurveIsToldFromNoiseByItsSigns) {
  std::vector<LinePoint> curve, flat;
  Rng rng(4, RngPurpose::kTest);
  for (const double x : kDoubled) {
    curve.push_back({x, 5 + x * x * 0.01});
    flat.push_back({x, 15 + rng.normal()});
  }
  const auto bent = fit_line(curve, 1), scattered = fit_line(flat, 1);
  EXPECT_EQ(bent->quality, FitQuality::kPoor);
  EXPECT_LE(bent->sign_changes, 2U);
  EXPECT_EQ(bent->places, kDoubled.size());
  EXPECT_EQ(scattered->quality, FitQuality::kPoor) << "a flat line explains nothing";
  EXPECT_LE(scattered->slope_95.low, 0);
}

// A worker whose constants are known, its times off by up to `noise` of themselves.
CalibrationPoints measured(double noise, bool told = true) {
  CalibrationPoints out;
  out.worker = "http://127.0.0.1:8000";
  out.block_tokens = 16, out.capacity_blocks = 924;
  Rng rng(7, RngPurpose::kTest);
  const auto off = [&](double ms) { return ms * (1 + noise * (2 * rng.uniform() - 1)); };
  for (int i = 0; i < 21; ++i) out.round_trips_ms.push_back(off(0.4));
  for (std::uint32_t blocks = 1; blocks <= 512; blocks *= 2) {
    for (int i = 0; i < 5; ++i) {
      Measurement first;
      first.prompt_blocks = blocks;
      first.output_tokens = 32;
      if (told) first.cached_tokens = 0;
      first.ttft_ms = 0.4 + off(6 + 1.5 * blocks);
      first.interval_ms = off(12.05);
      Measurement again = first;
      again.step = 2;
      if (told) again.cached_tokens = blocks * 16;
      again.ttft_ms = 0.4 + off(0.7);
      out.requests.push_back(first);
      out.requests.push_back(again);
    }
  }
  for (std::uint32_t together = 1; together <= 64; together *= 2) {
    for (std::uint32_t i = 0; i < together; ++i) {
      Measurement m;
      m.step = 4, m.prompt_blocks = 1, m.together = together, m.output_tokens = 128;
      m.interval_ms = off(12 + 0.05 * together);
      out.requests.push_back(m);
    }
  }
  return out;
}

TEST(Calibration, FindsEachConstantWithinFivePercentAndSaysSo) {
  const Calibration found = calibrate(measured(0.01));
  const std::vector<std::pair<const char*, double>> truth{{"prefill_base_ms", 6}, {"prefill_per_block_ms", 1.5},
                                                          {"full_hit_ms", 0.7},   {"decode_per_token_ms", 12.05},
                                                          {"step_floor_ms", 12},  {"decode_per_seq_ms", 0.05}};
  ASSERT_EQ(found.constants.size(), truth.size());
  for (const auto& [name, value] : truth) {
    const CalibratedConstant& c = found.constant(name);
    EXPECT_NEAR(c.value, value, 0.05 * value) << name;
    ASSERT_TRUE(c.interval) << name;
    EXPECT_LE(c.interval->low, c.value) << name;
    EXPECT_GE(c.interval->high, c.value) << name;
  }
  EXPECT_EQ(found.prefill->quality, FitQuality::kGood);
  EXPECT_FALSE(found.no_cache);
}

TEST(Calibration, LeavesAtItsDefaultWhatWasNotMeasuredAndNamesIt) {
  const CalibrationPoints points = measured(0.01, false);
  const Calibration found = calibrate(points);
  EXPECT_FALSE(found.constant("full_hit_ms").interval);
  EXPECT_EQ(found.constant("full_hit_ms").value, 0.5);
  EXPECT_NE(found.constant("full_hit_ms").why.find("tells what it found"), std::string::npos);
  EXPECT_TRUE(found.constant("prefill_base_ms").interval);
  const Calibration nothing = calibrate(CalibrationPoints{});
  for (const CalibratedConstant& c : nothing.constants) {
    EXPECT_FALSE(c.interval) << c.name;
    EXPECT_NE(c.why.find("left at its default"), std::string::npos) << c.name;
  }
}

// The same under engine continuous: a short prefill takes as long as a step at least.
TEST(Calibration, LooksBehindTheFloorOfAStepForTheBaseOfAPrefill) {
  CalibrationPoints points = measured(0.01);
  std::size_t clamped = 0;
  for (Measurement& m : points.requests) {
    if (m.step == 4) continue;
    const bool on_it = m.ttft_ms - 0.4 < 12;
    clamped += m.step == 1 && on_it ? 1 : 0;
    if (on_it) m.ttft_ms = 0.4 + 12;
  }
  const Calibration found = calibrate(points);
  EXPECT_GE(found.below_floor, clamped);
  EXPECT_NEAR(found.constant("prefill_base_ms").value, 6, 0.05 * 6);
  EXPECT_NEAR(found.constant("prefill_per_block_ms").value, 1.5, 0.05 * 1.5);
  // Where no prompt is longer than that, the line is not known, and said not to be.
  std::erase_if(points.requests, [](const Measurement& m) { return m.step != 4 && m.prompt_blocks > 4; });
  const Calibration hidden = calibrate(points);
  EXPECT_FALSE(hidden.constant("prefill_base_ms").interval);
  EXPECT_NE(hidden.constant("prefill_base_ms").why.find("step's floor"), std::string::npos);
}

TEST(Calibration, TakesWhatAStreamSaysWhereAnEngineTellsNoHits) {
  CalibrationPoints points = measured(0.01);
  for (Measurement& m : points.requests) m.held_tokens = std::exchange(m.cached_tokens, std::nullopt);
  const Calibration found = calibrate(points);
  EXPECT_NEAR(found.constant("full_hit_ms").value, 0.7, 0.05 * 0.7);
}

// A router's records of one worker whose constants are known: `together` requests at a time.
std::vector<Record> recorded(int requests, std::uint32_t together) {
  std::vector<Record> out;
  SimTime t = 0;
  std::uint64_t number = 0;
  for (int i = 0; i < requests; ++i) {
    MetricsRecord metrics;
    metrics.figures.running = together;
    std::vector<RequestRecord> ends;
    for (std::uint32_t k = 0; k < together; ++k, ++number) {
      RouteRecord route;
      route.request = number;
      route.chain = true;
      route.prompt_tokens = 16 * (1 + static_cast<std::uint32_t>(number) % 40);
      out.push_back({t, route});
      RequestRecord end;
      end.request = number;
      end.served = 0;
      end.arrival = end.routed = t;
      end.sent = t + 500;
      end.output_tokens = 9;
      const bool again = number % 3 == 0;
      end.cached_tokens = again ? route.prompt_tokens : 0;
      end.first_token = end.sent + ms_to_us(again ? 0.7 : 6 + 1.5 * (route.prompt_tokens / 16.0));
      end.finish = end.first_token + ms_to_us(8 * (12 + 0.5 * together));
      ends.push_back(end);
    }
    out.push_back({t + 100, metrics});
    SimTime last = t;
    for (const RequestRecord& end : ends) last = std::max(last, end.finish);
    for (const RequestRecord& end : ends) out.push_back({last, end});
    t = last + 1000;
  }
  return out;
}

CalibrationPoints points_of(const std::vector<Record>& records) {
  const auto fleet = parse_fleet("{}", {"http://127.0.0.1:8000"});
  LiveSession session(*fleet);
  RecordedPoints points;
  for (const Record& r : records) {
    points.see(r, session);
    session.apply(r);
  }
  return points.points("a recording");
}

TEST(Calibration, ReckonsFromARecordingWhatWasAloneAndWhatWasTogether) {
  std::vector<Record> all = recorded(120, 1);
  for (const std::uint32_t together : {2U, 4U, 8U}) {
    const SimTime from = all.back().t + 1000;
    const auto numbers = 1000 * std::uint64_t{together};
    for (Record r : recorded(20, together)) {
      r.t += from;
      if (auto* route = std::get_if<RouteRecord>(&r.body)) route->request += numbers;
      if (auto* end = std::get_if<RequestRecord>(&r.body)) {
        end->request += numbers;
        for (SimTime* t : {&end->arrival, &end->routed, &end->sent, &end->first_token, &end->finish}) *t += from;
      }
      all.push_back(std::move(r));
    }
  }
  const Calibration found = calibrate(points_of(all));
  const std::vector<std::pair<const char*, double>> truth{{"prefill_base_ms", 6}, {"prefill_per_block_ms", 1.5},
                                                          {"full_hit_ms", 0.7},   {"decode_per_token_ms", 12.5},
                                                          {"step_floor_ms", 12},  {"decode_per_seq_ms", 0.5}};
  for (const auto& [name, value] : truth) {
    EXPECT_NEAR(found.constant(name).value, value, 0.01 * value) << name;
    EXPECT_TRUE(found.constant(name).interval) << name;
  }
}

TEST(Calibration, NamesWhatARecordingHasTooLittleOf) {
  const Calibration found = calibrate(points_of(recorded(20, 1)));
  for (const CalibratedConstant& c : found.constants) {
    EXPECT_FALSE(c.interval) << c.name;
    EXPECT_NE(c.why.find("30 are needed"), std::string::npos) << c.name << ": " << c.why;
  }
}

TEST(Calibration, AWorkerWithoutACacheIsSaidToBeOne) {
  CalibrationPoints points = measured(0.01);
  for (Measurement& m : points.requests) m.cached_tokens = 0;
  const Calibration found = calibrate(points);
  EXPECT_TRUE(found.no_cache);
  EXPECT_FALSE(found.constant("full_hit_ms").interval);
}

TEST(Calibration, ItsScenarioIsOneAndHoldsTheConstants) {
  const CalibrationPoints points = measured(0.01);
  const Calibration found = calibrate(points);
  const auto scenario = parse_scenario(calibrated_scenario_json(points, found), "", BLOCKYARD_ASSETS "/presets");
  ASSERT_TRUE(scenario) << scenario.error().message;
  const LatencyModel& latency = scenario->config.latency;
  EXPECT_EQ(latency.prefill_base_ms, found.constant("prefill_base_ms").value);
  EXPECT_EQ(latency.decode_per_seq_ms, found.constant("decode_per_seq_ms").value);
  EXPECT_EQ(scenario->config.fleet.workers, 1U);
  const std::string json = calibration_json(points, found);
  EXPECT_EQ(json_value(json, "fits.prefill.quality"), "\"good\"");
  EXPECT_TRUE(json_value(json, "constants.full_hit_ms.interval_95"));
}

TEST(Calibration, FindsTheFirstModel) {
  EXPECT_EQ(first_model(R"({"object":"list","data":[{"id":"a","x":{"id":"no"}},{"id":"b"}]})"), "a");
  for (const char* none : {"", "[]", "{}", R"({"data":[]})", R"({"data":[{}]})", R"({"data":[{"id":3}]})"})
    EXPECT_FALSE(first_model(none)) << none;
}

}  // namespace
}  // namespace blockyard::live
