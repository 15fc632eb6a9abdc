#include "app/cli/result_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "core/io/results.h"
#include "core/router/policy.h"

namespace blockyard::cli {

Result<ResultFiles> ResultFiles::read(const std::vector<std::string>& paths) {
  ResultFiles out;
  std::set<std::string> names;
  for (const std::string& path : paths) {
    auto results = read_results(path);
    if (!results) return results.error();
    std::string name = std::filesystem::path(path).stem().string();
    if (name.starts_with("results_")) name.erase(0, 8);
    const std::string stem = name;
    for (int n = 2; !names.insert(name).second; ++n) name = fmt::format("{}-{}", stem, n);
    out.runs.emplace_back(std::move(name), std::move(*results));
  }
  return out;
}

std::vector<NamedFigure> ResultFiles::common_figures() const {
  if (runs.size() < 2) return {};
  std::vector<ComparedRun> compared;
  for (const auto& [name, results] : runs) compared.push_back({name, {&results}});
  const RunResults& first = runs[0].second;
  const bool same = std::all_of(runs.begin(), runs.end(),
                                [&first](const auto& run) { return run.second.scenario.name == first.scenario.name; });
  return {{"strategy_comparison",
           strategy_comparison(compared, fmt::format("{} runs side by side", runs.size()),
                               same ? fmt::format("scenario {} · seed {} · blockyard {}", first.scenario.name,
                                                  first.scenario.config.seed, first.version)
                                    : fmt::format("blockyard {}", first.version))}};
}

}  // namespace blockyard::cli
