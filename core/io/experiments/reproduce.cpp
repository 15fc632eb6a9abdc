#include "core/io/experiments/reproduce.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <map>

#include "core/experiment/run.h"
#include "core/settings/json_reader.h"
#include "core/settings/json_text.h"
#include "core/settings/scenario.h"
#include "core/workload/trace_info.h"

namespace blockyard {
namespace {

using io::Json;

// A trace that several figures are of is read once.
struct Opened {
  RawTrace raw;
  Workload workload;
  TraceInfo info;
};

Result<Opened> open_trace(const std::string& path) {
  auto raw = parse_trace({path}, WorkloadSpec{}, {});
  if (!raw) return raw.error();
  auto workload = cut_trace(*raw, WorkloadSpec{}, {});
  if (!workload) return workload.error();
  TraceInfo info = trace_info(*workload, {});
  return Opened{std::move(*raw), std::move(*workload), std::move(info)};
}

double percent(double part, double whole) { return whole == 0 ? 0 : 100 * part / whole; }

Result<double> of_run(const PublishedFigure& f, const std::string& path, const std::string& presets_dir) {
  auto text = set_json_value(f.run, "workload.type", "\"trace\"");
  if (text) text = set_json_value(*text, "workload.path", io::dump_json(Json(path)));
  if (!text) return text.error();
  auto scenario = parse_scenario(*text, "", presets_dir);
  if (!scenario) return scenario.error();
  const auto prepared = prepare(*scenario);
  if (!prepared) return prepared.error();
  Simulation sim = (*prepared)->simulation();
  run_to_end(sim, nullptr, {});
  const Summary summary = summarize(sim);
  if (f.figure == "run_token_hit_percent") return 100 * summary.token_hit_rate;
  return static_cast<double>(summary.hit_blocks) * scenario->config.cache.block_tokens;
}

Result<double> of_trace(const PublishedFigure& f, const Opened& trace) {
  const TraceInfo& info = trace.info;
  if (f.figure == "requests") return static_cast<double>(info.requests);
  if (f.figure == "mean_prompt_tokens") return info.prompt.mean;
  if (f.figure == "mean_output_tokens") return info.output.mean;
  if (f.figure == "distinct_blocks") return static_cast<double>(info.distinct_blocks);
  if (f.figure == "best_hit_blocks") return static_cast<double>(info.best_hit_blocks);
  if (f.figure == "best_percent") return 100 * info.best_ratio;
  if (f.figure == "id_hit_percent") {
    const IdReuse ids = id_reuse(trace.raw);
    return percent(static_cast<double>(ids.hits), static_cast<double>(ids.ids));
  }
  if (f.figure == "lru_hit_blocks") {
    const std::uint32_t capacities[] = {f.capacity};
    return static_cast<double>(trace_info(trace.workload, capacities).curve[0].hit_blocks);
  }
  return Error{fmt::format("'{}' is no figure that can be recomputed", f.figure)};
}

std::string found(const std::string& folder, const std::string& file) {
  std::error_code ec;
  for (const std::string& name : {file, std::filesystem::path(file).filename().string()}) {
    const std::string path = folder + "/" + name;
    if (std::filesystem::is_regular_file(path, ec)) return path;
  }
  return "";
}

}  // namespace

Result<ReproduceTable> read_reproduce(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return text.error();
  const auto parsed = io::parse_json(*text);
  if (!parsed) return Error{fmt::format("{}: {}", path, parsed.error().message)};
  ReproduceTable out;
  try {
    for (const Json& set : parsed->at("sets")) {
      out.sets.push_back({set.at("name"), set.at("about")});
      for (const Json& row : set.at("rows")) {
        PublishedFigure f;
        f.set = set.at("name");
        f.file = row.contains("file") ? row.at("file") : set.at("file");
        f.get = set.at("get");
        f.figure = row.at("figure");
        f.what = row.at("what");
        f.source = row.at("source");
        f.why = row.value("why", "");
        if (set.contains("run")) f.run = io::dump_json(set.at("run"));
        f.capacity = row.value("capacity", 0U);
        f.published = row.at("published");
        f.within = row.value("within", 0.0);
        out.figures.push_back(std::move(f));
      }
    }
  } catch (const Json::exception&) {
    return Error{fmt::format("{}: no table of published figures", path)};
  }
  return out;
}

bool Reproduced::agrees() const { return ours && std::abs(*ours - figure.published) <= figure.within + 1e-9; }

Result<std::vector<Reproduced>> reproduce(const std::vector<PublishedFigure>& figures, const std::string& folder,
                                          const std::string& presets_dir) {
  std::map<std::string, Opened> opened;
  std::vector<Reproduced> out;
  for (const PublishedFigure& f : figures) {
    Reproduced row{f, std::nullopt};
    if (const std::string path = found(folder, f.file); !path.empty()) {
      if (!f.run.empty()) {
        const auto ours = of_run(f, path, presets_dir);
        if (!ours) return ours.error();
        row.ours = *ours;
      } else {
        auto at = opened.find(path);
        if (at == opened.end()) {
          auto trace = open_trace(path);
          if (!trace) return trace.error();
          at = opened.emplace(path, std::move(*trace)).first;
        }
        const auto ours = of_trace(f, at->second);
        if (!ours) return ours.error();
        row.ours = *ours;
      }
    }
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace blockyard
