// Tables for people on standard output: columns aligned, figures to the right.
#pragma once

#include <string>
#include <vector>

#include "core/metrics/session_figures.h"
#include "core/metrics/summary.h"

namespace blockyard::cli {

/// The summary of one run as a readable table.
std::string summary_table(const std::string& title, const Summary& summary);

/// What the run's conversations came to.
std::string session_table(const SessionFigures& sessions);

/// Rows of cells as text; the first column to the left, figures to the right. With `notes` the last column is prose, to
/// the left as well.
enum class LastColumn : bool { kFigures, kNotes };
std::string text_table(const std::vector<std::vector<std::string>>& rows, LastColumn last = LastColumn::kFigures);

}  // namespace blockyard::cli
