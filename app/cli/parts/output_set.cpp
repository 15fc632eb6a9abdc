#include "app/cli/parts/output_set.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>

#include "app/cli/answers/answer_args.h"
#include "app/cli/parts/checks.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/options.h"
#include "core/base/words/printable.h"
#include "core/io/files.h"
#ifdef BLOCKYARD_WITH_PLOTS
#include "app/plot/draw/export.h"
#include "app/ui/font_file.h"
#endif

namespace blockyard::cli {

void PictureArgs::add_to(CLI::App& app) {
  app.add_option("--theme", theme, "Theme of the plots")->capture_default_str()->check(one_of({"light", "dark"}));
  app.add_option("--scale", scale, "Pixels per point in the plots")->capture_default_str()->check(whole(1, 4));
  app.add_option("--pictures", pictures, "Files of the plots: png, svg and pdf, with commas between")
      ->type_name("A,B,…")
      ->capture_default_str()
      ->check([](const std::string& list) -> std::string {
        const std::vector<std::string> wanted = comma_list(list);
        for (const std::string& id : wanted) {
          if (id != "png" && id != "svg" && id != "pdf")
            return fmt::format("'{}' is no kind of picture; it must be png, svg or pdf", quoted_part(id));
        }
        return wanted.empty() ? "name at least one of png, svg, pdf" : "";
      });
  app.add_option("--width", width,
                 "Width of the vector plots: one or two columns of a paper (85 or 178 mm), or as on the screen")
      ->capture_default_str()
      ->check(one_of({"screen", "one", "two"}));
}

#ifdef BLOCKYARD_WITH_PLOTS
bool pictures_possible() { return true; }

void say_font_troubles(const std::string& font_dir) {
  for (const std::string& trouble : font_troubles(font_dir)) note("blockyard: warning: {}\n", printable(trouble));
}

std::string png_bytes(const Figure& figure, const PictureArgs& args, const std::string& font_dir) {
  ExportOptions options;
  options.theme = args.theme == "dark" ? dark_theme() : light_theme();
  options.scale = static_cast<float>(args.scale);
  const ImVec2 size = export_size(figure);
  // A name of a category needs so much to be read in full.
  constexpr std::size_t kCategory = 66, kMargins = 170;
  std::size_t widest = 0;
  for (const Plot& plot : figure.plots) {
    if (!plot.heat) widest = std::max(widest, plot.categories.size() * kCategory + kMargins);
  }
  options.width = std::max(static_cast<int>(size.x), figure.columns * static_cast<int>(widest));
  options.height = static_cast<int>(size.y);
  options.font_dir = font_dir;
  const std::vector<std::uint8_t> bytes = encode_png(render_figure(figure, options));
  return {bytes.begin(), bytes.end()};
}

std::string vector_bytes(const Figure& figure, const std::string& format, const PictureArgs& args,
                         const std::string& font_dir) {
  ExportOptions options;
  options.theme = args.theme == "dark" ? dark_theme() : light_theme();
  options.font_dir = font_dir;
  const PaperWidth width = args.width == "one"   ? PaperWidth::OneColumn
                           : args.width == "two" ? PaperWidth::TwoColumns
                                                 : PaperWidth::Screen;
  return render_figure_vector(figure, format == "svg" ? VectorFormat::Svg : VectorFormat::Pdf, width, options);
}
#else
bool pictures_possible() { return false; }

std::string vector_bytes(const Figure&, const std::string&, const PictureArgs&, const std::string&) { return {}; }

void say_font_troubles(const std::string&) {}

std::string png_bytes(const Figure&, const PictureArgs&, const std::string&) { return {}; }
#endif

void OutputSet::add(const NamedFigure& named, const PictureArgs& args, const std::string& font_dir) {
  if (!fonts_checked_) say_font_troubles(font_dir);
  fonts_checked_ = true;
  for (const std::string& kind : comma_list(args.pictures)) {
    if (!pictures_possible()) break;
    add(named.name + "." + kind,
        kind == "png" ? png_bytes(named.figure, args, font_dir) : vector_bytes(named.figure, kind, args, font_dir));
  }
  add(named.name + ".csv", to_csv(named.figure));
}

void OutputSet::add(const std::vector<NamedFigure>& figures, const PictureArgs& args, const std::string& font_dir) {
  for (const NamedFigure& f : figures) add(f, args, font_dir);
}

Result<void> OutputSet::write() {
  if (auto made = claim(); !made) return made;
  for (const auto& [name, bytes] : files_) {
    const std::filesystem::path path = std::filesystem::path(dir_) / name;
    if (auto made = outputs_.make_folder(path.parent_path().string()); !made) return made;
    auto file = outputs_.open("--out", path.string());
    if (!file) return file.error();
    (*file)->write(bytes);
    if (auto ok = (*file)->flush(); !ok) return ok;
  }
  return {};
}

Result<void> OutputSet::commit() {
  if (auto ok = write(); !ok) return ok;
  return outputs_.commit();
}

int OutputSet::finish(const std::string& printed) {
  if (auto ok = write(); !ok) return refuse(ok.error());
  return cli::finish(outputs_, printed);
}

}  // namespace blockyard::cli
