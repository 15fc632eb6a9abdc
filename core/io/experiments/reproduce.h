// Published figures, recomputed: a table of what others printed about public traces, and what this program finds in the
// same files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace blockyard {

struct PublishedFigure {
  std::string set;             ///< its group
  std::string file;            ///< of the trace, relative to the folder of data
  std::string get;             ///< where the file is to be had
  std::string figure;          ///< which figure, see figure_of_trace
  std::string what;            ///< for people
  std::string source;          ///< who printed it
  std::string why;             ///< why ours may differ; "" where it must not
  std::string run;             ///< JSON of the scenario that a figure of a run is from; ""
  std::uint32_t capacity = 0;  ///< blocks, of a figure of one LRU cache
  double published = 0;
  double within = 0;  ///< how far off ours may be
};

struct ReproduceSet {
  std::string name, about;
};

struct ReproduceTable {
  std::vector<ReproduceSet> sets;
  std::vector<PublishedFigure> figures;
};

/// reproduce.json of the assets. Errors name the file.
Result<ReproduceTable> read_reproduce(const std::string& path);

struct Reproduced {
  PublishedFigure figure;
  std::optional<double> ours;  ///< empty where the file is not at hand
  bool agrees() const;
};

/// Recomputes each figure whose file is `folder`/file, or `folder`/ its name alone. Errors are those of a trace.
Result<std::vector<Reproduced>> reproduce(const std::vector<PublishedFigure>& figures, const std::string& folder,
                                          const std::string& presets_dir);

}  // namespace blockyard
