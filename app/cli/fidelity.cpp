// blockyard fidelity: what is modelled as in vLLM v1, what is simplified, what is left out.
#include "core/model/fidelity.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/options.h"

namespace blockyard::cli {

std::function<int()> make_fidelity(CLI::App& app, const Context&) {
  auto markdown = std::make_shared<bool>(false);
  app.add_flag("--markdown", *markdown, "As a Markdown table");
  return [markdown] {
    if (*markdown) fmt::print("| what | here | how | source |\n| --- | --- | --- | --- |\n");
    std::string_view group;
    for (const FidelityRow& row : fidelity_table()) {
      const std::string_view name = fidelity_name(row.fidelity);
      if (*markdown) {
        fmt::print("| {} | {} | {} | {} |\n", row.aspect, name, row.note, row.source);
        continue;
      }
      if (name != group) fmt::print("{}{}\n", group.empty() ? "" : "\n", name);
      group = name;
      fmt::print("  {:26}{}\n  {:26}[{}]\n", row.aspect, row.note, "", row.source);
    }
    return kDone;
  };
}

}  // namespace blockyard::cli
