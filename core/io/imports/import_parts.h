// What the readers of configurations share: the draft of a section, a YAML document without its dangers, a command
// line's words, and flags told by a table. Private to imports/.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/io/imports/imported_policy.h"
#include "core/settings/json_reader.h"

namespace blockyard::imports {

using io::Json;

/// The section as it grows, and its lines.
struct Draft {
  Json router = Json::object(), cache = Json::object(), fleet = Json::object();
  std::vector<ImportLine> lines;

  void add(ImportFate fate, std::string from, std::string what) {
    lines.push_back({fate, std::move(from), std::move(what)});
  }
  /// A whole number as one.
  static Json number(double v);
};

/// The documents of a YAML text. Scalars are texts as written; null is null. Refused, with the line: aliases and
/// anchors, keys that are no scalars or come twice, more than 64 levels or 20,000 values.
Result<std::vector<Json>> read_yaml(std::string_view text);

/// A simple command of a shell text: its words, without quotes, and the line where it begins. Comments are gone,
/// backslashes join lines, ; & && | || end a command. Variables stay as they are written.
struct Command {
  std::vector<std::string> words;
  std::size_t line = 1;
};
Result<std::vector<Command>> read_commands(std::string_view text);

/// Commands as manifests and lists have them: command: [..] with args: [..], or one list of texts. Empty where the text
/// holds none, or is no YAML.
std::vector<Command> commands_in_lists(std::string_view yaml);

/// How many words belong to a flag.
enum class Arity : std::uint8_t { kNone, kOne, kMany, kSwitch };  ///< kSwitch: --x, --no-x, or --x true

/// One flag of a program. What is not in its table is listed as not known.
struct FlagRow {
  std::string_view name;  ///< "--cache-threshold"
  Arity arity = Arity::kOne;
  std::string_view key = "";  ///< under router: its value times `scale` goes there
  double scale = 1;
  std::optional<double> standard = {};    ///< what it is where it is not given (before `scale`)
  ImportFate fate = ImportFate::kNoPart;  ///< without a key
  std::string_view note = "";             ///< without a key: why
  std::string_view environment = "";      ///< a variable that says the same
  bool handled = false;                   ///< the program's own reader writes the line
};

/// The flags of one command line, told by a table.
class Flags {
 public:
  /// `strip`: a prefix of flags that is left out ("router-"), where the program has one.
  static Result<Flags> read(const std::vector<std::string>& words, std::span<const FlagRow> rows, Draft& draft);

  bool has(std::string_view name) const { return given_.count(std::string(name)) != 0; }
  /// The last word of the flag, or what it is otherwise.
  std::string value(std::string_view name, std::string_view otherwise) const;
  /// Of a switch.
  bool on(std::string_view name, bool otherwise) const;
  std::size_t count(std::string_view name) const;
  /// As it was written.
  std::string text(std::string_view name) const;
  Result<double> number(std::string_view name, double otherwise) const;

  /// Once the strategy is in the draft: a line for every flag that is not handled, and every default that the strategy
  /// reads. `keys`: what the strategy reads beside its own parameters (view_ttl_ms …).
  Result<void> finish(Draft& draft, std::span<const std::string_view> keys = {}) const;

 private:
  struct Given {
    std::vector<std::string> values;
    std::string text;
    bool negated = false;
  };
  std::span<const FlagRow> rows_;
  std::map<std::string, Given> given_;
};

/// A program whose command lines are read.
struct Program {
  std::string_view name;  ///< "SGLang's model gateway"
  bool (*is)(const std::vector<std::string>& words);
  Result<void> (*import)(const std::vector<std::string>& words, Draft& draft);
};
std::span<const Program> programs();
extern const Program kSglang, kVllmRouter, kProductionStack, kDynamo;

bool any_word(const std::vector<std::string>& words, std::string_view part);
bool any_flag(const std::vector<std::string>& words, std::span<const std::string_view> begins);

/// llm-d's configuration, where the documents hold one.
std::optional<Result<void>> import_endpoint_picker(const std::vector<Json>& documents, Draft& draft);

}  // namespace blockyard::imports
