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
#include <exception>
#include <filesystem>
#include <new>
#include <system_error>

#include "app/platform/program.h"
#include "core/base/printable.h"
#include "core/settings/json_edit.h"
#include "core/workload/make.h"

namespace blockyard::cli {
namespace {

constexpr int kEndingSignals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};

// What a signal handler may touch.
volatile std::sig_atomic_t g_interrupted = 0;
volatile std::sig_atomic_t g_polled = 0;

void on_signal(int) {
  const bool first = g_interrupted == 0;
  g_interrupted = 1;
  if (first && g_polled != 0) return;
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
  const int why = errno != 0 ? errno : EIO;
  std::clearerr(stdout);
  ::__fpurge(stdout);  // or exit() would try once more
  return refuse(Error::failure(fmt::format("standard output: cannot be written: {}", std::strerror(why))));
}

Assets::Assets(std::string override_dir) : dir_(std::move(override_dir)) {
  if (dir_.empty()) dir_ = (program_folder() / "../share/blockyard").lexically_normal().string();
}

void ScenarioArgs::add_to(CLI::App& app, bool required) {
  auto* option =
      app.add_option("scenario", name, "A scenario file, or a built-in scenario by name (see `blockyard presets`)");
  if (required) option->required();
  add_sets_to(app);
}

void ScenarioArgs::add_sets_to(CLI::App& app) {
  app.add_option("--set", sets,
                 "PATH=VALUE: a dotted path and a JSON value, e.g. router.strategy=round_robin; may be repeated")
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--trace", trace,
                 "Replay this trace instead of the scenario's workload: a file, a folder, or - for standard input; "
                 "several are merged by time")
      ->take_all()
      ->allow_extra_args(false);
}

Result<Scenario> load_scenario(const ScenarioArgs& args, const Assets& assets) {
  namespace fs = std::filesystem;
  std::string path = args.name;
  std::error_code ec;
  if (!fs::exists(path, ec)) {
    const std::string built_in = assets.scenarios() + "/" + args.name + ".json";
    const bool plain_name = args.name.find('/') == std::string::npos;
    if (!plain_name || !fs::exists(built_in, ec)) {
      return Error{
          fmt::format("{}: no such file, and no scenario of that name; `blockyard presets` lists them", args.name)};
    }
    path = built_in;
  }
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
  for (const std::string& set : args.sets) {
    const std::size_t equals = set.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Error{fmt::format("--set {}: write PATH=VALUE, e.g. --set router.sync_ms=2000", quoted_part(set))};
    }
    auto changed = set_json_value(document, std::string_view(set).substr(0, equals), set.substr(equals + 1));
    if (!changed) return Error{fmt::format("--set {}: {}", quoted_part(set), changed.error().message)};
    document = std::move(*changed);
  }
  auto scenario = parse_scenario(document, fs::path(path).parent_path().string(), assets.presets());
  if (!scenario) return Error{fmt::format("{}: {}", path, scenario.error().message)};
  // JSON holds text and a path is bytes: where it is no text, the document has only a likeness of it.
  if (!trace_path.empty() && scenario->workload.path == as_utf8(trace_path)) scenario->workload.path = trace_path;
  return scenario;
}

void tell_inputs(io::Outputs& outputs, const ScenarioArgs& args, const Scenario& scenario) {
  namespace fs = std::filesystem;
  std::error_code ec;
  if (fs::exists(args.name, ec)) outputs.reads("the scenario", args.name);
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
