#include "app/cli/parts/result_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "app/figures/waterfall_figure.h"
#include "core/io/experiments/waterfall_file.h"
#include "core/io/results.h"
#include "core/router/policy.h"

namespace blockyard::cli {

Result<ResultFiles> ResultFiles::read(const std::vector<std::string>& paths) {
  ResultFiles out;
  std::set<std::string> names;
  for (const std::string& path : paths) {
    const auto text = read_file(path);
    if (!text) return text.error();
    std::string name = std::filesystem::path(path).stem().string();
    if (name.starts_with("results_")) name.erase(0, 8);
    const std::string stem = name;
    for (int n = 2; !names.insert(name).second; ++n) name = fmt::format("{}-{}", stem, n);
    if (is_waterfall(*text)) {
      auto waterfall = read_waterfall(path);
      if (!waterfall) return waterfall.error();
      out.waterfalls.emplace_back(std::move(name), std::move(*waterfall));
      continue;
    }
    if (is_comparison(*text)) {
      auto page = read_comparison_page(path);
      if (!page) return page.error();
      out.comparisons.emplace_back(std::move(name), std::move(*page));
      continue;
    }
    auto results = read_results(path);
    if (!results) return results.error();
    out.runs.emplace_back(std::move(name), std::move(*results));
  }
  return out;
}

std::vector<NamedFigure> ResultFiles::common_figures() const {
  std::vector<NamedFigure> out;
  for (const auto& [name, waterfall] : waterfalls) {
    out.push_back(
        {waterfalls.size() == 1 ? "loss_waterfall" : name + "/loss_waterfall", loss_waterfall_figure(waterfall)});
  }
  if (runs.size() < 2) return out;
  std::vector<ComparedRun> compared;
  for (const auto& [name, results] : runs) compared.push_back({name, {&results}});
  const RunResults& first = runs[0].second;
  const bool same = std::all_of(runs.begin(), runs.end(),
                                [&first](const auto& run) { return run.second.scenario.name == first.scenario.name; });
  out.push_back({"strategy_comparison",
                 strategy_comparison(compared, fmt::format("{} runs side by side", runs.size()),
                                     same ? fmt::format("scenario {} · seed {} · blockyard {}", first.scenario.name,
                                                        first.scenario.config.seed, first.version)
                                          : fmt::format("blockyard {}", first.version))});
  return out;
}

}  // namespace blockyard::cli
