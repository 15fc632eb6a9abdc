#include "app/cli/options.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>

namespace blockyard::cli {
namespace {

volatile std::sig_atomic_t g_interrupted = 0;  // the one thing that a signal handler may touch

// A text as JSON.
std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

void on_signal(int) { g_interrupted = 1; }

}  // namespace

int refuse(const Error& error, int status) {
  fmt::print(stderr, "blockyard: {}\n", error.message);
  return status;
}

Assets::Assets(std::string override_dir) : dir_(std::move(override_dir)) {
  if (!dir_.empty()) return;
  std::error_code ec;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", ec);
  dir_ = ((ec ? std::filesystem::current_path(ec) : self.parent_path()) / "../share/blockyard")
             .lexically_normal()
             .string();
}

void ScenarioArgs::add_to(CLI::App& app, bool required) {
  auto* option =
      app.add_option("scenario", name, "A scenario file, or a built-in scenario by name (see `blockyard presets`)");
  if (required) option->required();
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
  if (!args.trace.empty()) {
    std::string trace;
    for (const std::string& file : args.trace) {
      std::error_code absolute_error;
      const std::string path_of_it = file == "-" ? file : fs::absolute(file, absolute_error).string();
      trace += (trace.empty() ? "" : ",") + path_of_it;
    }
    // A scenario of another workload type says nothing about this file.
    auto replaced = set_json_value(document, "workload.path", json_text(trace));
    if (!replaced) return Error{fmt::format("{}: {}", path, replaced.error().message)};
    if (auto as_trace = parse_scenario(*replaced, "", assets.presets());
        !as_trace || as_trace->workload.type != WorkloadType::kTrace) {
      replaced = set_json_value(document, "workload.type", "trace");
      if (replaced) replaced = set_json_value(*replaced, "workload.path", json_text(trace));
    }
    if (!replaced) return Error{fmt::format("{}: {}", path, replaced.error().message)};
    document = std::move(*replaced);
  }
  for (const std::string& set : args.sets) {
    const std::size_t equals = set.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Error{fmt::format("--set {}: write PATH=VALUE, e.g. --set router.sync_ms=2000", set)};
    }
    auto changed = set_json_value(document, std::string_view(set).substr(0, equals), set.substr(equals + 1));
    if (!changed) return Error{fmt::format("{}: --set {}: {}", path, set, changed.error().message)};
    document = std::move(*changed);
  }
  auto scenario = parse_scenario(document, fs::path(path).parent_path().string(), assets.presets());
  if (!scenario) return Error{fmt::format("{}: {}", path, scenario.error().message)};
  return scenario;
}

void catch_interrupts() {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
}

bool interrupted() { return g_interrupted != 0; }

bool progress_wanted() { return ::isatty(STDERR_FILENO) == 1; }

}  // namespace blockyard::cli
