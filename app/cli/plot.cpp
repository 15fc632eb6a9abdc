// blockyard plot: the pictures of earlier runs, each also as a table.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/options.h"
#include "app/cli/parts/output_set.h"
#include "app/cli/parts/result_files.h"
#include "core/base/words/printable.h"

namespace blockyard::cli {
namespace {

struct PlotArgs {
  std::vector<std::string> files;
  std::string out;
  PictureArgs picture;
};

int plot(const PlotArgs& args, const Context& context) {
  const Assets assets(context.assets_dir);
  const auto files = ResultFiles::read(args.files);
  if (!files) return refuse(files.error());
  if (!files->comparisons.empty()) {
    return refuse(Error{fmt::format("{}: a comparison, which has no pictures of its own; name its results_*.json",
                                    files->comparisons[0].first)});
  }
  OutputSet out(args.out);
  for (const std::string& file : args.files) out.outputs().reads("an input", file);
  const bool several = files->runs.size() > 1;
  for (const auto& [name, results] : files->runs) {
    for (NamedFigure& f : run_figures(results)) {
      if (several) f.name = name + "/" + f.name;
      out.add(f, args.picture, assets.dir() + "/fonts");
    }
  }
  out.add(files->common_figures(), args.picture, assets.dir() + "/fonts");
  if (const int status = out.finish(""); status != kDone) return status;
  if (!pictures_possible()) note("blockyard: this build draws no pictures: only their tables were written\n");
  note("{} files in {}\n", out.size(), printable(args.out));
  return kDone;
}

}  // namespace

std::function<int()> make_plot(CLI::App& app, const Context& context) {
  auto args = std::make_shared<PlotArgs>();
  app.add_option("results", args->files, "results.json of one or more runs; waterfall.json")->required();
  app.add_option("--out", args->out, "Folder for the plots and their tables")->type_name("DIR")->required();
  args->picture.add_to(app);
  end_help(app, {"blockyard run first-look --out results.json", "blockyard plot results.json --out plots"});
  return [args, context] { return plot(*args, context); };
}

}  // namespace blockyard::cli
