// blockyard plot: the pictures of earlier runs, each also as a table.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/options.h"
#include "app/cli/output_set.h"
#include "app/cli/result_files.h"

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
  OutputSet out(args.out);
  const bool several = files->runs.size() > 1;
  for (const auto& [name, results] : files->runs) {
    for (NamedFigure& f : run_figures(results)) {
      if (several) f.name = name + "/" + f.name;
      out.add(f, args.picture, assets.dir() + "/fonts");
    }
  }
  out.add(files->common_figures(), args.picture, assets.dir() + "/fonts");
  if (auto written = out.commit(); !written) return refuse(written.error());
  if (!pictures_possible())
    fmt::print(stderr, "blockyard: this build draws no pictures: only their tables were written\n");
  fmt::print(stderr, "{} files in {}\n", out.size(), args.out);
  return kDone;
}

}  // namespace

std::function<int()> make_plot(CLI::App& app, const Context& context) {
  auto args = std::make_shared<PlotArgs>();
  app.add_option("results", args->files, "results.json of one or more runs; waterfall.json")->required();
  app.add_option("--out", args->out, "Folder for the pictures and their tables")->required();
  args->picture.add_to(app);
  return [args, context] { return plot(*args, context); };
}

}  // namespace blockyard::cli
