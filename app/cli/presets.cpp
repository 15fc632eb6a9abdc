// blockyard presets: models, GPUs with the memory sum line by line, scenarios, strategies, policies.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/options.h"
#include "app/cli/parts/table.h"
#include "core/router/policy.h"
#include "core/settings/presets_json.h"
#include "core/settings/setting.h"

namespace blockyard::cli {
namespace {

using Rows = std::vector<std::vector<std::string>>;

void print_models(const Presets& presets, std::uint32_t block_tokens) {
  Rows rows{{"model", "layers", "KV heads", "head dim", "bytes per block", "weights GiB", "GPUs per worker"}};
  for (const ModelPreset& m : presets.models) {
    rows.push_back({m.id, fmt::format("{}", m.layers), fmt::format("{}", m.kv_heads), fmt::format("{}", m.head_dim),
                    fmt::format("{:.0f}", block_bytes(m, block_tokens)), fmt::format("{:.2f}", m.weights_gib),
                    fmt::format("{}", m.tp)});
  }
  fmt::print("Models\n{}\n", text_table(rows));
}

void print_capacities(const Presets& presets, std::uint32_t block_tokens) {
  std::vector<std::string> head{"blocks per worker"};
  for (const GpuPreset& g : presets.gpus) head.push_back(g.id);
  Rows rows{head};
  for (const ModelPreset& m : presets.models) {
    std::vector<std::string> row{m.id};
    for (const GpuPreset& g : presets.gpus) {
      const MemorySum sum = memory_sum(m, g, block_tokens);
      row.push_back(sum.capacity_blocks == 0 ? "–" : fmt::format("{}", sum.capacity_blocks));
    }
    rows.push_back(row);
  }
  fmt::print("Capacity (– where the model does not fit)\n{}\n", text_table(rows));
}

void print_sum(const ModelPreset& model, const GpuPreset& gpu, std::uint32_t block_tokens) {
  fmt::print("Memory of one worker: {} on {}\n", model.id, gpu.id);
  Rows rows;
  for (const MemoryLine& line : memory_lines(model, gpu, block_tokens)) rows.push_back({line.label, line.value});
  const auto lines = memory_lines(model, gpu, block_tokens);
  std::string table = text_table(rows);
  fmt::print("{}", table);
  for (const MemoryLine& line : lines) {
    if (!line.note.empty()) fmt::print("  {}: {}\n", line.label, line.note);
  }
  fmt::print("\n");
}

Result<void> print_scenarios(const Assets& assets) {
  std::error_code ec;
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(assets.scenarios(), ec)) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path().string());
  }
  if (ec) return Error{fmt::format("{}: cannot be read: {}", assets.scenarios(), ec.message())};
  std::sort(paths.begin(), paths.end());
  fmt::print("Scenarios\n");
  for (const std::string& path : paths) {
    const auto scenario = read_scenario(path, assets.presets());
    if (!scenario) return scenario.error();
    fmt::print("  {:14} {}\n", std::filesystem::path(path).stem().string(), scenario->about);
  }
  fmt::print("\n");
  return {};
}

// " Read at COMMIT on DATE."
std::string read_at(const PolicyRow& row) {
  if (row.upstream.empty()) return "";
  return fmt::format(" Read at {}{}{}.", row.upstream, row.read_on.empty() ? "" : " on ", row.read_on);
}

// The strategies as README.md has them.
std::string strategies_markdown() {
  std::string out = "| strategy | after | read at | on | left out |\n| --- | --- | --- | --- | --- |\n";
  const auto cell = [](std::string_view text) { return text.empty() ? std::string("–") : std::string(text); };
  for (const PolicyRow& row : policy_table()) {
    out += fmt::format("| `{}` | {} | {} | {} | {} |\n", row.id, cell(row.source), cell(row.upstream),
                       cell(row.read_on), cell(row.left_out));
  }
  return out;
}

void print_policies() {
  fmt::print("Strategies (router.strategy)\n");
  for (const PolicyRow& row : policy_table()) {
    fmt::print("  {:20} {}\n", row.id, row.help);
    if (!row.source.empty()) fmt::print("    After {}.{}\n", row.source, read_at(row));
    if (!row.left_out.empty()) fmt::print("    Left out: {}.\n", row.left_out);
    for (const std::string_view id : row.params) {
      const Setting& p = *find_setting(fmt::format("router.{}", id));
      fmt::print("    router.{:18} {} Default {}{}{}.\n", id, p.help, *setting_number(p, Scenario{}),
                 p.unit.empty() ? "" : " ", p.unit);
    }
  }
  fmt::print("\nEviction policies (cache.eviction)\n");
  for (const EvictionRow& row : eviction_table()) fmt::print("  {:20} {}\n", row.id, row.help);
  fmt::print("\nWorkloads (workload.type)\n");
  for (const ChoiceRow& row : workload_type_table()) fmt::print("  {:20} {}\n", row.id, row.help);
}

int run(const std::string& model, const std::string& gpu, const Context& context) {
  const Assets assets(context.assets_dir);
  const auto presets = read_presets(assets.presets());
  if (!presets) return refuse(presets.error());
  const auto ids = [](const auto& list) {
    std::vector<std::string> out;
    for (const auto& x : list) out.push_back(x.id);
    return out;
  };
  const ModelPreset* m = presets->model(model);
  if (m == nullptr)
    return refuse(
        Error{fmt::format("--model {}: no such model; there are {}", model, fmt::join(ids(presets->models), ", "))});
  const GpuPreset* g = presets->gpu(gpu);
  if (g == nullptr)
    return refuse(Error{fmt::format("--gpu {}: no such GPU; there are {}", gpu, fmt::join(ids(presets->gpus), ", "))});
  constexpr std::uint32_t kBlockTokens = 16;
  print_models(*presets, kBlockTokens);
  print_capacities(*presets, kBlockTokens);
  print_sum(*m, *g, kBlockTokens);
  if (auto ok = print_scenarios(assets); !ok) return refuse(ok.error());
  print_policies();
  return kDone;
}

}  // namespace

std::function<int()> make_presets(CLI::App& app, const Context& context) {
  struct Args {
    std::string model = "llama-2-13b";
    std::string gpu = "a100-40gb";
    bool markdown = false;
  };
  auto args = std::make_shared<Args>();
  app.add_option("--model", args->model, "Model whose memory use is shown")->type_name("MODEL")->capture_default_str();
  app.add_option("--gpu", args->gpu, "GPU it runs on")->type_name("GPU")->capture_default_str();
  app.add_flag("--strategies-markdown", args->markdown,
               "Print only the strategies, with source, commit, date and omissions, as in README.md");
  end_help(app, {"blockyard presets", "blockyard presets --model llama-3.1-8b --gpu h100-80gb"});
  return [args, context] {
    if (!args->markdown) return run(args->model, args->gpu, context);
    fmt::print("{}", strategies_markdown());
    return kDone;
  };
}

}  // namespace blockyard::cli
