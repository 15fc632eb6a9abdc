// What a session is given: files, traces that are offered before they run, router configurations, text.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "app/session/session.h"
#include "core/io/imports/imported_policy.h"

namespace blockyard {

void Session::remember_file(const std::string& source) {
  std::error_code ec;
  if (source.find('/') == std::string::npos || !std::filesystem::exists(source, ec)) return;
  const std::string path = std::filesystem::absolute(source, ec).lexically_normal().string();
  std::erase(ui_.recent, path);
  ui_.recent.insert(ui_.recent.begin(), path);
  if (ui_.recent.size() > kMostRecent) ui_.recent.resize(kMostRecent);
}

namespace {

// What was read of a router's configuration, and what of it is otherwise or nothing here.
std::string told_of(const ImportedPolicy& imported) {
  std::string out =
      fmt::format("Read as {}. The run begins anew with its settings; Ctrl Z takes them back.", imported.read_as);
  for (const ImportFate fate : {ImportFate::kNotHere, ImportFate::kOtherwise}) {
    bool headed = false;
    for (const ImportLine& line : imported.lines) {
      if (line.fate != fate) continue;
      if (!headed) out += fmt::format("\n{}:", fate_title(fate));
      headed = true;
      out += fmt::format("\n· {}: {}", line.from, line.what);
    }
  }
  return out;
}

}  // namespace

void Session::open_file(const std::string& path) {
  if (is_policy_file(path)) {
    const auto text = read_file(path);
    if (!text) return notify(text.error().message, true);
    return open_policy(*text, path);
  }
  if (is_recording(path)) return read_recording(path);
  if (is_trace_file(path)) return load(with_trace(run_.document, path), true, true, true);
  load(open_document(path, options_.assets_dir), true, true);
}

// The trace that was offered takes the run's place, under the fleet that was proposed for it or the one as set.
void Session::take_offer(bool proposed) {
  if (!offered_ || (proposed && !offered_->offer.proposed)) return;
  if (proposed) {
    auto document = with_values(offered_->load.document, offered_->offer.proposed->values);
    if (!document) return notify(document.error().message, true);
    auto scenario = parse_scenario(document->text, document->base_dir, presets_dir());
    if (!scenario) return notify(scenario.error().message, true);
    if (auto fits = fits_player(*offered_->prepared, *scenario, options_.most_memory); !fits)
      return notify(fits.error().message, true);
    offered_->load.document = std::move(*document);
    offered_->prepared->scenario = *scenario;
    offered_->load.scenario = std::move(*scenario);
  }
  Offered taken = std::move(*offered_);
  offered_.reset();
  install(std::move(taken.load), std::move(taken.prepared));
}

void Session::open_policy(const std::string& text, const std::string& whence) {
  const auto imported = import_policy(text);
  if (!imported) return notify(fmt::format("{}: {}", whence, imported.error().message), true);
  stop_going();
  notify(told_of(*imported));
  load(with_values(run_.document, imported->settings), false, true);
}

void Session::open_text(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return notify("There is no text on the clipboard.", true);
  const std::string trimmed = text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first);
  std::error_code ec;
  const bool one_line = trimmed.find('\n') == std::string::npos && trimmed.size() < 4096;
  if (one_line && std::filesystem::exists(trimmed, ec)) return open_file(trimmed);
  open_policy(text, "The clipboard");
}

}  // namespace blockyard
