// Every case of the conformance folder: each row of requests.csv (by SHA-256) and each figure of the summary.
// The folder is BLOCKYARD_CONFORMANCE (environment, else as configured); where it is missing the test says so and
// skips.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/experiment/prepared.h"
#include "core/io/results.h"
#include "core/tokens/sha256.h"

namespace blockyard {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

std::string folder() {
  const char* set = std::getenv("BLOCKYARD_CONFORMANCE");
  return set != nullptr ? set : BLOCKYARD_CONFORMANCE;
}

std::vector<std::string> cases() {
  std::vector<std::string> out;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(folder(), ec)) {
    const std::string name = entry.path().filename().string();
    const std::string ending = ".scenario.json";
    if (name.size() > ending.size() && name.ends_with(ending))
      out.push_back(name.substr(0, name.size() - ending.size()));
  }
  std::sort(out.begin(), out.end());
  if (out.empty()) out.emplace_back("none");
  return out;
}

void check(const std::string& base, Simulation sim) {
  SCOPED_TRACE(sim.workers()[0].run_cache() != nullptr ? "caches by runs" : "caches by blocks");
  sim.run();

  const Json expected = Json::parse(*read_file(base + ".expected.json"));
  const Summary summary = summarize(sim);
  const Json got = Json::parse(summary_json(summary));
  for (const auto& [key, value] : expected.at("summary").items()) {
    if (key == "per_worker") {
      ASSERT_EQ(value.size(), summary.workers.size());
      for (std::size_t w = 0; w < value.size(); ++w)
        EXPECT_EQ(summary.workers[w].requests, value[w].get<std::uint32_t>()) << "worker " << w;
    } else {
      EXPECT_EQ(got.at(key), value) << key;
    }
  }
  const std::string csv = requests_csv(sim);
  EXPECT_EQ(to_hex(sha256({reinterpret_cast<const std::uint8_t*>(csv.data()), csv.size()})),
            expected.at("requests_csv_sha256").get<std::string>());
  // The file beside it shows the beginning: the first row that differs is easier to read than a digest.
  const auto shown = read_file(base + ".requests.csv");
  ASSERT_TRUE(shown);
  EXPECT_EQ(csv.substr(0, shown->size()), *shown);
}

class Conformance : public testing::TestWithParam<std::string> {};

TEST_P(Conformance, AgreesInEveryRowAndFigure) {
  const std::string base = folder() + "/" + GetParam();
  if (!fs::exists(base + ".scenario.json")) GTEST_SKIP() << "no conformance cases in " << folder();
  const auto scenario = read_scenario(base + ".scenario.json", std::string(BLOCKYARD_ASSETS) + "/presets");
  ASSERT_TRUE(scenario) << scenario.error().message;
  const auto prepared = prepare(*scenario);
  ASSERT_TRUE(prepared) << prepared.error().message;
  // By runs where that will do, and by blocks always.
  check(base, (*prepared)->simulation());
  check(base, Simulation(scenario->config, (*prepared)->workload, &(*prepared)->tree));
}

INSTANTIATE_TEST_SUITE_P(Shared, Conformance, testing::ValuesIn(cases()), [](const auto& p) {
  std::string name = p.param;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
});

}  // namespace
}  // namespace blockyard
