// Fuzz target: any bytes as a file of results (of a run, a waterfall, a sweep's plan) are read, and then drawn and
// written again, or are refused in one line.
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>

#include "app/figures/figures.h"
#include "app/plot/data/plot.h"
#include "core/base/check.h"
#include "core/io/experiments/sweep_files.h"
#include "core/io/experiments/waterfall_file.h"
#include "core/io/results.h"

namespace {

template <class T>
void check_refused(const blockyard::Result<T>& result) {
  BY_CHECK(
      result.has_value() || (!result.error().message.empty() && result.error().message.find('\n') == std::string::npos),
      "not one line");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string path = "/tmp/blockyard-fuzz-results-" + std::to_string(::getpid()) + ".json";
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  const auto results = blockyard::read_results(path);
  check_refused(results);
  if (results) {
    for (const blockyard::NamedFigure& f : blockyard::run_figures(*results)) {
      BY_CHECK(!blockyard::to_csv(f.figure).empty(), "a figure without a table");
    }
    std::ofstream(path, std::ios::binary) << blockyard::results_json(*results);
    BY_CHECK(blockyard::read_results(path).has_value(), "what was written is refused");
  }
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  check_refused(blockyard::read_waterfall(path));
  check_refused(blockyard::read_plan(path));
  std::remove(path.c_str());
  return 0;
}
