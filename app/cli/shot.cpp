// blockyard shot: the window at a simulated time as a PNG, drawn in software: no display, no OpenGL.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>

#include "app/cli/command.h"
#include "app/cli/parts/checks.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/options.h"
#include "app/cli/parts/output_set.h"
#include "app/panels/panel.h"
#include "app/session/session.h"
#include "app/ui/raster/headless.h"
#include "app/window/main_frame.h"
#include "core/base/check.h"
#include "core/base/words/printable.h"
#include "core/experiment/compare.h"
#include "core/io/files.h"
#include "core/router/policy.h"
#include "core/settings/json_edit.h"

namespace blockyard::cli {
namespace {

constexpr std::uint64_t kMostId = kNone - 1;
constexpr double kLatestMs = 1e14;  // some 3,000 years

struct ShotArgs {
  ScenarioArgs scenario;
  double at_ms = 0;
  std::string out, anchors, size = "1600x1000", theme = "dark", compare;
  std::optional<std::string> tab;
  std::vector<std::string> select, clicks;
  std::string experiment, slo = "ttft_p95=1000";
  std::vector<std::string> vary;
  double scale = 1;
  std::uint32_t lesson = 0, step = 1, answer = 0;  // counted from 1
};

// Goes to the lesson's step, and picks the answer; or what is wrong with them.
Result<void> show_lesson(Session& session, const ShotArgs& args) {
  const LessonShelf& shelf = session.lessons();
  if (!shelf.troubles.empty()) return Error{shelf.troubles[0]};
  if (args.lesson > shelf.lessons.size()) {
    return Error{
        fmt::format("--lesson {}: there are {}; `blockyard lessons` lists them", args.lesson, shelf.lessons.size())};
  }
  const Lesson& lesson = shelf.lessons[args.lesson - 1];
  if (args.step < 1 || args.step > lesson.steps.size()) {
    return Error{fmt::format("--step {}: lesson {} has {} steps", args.step, args.lesson, lesson.steps.size())};
  }
  session.apply(cmd::StartLesson{lesson.id, 0});
  for (std::size_t i = 1; i < args.step; ++i) session.apply(cmd::ShowLessonStep{i});
  if (session.lesson() == nullptr) return Error{session.toasts().back().text};
  if (args.answer > 0) session.apply(cmd::AnswerLesson{args.answer - 1});
  while (session.busy()) session.update(0);
  return {};
}

// Runs the experiment that is to be seen, to its end. False where there is no such kind.
bool show_experiment(Session& session, const ShotArgs& args, const std::vector<std::uint32_t>& strategies) {
  UiState& ui = session.ui();
  ui.experiment_open = true;
  if (args.experiment == "waterfall") {
    session.apply(cmd::RunExperiment{WaterfallWanted{}});
  } else if (args.experiment == "pictures") {
    ui.experiment = UiState::Experiment::kPictures;
    session.apply(cmd::RunExperiment{PicturesWanted{}});
  } else if (args.experiment == "comparison") {
    ui.experiment = UiState::Experiment::kComparison;
    session.apply(cmd::RunExperiment{ComparisonWanted{strategies, 1}});
  } else if (args.experiment == "sweep") {
    ui.experiment = UiState::Experiment::kSweep;
    session.apply(cmd::RunExperiment{SweepWanted{args.vary}});
  } else if (args.experiment == "plan") {
    ui.experiment = UiState::Experiment::kPlan;
    std::vector<std::uint32_t> wanted = strategies;
    if (wanted.empty()) wanted = {session.scenario().config.router.strategy};
    session.apply(cmd::RunExperiment{PlanWanted{args.slo, std::move(wanted)}});
  } else {
    return false;
  }
  while (session.experimenting()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    session.update(0);
  }
  return true;
}

// "request:17", "worker:2", "edge:5", "session:3", "block:W:ID", "decision:17".
std::optional<Selection> parse_selection(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) return std::nullopt;
  const std::string kind = text.substr(0, colon);
  const std::string_view numbers = std::string_view(text).substr(colon + 1);
  if (kind == "block") {
    const std::size_t second_colon = std::min(numbers.find(':'), numbers.size());
    std::uint64_t worker = 0, block = 0;
    if (second_colon == numbers.size() || !parse_whole(numbers.substr(0, second_colon), kMostId, worker) ||
        !parse_whole(numbers.substr(second_colon + 1), kMostId, block))
      return std::nullopt;
    return SelectedBlock{static_cast<BlockId>(block), static_cast<WorkerId>(worker)};
  }
  std::uint64_t n = 0;
  if (!parse_whole(numbers, kMostId, n)) return std::nullopt;
  const auto id = static_cast<std::uint32_t>(n);
  if (kind == "request") return SelectedRequest{id};
  if (kind == "decision") return SelectedDecision{id};
  if (kind == "worker") return SelectedWorker{id};
  if (kind == "edge") return SelectedEdge{id};
  if (kind == "session") return SelectedSession{id};
  return std::nullopt;
}

// What of the selection the run does not have; "" where it has all of it.
std::string beyond_the_run(const Selection& selection, const Session& session) {
  const Observation* observed = session.observed();
  const Fleet& fleet = observed != nullptr ? static_cast<const Fleet&>(observed->history().cursor())
                                           : static_cast<const Fleet&>(session.player().cursor());
  const RadixTree& tree = observed != nullptr ? observed->history().names().tree() : session.tree();
  const auto beyond = [](std::string_view what, std::uint64_t id, std::uint64_t count) {
    if (id < count) return std::string();
    return count == 0 ? fmt::format("there are no {}s", what)
                      : fmt::format("there is no {} {}; they are 0 to {}", what, id, count - 1);
  };
  if (const RequestId r = selected_request(selection); r != kNone)
    return beyond("request", r, fleet.workload().requests.size());
  if (const auto* s = std::get_if<SelectedSession>(&selection))
    return beyond("session", s->session, fleet.workload().sessions.size());
  if (const auto* edge = std::get_if<SelectedEdge>(&selection)) return beyond("edge", edge->edge, tree.edges().size());
  if (const auto* block = std::get_if<SelectedBlock>(&selection); block != nullptr && block->worker != kNone) {
    const std::string trouble = beyond("block", block->block, fleet.workload().id_count());
    if (!trouble.empty()) return trouble;
  }
  if (const WorkerId w = selected_worker(selection); w != kNone) return beyond("worker", w, fleet.workers().size());
  return {};
}

// The ids of the panels at the bottom: "latency, blocks".
std::string bottom_tabs() {
  std::string out;
  for (const PanelRow& row : panel_table()) {
    if (row.slot == PanelSlot::kBottom) out += fmt::format("{}{}", out.empty() ? "" : ", ", row.id);
  }
  return out;
}

bool is_bottom_tab(std::string_view id) {
  const auto rows = panel_table();
  return std::any_of(rows.begin(), rows.end(),
                     [id](const PanelRow& row) { return row.slot == PanelSlot::kBottom && row.id == id; });
}

// The scenario as the session edits it: with a capacity that stays derived.
Document document_of(const Scenario& scenario, const std::string& source) {
  Document document{write_scenario(scenario), scenario.base_dir, source};
  if (!scenario.capacity_blocks) {
    if (auto derived = set_json_value(document.text, "cache.capacity_blocks", "null")) document.text = *derived;
  }
  return document;
}

// Where everything that has a name stands.
std::string anchors_csv(const Anchors& anchors) {
  std::string out = "name,x,y,w,h\n";
  for (const auto& [name, r] : anchors.all()) {
    std::string quoted;
    for (const char c : name) quoted += c == '"' ? "\"\"" : std::string(1, c);
    out += fmt::format("\"{}\",{},{},{},{}\n", quoted, r.x, r.y, r.w, r.h);
  }
  return out;
}

int shot(const ShotArgs& args, const Context& context) {
  const Assets assets(context.assets_dir);
  constexpr std::uint64_t kMostPixels = 16384;
  std::uint64_t width = 0, height = 0;
  const std::size_t times = std::min(args.size.find('x'), args.size.size());
  if (times == args.size.size() || !parse_whole(args.size.substr(0, times), kMostPixels, width) ||
      !parse_whole(args.size.substr(times + 1), kMostPixels, height) || width < 320 || height < 240) {
    return refuse(
        Error{fmt::format("--size {}: write WIDTHxHEIGHT in pixels, 320x240 to 16384x16384", quoted_part(args.size))});
  }
  if (args.tab && !is_bottom_tab(*args.tab)) {
    return refuse(Error{fmt::format("--tab {}: it must be one of {}", quoted_part(*args.tab), bottom_tabs())});
  }
  std::vector<Selection> selected;
  for (const std::string& text : args.select) {
    const auto selection = parse_selection(text);
    if (!selection) {
      return refuse(
          Error{fmt::format("--select {}: write request:N, decision:N, worker:N, edge:N, session:N or block:WORKER:ID",
                            quoted_part(text))});
    }
    selected.push_back(*selection);
  }
  std::vector<std::uint32_t> compare;
  if (!args.compare.empty()) {
    auto named = parse_strategies(args.compare, "--compare");
    if (!named) return refuse(named.error());
    compare = std::move(*named);
  }

  const bool recorded = is_recording(args.scenario.name);
  if (recorded && (!args.scenario.sets.empty() || !args.scenario.trace.empty() || !compare.empty() ||
                   !args.experiment.empty() || args.lesson > 0)) {
    return refuse(Error{"a recording goes without --set, --trace, --compare, --experiment and --lesson"});
  }
  io::Outputs outputs;
  Document document;
  if (recorded) {
    outputs.reads("the recording", args.scenario.name);
  } else {
    const auto scenario = load_scenario(args.scenario, assets);
    if (!scenario) return refuse(scenario.error());
    tell_inputs(outputs, args.scenario, assets, *scenario);
    document = document_of(*scenario, args.scenario.name);
  }
  const auto picture = outputs.open("--out", args.out);
  if (!picture) return refuse(picture.error());
  io::OutputFile* anchors = nullptr;
  if (!args.anchors.empty()) {
    const auto opened = outputs.open("--anchors", args.anchors);
    if (!opened) return refuse(opened.error());
    anchors = *opened;
  }
  Session session({assets.dir(), "", "", 8, 1e12, context.most_memory});
  const auto opened =
      recorded ? session.open_recording(args.scenario.name, false) : session.open(std::move(document), false);
  if (!opened) return refuse(opened.error());
  UiState& ui = session.ui();
  ui.first_start = false;
  ui.dark = args.theme == "dark";
  ui.show_bottom = true;
  if (args.tab) ui.open_bottom(*args.tab);
  if (!args.experiment.empty()) {
    if (!show_experiment(session, args, compare)) {
      return refuse(Error{fmt::format("--experiment {}: it must be waterfall, pictures, comparison, sweep or plan",
                                      quoted_part(args.experiment))});
    }
  } else if (!compare.empty()) {
    session.apply(compare_strategies(compare));
  }
  while (session.busy()) session.update(0);
  if (args.lesson > 0) {
    if (const auto shown = show_lesson(session, args); !shown) return refuse(shown.error());
  } else {
    session.apply(cmd::Seek{ms_to_us(args.at_ms)});
  }
  for (std::size_t i = 0; i < selected.size(); ++i) {
    if (const std::string trouble = beyond_the_run(selected[i], session); !trouble.empty())
      return refuse(Error{fmt::format("--select {}: {}", quoted_part(args.select[i]), trouble)});
    session.apply(cmd::Select{selected[i]});
  }

  std::error_code ec;
  std::string fonts = assets.dir() + "/fonts";
  if (!std::filesystem::exists(fonts, ec)) fonts = Assets("").dir() + "/fonts";
  say_font_troubles(fonts);
  HeadlessUi screen(static_cast<int>(width), static_cast<int>(height), static_cast<float>(args.scale),
                    ui.dark ? dark_theme() : light_theme(), fonts);
  MainFrame frame;
  std::vector<Command> commands;
  screen.set_ui([&] {
    FrameContext ctx = session.frame(screen.look(), commands);
    frame.draw(ctx, screen.size());
    if (args.clicks.empty()) commands.clear();  // a picture asks for nothing
    session.apply_all(commands);
    session.settle();
  });
  screen.frames(4);
  for (const std::string& part : args.clicks) {
    const bool right = part.starts_with("right:");
    if (!screen.click(right ? part.substr(6) : part, right ? 1 : 0)) {
      return refuse(
          Error{fmt::format("--click {}: nothing is called that here; --anchors lists what is", quoted_part(part))});
    }
    screen.frames(2);
  }
  const std::vector<std::uint8_t> png = encode_png(screen.picture());
  (*picture)->write({reinterpret_cast<const char*>(png.data()), png.size()});
  if (anchors != nullptr) anchors->write(anchors_csv(screen.anchors()));
  return finish(outputs, "");
}

}  // namespace

std::function<int()> make_shot(CLI::App& app, const Context& context) {
  auto args = std::make_shared<ShotArgs>();
  args->scenario.name = "first-look";
  args->scenario.add_to(app, false);
  std::vector<std::string> tabs, strategies;
  for (const PanelRow& row : panel_table()) {
    if (row.slot == PanelSlot::kBottom) tabs.emplace_back(row.id);
  }
  for (const PolicyRow& row : policy_table()) strategies.emplace_back(row.id);
  app.add_option("--at", args->at_ms, "Simulated time, ms")->capture_default_str()->check(between(0, kLatestMs));
  app.add_option("--out", args->out, "The PNG file; - is standard output")->type_name("FILE")->required();
  app.add_option("--anchors", args->anchors,
                 "Also write a CSV with the place of every named part: name,x,y,w,h (default: not written)")
      ->type_name("FILE");
  app.add_option("--size", args->size, "Size in pixels, from 320x240 to 16384x16384")
      ->type_name("WIDTHxHEIGHT")
      ->capture_default_str();
  app.add_option("--scale", args->scale, "UI scale")->capture_default_str()->check(between(0.5, 4));
  app.add_option("--theme", args->theme, "Theme of the window")
      ->capture_default_str()
      ->check(one_of({"dark", "light"}));
  app.add_option("--select", args->select,
                 "What to select: request:N, decision:N, worker:N, edge:N, session:N or block:WORKER:ID; may be "
                 "repeated (default: nothing)")
      ->type_name("WHAT")
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--click", args->clicks,
                 "Click a part by its name in --anchors; right:NAME uses the right button; may be repeated, in order "
                 "(default: none)")
      ->type_name("NAME")
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--tab", args->tab, "The plot or table at the bottom (default: latency)")
      ->type_name("TAB")
      ->check(one_of(tabs));
  app.add_option(
         "--compare", args->compare,
         fmt::format("Strategies to run beside the scenario's own, from {} (default: none)", listed(strategies)))
      ->type_name("A,B,…");
  app.add_option(
         "--experiment", args->experiment,
         "Run an experiment and show it: the waterfall, plots of the whole run, a comparison (with --compare), a sweep "
         "(with --vary) or a plan (with --compare and --slo) (default: none)")
      ->type_name("KIND")
      ->check(one_of({"waterfall", "pictures", "comparison", "sweep", "plan"}));
  app.add_option("--slo", args->slo, "Objectives of a plan, METRIC=LIMIT with commas between")->capture_default_str();
  app.add_option("--vary", args->vary, "What a sweep varies: v1,v2,… or from:to:step (default: nothing)")
      ->type_name("PATH=VALUES")
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--lesson", args->lesson,
                 "Show this lesson (see `blockyard lessons`) instead of a scenario and a time (default: none)")
      ->check(whole(1, 1000));
  app.add_option("--step", args->step, "The lesson's step, counted from 1")
      ->capture_default_str()
      ->check(whole(1, 1000));
  app.add_option("--answer", args->answer,
                 "The answer to choose in the step's question, counted from 1 (default: none)")
      ->check(whole(1, 1000));
  end_help(app, {"blockyard shot first-look --at 8000 --out window.png",
                 "blockyard shot first-look --at 8000 --tab events --theme light --out events.png",
                 "blockyard shot --lesson 4 --step 2 --out slide.png"});
  return [args, &context] { return shot(*args, context); };
}

}  // namespace blockyard::cli
