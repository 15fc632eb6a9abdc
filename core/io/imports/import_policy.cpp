// Which of the readers a text is for.
#include <fmt/format.h>

#include <array>

#include "core/base/words/printable.h"
#include "core/io/imports/import_parts.h"

namespace blockyard {
namespace imports {

std::span<const Program> programs() {
  static const std::array<Program, 4> kTable = {kProductionStack, kDynamo, kVllmRouter, kSglang};
  return kTable;
}

namespace {

constexpr std::string_view kRead =
    "an llm-d EndpointPickerConfig (YAML), or a command line of SGLang's model gateway (python -m "
    "sglang_router.launch_router, smg), vLLM's router (vllm-router), the production stack's router (--routing-logic) "
    "or "
    "Dynamo (python -m dynamo.frontend)";

const Program* program_of(const std::vector<std::string>& words) {
  for (const Program& p : programs()) {
    if (p.is(words)) return &p;
  }
  // Flags alone: those that SGLang's gateway and its fork share.
  static constexpr std::string_view kShared[] = {"--policy", "--cache-threshold", "--balance-"};
  return !words.empty() && words[0].starts_with("--") && any_flag(words, kShared) ? &kSglang : nullptr;
}

std::string shown(const Command& c) {
  std::string out;
  for (const std::string& w : c.words) out += (out.empty() ? "" : " ") + w;
  return printable(out, 80);
}

// Whether one of them is a router's.
bool any_program(const std::vector<Command>& commands) {
  for (const Command& c : commands) {
    if (program_of(c.words) != nullptr) return true;
  }
  return false;
}

// The router's command among those of the text.
Result<const Program*> import_commands(std::string_view text, Draft& draft) {
  auto commands = read_commands(text);
  // A manifest's lists of words look like commands to a shell, and make no sense as such.
  std::vector<Command> listed = commands_in_lists(text);
  if (any_program(listed)) commands = std::move(listed);
  if (!commands) return commands.error();
  const Program* program = nullptr;
  const Command* found = nullptr;
  for (const Command& c : *commands) {
    const Program* p = program_of(c.words);
    if (p == nullptr) {
      draft.add(ImportFate::kNoPart, fmt::format("line {}: {}", c.line, shown(c)), "not the command of a router");
    } else if (found != nullptr) {
      return Error{fmt::format("lines {} and {}: two routers; give one", found->line, c.line)};
    } else {
      program = p;
      found = &c;
    }
  }
  if (program == nullptr) return Error{fmt::format("is nothing that is read here: {}", kRead)};
  if (auto ok = program->import(found->words, draft); !ok) return ok.error();
  return program;
}

}  // namespace
}  // namespace imports

std::string_view fate_title(ImportFate fate) {
  switch (fate) {
    case ImportFate::kSame:
      return "Means the same here";
    case ImportFate::kOtherwise:
      return "Is otherwise here";
    case ImportFate::kNotHere:
      return "Has no counterpart here";
    case ImportFate::kNoPart:
      return "Has no part in the choice of a worker";
  }
  return "";
}

Result<ImportedPolicy> import_policy(std::string_view text) {
  using namespace imports;
  constexpr std::size_t kMost = std::size_t{256} << 10U;
  if (text.size() > kMost) return Error{fmt::format("is larger than {} KiB, which no configuration is", kMost >> 10U)};
  if (text.find('\0') != std::string_view::npos) return Error{fmt::format("is no text: {} is read", kRead)};
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  Draft draft;
  ImportedPolicy out;
  if (text.find("EndpointPickerConfig") != std::string_view::npos) {
    const auto documents = read_yaml(text);
    if (!documents) return documents.error();
    const auto read = import_endpoint_picker(*documents, draft);
    if (!read) return Error{"names an EndpointPickerConfig but holds none: kind: EndpointPickerConfig is needed"};
    if (!*read) return read->error();
    out.read_as = "an EndpointPickerConfig of llm-d";
  } else {
    const auto program = import_commands(text, draft);
    if (!program) return program.error();
    out.read_as = fmt::format("a command line of {}", (*program)->name);
  }
  Json scenario = Json::object();
  scenario["router"] = draft.router;
  if (!draft.cache.empty()) scenario["cache"] = draft.cache;
  if (!draft.fleet.empty()) scenario["fleet"] = draft.fleet;
  out.scenario = scenario.dump(2);
  for (const auto& [section, values] : scenario.items()) {
    for (const auto& [key, value] : values.items()) out.settings.emplace_back(section + "." + key, value.dump());
  }
  out.lines = std::move(draft.lines);
  return out;
}

}  // namespace blockyard
