// blockyard live: watch a real fleet, record it, replay the recording, look into one. Without --headless it says what
// is wrong with the command, and starts the window with the rest.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <memory>
#include <thread>

#include "app/cli/command.h"
#include "app/cli/live/fleet_args.h"
#include "app/cli/live/live_calibrate.h"
#include "app/cli/live/live_check.h"
#include "app/cli/live/live_compare.h"
#include "app/cli/live/live_parts.h"
#include "app/cli/parts/checks.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/options.h"
#include "app/cli/parts/table.h"
#include "app/platform/program.h"
#include "core/base/text.h"
#include "core/base/words/printable.h"
#include "core/live/record/recording.h"
#include "core/live/record/request_trace.h"
#include "core/live/results.h"

namespace blockyard::cli {
namespace {

using live::LiveSession;

int replay(const LiveArgs& args) {
  double speed = 0;  // 0: as fast as it goes
  if (!args.speed.empty() && args.speed != "max") speed = std::stod(args.speed);
  io::Outputs outputs;
  outputs.reads("the recording", args.replay);
  const PolledInterrupts interrupts;
  auto recording = live::RecordingReader::open(args.replay);
  if (!recording) return refuse(recording.error());
  LiveSession session((*recording)->fleet());
  RequestRows rows(args, outputs);
  if (rows.trouble()) return refuse(*rows.trouble());
  session.ended = rows.writer(session);
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
  if (!args.out.empty() || !args.requests.empty() || args.seconds > 0)
    return refuse(Error{"--out, --requests and --for go with --headless"});
  std::vector<std::string> words;
  if (!context.assets_dir.empty()) words.insert(words.end(), {"--assets", context.assets_dir});
  if (!args.replay.empty()) {
    if (const auto recording = live::RecordingReader::open(args.replay); !recording) return refuse(recording.error());
    words.insert(words.end(), {"--replay", args.replay});
  } else {
    if (!args.demo) {
      if (const auto fleet = read_fleet(args); !fleet) return refuse(fleet.error());
    }
    words.emplace_back("--live");
    if (args.demo) words.insert(words.end(), {"--live-demo", fmt::format("{}", *args.demo), "--live-scenario", args.scenario});
    if (args.seed) words.insert(words.end(), {"--live-seed", fmt::format("{}", *args.seed)});
    for (const auto& [option, value] : {std::pair("--listen", &args.listen), std::pair("--tokens", &args.tokens)})
      if (!value->empty()) words.insert(words.end(), {option, *value});
    for (const std::string& set : args.sets) words.insert(words.end(), {"--live-set", set});
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

int trace(const std::string& path, const std::string& to) {
  io::Outputs outputs;
  outputs.reads("the recording", path);
  const PolledInterrupts interrupts;
  auto recording = live::RecordingReader::open(path);
  if (!recording) return refuse(recording.error());
  auto file = outputs.open("--out", to);
  if (!file) return refuse(file.error());
  LiveSession session((*recording)->fleet());
  live::RequestTrace requests(session.fleet().block_tokens);
  const int status = feed(**recording, session, [&requests](const live::Record& r) { requests.add(r); });
  if (status != kDone) return status;
  if (requests.size() == 0) return refuse(Error{quoted_part(path) + ": holds no request whose tokens were known"});
  (*file)->write(requests.text());
  return finish(outputs, counted(requests.size(), "request") + "\n");
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
      ->check(check_speed);
  app.add_option("--demo", args->demo,
                 "Start this many stand-in workers, a router and a small load (default: no demo; 3 with --demo alone)")
      ->type_name("[N]")
      ->expected(0, 1)
      ->default_str("3")
      ->check(whole(1, 64));
  app.add_option("--scenario", args->scenario, "Scenario of the demo: a name, or a file")
      ->needs("--demo")
      ->capture_default_str();
  app.add_option("--seed", args->seed, "Seed of the demo (default: the scenario's)")->needs("--demo");
  app.add_option("--listen", args->listen,
                 "Be the fleet's router and listen on this port of loopback, or on ADDRESS:PORT (default: only watch)")
      ->type_name("PORT");
  app.add_option(
         "--tokens", args->tokens,
         "Where a request's tokens come from: its worker, nowhere, or the tokenizer.json of this path, which is for "
         "/v1/completions alone (default: as in the file, else worker)")
      ->type_name("worker|none|FILE");
  app.add_option("--set", args->sets,
                 "Change the fleet file: a dotted path and a JSON value, e.g. router.strategy=round_robin; may be "
                 "repeated (default: the file as it is)")
      ->type_name("PATH=VALUE")
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--requests", args->requests,
                 "Write the router's requests as CSV, one row each (default: not written)")
      ->type_name("FILE");
  app.add_option("--out", args->out, "Write results as JSON (default: not written)")->type_name("FILE");
  end_help(app, {"blockyard live --headless --for 2 --worker http://127.0.0.1:8000,events=tcp://127.0.0.1:5557",
                 "blockyard live --headless --for 2 --worker http://127.0.0.1:8000 --record fleet.jsonl.gz",
                 "blockyard live --headless --replay fleet.jsonl.gz --out results.json"});
  CLI::App* look = app.add_subcommand("info", "Show what a recording holds");
  auto path = std::make_shared<std::string>();
  look->add_option("file", *path, "A recording, plain or .gz")->required();
  end_help(*look, {"blockyard live --headless --for 1 --worker http://127.0.0.1:8000 --record fleet.jsonl",
                   "blockyard live info fleet.jsonl"});
  CLI::App* out =
      app.add_subcommand("trace", "Write the requests of a recording as a trace for run, compare and sweep");
  auto traced = std::make_shared<LiveArgs>();
  out->add_option("file", traced->replay, "A recording of a router, plain or .gz")->required();
  out->add_option("--out", traced->out, "Write the trace to this file (required)")->type_name("FILE")->required();
  end_help(*out, {"blockyard live --demo --headless --for 3 --record demo.jsonl",
                  "blockyard live trace demo.jsonl --out trace.jsonl", "blockyard trace info trace.jsonl"});
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
  CLI::App* calibrating =
      app.add_subcommand("calibrate", "Measure an idle worker and write the scenario that runs like it");
  const std::function<int()> calibrate = make_calibrate(*calibrating);
  CLI::App* comparing = app.add_subcommand(
      "compare", "Emulate the requests of a recording, and set them beside what really happened");
  const std::function<int()> compare = make_live_compare(*comparing, context);
  app.require_subcommand(0, 1);
  return [comparing, compare, args, look, path, out, traced, check, checked, calibrating, calibrate, context] {
    if (calibrating->parsed()) return calibrate();
    if (comparing->parsed()) return compare();
    if (check->parsed()) {
      const auto fleet = read_fleet(*checked);
      return fleet ? check_fleet(*fleet, checked->seconds) : refuse(fleet.error());
    }
    if (look->parsed()) return info(*path);
    if (out->parsed()) return trace(traced->replay, traced->out);
    if (args->demo && (!args->replay.empty() || !args->workers.empty() || !args->fleet.empty()))
      return refuse(Error{"--demo goes without a fleet, --worker and --replay"});
    if (!args->replay.empty() &&
        (!args->record.empty() || !args->workers.empty() || !args->fleet.empty() || args->seconds > 0 ||
         !args->listen.empty() || !args->tokens.empty() || !args->sets.empty()))
      return refuse(Error{"--replay goes without a fleet, --worker, --listen, --tokens, --set, --record and --for"});
    if (!args->headless) return open_window(*args, context);
    return args->replay.empty() ? watch_fleet(*args, context) : replay(*args);
  };
}

}  // namespace blockyard::cli
