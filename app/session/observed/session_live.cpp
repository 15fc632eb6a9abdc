// What a session does with a real fleet beside looking at it: it is recorded, its router is told what to do, and its
// requests are taken into the simulator.
#include <fmt/format.h>

#include "app/session/session.h"
#include "core/base/text.h"
#include "core/io/files.h"
#include "core/live/record/request_trace.h"
#include "core/live/routing/router_page.h"
#include "core/router/policy.h"
#include "core/settings/json_edit.h"

namespace blockyard {
namespace {

// A fleet's name as part of a file's.
std::string file_part(std::string name) {
  for (char& c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    if (!plain) c = '_';
  }
  return name.empty() || name.front() == '.' ? "fleet" : name;
}

}  // namespace

void Session::toggle_recording() {
  Observation& observed = *run_.observed;
  if (!observed.arriving()) return notify("This is a recording already: it lies in " + run_.document.source);
  if (!observed.recording().empty()) {
    const std::string path = observed.recording();
    const auto lines = observed.stop_recording();
    if (!lines) return notify(lines.error().message, true);
    remember_file(path);
    return notify(fmt::format("{} in {}. Ctrl O opens it.", counted(*lines, "record"), path));
  }
  const std::string path = free_path(file_part(run_.scenario.name) + ".jsonl");
  if (auto ok = observed.record(path); !ok) return notify(ok.error().message, true);
  notify(fmt::format("Recording to {}, from {} on. Ctrl Shift R ends it.", path,
                     observed.history().first_record() == 0 ? "the session's start" : "the oldest moment that is kept"));
}

void Session::change_router(const std::string& path, const cmd::SettingValue& value) {
  const live::RouterSettings& now = run_.observed->history().newest_state().session().fleet().router;
  const auto document = with_value(Document{"{}", "", ""}, path, value);
  if (!document) return notify(document.error().message, true);
  const auto changed = live::changed_router(now, json_value(document->text, "router").value_or("{}"));
  if (!changed) return notify(changed.error().message, true);
  run_.observed->source()->command({live::CommandKind::kRouter, std::nullopt, *changed});
}

void Session::what_if() {
  const blockyard::History& history = run_.observed->history();
  const live::ObservedFleet& fleet = history.newest_state();
  live::RequestTrace requests(fleet.config().cache.block_tokens);
  for (std::uint64_t i = history.first_record(); i < history.records(); ++i) requests.add(history.record(i));
  if (requests.size() == 0) {
    return notify(fleet.routed() ? "No request whose tokens are known has been seen yet"
                                 : "No requests are seen here: only a router's can be run again", true);
  }
  const std::string path = free_path(file_part(run_.scenario.name) + "-requests.jsonl");
  if (const auto written = io::write_file(path, requests.text()); !written) return notify(written.error().message, true);
  std::uint32_t capacity = 0;
  for (WorkerId w = 0; w < fleet.workers().size(); ++w)
    capacity = std::max(capacity, fleet.observed(w).capacity_blocks(fleet.config().cache.block_tokens));
  const auto& policies = policy_table();
  const std::uint32_t strategy = fleet.config().router.strategy;
  auto document = with_trace(Document{"{}", "", ""}, path);
  if (document) {
    document = with_values(*document, {{"fleet.workers", fmt::format("{}", fleet.workers().size())},
                                       {"fleet.engine", "\"continuous\""},
                                       {"cache.block_tokens", fmt::format("{}", fleet.config().cache.block_tokens)},
                                       {"cache.capacity_blocks", fmt::format("{}", std::max(1U, capacity))},
                                       {"router.strategy", json_quoted(policies[strategy].id)}});
  }
  if (!document) return notify(document.error().message, true);
  if (run_.observed->source() != nullptr && run_.observed->source()->in_service()) {
    return notify(fmt::format("{} written to {}. This window is the fleet's router: open them in another one, as a trace.",
                              counted(requests.size(), "request"), path));
  }
  recorded_ = RecordedFigures{run_.scenario.name, run_.observed->metrics().until(history.newest()), document->source, true};
  notify(fmt::format("{} written to {}, and run in the simulator: Compare sets what really happened beside them. Latencies "
                     "are the simulator's own until `live calibrate` has measured a worker.",
                     counted(requests.size(), "request"), path));
  load(std::move(document), true, true);
}

}  // namespace blockyard
