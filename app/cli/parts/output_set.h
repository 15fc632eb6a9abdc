// The files of a command that writes several into one folder: all of them appear whole, or none. And the options that
// pictures have in common.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/figures/figures.h"
#include "app/plot/data/plot.h"
#include "core/base/result.h"
#include "core/io/files.h"

namespace CLI {
class App;
}

namespace blockyard::cli {

/// --theme, --scale, --pictures and --width.
struct PictureArgs {
  std::string theme = "light", pictures = "png", width = "screen";
  int scale = 2;
  void add_to(CLI::App& app);
};

/// False in a build without the graphics packages: then figures are written as CSV only.
bool pictures_possible();

/// Names fonts that are damaged, on standard error: pictures are drawn with others then.
void say_font_troubles(const std::string& font_dir);

/// The PNG of a figure.
std::string png_bytes(const Figure& figure, const PictureArgs& args, const std::string& font_dir);
/// A figure as "svg" or "pdf".
std::string vector_bytes(const Figure& figure, const std::string& format, const PictureArgs& args,
                         const std::string& font_dir);

class OutputSet {
 public:
  explicit OutputSet(std::string dir) : dir_(std::move(dir)) {}
  /// Makes the folder, which goes again unless something is written: a bad name costs no waiting.
  Result<void> claim() { return outputs_.make_folder(dir_); }
  /// What the command reads, to be named before finish() or commit().
  io::Outputs& outputs() { return outputs_; }
  /// `name` is relative to the folder and may name folders in it.
  void add(std::string name, std::string bytes) { files_.emplace_back(std::move(name), std::move(bytes)); }
  /// NAME.png, .svg, .pdf, as asked for and where possible, and NAME.csv.
  void add(const NamedFigure& figure, const PictureArgs& args, const std::string& font_dir);
  void add(const std::vector<NamedFigure>& figures, const PictureArgs& args, const std::string& font_dir);
  /// Writes all, then renames all into place.
  Result<void> commit();
  /// The same, with the text printed between the two. The exit status.
  int finish(const std::string& printed);
  std::size_t size() const { return files_.size(); }

 private:
  Result<void> write();

  std::string dir_;
  io::Outputs outputs_;
  std::vector<std::pair<std::string, std::string>> files_;
  bool fonts_checked_ = false;
};

}  // namespace blockyard::cli
