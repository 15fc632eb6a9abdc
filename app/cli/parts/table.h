// Tables for people on standard output: columns aligned, figures to the right.
#pragma once

#include <string>
#include <vector>

#include "core/metrics/session_figures.h"
#include "core/metrics/summary.h"
#include "core/settings/scenario.h"

namespace blockyard::cli {

/// The summary of one run of the scenario as a readable table, with what went wrong above it.
std::string summary_table(const std::string& title, const Summary& summary, const Scenario& scenario);

/// "SATURATED: offered 3.2 × …. What would help: ….\n"; "" where the fleet kept up.
std::string saturated_line(const Summary& summary, const Scenario& scenario);

/// What the run's conversations came to.
std::string session_table(const SessionFigures& sessions);

/// Rows of cells as text; the first column to the left, figures to the right. With `notes` the last column is prose, to
/// the left as well.
enum class LastColumn : bool { kFigures, kNotes };
std::string text_table(const std::vector<std::vector<std::string>>& rows, LastColumn last = LastColumn::kFigures);

}  // namespace blockyard::cli
