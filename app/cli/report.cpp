// blockyard report: results as one self-contained HTML file: tables and pictures, nothing loaded from elsewhere.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/options.h"
#include "app/cli/parts/output_set.h"
#include "app/cli/parts/result_files.h"
#include "core/base/words/printable.h"
#include "core/experiment/metric.h"
#include "core/io/files.h"
#include "core/router/policy.h"

namespace blockyard::cli {
namespace {

struct ReportArgs {
  std::vector<std::string> files;
  std::string out, title = "Blockyard report";
  PictureArgs picture;
};

constexpr const char* kStyle = R"(
:root { color-scheme: light dark; --ink: #1b2330; --muted: #5a6676; --line: #dfe3ea; --ground: #ffffff; }
@media (prefers-color-scheme: dark) { :root { --ink: #dfe5ee; --muted: #98a3b3; --line: #2d3644; --ground: #11161f; } }
body { margin: 2.5rem auto; max-width: 72rem; padding: 0 1.5rem; color: var(--ink); background: var(--ground);
       font: 15px/1.5 Inter, system-ui, sans-serif; }
h1 { font-size: 1.7rem; } h2 { margin-top: 2.5rem; font-size: 1.25rem; } p, figcaption { color: var(--muted); }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .9rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } th { font-weight: 600; }
figure { margin: 1.5rem 0; } img { max-width: 100%; border: 1px solid var(--line); border-radius: 6px; }
pre { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; padding: 1rem; font-size: 13px; }
.caution { color: #b3261e; }
@page { margin: 16mm; }
@media print {
  :root { color-scheme: light; --ink: #000; --muted: #444; --line: #bbb; --ground: #fff; }
  body { margin: 0; max-width: none; padding: 0; font-size: 10pt; } h1 { font-size: 15pt; } h2 { font-size: 12pt; }
  h2, table, figure { break-inside: avoid; } h2 { break-after: avoid; } .wide { overflow: visible; }
  th, td { padding: .15rem .5rem; } img { border: none; } details { display: none; }
}
)";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string base64(std::string_view bytes) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t v = 0;
    for (std::size_t k = 0; k < 3; ++k) v = (v << 8U) | (k < n ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) out += k <= n ? kDigits[(v >> (18 - 6 * k)) & 63U] : '=';
  }
  return out;
}

std::string html_table(const std::vector<std::vector<std::string>>& rows) {
  std::string out = "<div class=\"wide\"><table>\n";
  for (std::size_t r = 0; r < rows.size(); ++r) {
    out += "<tr>";
    for (const std::string& cell : rows[r]) out += fmt::format("<{0}>{1}</{0}>", r == 0 ? "th" : "td", escaped(cell));
    out += "</tr>\n";
  }
  return out + "</table></div>\n";
}

std::string metrics_table(const ResultFiles& files) {
  std::vector<std::vector<std::string>> rows{{"figure"}};
  for (const auto& [name, results] : files.runs) rows[0].push_back(name);
  for (const Metric& m : metric_table()) {
    if (m.of_aftermath != nullptr) continue;
    std::vector<std::string> row{m.unit.empty() ? std::string(m.label) : fmt::format("{} ({})", m.label, m.unit)};
    for (const auto& [name, results] : files.runs) {
      const double v = m.of(results.summary);
      row.push_back(std::isfinite(v) ? fmt::format("{:.6g}", v) : "–");
    }
    rows.push_back(std::move(row));
  }
  return html_table(rows);
}

std::string workers_table(const RunResults& r) {
  constexpr std::size_t kMostRows = 64;
  std::vector<std::vector<std::string>> rows{
      {"worker", "requests", "hit blocks", "evictions", "peak blocks", "resident blocks", "busy %"}};
  for (std::size_t w = 0; w < std::min(kMostRows, r.summary.workers.size()); ++w) {
    const WorkerSummary& x = r.summary.workers[w];
    rows.push_back({fmt::format("{}", w), fmt::format("{}", x.requests), fmt::format("{}", x.hit_blocks),
                    fmt::format("{}", x.evictions), fmt::format("{}", x.peak_blocks),
                    fmt::format("{}", x.resident_blocks), fmt::format("{:.2f}", 100 * x.utilization)});
  }
  std::string out = html_table(rows);
  if (r.summary.workers.size() > kMostRows)
    out += fmt::format("<p>… and {} more workers</p>\n", r.summary.workers.size() - kMostRows);
  return out;
}

std::string pictures(const std::vector<NamedFigure>& figures, const ReportArgs& args, const Assets& assets) {
  std::string out;
  for (const NamedFigure& f : figures) {
    if (!pictures_possible()) break;
    const std::string& title = f.figure.title.empty() ? f.figure.plots[0].title : f.figure.title;
    out += fmt::format("<figure><img alt=\"{}\" src=\"data:image/png;base64,{}\"></figure>\n", escaped(title),
                       base64(png_bytes(f.figure, args.picture, assets.dir() + "/fonts")));
  }
  return out;
}

int report(const ReportArgs& args, const Context& context) {
  const Assets assets(context.assets_dir);
  const auto files = ResultFiles::read(args.files);
  if (!files) return refuse(files.error());
  io::Outputs outputs;
  for (const std::string& file : args.files) outputs.reads("an input", file);
  const auto out = outputs.open("--out", args.out);
  if (!out) return refuse(out.error());
  say_font_troubles(assets.dir() + "/fonts");
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\">\n"
      "<title>{0}</title><style>{1}</style></head>\n<body>\n<h1>{0}</h1>\n",
      escaped(args.title), kStyle);
  for (const auto& [name, page] : files->comparisons) {
    html += fmt::format("<h2>What can be told of {}</h2>\n", escaped(page.scenario)) + html_table(page.rows);
    for (const std::string& caution : page.cautions)
      html += fmt::format("<p class=\"caution\">{}.</p>\n", escaped(caution));
    for (const std::string& sentence : page.says) html += fmt::format("<p>{}</p>\n", escaped(sentence));
    html += "<p>* the best of a column, and whatever cannot be told from it.";
    for (const std::string& method : page.method) html += " " + escaped(method) + ".";
    html += "</p>\n";
  }
  if (!files->runs.empty()) html += metrics_table(*files);
  html += pictures(files->common_figures(), args, assets);
  for (const auto& [name, results] : files->runs) {
    html += fmt::format("<h2>{}</h2>\n<p>{}</p>\n", escaped(name), escaped(small_print(results)));
    if (!results.scenario.about.empty()) html += fmt::format("<p>{}</p>\n", escaped(results.scenario.about));
    if (!results.summary.rejected_reason.empty())
      html += fmt::format("<p class=\"caution\">Rejected: {}.</p>\n", escaped(results.summary.rejected_reason));
    if (results.summary.saturation) {
      html += fmt::format("<p class=\"caution\">Saturated: {}. What would help: {}.</p>\n",
                          escaped(saturation_text(*results.summary.saturation)),
                          escaped(saturation_remedy(*results.summary.saturation, results.scenario)));
    }
    html += pictures(run_figures(results), args, assets);
    html += workers_table(results);
    html += fmt::format("<details><summary>The scenario as run</summary><pre>{}</pre></details>\n",
                        escaped(write_scenario(results.scenario)));
  }
  html += "</body>\n</html>\n";
  (*out)->write(as_utf8(html));
  return finish(outputs, "");
}

}  // namespace

std::function<int()> make_report(CLI::App& app, const Context& context) {
  auto args = std::make_shared<ReportArgs>();
  app.add_option("results", args->files, "results.json of one or more runs; comparison.json; waterfall.json")
      ->required();
  app.add_option("--out", args->out, "The HTML file; - is standard output")->type_name("FILE")->required();
  app.add_option("--title", args->title, "Heading of the page")->capture_default_str();
  args->picture.add_to(app);
  end_help(app, {"blockyard run first-look --out results.json", "blockyard report results.json --out report.html",
                 "blockyard compare first-look --strategies cache_aware,round_robin --out compared",
                 "blockyard report compared/comparison.json compared/results_cache_aware.json "
                 "compared/results_round_robin.json --title 'Does it pay?' --out pays.html"});
  return [args, context] { return report(*args, context); };
}

}  // namespace blockyard::cli
