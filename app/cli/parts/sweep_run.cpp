// A sweep's folder: sweep.json says what it is, cells.jsonl (or cells.I-of-N.jsonl of a shard) grows by a line a
// finished cell. A line is written at once and whole, so whatever interrupts the sweep, the same command goes on.
#include "app/cli/parts/sweep_run.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>

#include "app/cli/parts/checks.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/jobs_view.h"
#include "app/figures/sweep_figures.h"
#include "app/jobs/sweep.h"
#include "core/base/text.h"
#include "core/base/words/printable.h"
#include "core/io/experiments/sweep_files.h"
#include "core/io/files.h"
#include "core/io/results.h"

namespace blockyard::cli {
namespace {

namespace fs = std::filesystem;

struct Shard {
  std::uint64_t index = 1, count = 1;
};

Result<Shard> parse_shard(const std::string& text) {
  Shard s;
  if (text.empty()) return s;
  constexpr std::uint64_t kMostShards = 1'000'000;
  const std::size_t slash = std::min(text.find('/'), text.size());
  if (slash == text.size() || !parse_whole(text.substr(0, slash), kMostShards, s.index) ||
      !parse_whole(text.substr(slash + 1), kMostShards, s.count) || s.index < 1 || s.index > s.count) {
    return Error{fmt::format("--shard {}: write I/N with I from 1 to N, e.g. 3/8", quoted_part(text))};
  }
  return s;
}

/// Grows by whole lines.
class LineFile {
 public:
  static Result<LineFile> open(const std::string& path) {
    std::FILE* file = std::fopen(path.c_str(), "ab");
    if (file == nullptr) return Error::failure(fmt::format("{}: cannot be written: {}", path, std::strerror(errno)));
    return LineFile(path, file);
  }
  Result<void> append(const std::string& line) {
    if (std::fwrite(line.data(), 1, line.size(), file_.get()) == line.size() && std::fflush(file_.get()) == 0)
      return {};
    return Error::failure(fmt::format("{}: cannot be written: {}", path_, std::strerror(errno)));
  }

 private:
  struct Close {
    void operator()(std::FILE* f) const { std::fclose(f); }
  };
  LineFile(std::string path, std::FILE* file) : path_(std::move(path)), file_(file) {}
  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
};

std::string results_name(std::size_t cell) { return fmt::format("results/cell_{:04}.json", cell); }

/// The folder of a sweep. What was begun in it is removed again unless keep() was called: a sweep that is refused, or
/// stopped before its first cell, leaves nothing.
class SweepFolder {
 public:
  explicit SweepFolder(std::string dir) : dir_(std::move(dir)) {}
  SweepFolder(const SweepFolder&) = delete;
  SweepFolder& operator=(const SweepFolder&) = delete;
  ~SweepFolder() {
    if (kept_) return;
    std::error_code ec;
    for (const std::string& path : begun_) fs::remove(path, ec);
    if (results_) fs::remove(dir_ + "/results", ec);  // which takes it only where it is empty
  }

  /// An error where the folder holds another sweep.
  Result<void> claim(const SweepPlan& plan) {
    const std::string path = dir_ + "/sweep.json", wanted = plan_json(plan);
    std::error_code ec;
    const bool there = fs::exists(path, ec);
    if (there) {
      const auto text = read_file(path);
      if (!text) return text.error();
      if (*text != wanted)
        return Error{fmt::format("{}: holds another sweep; choose another folder, or delete it", dir_)};
    }
    if (auto made = folders_.make_folder(dir_); !made) return made;
    if (plan.keep_results) {
      results_ = !fs::exists(dir_ + "/results", ec);
      if (auto made = io::make_folder(dir_ + "/results"); !made) return made;
    }
    if (there) return {};
    begun_.push_back(path);
    return io::write_file(path, wanted);
  }

  /// A file of this sweep is about to be made.
  void begin(const std::string& path) {
    std::error_code ec;
    if (!fs::exists(path, ec)) begun_.push_back(path);
  }

  Result<void> keep() {
    kept_ = true;
    return folders_.commit();
  }

 private:
  std::string dir_;
  io::Outputs folders_;
  std::vector<std::string> begun_;
  bool results_ = false, kept_ = false;
};

/// True where the results of a cell lie where a sweep that keeps them puts them.
bool has_results(const std::string& dir, std::size_t cell) {
  std::error_code ec;
  const std::string path = dir + "/" + results_name(cell);
  return fs::is_regular_file(path, ec) && fs::file_size(path, ec) > 0;
}

// The cases of a sweep that kept its results, for the overlay of recoveries.
std::vector<RunResults> kept_results(const SweepPlan& plan, const std::string& dir) {
  std::vector<RunResults> out;
  for (std::size_t cell = 0; plan.keep_results && plan.axes.size() == 1 && cell < plan.cells(); ++cell) {
    auto results = read_results(dir + "/" + results_name(cell));
    if (!results || results->scenario.config.faults.empty()) return {};
    out.push_back(std::move(*results));
  }
  return out;
}

}  // namespace

void SweepArgs::add_to(CLI::App& app, const Context& context, bool out_required) {
  most_memory = context.most_memory;
  app.add_option("--out", out,
                 std::string("Folder for cells.jsonl and the plots; repeating the command resumes where it stopped") +
                     (out_required ? "" : "; required if an experiment is named"))
      ->type_name("DIR")
      ->required(out_required);
  answer.add_to(app);
  add_jobs(app, jobs);
  app.add_option(
         "--shard", shard,
         "Run only every N-th cell, starting with the I-th; `blockyard merge` joins shards (default: all cells)")
      ->type_name("I/N");
  picture.add_to(app);
}

Result<std::vector<SweepCell>> finished_cells(const SweepPlan& plan, const std::vector<std::string>& folders) {
  std::map<std::size_t, SweepCell> cells;
  for (const std::string& folder : folders) {
    std::vector<std::string> files;
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator(folder, ec)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with("cells") && name.ends_with(".jsonl")) files.push_back(entry.path().string());
    }
    std::sort(files.begin(), files.end());
    for (const std::string& file : files) {
      auto read = read_cells(file, plan);
      if (!read) return read.error();
      for (SweepCell& c : *read) cells.insert_or_assign(c.cell, std::move(c));
    }
  }
  std::vector<SweepCell> out;
  for (auto& [number, cell] : cells) out.push_back(std::move(cell));
  return out;
}

int end_sweep(const SweepPlan& plan, const std::vector<SweepCell>& cells, const std::string& dir,
              const PictureArgs& picture, const AnswerWanted& answer, const Assets& assets) {
  OutputSet out(dir);
  std::string lines;
  for (const SweepCell& c : cells) lines += cell_line(plan, c);
  out.add("sweep.json", plan_json(plan));
  out.add("cells.jsonl", std::move(lines));
  const auto first = plan.scenario_of(0, assets.presets());
  if (!first) return refuse(first.error());
  const AnswerTable answers = answer_table(plan, cells, *first, answer.warmup);
  out.add(fmt::format("table.{}", table_extension(answer.format)), answer_text(answers, answer.format));
  out.add(sweep_figures(plan, cells, &*first, answer.warmup), picture, assets.dir() + "/fonts");
  const std::vector<RunResults> kept = kept_results(plan, dir);
  if (!kept.empty()) {
    const PlotAxis axis = axis_of_path(plan.axes[0].path);
    std::vector<RecoveryCase> cases;
    for (std::size_t i = 0; i < kept.size(); ++i) {
      cases.push_back({fmt::format("{} {}", plan.axes[0].values[i], axis.unit), &kept[i]});
    }
    out.add({"recovery_timeline", recovery_curves(cases, plan.title, "lines: " + axis.label)}, picture,
            assets.dir() + "/fonts");
  }
  if (auto written = out.commit(); !written) return refuse(written.error());
  if (answer.format != TableFormat::kText) {
    fmt::print("{}", answer_text(answers, answer.format));
  } else {
    fmt::print("{} · {}\n\n{}", quoted_part(plan.title), counted(cells.size(), "run"), sweep_text(answers));
    if (const std::string best = best_at_what(plan, cells, answer.warmup); !best.empty()) fmt::print("\n{}\n", best);
  }
  note("{} cells; {} files in {}\n", cells.size(), out.size(), printable(dir));
  return kDone;
}

int run_plan(const SweepPlan& plan, const SweepArgs& args, const Assets& assets) {
  const auto shard = parse_shard(args.shard);
  if (!shard) return refuse(shard.error());
  const auto answer = AnswerWanted::of(args.answer);
  if (!answer) return refuse(answer.error());
  if (auto wrong = check_plan(plan)) return refuse(*wrong);
  std::vector<std::size_t> mine;
  for (std::size_t cell = shard->index - 1; cell < plan.cells(); cell += shard->count) mine.push_back(cell);
  if (auto checked = sweep_jobs(plan, mine, assets.presets()); !checked) return refuse(checked.error());
  SweepFolder folder(args.out);
  if (auto claimed = folder.claim(plan); !claimed) return refuse(claimed.error());
  auto done = finished_cells(plan, {args.out});
  if (!done) return refuse(done.error());
  if (plan.keep_results) {
    std::erase_if(*done, [&args](const SweepCell& c) { return !has_results(args.out, c.cell); });
  }

  std::vector<std::size_t> left;
  std::string finished_lines;
  for (const std::size_t cell : mine) {
    const auto it = std::find_if(done->begin(), done->end(), [cell](const SweepCell& c) { return c.cell == cell; });
    if (it == done->end()) {
      left.push_back(cell);
    } else {
      finished_lines += cell_line(plan, *it);
    }
  }
  const std::string path =
      args.out +
      (shard->count == 1 ? "/cells.jsonl" : fmt::format("/cells.{}-of-{}.jsonl", shard->index, shard->count));
  folder.begin(path);
  // Written anew: a line that an interruption cut off goes.
  if (auto kept = io::write_file(path, finished_lines); !kept) return refuse(kept.error());
  auto lines = LineFile::open(path);
  if (!lines) return refuse(lines.error());
  if (mine.size() > left.size()) note("{} of {} cells are there already\n", mine.size() - left.size(), mine.size());

  const PolledInterrupts polled;
  JobControl control;
  JobsView view(control, "cells");
  view.start_from(mine.size() - left.size());
  auto jobs = sweep_jobs(plan, left, assets.presets());
  if (!jobs) return refuse(jobs.error());
  for (SweepJob& job : *jobs) job.scenario.most_memory = args.most_memory / args.jobs;  // so many run at a time
  const auto on_cell = [&](const SweepCell& cell, const RunResults* results) -> Result<void> {
    if (results != nullptr) {
      if (auto ok = io::write_file(args.out + "/" + results_name(cell.cell), results_json(*results)); !ok) return ok;
    }
    if (auto kept = folder.keep(); !kept) return kept;
    done->push_back(cell);
    return lines->append(cell_line(plan, cell));
  };
  const auto ran = run_sweep(*jobs, plan.keep_results, args.jobs, control, on_cell, [&view] { view.tick(); });
  view.clear();
  if (!ran && interrupted()) {
    if (done->empty()) return refuse(interruption());
    return refuse(Error::failure(
        fmt::format("interrupted; {} cells are kept in {}, the same command goes on from there", done->size(), path)));
  }
  if (!ran) return refuse(ran.error());
  if (auto kept = folder.keep(); !kept) return refuse(kept.error());
  std::sort(done->begin(), done->end(), [](const SweepCell& a, const SweepCell& b) { return a.cell < b.cell; });
  if (shard->count > 1) {
    std::string sorted;
    for (const SweepCell& c : *done) {
      if (c.cell % shard->count == shard->index - 1) sorted += cell_line(plan, c);
    }
    if (auto ok = io::write_file(path, sorted); !ok) return refuse(ok.error());
    note("shard {} of {}: {} cells in {}\n", shard->index, shard->count, mine.size(), printable(path));
    return kDone;
  }
  return end_sweep(plan, *done, args.out, args.picture, *answer, assets);
}

}  // namespace blockyard::cli
