#include "app/jobs/sweep.h"

#include <map>
#include <memory>
#include <mutex>
#include <optional>

namespace blockyard {
namespace {

// Workloads by their key: made by the first cell that needs them, dropped after the last.
class WorkloadShare {
 public:
  explicit WorkloadShare(const std::vector<SweepJob>& jobs) {
    for (const SweepJob& job : jobs) {
      Entry& entry = entries_[workload_key(job.scenario)];
      ++entry.users;
      places_.push_back(&entry);
    }
  }

  Result<const Prepared*> take(std::size_t job, const Scenario& scenario) {
    Entry& entry = *places_[job];
    const std::lock_guard lock(entry.mutex);
    if (!entry.made) entry.made = prepare(scenario);
    if (!*entry.made) return entry.made->error();
    return static_cast<const Prepared*>((*entry.made)->get());
  }

  void give_back(std::size_t job) {
    Entry& entry = *places_[job];
    const std::lock_guard lock(entry.mutex);
    if (--entry.users == 0) entry.made.reset();
  }

 private:
  struct Entry {
    std::mutex mutex;
    std::optional<Result<std::unique_ptr<Prepared>>> made;
    std::size_t users = 0;
  };
  std::map<std::string, Entry> entries_;
  std::vector<Entry*> places_;  // by job
};

}  // namespace

Result<std::vector<SweepJob>> sweep_jobs(const SweepPlan& plan, const std::vector<std::size_t>& cells,
                                         const std::string& presets_dir) {
  std::vector<SweepJob> out;
  for (const std::size_t cell : cells) {
    auto scenario = plan.scenario_of(cell, presets_dir);
    if (!scenario) return scenario.error();
    out.push_back({cell, std::move(*scenario), plan.metrics});
  }
  return out;
}

Result<void> run_sweep(const std::vector<SweepJob>& jobs, bool keep_results, unsigned threads, JobControl& control,
                       const OnCell& on_cell, const std::function<void()>& tick) {
  WorkloadShare share(jobs);
  std::mutex mutex;
  std::optional<Error> trouble;
  const auto stop = [&](const Error& error) {
    const std::lock_guard lock(mutex);
    if (!trouble) trouble = error;
    control.cancel = true;
  };
  const bool whole = run_jobs(
      jobs.size(), threads, control,
      [&](std::size_t i) {
        const auto prepared = share.take(i, jobs[i].scenario);
        if (!prepared) return stop(prepared.error());
        if (auto fits = fits_run(**prepared, jobs[i].scenario); !fits) return stop(fits.error());
        RunResults results;
        const auto cell = run_cell(
            **prepared, jobs[i].scenario, jobs[i].cell, keep_results ? &results : nullptr,
            [&control] { return control.cancelled(); }, jobs[i].metrics);
        share.give_back(i);
        if (!cell) return;
        Result<void> told;
        {
          const std::lock_guard lock(mutex);
          told = on_cell(*cell, keep_results ? &results : nullptr);
        }
        if (!told) stop(told.error());
      },
      tick);
  if (trouble) return *trouble;
  if (!whole) return Error{"cancelled"};
  return {};
}

}  // namespace blockyard
