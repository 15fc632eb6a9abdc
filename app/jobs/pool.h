// Work on several threads, with progress and cancel: the only place besides the window where threads are made.
//
// Jobs are numbered; a thread takes the lowest number that is left. What a job writes must be its own (a place in a
// vector by its number), so results do not depend on the number of threads.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>

namespace blockyard {

/// Shared between those who work and those who watch. Any thread may read it or set `cancel`.
struct JobControl {
  std::atomic<bool> cancel{false};
  std::atomic<std::size_t> done{0};
  std::atomic<std::size_t> total{0};
  bool cancelled() const { return cancel.load(std::memory_order_relaxed); }
};

/// Number of threads to use where nobody says: one a core.
unsigned default_threads();

/// Calls job(i) for every i below n and returns when all are done or, once cancelled, when those begun have ended.
/// `tick` is called on the calling thread about twenty times a second, and may set `cancel`. False where cancelled. An
/// exception of a job cancels the others and is thrown on.
bool run_jobs(std::size_t n, unsigned threads, JobControl& control, const std::function<void(std::size_t)>& job,
              const std::function<void()>& tick = {});

/// One long piece of work beside the window. Destroying it cancels and waits.
class BackgroundJob {
 public:
  explicit BackgroundJob(std::function<void(JobControl&)> work)
      : thread_([this, work = std::move(work)] {
          work(control_);
          finished_ = true;
        }) {}
  ~BackgroundJob() {
    control_.cancel = true;
    thread_.join();
  }
  BackgroundJob(const BackgroundJob&) = delete;
  BackgroundJob& operator=(const BackgroundJob&) = delete;

  bool finished() const { return finished_; }
  JobControl& control() { return control_; }

 private:
  JobControl control_;
  std::atomic<bool> finished_{false};
  std::thread thread_;  // last: it uses what stands above
};

}  // namespace blockyard
