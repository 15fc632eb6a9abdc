// blockyard live --demo: stand-ins, a router before them, and users who send a scenario's workload through it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/parts/options.h"
#include "app/net/standin/load.h"
#include "app/net/standin/stand_ins.h"
#include "core/base/result.h"
#include "core/live/session.h"
#include "core/settings/scenario.h"
#include "core/workload/workload.h"

namespace blockyard::cli {

class Demo {
 public:
  /// Starts `count` stand-ins with the scenario's cache, fleet and latency. Errors: a workload that nobody could send.
  static Result<std::unique_ptr<Demo>> start(std::uint32_t count, Scenario scenario);
  /// The same for a scenario by name or file, under this seed where one is given.
  static Result<std::unique_ptr<Demo>> start(std::uint32_t count, const std::string& scenario,
                                             std::optional<std::uint64_t> seed, const Assets& assets);
  /// The fleet file of its workers.
  std::string fleet() const;
  /// The users begin, with a router at this address.
  Result<void> begin(const std::string& url);
  net::Load& load() { return *load_; }
  /// Whether what each worker holds by its stream is what its stand-in holds; else the first that differs.
  std::optional<std::string> differs(const live::LiveSession& session);

 private:
  Demo() = default;
  Scenario scenario_;
  std::size_t users_ = 0;
  std::optional<Workload> first_;  // of round 0, until it is sent
  std::unique_ptr<WordSource> words_;
  std::unique_ptr<net::StandIns> standins_;
  std::unique_ptr<net::Load> load_;
};

}  // namespace blockyard::cli
