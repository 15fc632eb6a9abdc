// A folder as a list for the card that opens files: what is in it, what of it is shown, and what a pasted text means.
// Reads the file system, draws nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace blockyard {

struct FolderEntry {
  std::string name;
  bool folder = false;
  std::uintmax_t bytes = 0;  ///< of a file
  double days_old = 0;
  bool readable_kind = false;  ///< by its name a scenario or a trace
};

/// At most this many entries are listed.
inline constexpr std::size_t kMostEntries = 5000;

/// Folders first, then files, each by name as people order them ("trace2" before "trace10"). Names that begin with a
/// dot are left out. Error: which folder cannot be read and why.
Result<std::vector<FolderEntry>> list_folder(const std::string& folder);

/// The places of those entries that stand in the card: folders and scenarios and traces (or all files), whose name
/// contains `filter`, without regard to case.
std::vector<std::size_t> shown_entries(const std::vector<FolderEntry>& entries, bool all_files,
                                       std::string_view filter);

/// The path that a pasted text means: without quotes and blanks around it, "file://…" decoded, "~" the home folder.
std::string pasted_path(std::string_view text);

/// "1.2 MB", "340 B".
std::string bytes_text(std::uintmax_t bytes);
/// "today", "3 days ago", "2 years ago".
std::string age_text(double days);

}  // namespace blockyard
