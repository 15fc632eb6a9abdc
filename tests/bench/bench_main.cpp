// blockyard_bench [--json FILE] [--large] [--smoke] [options of Google Benchmark]
//   --json FILE  appends one line to a history: when, and every figure of every benchmark
//   --large      runs of 10^6 requests as well
//   --smoke      the least work that shows that every benchmark runs
#include <benchmark/benchmark.h>
#include <fmt/chrono.h>

#include <ctime>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/bench/bench_inputs.h"

namespace blockyard::bench {

bool& large() {
  static bool wanted = false;
  return wanted;
}

}  // namespace blockyard::bench

namespace {

using Json = nlohmann::json;

class History : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      Json& figures = results_[run.benchmark_name()];
      figures["cpu_" + std::string(benchmark::GetTimeUnitString(run.time_unit))] = run.GetAdjustedCPUTime();
      for (const auto& [name, counter] : run.counters) figures[name] = counter.value;
    }
    ConsoleReporter::ReportRuns(runs);
  }
  bool append_to(const std::string& path) const {
    std::ofstream file(path, std::ios::app);
    file << Json{{"when", fmt::format("{:%FT%TZ}", fmt::gmtime(std::time(nullptr)))}, {"results", results_}} << '\n';
    return file.good();
  }

 private:
  Json results_ = Json::object();
};

}  // namespace

int main(int argc, char** argv) {
  std::string json;
  std::vector<std::string> words{argv[0]};
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--json" && i + 1 < argc) {
      json = argv[++i];
    } else if (word == "--large") {
      blockyard::bench::large() = true;
    } else if (word == "--smoke") {
      words.emplace_back("--benchmark_min_time=0.001");
      words.emplace_back("--benchmark_filter=-.*(256|[0-9]00000).*");
    } else {
      words.push_back(word);
    }
  }
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 2;
  History reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  if (!json.empty() && !reporter.append_to(json)) {
    std::cerr << json << ": cannot be written\n";
    return 1;
  }
  return 0;
}
