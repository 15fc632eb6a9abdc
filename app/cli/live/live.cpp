// blockyard live: watch a real fleet, record it, replay the recording, look into one. Without --headless it says what is
// wrong with the command, and starts the window with the rest.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <memory>
#include <thread>

#include "app/cli/command.h"
#include "app/cli/live/fleet_args.h"
#include "app/cli/live/live_check.h"
#include "app/cli/parts/checks.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/options.h"
#include "app/cli/parts/table.h"
#include "app/net/watch.h"
#include "app/platform/program.h"
#include "core/base/text.h"
#include "core/base/words/printable.h"
#include "core/live/results.h"

namespace blockyard::cli {
namespace {

using live::LiveFleet;
using live::LiveSession;

struct LiveArgs {
  std::string fleet;
  std::vector<std::string> workers;
  std::string record, out, replay, speed;
  bool headless = false, record_raw = false;
  double seconds = 0;  // 0: until it is interrupted
  double record_max_mib = 4096;
};

// One line a second: the session's clock, then every worker, or their sums where they are many.
std::string progress_line(const LiveSession& session, SimTime now) {
  constexpr std::size_t kMostByName = 4;
  std::string out = fmt::format("{:7.1f} s  ", static_cast<double>(now) / 1e6);
  const auto& workers = session.workers();
  if (workers.size() <= kMostByName) {
    for (WorkerId w = 0; w < workers.size(); ++w) out += (w > 0 ? "; " : "") + live::worker_line(session, w);
    return out + "\n";
  }
  std::size_t live = 0;
  std::uint64_t blocks = 0, capacity = 0;
  double running = 0, waiting = 0;
  for (const live::LiveWorker& w : workers) {
    live += w.state() == live::WorkerState::kLive;
    blocks += w.truth.resident_blocks();
    capacity += w.capacity_blocks(session.fleet().block_tokens);
    running += w.figures.running.value_or(0);
    waiting += w.figures.waiting.value_or(0);
  }
  return out + fmt::format("{} of {} workers live, {}/{} blocks, {:.0f} running, {:.0f} waiting\n", live,
                           workers.size(), blocks, capacity, running, waiting);
}

// Says once what is told of a worker, where it is trouble.
class Troubles {
 public:
  void look(const LiveSession& session) {
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

int end_with(const LiveSession& session, const std::string& started, const LiveArgs& args, io::Outputs& outputs) {
  if (!args.out.empty()) {
    auto file = outputs.open("--out", args.out);
    if (!file) return refuse(file.error());
    (*file)->write(live::live_results_json(session, started));
  }
  return finish(outputs, text_table(live::worker_rows(session)));
}

int watch(const LiveArgs& args) {
  const auto fleet = read_fleet(args.fleet, args.workers);
  if (!fleet) return refuse(fleet.error());
  io::Outputs outputs;
  if (!args.fleet.empty()) outputs.reads("the fleet", args.fleet);
  const PolledInterrupts interrupts;
  net::WatchOptions options{args.record, args.record_raw, static_cast<std::uint64_t>(args.record_max_mib * 1048576.0)};
  if (args.record_raw) note("blockyard: warning: {} will hold the prompts' token ids\n", printable(args.record));
  auto watch = net::Watch::start(*fleet, options);
  if (!watch) return refuse(watch.error());
  const SimTime until = args.seconds > 0 ? ms_to_us(args.seconds * 1000) : kNever;
  constexpr SimTime kSecond = 1'000'000;
  SimTime next = kSecond;
  Troubles troubles;
  while (!interrupted() && (*watch)->now() < until) {
    (*watch)->pump(std::min({SimTime{50'000}, next - (*watch)->now(), until - (*watch)->now()}));
    troubles.look((*watch)->session());
    if (const auto trouble = (*watch)->recording_trouble()) note("blockyard: warning: {}\n", *trouble);
    if ((*watch)->now() < next) continue;
    note("{}", progress_line((*watch)->session(), (*watch)->now()));
    while (next <= (*watch)->now()) next += kSecond;
  }
  const auto ended = (*watch)->end();
  const int status = end_with((*watch)->session(), (*watch)->started(), args, outputs);
  if (!ended) return refuse(ended.error());
  return status;
}

// Feeds a recording; see(record) before each is applied. The exit status where it fails.
template <class See>
int feed(live::RecordingReader& recording, LiveSession& session, const See& see) {
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

int replay(const LiveArgs& args) {
  double speed = 0;  // 0: as fast as it goes
  if (!args.speed.empty() && args.speed != "max") speed = std::stod(args.speed);
  io::Outputs outputs;
  outputs.reads("the recording", args.replay);
  const PolledInterrupts interrupts;
  auto recording = live::RecordingReader::open(args.replay);
  if (!recording) return refuse(recording.error());
  LiveSession session((*recording)->fleet());
  const auto began = std::chrono::steady_clock::now();
  constexpr SimTime kSecond = 1'000'000;
  SimTime next = kSecond;
  Troubles troubles;
  const int status = feed(**recording, session, [&](const live::Record& record) {
    while (speed > 0 && !interrupted()) {
      const auto at = began + std::chrono::microseconds(static_cast<SimTime>(static_cast<double>(record.t) / speed));
      if (std::chrono::steady_clock::now() >= at) break;
      std::this_thread::sleep_until(std::min(at, std::chrono::steady_clock::now() + std::chrono::milliseconds(100)));
    }
    if (record.t < next) return;
    if (speed > 0) note("{}", progress_line(session, next));
    while (next <= record.t) next += kSecond;
  });
  troubles.look(session);
  if (status != kDone) return status;
  return end_with(session, (*recording)->head().started, args, outputs);
}

int info(const std::string& path) {
  const PolledInterrupts interrupts;
  auto recording = live::RecordingReader::open(path);
  if (!recording) return refuse(recording.error());
  LiveSession session((*recording)->fleet());
  std::array<std::uint64_t, std::size(live::kRecordTypes)> types{};
  const int status = feed(**recording, session, [&types](const live::Record& r) { ++types[r.body.index()]; });
  if (status != kDone) return status;
  const live::RecordingHead& head = (*recording)->head();
  std::vector<std::vector<std::string>> rows{
      {"fleet", printable(session.fleet().name)},
      {"started", printable(head.started), fmt::format("by blockyard {}", printable(head.version))},
      {"length", fmt::format("{:.3f} s", static_cast<double>(session.now()) / 1e6),
       (*recording)->ended() ? "ended in order" : "was cut off"},
      {"records", fmt::format("{}", session.records())}};
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (types[i] > 0) rows.push_back({fmt::format("  {}", live::kRecordTypes[i]), fmt::format("{}", types[i])});
  }
  fmt::print("{}\n{}", text_table(rows, LastColumn::kNotes), text_table(live::worker_rows(session)));
  return kDone;
}

// The window in this process's place, on the same fleet or recording.
int open_window(const LiveArgs& args, const Context& context) {
  if (!args.out.empty() || args.seconds > 0) return refuse(Error{"--out and --for go with --headless"});
  std::vector<std::string> words;
  if (!context.assets_dir.empty()) words.insert(words.end(), {"--assets", context.assets_dir});
  if (!args.replay.empty()) {
    if (const auto recording = live::RecordingReader::open(args.replay); !recording) return refuse(recording.error());
    words.insert(words.end(), {"--replay", args.replay});
  } else {
    if (const auto fleet = read_fleet(args.fleet, args.workers); !fleet) return refuse(fleet.error());
    words.emplace_back("--live");
    if (!args.fleet.empty()) words.insert(words.end(), {"--live-fleet", args.fleet});
    for (const std::string& worker : args.workers) words.insert(words.end(), {"--live-worker", worker});
    if (!args.record.empty()) words.insert(words.end(), {"--record", args.record});
    if (args.record_raw) words.emplace_back("--record-raw");
    words.insert(words.end(), {"--record-max", fmt::format("{}", args.record_max_mib)});
  }
  if (!args.speed.empty()) words.insert(words.end(), {"--speed", args.speed == "max" ? "1e9" : args.speed});
  const std::filesystem::path window = program_folder() / "blockyard-window";
  if (!can_run(window)) return refuse(Error::failure("this build has no window; add --headless"));
  const std::string why = become(window, words);
  return refuse(Error::failure(fmt::format("{}: cannot be started: {}", window.string(), why)));
}

// FLEET.json and --worker.
void add_fleet(CLI::App& app, LiveArgs& args) {
  app.add_option("fleet", args.fleet, "A fleet file: the workers, and how to watch them")->type_name("FLEET.json");
  app.add_option("--worker", args.workers,
                 "A worker; may be repeated (default: those in the file). URL[,name=…][,events=tcp://HOST:PORT] "
                 "[,replay=…][,topic=…][,ranks=N] [,engine=vllm|sglang|auto] as one word; URL may be empty if events "
                 "are given")
      ->type_name("SPEC")
      ->allow_extra_args(false);
}

std::string check_speed(const std::string& text) {
  if (text == "max") return {};
  char* end = nullptr;
  const double speed = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || *end != '\0' || !(speed > 0) || speed > 1e6)
    return fmt::format("{} is not allowed; write a factor above 0, or max", quoted_part(text));
  return {};
}

}  // namespace

std::function<int()> make_live(CLI::App& app, const Context& context) {
  auto args = std::make_shared<LiveArgs>();
  add_fleet(app, *args);
  app.add_flag("--headless", args->headless, "No window: print one line per second on standard error");
  app.add_option("--for", args->seconds, "Stop after this many seconds (default: at Ctrl+C)")
      ->type_name("SECONDS")
      ->check(between(0.001, 1e7));
  app.add_option("--record", args->record,
                 "Record the session to this new file (.gz: compressed; default: no recording)")
      ->type_name("FILE");
  app.add_flag("--record-raw", args->record_raw,
               "Record the streams exactly as they came, including the token ids of prompts")
      ->needs("--record");
  app.add_option("--record-max", args->record_max_mib, "Size in MiB at which recording stops")
      ->type_name("MIB")
      ->capture_default_str()
      ->check(between(1, 1e6));
  app.add_option("--replay", args->replay, "Replay this recording (default: watch a fleet)")->type_name("FILE");
  app.add_option("--speed", args->speed,
                 "Speed of a replay: 1 as recorded, max as fast as possible (default: 1 in the window, else max)")
      ->type_name("X|max")
      ->type_name("X|max")
      ->check(check_speed);
  app.add_option("--out", args->out, "Write results as JSON (default: not written)")->type_name("FILE");
  end_help(app, {"blockyard live --headless --for 2 --worker http://127.0.0.1:8000,events=tcp://127.0.0.1:5557",
                 "blockyard live --headless --for 2 --worker http://127.0.0.1:8000 --record fleet.jsonl.gz",
                 "blockyard live --headless --replay fleet.jsonl.gz --out results.json"});
  CLI::App* look = app.add_subcommand("info", "Show what a recording holds");
  auto path = std::make_shared<std::string>();
  look->add_option("file", *path, "A recording, plain or .gz")->required();
  end_help(*look, {"blockyard live --headless --for 1 --worker http://127.0.0.1:8000 --record fleet.jsonl",
                   "blockyard live info fleet.jsonl"});
  CLI::App* check =
      app.add_subcommand("check", "Look at each worker once, and say what to switch on where something is missing");
  auto checked = std::make_shared<LiveArgs>();
  checked->seconds = 10;
  add_fleet(*check, *checked);
  check->add_option("--for", checked->seconds, "How long to wait for a stream's first batch, in seconds")
      ->type_name("SECONDS")
      ->capture_default_str()
      ->check(between(0.001, 1e7));
  end_help(*check, {"blockyard live check --worker http://127.0.0.1:8000,events=tcp://127.0.0.1:5557 --for 1 || echo "
                    "'not all is well'"});
  app.require_subcommand(0, 1);
  return [args, look, path, check, checked, context] {
    if (check->parsed()) {
      const auto fleet = read_fleet(checked->fleet, checked->workers);
      return fleet ? check_fleet(*fleet, checked->seconds) : refuse(fleet.error());
    }
    if (look->parsed()) return info(*path);
    if (!args->replay.empty() && (!args->record.empty() || !args->workers.empty() || !args->fleet.empty() || args->seconds > 0))
      return refuse(Error{"--replay goes without a fleet, --worker, --record and --for"});
    if (!args->headless) return open_window(*args, context);
    return args->replay.empty() ? watch(*args) : replay(*args);
  };
}

}  // namespace blockyard::cli
