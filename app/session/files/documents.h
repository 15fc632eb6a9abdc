// Scenario documents: the JSON text that is edited, and where it comes from. The text is kept as it was given (what is
// not written stays at its default), so that an edit changes one value and nothing else.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "app/session/command.h"
#include "app/session/frame_context.h"
#include "core/base/result.h"
#include "core/settings/scenario.h"

namespace blockyard {

struct Document {
  std::string text;
  std::string base_dir;  ///< relative paths in it are looked up from here
  std::string source;    ///< the built-in scenario's name, or the file
};

/// Whether this is a trace or a folder of them, not a scenario: by its name (.jsonl, .csv, packed or not), or, where
/// that is .json, by what it holds.
bool is_trace_file(const std::string& path);
/// A built-in scenario by name, or a file (a trace: the defaults with it). "{}" (the defaults) where source is "".
Result<Document> open_document(const std::string& source, const std::string& assets_dir);
/// Where a scenario is: that of the assets by this name, unless a path is meant (with a '/'), else the file.
Result<std::string> scenario_path(const std::string& source, const std::string& assets_dir);
/// The names of the scenarios of the assets, in order.
std::vector<std::string> scenario_names(const std::string& assets_dir);
/// The scenarios in assets/scenarios, by file name.
std::vector<ScenarioEntry> list_scenarios(const std::string& assets_dir);

/// The document with its workload replaced by this trace, whose format is found out as it is read.
Result<Document> with_trace(const Document& document, const std::string& path);
Result<Document> with_value(const Document& document, const std::string& path, const cmd::SettingValue& value);
/// The value at `path` as `original` has it (or its default).
Result<Document> with_original(const Document& document, const Document& original, const std::string& path);
/// Several values at once: dotted paths and JSON values.
Result<Document> with_values(const Document& document, const std::vector<std::pair<std::string, std::string>>& values);
/// Whether this may be the configuration of a router elsewhere, by its name: .yaml, .yml, .sh, .txt, .args.
bool is_policy_file(const std::string& path);
/// The document with one more fault, or one more prompt that it sends.
Document with_fault(const Document& document, const Fault& fault);
Document with_prompt(const Document& document, const SentPrompt& prompt);

/// Whether a run under `before` can take over `after` in flight.
bool changes_in_flight(const Scenario& before, const Scenario& after);
/// Whether both have the same requests.
bool same_requests(const Scenario& before, const Scenario& after);
/// The factor on arrivals by which a run of `base` keeps to the rate that `now` asks for; 1 where there is none.
double arrival_factor(const Scenario& base, const Scenario& now);

}  // namespace blockyard
