// Progress of jobs on a terminal, and Ctrl+C as their cancel.
#pragma once

#include <fmt/format.h>

#include <string>

#include "app/cli/parts/options.h"
#include "app/jobs/pool.h"

namespace blockyard::cli {

class JobsView {
 public:
  JobsView(JobControl& control, std::string what)
      : control_(control), what_(std::move(what)), shown_(progress_wanted()) {}
  /// Where run_jobs ticks.
  void tick() {
    if (interrupted()) control_.cancel = true;
    const std::size_t done = control_.done + before_;
    if (!shown_ || done == last_) return;
    last_ = done;
    note("\r{} of {} {}", done, control_.total + before_, what_);
  }
  /// So many were done in an earlier run of the command.
  void start_from(std::size_t before) { before_ = before; }
  void clear() const {
    if (shown_) note("\r{:60}\r", "");
  }

 private:
  JobControl& control_;
  std::string what_;
  bool shown_;
  std::size_t before_ = 0;
  std::size_t last_ = ~std::size_t{0};
};

}  // namespace blockyard::cli
