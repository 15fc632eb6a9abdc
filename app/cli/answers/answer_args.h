// --warmup and --format: how an experiment's table is made and written, the same for every command that has one.
#pragma once

#include <string>

#include "core/experiment/answers/answer_table.h"
#include "core/io/experiments/answer_text.h"

namespace CLI {
class App;
}

namespace blockyard::cli {

struct AnswerArgs {
  std::string warmup = "auto", format = "text";
  void add_to(CLI::App& app);
};

/// The same, understood.
struct AnswerWanted {
  Warmup warmup;
  TableFormat format = TableFormat::kText;
  static Result<AnswerWanted> of(const AnswerArgs& args);
};

/// The table in that format, as it is printed and written: with its notes, but in CSV.
std::string answer_text(const AnswerTable& table, TableFormat format);
/// What stands below it, as text.
std::string answer_notes_text(const AnswerTable& table);

/// A list with commas between, empty parts left out.
std::vector<std::string> comma_list(const std::string& text);

}  // namespace blockyard::cli
