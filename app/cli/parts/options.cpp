#include "app/cli/parts/options.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio_ext.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <exception>
#include <filesystem>
#include <new>
#include <system_error>

#include "app/cli/parts/help.h"
#include "app/platform/program.h"
#include "app/session/files/documents.h"
#include "core/base/words/printable.h"
#include "core/settings/json_edit.h"
#include "core/workload/make.h"

namespace blockyard::cli {
namespace {

constexpr int kEndingSignals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};

// What a signal handler may touch.
volatile std::sig_atomic_t g_interrupted = 0;
volatile std::sig_atomic_t g_polled = 0;

volatile std::sig_atomic_t g_first_ms = 0;  // when it was interrupted, on a clock that wraps round

// Who passes a signal on, as timeout does, sends it to the process and to its group: one wish, heard twice.
constexpr std::sig_atomic_t kSameWishMs = 200;

std::sig_atomic_t clock_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::sig_atomic_t>((now.tv_sec % 1'000'000) * 1000 + now.tv_nsec / 1'000'000);
}

void on_signal(int) {
  const bool first = g_interrupted == 0;
  if (first) g_first_ms = clock_ms();
  g_interrupted = 1;
  const std::sig_atomic_t since = clock_ms() - g_first_ms;
  if (g_polled != 0 && (first || (since >= 0 && since < kSameWishMs))) return;
  io::remove_unfinished();
  constexpr std::string_view kLine = "blockyard: interrupted\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, kLine.data(), kLine.size());
  ::_exit(kFailed);
}

void on_abort(int) {
  io::remove_unfinished();  // the handler is gone by now (SA_RESETHAND): abort() goes on
}

void handle(int signal, void (*handler)(int), int flags) {
  struct sigaction before {};
  ::sigaction(signal, nullptr, &before);
  if (handler != SIG_IGN && before.sa_handler == SIG_IGN) return;  // nohup, or in the background of a script
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = flags;  // without SA_RESTART: waiting for a pipe's other end is given up
  sigemptyset(&action.sa_mask);
  ::sigaction(signal, &action, nullptr);
}

void open_if_closed(int stream, int mode) {
  if (::fcntl(stream, F_GETFD) != -1 || errno != EBADF) return;
  const int placeholder = ::open("/dev/null", mode);  // the lowest free number, which is this one
  if (placeholder >= 0 && placeholder != stream) {
    ::dup2(placeholder, stream);
    ::close(placeholder);
  }
}

// Why it cannot be written, where that is still known: errno as the write left it.
int standard_output_failed(int why) {
  std::clearerr(stdout);
  ::__fpurge(stdout);  // or exit() would try once more
  const std::string reason = why == 0 ? "" : fmt::format(": {}", std::strerror(why));
  return refuse(Error::failure("standard output: cannot be written" + reason));
}

}  // namespace

int refuse(const Error& error) { return refuse(error, error.failed ? kFailed : kBadInput); }

int refuse(const Error& error, int status) {
  note_text("blockyard: " + error.message + "\n");
  return status;
}

void note_text(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stderr) != text.size()) std::clearerr(stderr);
}

int finish(io::Outputs& outputs, const std::string& printed) {
  if (auto ok = outputs.flush(); !ok) return refuse(ok.error());
  if (outputs.to_standard_output()) {
    note_text(printed);
  } else {
    std::fwrite(printed.data(), 1, printed.size(), stdout);
    if (const int status = finish_standard_output(kDone); status != kDone) return status;
  }
  if (auto ok = outputs.commit(); !ok) return refuse(ok.error());
  return kDone;
}

int finish_standard_output(int status) {
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
  return standard_output_failed(errno);
}

Assets::Assets(std::string override_dir) : dir_(std::move(override_dir)) {
  if (dir_.empty()) dir_ = (program_folder() / "../share/blockyard").lexically_normal().string();
}

void add_jobs(CLI::App& app, unsigned& jobs) {
  app.add_option("--jobs", jobs, "Number of threads; results never depend on it (default: one per core)")
      ->check(whole(1, 1024));
}

void add_sets(CLI::App& app, std::vector<std::string>& sets) {
  app.add_option("--set", sets,
                 "Change a setting (see `blockyard settings`) to a JSON value, e.g. "
                 "router.strategy=round_robin; may be repeated (default: the scenario as it is)")
      ->type_name("PATH=VALUE")
      ->take_all()
      ->allow_extra_args(false);
}

void ScenarioArgs::add_to(CLI::App& app, bool required) {
  auto* option = app.add_option("scenario", name,
                                "A scenario file, or the name of a built-in scenario (`blockyard presets` lists them)");
  if (required) option->required();
  if (!name.empty()) option->default_str(name);
  add_sets_to(app);
}

void ScenarioArgs::add_sets_to(CLI::App& app) {
  add_sets(app, sets);
  app.add_option("--trace", trace,
                 "Replay this trace: a file, a folder, or - for standard input; if repeated, traces are merged by time "
                 "(default: the scenario's workload)")
      ->type_name("FILE")
      ->take_all()
      ->allow_extra_args(false);
}

Result<std::string> with_sets(std::string document, const std::vector<std::string>& sets) {
  for (const std::string& set : sets) {
    const std::size_t equals = set.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Error{fmt::format("--set {}: write PATH=VALUE, e.g. --set router.sync_ms=2000", quoted_part(set))};
    }
    auto changed = set_json_value(document, std::string_view(set).substr(0, equals), set.substr(equals + 1));
    if (!changed) return Error{fmt::format("--set {}: {}", quoted_part(set), changed.error().message)};
    document = std::move(*changed);
  }
  return document;
}

Result<Scenario> parse_with_sets(const std::string& document, const std::vector<std::string>& sets,
                                 const std::string& base_dir, const std::string& presets_dir,
                                 const std::string& origin) {
  const auto text = with_sets(document, sets);
  if (!text) return text.error();
  auto scenario = parse_scenario(*text, base_dir, presets_dir);
  if (scenario) return scenario;
  // At fault is the one with which the trouble began.
  std::size_t blamed = sets.size();
  for (; blamed > 0; --blamed) {
    const auto before = with_sets(document, {sets.begin(), sets.begin() + static_cast<std::ptrdiff_t>(blamed) - 1});
    const auto parsed = parse_scenario(before ? *before : *text, base_dir, presets_dir);
    if (parsed || parsed.error().message != scenario.error().message) break;
  }
  if (blamed == 0) return Error{fmt::format("{}: {}", origin, scenario.error().message)};
  return Error{fmt::format("--set {}: {}", quoted_part(sets[blamed - 1]), scenario.error().message)};
}

Result<Scenario> load_scenario(const ScenarioArgs& args, const Assets& assets) {
  namespace fs = std::filesystem;
  const auto found = scenario_path(args.name, assets.dir());
  if (!found) return found.error();
  const std::string& path = *found;
  auto text = read_file(path);
  if (!text) return text.error();
  std::string document = std::move(*text);
  std::string trace_path;
  if (!args.trace.empty()) {
    std::string trace;
    for (const std::string& file : args.trace) {
      std::error_code absolute_error;
      const std::string path_of_it = file == "-" ? file : fs::absolute(file, absolute_error).string();
      trace += (trace.empty() ? "" : ",") + path_of_it;
    }
    trace_path = trace;
    // A scenario of another workload type says nothing about this file.
    const std::string quoted = json_quoted(trace);
    auto replaced = set_json_value(document, "workload.path", quoted);
    if (!replaced) return Error{fmt::format("{}: {}", path, replaced.error().message)};
    if (auto as_trace = parse_scenario(*replaced, "", assets.presets());
        !as_trace || as_trace->workload.type != WorkloadType::kTrace) {
      replaced = set_json_value(document, "workload.type", "trace");
      if (replaced) replaced = set_json_value(*replaced, "workload.path", quoted);
    }
    if (!replaced) return Error{fmt::format("{}: {}", path, replaced.error().message)};
    document = std::move(*replaced);
  }
  auto scenario = parse_with_sets(document, args.sets, fs::path(path).parent_path().string(), assets.presets(), path);
  if (!scenario) return scenario;
  if (scenario->name == Scenario().name) scenario->name = fs::path(path).stem().string();  // no picture is untitled
  // JSON holds text and a path is bytes: where it is no text, the document has only a likeness of it.
  if (!trace_path.empty() && scenario->workload.path == as_utf8(trace_path)) scenario->workload.path = trace_path;
  return scenario;
}

void tell_inputs(io::Outputs& outputs, const ScenarioArgs& args, const Assets& assets, const Scenario& scenario) {
  if (const auto path = scenario_path(args.name, assets.dir())) outputs.reads("the scenario", *path);
  if (scenario.workload.type != WorkloadType::kTrace) return;
  for (const std::string& path : trace_paths(scenario.workload.path, scenario.base_dir))
    outputs.reads("the trace", path);
}

void prepare_process() {
  open_if_closed(STDIN_FILENO, O_RDONLY);
  open_if_closed(STDOUT_FILENO, O_RDONLY);  // whatever is printed there fails, and is said
  open_if_closed(STDERR_FILENO, O_WRONLY);
  for (const int signal : kEndingSignals) handle(signal, on_signal, 0);
  handle(SIGABRT, on_abort, static_cast<int>(SA_RESETHAND));
  handle(SIGPIPE, SIG_IGN, 0);
  handle(SIGXFSZ, SIG_IGN, 0);
}

int with_last_words(const std::function<int()>& program) {
  try {
    return program();
  } catch (const std::bad_alloc&) {
    return refuse(Error::failure("out of memory"));
  } catch (const std::system_error& e) {
    if (std::ferror(stdout) != 0) return standard_output_failed(e.code().value());  // fmt::print throws that
    return refuse(Error::failure(e.code().message()));
  } catch (const std::exception& e) {
    return refuse(Error::failure(fmt::format("cannot go on: {}", e.what())));
  }
}

PolledInterrupts::PolledInterrupts() { g_polled = 1; }
PolledInterrupts::~PolledInterrupts() { g_polled = 0; }

Error interruption() { return Error::failure("interrupted; nothing was written"); }

bool interrupted() { return g_interrupted != 0; }

bool progress_wanted() { return ::isatty(STDERR_FILENO) == 1; }

}  // namespace blockyard::cli
