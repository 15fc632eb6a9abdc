// A comparison as comparison.json: every fleet's figures with their intervals, what can be told of them, every run's
// summary.
#pragma once

#include <string>
#include <vector>

#include "core/experiment/answers/ranking.h"
#include "core/experiment/compare.h"

namespace blockyard {

/// `metrics`: ids, the columns of the table under "table"; the sentences under "says" are about the first.
std::string comparison_json(const Comparison& comparison, const std::vector<std::string>& metrics = {"ttft_p95"},
                            const Warmup& warmup = {});

/// What a page about a comparison says: read from its file.
struct ComparisonPage {
  std::string scenario;
  std::vector<std::string> says, cautions, method;
  std::vector<std::vector<std::string>> rows;  ///< the table with its head
};
/// Whether a file's text is a comparison.
bool is_comparison(const std::string& text);
/// Errors name the file.
Result<ComparisonPage> read_comparison_page(const std::string& path);

}  // namespace blockyard
