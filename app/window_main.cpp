// blockyard-window: the window. Opens a scenario, runs frames, carries commands to the session; what concerns the
// window itself (theme, scale, screenshots, the clipboard) comes back from the session as effects.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/parts/checks.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/machine.h"
#include "app/cli/parts/options.h"
#include "app/cli/parts/window_args.h"
#ifdef BLOCKYARD_WITH_LIVE
#include "app/cli/live/fleet_args.h"
#include "app/cli/live/sources/demo.h"
#include "app/cli/live/sources/watch_source.h"
#endif
#include "app/platform/window.h"
#include "app/session/session.h"
#include "app/session/settings.h"
#include "app/ui/font_file.h"
#include "app/window/main_frame.h"
#include "app/window/state_text.h"
#include "core/base/words/printable.h"
#include "core/io/files.h"
#include "core/settings/json_edit.h"

namespace blockyard {
namespace {

using cli::kBadInput;
using cli::kDone;
using cli::kFailed;
using cli::WindowArgs;

constexpr double kPatienceMs = 30;  // what takes longer is done between frames, and says so

// What the command line names, with its trace and its settings.
Result<Document> wanted_document(const WindowArgs& args, const std::string& assets_dir) {
  auto document = open_document(args.scenario.empty() && args.trace.empty() ? "first-look" : args.scenario, assets_dir);
  if (document && !args.trace.empty()) document = with_trace(*document, args.trace);
  if (!document || args.sets.empty()) return document;
  const auto parsed =
      cli::parse_with_sets(document->text, args.sets, document->base_dir, assets_dir + "/presets", document->source);
  if (!parsed) return parsed.error();
  auto text = cli::with_sets(document->text, args.sets);
  if (!text) return text.error();
  document->text = std::move(*text);
  return document;
}

#ifdef BLOCKYARD_WITH_LIVE
// A real fleet, or the demo's, from now on.
Result<void> watch(Session& session, const WindowArgs& args, const std::string& assets_dir) {
  std::unique_ptr<cli::Demo> demo;
  if (args.live_demo) {
    auto started = cli::Demo::start(*args.live_demo, args.live_scenario, args.live_seed, cli::Assets(assets_dir));
    if (!started) return started.error();
    demo = std::move(*started);
  }
  const cli::FleetArgs named{args.live_fleet, args.live_workers, args.live_sets, args.listen, args.tokens};
  const auto fleet = demo ? cli::read_fleet(named, demo->fleet()) : cli::read_fleet(named);
  if (!fleet) return fleet.error();
  auto source = cli::WatchSource::start(*fleet, args.record_raw, std::move(demo));
  if (!source) return source.error();
  if (const std::string at = (*source)->listening(); !at.empty()) cli::note("blockyard: listening on {}\n", at);
  if (const std::string& key = (*source)->made_key(); !key.empty()) cli::note("blockyard: key for changes: {}\n", key);
  session.watch(std::move(*source));
  return {};
}

// The demo from a window that shows something else.
void start_demo(Session& session, const std::string& assets_dir) {
  WindowArgs args;
  args.live_demo = 3;
  if (auto watched = watch(session, args, assets_dir); !watched) session.notify(watched.error().message, true);
}
constexpr bool kOffersDemo = true;
#else
void start_demo(Session&, const std::string&) {}
constexpr bool kOffersDemo = false;
#endif

// What `blockyard live` asks for.
Result<void> open_observed(Session& session, const WindowArgs& args, [[maybe_unused]] const std::string& assets_dir) {
  if (args.speed > 0) session.apply(cmd::SetSpeed{args.speed});
  if (!args.replay.empty()) return session.open_recording(args.replay, true);
#ifdef BLOCKYARD_WITH_LIVE
  if (args.record_raw) cli::note("blockyard: warning: {} will hold the prompts' token ids\n", printable(args.record));
  if (auto watched = watch(session, args, assets_dir); !watched) return watched;
  if (args.record.empty()) return {};
  return session.record(args.record, static_cast<std::uint64_t>(args.record_max_mib * 1048576.0));
#else
  return Error{"this build has no live fleets"};
#endif
}

// What the command line asks for. Otherwise what was seen last, else the first look, else the defaults: whatever of it
// can be opened.
Result<void> open_something(Session& session, const WindowArgs& args, const std::string& assets_dir) {
  if (args.live || !args.replay.empty()) return open_observed(session, args, assets_dir);
  if (is_recording(args.scenario)) return session.open_recording(args.scenario, true);
  // A trace alone is offered over what was seen last; with settings, or a scenario for it, it runs at once.
  if (is_trace_file(args.scenario) && args.trace.empty() && args.sets.empty()) {
    auto document = open_document(args.scenario, assets_dir);
    if (!document) return document.error();
    if (auto behind = open_something(session, {}, assets_dir); !behind) return behind;
    session.apply(cmd::Pause{});
    return session.offer(std::move(*document));
  }
  if (!args.scenario.empty() || !args.trace.empty() || !args.sets.empty()) {
    auto document = wanted_document(args, assets_dir);
    if (!document) return document.error();
    return session.open(std::move(*document), true);
  }
  const std::string last = session.ui().last_scenario;
  if (!last.empty() && (is_recording(last) ? session.open_recording(last, true) : session.open(last, true))) return {};
  if (auto opened = session.open("first-look", true); opened) return opened;
  return session.open("", true);
}

class Program {
 public:
  Program(Session& session, Window& window, std::string state_file, std::string assets_dir)
      : session_(session), window_(window), state_file_(std::move(state_file)), assets_dir_(std::move(assets_dir)) {
    if (!state_file_.empty()) window_.set_watcher([this](const WindowNews& news) { write_state(news); });
    window_.set_title("Blockyard · " + session_.scenario().name);
    title_ = session_.scenario().name;
  }

  FrameWish frame() {
    const auto now = std::chrono::steady_clock::now();
    // After a sleep, time has not gone on in the run.
    const double passed = std::chrono::duration<double>(now - before_).count();
    before_ = now;
    for (const std::string& file : window_.take_dropped_files()) commands_.push_back(cmd::OpenFile{file});
    session_.apply_all(commands_);
    session_.update(resting_ ? 1.0 / 60 : passed);
    FrameWish wish;
    for (const Command& effect : session_.take_effects()) carry_out(effect, wish);
    const WindowPlacement placement = window_.placement();
    session_.ui().window_width = placement.width;
    session_.ui().window_height = placement.height;
    session_.ui().window_maximized = placement.maximized;
    FrameContext ctx = session_.frame(window_.look(), commands_);
    frame_.draw(ctx, window_.size());
    if (!state_file_.empty()) state_ = state_text(ctx);
    if (session_.scenario().name != title_) {
      title_ = session_.scenario().name;
      window_.set_title("Blockyard · " + title_);
    }
    bool asked = false;  // hovering alone asks for nothing
    for (const Command& c : commands_) asked = asked || !std::holds_alternative<cmd::Hover>(c);
    wish.animate = asked || session_.wants_frames();
    resting_ = !wish.animate;
    return wish;
  }

 private:
  // Whole or not at all, so that whoever reads it never sees half. Where it cannot be written nobody waits for it.
  void write_state(const WindowNews& news) {
    (void)io::write_file(state_file_,
                         fmt::format("frames {}\ninputs {}\nresting {}\ncost {:.2f} {:.2f} {:.2f} {:.3f}\n{}end\n",
                                     news.frames, news.inputs, news.resting ? 1 : 0, news.build_ms, news.raster_ms,
                                     news.show_ms, news.changed, state_));
  }

  void carry_out(const Command& effect, FrameWish& wish) {
    if (const auto* theme = std::get_if<cmd::SetTheme>(&effect)) {
      window_.set_theme(theme->dark ? dark_theme() : light_theme());
    } else if (const auto* scale = std::get_if<cmd::SetScale>(&effect)) {
      window_.set_scale(static_cast<float>(scale->scale));
    } else if (std::holds_alternative<cmd::Fullscreen>(effect)) {
      window_.set_fullscreen(!window_.fullscreen());
    } else if (const auto* copy = std::get_if<cmd::CopyText>(&effect)) {
      ImGui::SetClipboardText(copy->text.c_str());
    } else if (std::holds_alternative<cmd::Screenshot>(effect)) {
      window_.capture([this](const Image& image) {
        session_.apply(cmd::SaveFile{"blockyard.png", [&image](const std::string& p) { return write_png(image, p); }});
      });
    } else if (std::holds_alternative<cmd::StartDemo>(effect)) {
      start_demo(session_, assets_dir_);
    } else if (std::holds_alternative<cmd::Quit>(effect)) {
      wish.quit = true;
    }
  }

  Session& session_;
  Window& window_;
  MainFrame frame_;
  std::vector<Command> commands_;
  std::string title_, state_file_, assets_dir_, state_;
  std::chrono::steady_clock::time_point before_ = std::chrono::steady_clock::now();
  bool resting_ = true;
};

// What a run may take where nobody says otherwise.
std::uint64_t usual_memory() {
  const std::uint64_t machine = cli::machine_memory();
  return cli::parse_memory(cli::kUsualMemory, machine).value_or(machine);
}

int run(const WindowArgs& args) {
  const cli::Assets assets(args.assets);
  Session session({assets.dir(), default_config_dir(), "", 8, kPatienceMs, usual_memory(), kOffersDemo});
  if (auto opened = open_something(session, args, assets.dir()); !opened) return cli::refuse(opened.error());

  WindowOptions options;
  options.theme = session.ui().dark ? dark_theme() : light_theme();
  options.scale = args.scale > 0 ? static_cast<float>(args.scale) : session.ui().scale;
  if (session.ui().window_width > 0) {
    options.width = session.ui().window_width;
    options.height = session.ui().window_height;
  }
  options.maximized = session.ui().window_maximized;
  std::error_code ec;
  options.font_dir = assets.dir() + "/fonts";
  if (!std::filesystem::exists(options.font_dir, ec)) options.font_dir = cli::Assets("").dir() + "/fonts";
  for (const std::string& trouble : font_troubles(options.font_dir)) cli::note("blockyard: warning: {}\n", trouble);
  std::string error;
  const auto window = Window::open(options, &error);
  if (!window) return cli::refuse(Error{error}, kFailed);
  Program program(session, *window, args.state, assets.dir());
  window->run([&program] { return program.frame(); });
  return kDone;
}

}  // namespace
}  // namespace blockyard

int main(int argc, char** argv) {
  blockyard::cli::WindowArgs args;
  CLI::App app{"Blockyard: the window. Commands that need none: blockyard --help", "blockyard-window"};
  blockyard::cli::dress(app);
  args.add_to(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() != 0) return blockyard::cli::refuse(blockyard::cli::parse_trouble(app, e));
    return app.exit(e);  // --help
  }
  return blockyard::cli::with_last_words([&args] { return blockyard::run(args); });
}
