// Tables for people on standard output: columns aligned, figures to the right.
#pragma once

#include <string>
#include <vector>

#include "core/metrics/summary.h"

namespace blockyard::cli {

/// The summary of one run as a readable table.
std::string summary_table(const std::string& title, const Summary& summary);

/// Rows of cells as text, first row a heading; the first column to the left, the others to the right.
std::string text_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace blockyard::cli
