// Every case of cases/: each row of requests.csv (by SHA-256) and each figure of the summary, with the caches kept by
// edges where that will do, and by blocks always. BLOCKYARD_CONFORMANCE (environment) names another folder of cases.
#include <gtest/gtest.h>

#include <cmath>
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

constexpr std::string_view kEnding = ".scenario.json";

std::string folder() {
  const char* set = std::getenv("BLOCKYARD_CONFORMANCE");
  return set != nullptr ? set : std::string(BLOCKYARD_TEST_DATA) + "/cases";
}

std::string traces() {
  const char* set = std::getenv("BLOCKYARD_TRACES");
  return set != nullptr ? set : BLOCKYARD_TRACES;
}

// Names of the cases, relative to the folder and without the ending.
std::vector<std::string> cases() {
  std::vector<std::string> out;
  std::error_code ec;
  for (const auto& entry : fs::recursive_directory_iterator(folder(), ec)) {
    const std::string name = fs::relative(entry.path(), folder()).string();
    if (name.ends_with(kEnding)) out.push_back(name.substr(0, name.size() - kEnding.size()));
  }
  std::sort(out.begin(), out.end());
  return out;
}

// The text of requests.csv with the first 13 columns of each row only: what has been there from the start.
std::string first_columns(const std::string& csv) {
  std::string out;
  int commas = 0;
  for (const char c : csv) {
    if (c == '\n') commas = 0;
    if (c == ',') ++commas;
    if (commas < 13) out += c;
  }
  return out;
}

// Equal, but for the last digits of doubles.
void expect_same(const Json& got, const Json& want, const std::string& where) {
  if (want.is_object()) {
    for (const auto& [key, value] : want.items()) {
      ASSERT_TRUE(got.is_object() && got.contains(key)) << where << "/" << key << " is missing";
      expect_same(got.at(key), value, where + "/" + key);
    }
  } else if (want.is_array()) {
    ASSERT_EQ(got.size(), want.size()) << where;
    for (std::size_t i = 0; i < want.size(); ++i) expect_same(got[i], want[i], where + "/" + std::to_string(i));
  } else if (want.is_number_float()) {
    ASSERT_TRUE(got.is_number()) << where;
    EXPECT_LE(std::abs(got.get<double>() - want.get<double>()), 1e-9 * std::abs(want.get<double>())) << where;
  } else {
    EXPECT_EQ(got, want) << where;
  }
}

void check(const std::string& base, const Scenario& scenario, Simulation sim) {
  SCOPED_TRACE(sim.workers()[0].run_cache() != nullptr ? "caches by edges" : "caches by blocks");
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
      ASSERT_TRUE(got.contains(key)) << key;
      expect_same(got.at(key), value, key);
    }
  }
  if (expected.contains("routers"))
    expect_same(Json::parse(results_json(collect_results(scenario, sim, Series{}))).value("routers", Json()),
                expected.at("routers"), "routers");
  const std::string csv = first_columns(requests_csv(sim));
  EXPECT_EQ(to_hex(sha256({reinterpret_cast<const std::uint8_t*>(csv.data()), csv.size()})),
            expected.at("requests_csv_sha256").get<std::string>());
  // The file beside it shows the beginning: the first row that differs is easier to read than a digest.
  const auto shown = read_file(base + ".requests.csv");
  ASSERT_TRUE(shown);
  EXPECT_EQ(csv.substr(0, shown->size()), *shown);
}

class Conformance : public testing::TestWithParam<std::string> {};

TEST_P(Conformance, AgreesInEveryRowAndFigure) {
  const fs::path base = fs::path(folder()) / GetParam();
  Json document = Json::parse(*read_file(base.string() + std::string(kEnding)));
  // Paths are relative to the case, but for the public traces, which are wherever they are.
  std::string& path = document["workload"]["path"].get_ref<std::string&>();
  if (path.starts_with("..")) path = (fs::path(traces()) / fs::path(path).filename()).string();
  if (path.front() == '/' && !fs::exists(path)) GTEST_SKIP() << "the public trace is not here: " << path;

  const std::string presets = std::string(BLOCKYARD_ASSETS) + "/presets";
  const auto scenario = parse_scenario(document.dump(), base.parent_path().string(), presets);
  ASSERT_TRUE(scenario) << scenario.error().message;
  const auto prepared = prepare(*scenario);
  ASSERT_TRUE(prepared) << prepared.error().message;
  check(base.string(), *scenario, (*prepared)->simulation());
  check(base.string(), *scenario, Simulation(scenario->config, (*prepared)->workload, &(*prepared)->tree));
}

INSTANTIATE_TEST_SUITE_P(Cases, Conformance, testing::ValuesIn(cases()), [](const auto& p) {
  std::string name = p.param;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
});

}  // namespace
}  // namespace blockyard
