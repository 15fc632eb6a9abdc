// ExperimentJob: long work beside the run that is looked at: a loss waterfall, the figures of the whole run, a
// comparison or a sweep of the scenario as it is set now, from its start, on all cores. It ends as figures.
//
// Owned by the Session, which polls it; panels see its ExperimentState. The work shares nothing with the run on screen:
// it makes its own requests. Invariant: nothing of the outcome is read before the job has finished.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/figures/figures.h"
#include "app/figures/number_table.h"
#include "app/jobs/pool.h"
#include "core/settings/scenario.h"

namespace blockyard {

struct WaterfallWanted {};
/// The figures of the whole run, as `plot` draws them.
struct PicturesWanted {};
struct ComparisonWanted {
  std::vector<std::uint32_t> strategies;  ///< indices into policy_table()
  std::uint32_t seeds = 1;                ///< repeats, from the scenario's seed on
  std::vector<Variant> variants = {};     ///< fleets that differ in other settings
};
struct SweepWanted {
  std::vector<std::string> vary;  ///< as --vary on the command line: PATH=v1,v2 or PATH=a:b:step
};
/// The smallest fleet for each strategy that keeps the objectives.
struct PlanWanted {
  std::string slo;                        ///< as --slo on the command line: "ttft_p95=500,tpot_p95=30"
  std::vector<std::uint32_t> strategies;  ///< indices into policy_table()
};
using ExperimentWanted = std::variant<WaterfallWanted, PicturesWanted, ComparisonWanted, SweepWanted, PlanWanted>;

/// What an experiment says beside its picture.
struct ExperimentWords {
  std::vector<std::string> cautions;  ///< what must not be believed
  std::vector<std::string> says;      ///< what can be told; what belongs to the sentence before begins with a space
  std::string method;                 ///< how it was found
  std::string markdown, latex;        ///< the table, to paste
};

/// What there is to see of an experiment.
struct ExperimentState {
  std::uint64_t id = 0;  ///< no two alike in a session
  std::size_t kind = 0;  ///< ExperimentWanted's index
  std::string title;
  std::size_t done = 0;
  std::size_t total = 0;  ///< 0 while that is not known yet
  bool running = false;
  std::string trouble;  ///< why there are no figures
  std::vector<NamedFigure> figures;
  NumberTable table;                     ///< what the figures draw, as numbers
  std::optional<ExperimentWords> words;  ///< of comparisons, sweeps and plans
};

class ExperimentJob {
 public:
  ExperimentJob(Scenario scenario, ExperimentWanted wanted, std::string presets_dir, std::uint64_t id);

  /// Looks at how far it is; takes in the outcome once it has finished.
  void poll();
  void cancel() { job_.control().cancel = true; }
  bool finished() const { return job_.finished(); }
  const ExperimentState& state() const { return state_; }

 private:
  struct Outcome {
    std::vector<NamedFigure> figures;
    NumberTable table;
    std::optional<ExperimentWords> words;
    std::string trouble;
  };
  static Outcome work(const Scenario& scenario, const ExperimentWanted& wanted, const std::string& presets_dir,
                      JobControl& control);

  ExperimentState state_;
  std::shared_ptr<Outcome> outcome_;  // written by the job, read once it has finished
  BackgroundJob job_;
};

}  // namespace blockyard
