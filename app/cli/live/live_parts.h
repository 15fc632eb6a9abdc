// What the ways of `blockyard live` share: its options, lines about a session, and how one ends.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "app/cli/live/fleet_args.h"
#include "app/cli/parts/options.h"
#include "core/base/text.h"
#include "core/base/words/printable.h"
#include "core/live/record/recording.h"
#include "core/live/results.h"

namespace blockyard::cli {

struct LiveArgs : FleetArgs {
  std::string record, out, requests, replay, speed;
  bool headless = false, record_raw = false;
  std::optional<std::uint32_t> demo;  // stand-ins
  std::string scenario = "live-demo";
  std::optional<std::uint64_t> seed;
  double seconds = 0;  ///< 0: until it is interrupted
  double record_max_mib = 4096;
};

/// One line a second: the session's clock, then every worker, or their sums where they are many.
std::string progress_line(const live::LiveSession& session, SimTime now);

// Says once what is told of a worker, where it is trouble.
class Troubles {
 public:
  void look(const live::LiveSession& session) {
    said_.resize(session.workers().size());
    for (WorkerId w = 0; w < said_.size(); ++w) {
      const live::LiveWorker& worker = session.workers()[w];
      if (worker.why.empty() || worker.why == said_[w]) continue;
      said_[w] = worker.why;
      note("blockyard: worker {}: {}\n", worker.setup.name, printable(worker.why));
    }
  }

 private:
  std::vector<std::string> said_;
};

// requests.csv: a row as each request ends.
class RequestRows {
 public:
  RequestRows(const LiveArgs& args, io::Outputs& outputs) {
    if (args.requests.empty()) return;
    auto file = outputs.open("--requests", args.requests);
    if (!file) {
      trouble_ = file.error();
      return;
    }
    file_ = *file;
    file_->write(live::requests_csv_head());
  }
  const std::optional<Error>& trouble() const { return trouble_; }
  std::function<void(const live::EndedRequest&)> writer(const live::LiveSession& session) {
    if (file_ == nullptr) return nullptr;
    return [this, &session](const live::EndedRequest& r) {
      const std::string name = r.end.served ? session.workers()[*r.end.served].setup.name : std::string();
      file_->write(live::requests_csv_row(r, session.fleet().block_tokens, name));
    };
  }

 private:
  io::OutputFile* file_ = nullptr;
  std::optional<Error> trouble_;
};

/// Feeds a recording; see(record) before each is applied. The exit status where it fails.
template <class See>
int feed(live::RecordingReader& recording, live::LiveSession& session, const See& see) {
  while (!interrupted()) {
    const auto record = recording.next();
    if (!record) return refuse(record.error());
    if (!*record) break;
    see(**record);
    session.apply(**record);
  }
  if (interrupted()) return refuse(interruption());
  if (recording.cut()) note("blockyard: warning: line {} is cut off and left out\n", recording.line());
  if (recording.skipped() > 0)
    note("blockyard: warning: {} skipped, of a kind that this version does not know\n",
         counted(recording.skipped(), "line"));
  return kDone;
}

/// Writes --out, prints the table of workers. The exit status.
int end_with(const live::LiveSession& session, const std::string& started, const LiveArgs& args, io::Outputs& outputs);

/// Watches the fleet, as its router where one is asked for.
int watch_fleet(const LiveArgs& args, const Context& context);

}  // namespace blockyard::cli
