// What routers elsewhere are configured with, read as a scenario's `router` section that means the same, and line by
// line what became of each part of it. Never a silent approximation: whatever is given is in one of four lists.
//
// Read are llm-d's EndpointPickerConfig (YAML, also inside of a ConfigMap or Helm values) and command lines of SGLang's
// model gateway, of vLLM's router, of the production stack's router and of Dynamo's frontend and router. What chooses
// in a way that no strategy here does is an error that says so.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace blockyard {

enum class ImportFate : std::uint8_t {
  kSame,       ///< means the same here
  kOtherwise,  ///< is here, but differs in what the line says
  kNotHere,    ///< has a part in the choice there, and no counterpart here
  kNoPart      ///< has no part in the choice of a worker
};
/// The head of a list of lines: "Means the same here".
std::string_view fate_title(ImportFate fate);

struct ImportLine {
  ImportFate fate = ImportFate::kSame;
  std::string from;  ///< as it was written, or "--flag (not given)"
  std::string what;  ///< what it is here, or why it is nothing
};

struct ImportedPolicy {
  std::string read_as;   ///< "a command line of SGLang's model gateway"
  std::string scenario;  ///< JSON: `router`, and `cache` or `fleet` where what was read speaks of them
  std::vector<std::pair<std::string, std::string>> settings;  ///< the same, one by one: dotted path and JSON value
  std::vector<ImportLine> lines;
};

/// Reads a configuration or command line. Errors say what is wrong, or what is read. At most 256 KiB.
Result<ImportedPolicy> import_policy(std::string_view text);

}  // namespace blockyard
