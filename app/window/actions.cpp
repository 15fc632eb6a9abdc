#include "app/window/actions.h"

#include <imgui.h>

#include <algorithm>
#include <array>

#include "app/panels/experiments/experiment.h"
#include "app/panels/fleet/side_by_side.h"
#include "app/panels/lessons/lessons.h"
#include "app/ui/compat.h"
#include "core/base/check.h"
#include "core/io/results.h"
#include "core/settings/scenario.h"

namespace blockyard {
namespace {

using compat::Key;

bool plain(Key key) {
  const ImGuiIO& io = ImGui::GetIO();
  return !io.KeyCtrl && !io.KeyAlt && compat::key_pressed(key);
}
bool with_ctrl(Key key) {
  const ImGuiIO& io = ImGui::GetIO();
  return io.KeyCtrl && !io.KeyShift && compat::key_pressed(key);
}
bool with_ctrl_shift(Key key) {
  const ImGuiIO& io = ImGui::GetIO();
  return io.KeyCtrl && io.KeyShift && compat::key_pressed(key);
}
bool typed(unsigned a, unsigned b = 0) { return compat::typed_char(a) || (b != 0 && compat::typed_char(b)); }

// Esc takes away what lies on top, one thing at a time; it never quits.
void escape(FrameContext& ctx) {
  if (compat::close_popups()) return;
  UiState& ui = ctx.ui;
  if (!ui.message_card.empty()) return ui.message_card.clear();
  // Out of a text field first; those cards that are little more than one close with it.
  if (ImGui::GetIO().WantTextInput && !ui.palette_open && !ui.file_open && !ui.prompt_open) return;
  for (bool* open : {&ui.palette_open, &ui.file_open, &ui.keys_open, &ui.help_open, &ui.settings_open,
                     &ui.experiment_open, &ui.prompt_open, &ui.lessons_open, &ui.lesson_leaving}) {
    if (*open) {
      *open = false;
      return;
    }
  }
  if (ctx.loading || ctx.offer != nullptr) {
    ctx.push(cmd::CancelLoad{});
  } else if (ui.has_page(ui.page)) {
    ui.page = UiState::Page::kFleet;
  } else if (ui.first_start) {
    ctx.push(cmd::DismissFirstStart{});
  } else if (is_selected(ctx.selection)) {
    ctx.push(cmd::ClearSelection{});
  } else if (ctx.range) {
    ctx.push(cmd::SetRange{});
  }
}

// A part of the window: shown or not; where it has no room, it takes the fleet's.
void flip_part(UiState& ui, UiState::Page page, bool& shown) {
  if (ui.has_page(page)) {
    ui.page = ui.page == page ? UiState::Page::kFleet : page;
  } else {
    shown = !shown;
  }
}

// The choice that a digit picks; −1 where none was pressed.
int digit() {
  constexpr std::array<Key, 4> kDigits{Key::Num1, Key::Num2, Key::Num3, Key::Num4};
  for (std::size_t i = 0; i < kDigits.size(); ++i) {
    if (plain(kDigits[i])) return static_cast<int>(i);
  }
  return -1;
}

void export_requests(FrameContext& ctx) {
  if (ctx.simulation == nullptr) return ctx.push(cmd::Notify{"No requests are seen here"});
  std::string csv = requests_csv(*ctx.simulation);
  ctx.push(cmd::SaveFile{"requests.csv", [csv = std::move(csv)](const std::string& path) {
                           const auto written = io::write_file(path, csv);
                           return written ? std::string() : written.error().message;
                         }});
}

void open_prompt_lab(FrameContext& ctx) {
  if (ctx.simulation == nullptr)
    return ctx.push(cmd::Notify{"The prompt lab asks the simulator, and this fleet is observed: open a scenario for it ([ or ])"});
  ctx.ui.prompt_open = true;
}

void start_demo(FrameContext& ctx) {
  if (!ctx.offers_demo) return ctx.push(cmd::Notify{"This build has no live fleets"});
  ctx.push(cmd::StartDemo{});
}

void what_if(FrameContext& ctx) {
  if (ctx.observed == nullptr) return ctx.push(cmd::Notify{"This run is a simulation already: change its settings, or compare (C)"});
  ctx.push(cmd::WhatIf{});
}

constexpr auto kActions = std::to_array<Action>({
    {"play", "Play or pause", "Space", "Starts or stops simulated time.", [] { return plain(Key::Space); },
     [](FrameContext& c) { c.push(cmd::TogglePlay{}); }},
    {"next_event", "Next event", ".", "To the next thing that happens.", [] { return typed('.'); },
     [](FrameContext& c) { c.push(cmd::StepEvent{}); }},
    {"previous_event", "Previous event", ",", "Back over the last thing that happened.", [] { return typed(','); },
     [](FrameContext& c) { c.push(cmd::StepBackEvent{}); }},
    {"next_request", "Next request", "Shift .", "To the next arrival of a request.", [] { return typed('>', ':'); },
     [](FrameContext& c) { c.push(cmd::StepRequest{}); }},
    {"previous_request", "Previous request", "Shift ,", "Back to the arrival before.", [] { return typed('<', ';'); },
     [](FrameContext& c) { c.push(cmd::StepBackRequest{}); }},
    {"start", "To the start", "Home", "Simulated time 0; the run stays as it is.", [] { return plain(Key::Home); },
     [](FrameContext& c) { c.push(cmd::Seek{0}); }},
    {"newest", "To the newest time", "End", "As far as this run has been seen.", [] { return plain(Key::End); },
     [](FrameContext& c) { c.push(cmd::SeekEnd{}); }},
    {"restart", "Restart", "R", "A fresh run under the settings as they are now.", [] { return plain(Key::R); },
     [](FrameContext& c) { c.push(cmd::Restart{}); }},
    {"undo", "Undo", "Ctrl Z", "Takes back the last change of a setting.", [] { return with_ctrl(Key::Z); },
     [](FrameContext& c) { c.push(cmd::Undo{}); }},
    {"redo", "Redo", "Ctrl Y", "Makes the change again.", [] { return with_ctrl(Key::Y) || with_ctrl_shift(Key::Z); },
     [](FrameContext& c) { c.push(cmd::Redo{}); }},
    {"previous_scenario", "Previous scenario", "[", "The built-in scenario before this one.", [] { return typed('['); },
     [](FrameContext& c) { c.push(cmd::NextScenario{-1}); }},
    {"next_scenario", "Next scenario", "]", "The built-in scenario after this one.", [] { return typed(']'); },
     [](FrameContext& c) { c.push(cmd::NextScenario{1}); }},
    {"fit", "Fit", "F", "Timeline and plots show the whole run again.", [] { return plain(Key::F); },
     [](FrameContext& c) { ++c.ui.fits; }},
    {"bookmark", "Bookmark", "M", "Marks this moment on the timeline.", [] { return plain(Key::M); },
     [](FrameContext& c) { c.push(cmd::AddBookmark{}); }},
    {"commands", "Commands", "Ctrl K", "Everything that can be done, by name.",
     [] { return with_ctrl(Key::K) || with_ctrl_shift(Key::P); },
     [](FrameContext& c) { c.ui.palette_open = !c.ui.palette_open; }},
    {"keys", "Keys", "?", "This list.", [] { return typed('?'); },
     [](FrameContext& c) { c.ui.keys_open = !c.ui.keys_open; }},
    {"help", "What is what", "F1", "What every part of the window shows.", [] { return plain(Key::F1); },
     [](FrameContext& c) { c.ui.help_open = !c.ui.help_open; }},
    {"lessons", "Lessons", "L", "From blocks to batching, step by step, with questions.", [] { return plain(Key::L); },
     [](FrameContext& c) { c.ui.lessons_open = !c.ui.lessons_open; }},
    {"lesson_next", "Lesson: next step", "Enter", "Page Down does the same.",
     [] { return plain(Key::Enter) || plain(Key::KeypadEnter) || plain(Key::PageDown); }, lesson_next},
    {"lesson_back", "Lesson: step back", "Page Up", "You can go back to any step.", [] { return plain(Key::PageUp); },
     lesson_back},
    {"lesson_answer", "Lesson: answer", "1 … 4", "Picks a choice of the question.", [] { return digit() >= 0; },
     [](FrameContext& c) { lesson_answer(c, static_cast<std::size_t>(std::max(0, digit()))); }},
    {"compare", "Compare strategies", "C", "Another strategy beside this one, on the same requests.",
     [] { return plain(Key::C); }, [](FrameContext& c) { open_comparison(c); }},
    {"waterfall", "Explain the hit rate", "X",
     "Where it was lost, cause by cause: the same requests run again and again.", [] { return plain(Key::X); },
     explain_hit_rate},
    {"pictures", "Draw the whole run", "",
     "The pictures that plot and report make, of this scenario from start to end.", nullptr,
     [](FrameContext& c) { c.ui.experiment_open = true, c.ui.experiment = UiState::Experiment::kPictures; }},
    {"compare_whole", "Compare strategies over the whole run", "",
     "Any strategies, over one or more seeds, as a picture.", nullptr,
     [](FrameContext& c) { c.ui.experiment_open = true, c.ui.experiment = UiState::Experiment::kComparison; }},
    {"sweep", "Sweep settings", "", "The run under every combination of values of one or two settings.", nullptr,
     [](FrameContext& c) { c.ui.experiment_open = true, c.ui.experiment = UiState::Experiment::kSweep; }},
    {"plan", "How many workers?", "", "The smallest fleet of each strategy that keeps objectives, and its price.",
     nullptr, ask_how_many_workers},
    {"prompt_lab", "Prompt lab", "P", "Words as tokens and blocks: type a prompt and see what is shared.",
     [] { return plain(Key::P); }, [](FrameContext& c) { open_prompt_lab(c); }},
    {"screenshot", "Screenshot", "F12", "This window as a PNG.", [] { return plain(Key::F12); },
     [](FrameContext& c) { c.push(cmd::Screenshot{}); }},
    {"export_window", "Export the window as PNG", "Ctrl E", "This window as a PNG.", [] { return with_ctrl(Key::E); },
     [](FrameContext& c) { c.push(cmd::Screenshot{}); }},
    {"export_requests", "Export requests as CSV", "", "One row per request, as of now.", nullptr, export_requests},
    {"record", "Record the fleet, or stop", "Ctrl Shift R",
     "What a real fleet tells, as a file that opens and plays again later.", [] { return with_ctrl_shift(Key::R); },
     [](FrameContext& c) { c.push(cmd::ToggleRecording{}); }},
    {"live_demo", "Live demo", "", "Three stand-in workers, a router and a small load, live: no GPU needed.", nullptr,
     start_demo},
    {"what_if", "What if: a fleet's requests in the simulator", "",
     "The requests of a real router, under any strategy, beside what really happened.", nullptr, what_if},
    {"open", "Open a file", "Ctrl O", "A scenario, a trace or a recording: folders, recent files, or a path.",
     [] { return with_ctrl(Key::O); }, [](FrameContext& c) { c.ui.file_open = !c.ui.file_open; }},
    {"paste", "Paste a router's configuration", "Ctrl V",
     "From the clipboard: an llm-d EndpointPickerConfig, a router's command line, or the path of a file.",
     [] { return with_ctrl(Key::V); },
     [](FrameContext& c) {
       const char* text = ImGui::GetClipboardText();
       c.push(cmd::OpenText{text != nullptr ? text : ""});
     }},
    {"save", "Save scenario", "Ctrl S", "The settings as they are now, as a scenario file.",
     [] { return with_ctrl(Key::S); }, [](FrameContext& c) { c.push(cmd::SaveScenario{}); }},
    {"full_screen", "Full screen", "F11", "", [] { return plain(Key::F11); },
     [](FrameContext& c) { c.push(cmd::Fullscreen{}); }},
    {"theme", "Dark or light", "Ctrl D", "The light theme reads better on a projector.",
     [] { return with_ctrl(Key::D); }, [](FrameContext& c) { c.push(cmd::SetTheme{!c.ui.dark}); }},
    {"controls", "Show or hide controls", "Ctrl 1", "", [] { return with_ctrl(Key::Num1); },
     [](FrameContext& c) {
       bool& shown = c.lesson != nullptr ? c.ui.lesson_controls : c.ui.show_controls;
       flip_part(c.ui, UiState::Page::kControls, shown);
     }},
    {"tree", "Show or hide the prefix tree", "Ctrl 2", "", [] { return with_ctrl(Key::Num2); },
     [](FrameContext& c) { flip_part(c.ui, UiState::Page::kTree, c.ui.show_tree); }},
    {"bottom", "Show or hide plots and tables", "Ctrl 3", "", [] { return with_ctrl(Key::Num3); },
     [](FrameContext& c) { flip_part(c.ui, UiState::Page::kPlots, c.ui.show_bottom); }},
    {"settings", "Settings", "F10", "Scale, theme, layout.", [] { return plain(Key::F10); },
     [](FrameContext& c) { c.ui.settings_open = !c.ui.settings_open; }},
    {"escape", "Clear the selection", "Esc", "Closes what lies on top, then clears selection and range; never quits.",
     [] { return plain(Key::Escape); }, escape},
    {"quit", "Quit", "Ctrl Q", "", [] { return with_ctrl(Key::Q); }, [](FrameContext& c) { c.push(cmd::Quit{}); }},
});

}  // namespace

std::span<const Action> action_table() { return kActions; }

const Action& action_named(std::string_view id) {
  const auto found = std::find_if(kActions.begin(), kActions.end(), [id](const Action& a) { return a.id == id; });
  BY_CHECK(found != kActions.end(), "no action has this id");
  return *found;
}

namespace {

// Under a card that covers the window nobody sees what a letter would do to the run. What remains: what closes the
// card, what opens one over it, lessons, files of the window itself.
bool rests_under_cards(const UiState& ui, std::string_view action) {
  const bool covered = ui.settings_open || ui.keys_open || ui.help_open || ui.experiment_open || ui.prompt_open ||
                       ui.lessons_open || !ui.message_card.empty();
  if (!covered || action.starts_with("lesson_")) return false;
  constexpr auto kAlways =
      std::to_array<std::string_view>({"escape", "commands", "open", "help", "settings", "screenshot", "export_window",
                                       "full_screen", "theme", "quit"});
  if (std::find(kAlways.begin(), kAlways.end(), action) != kAlways.end()) return false;
  const bool own = (action == "keys" && ui.keys_open) || (action == "lessons" && ui.lessons_open) ||
                   (action == "waterfall" && ui.experiment_open);
  return !own;
}

}  // namespace

void handle_keys(FrameContext& ctx) {
  // In the palette, letters are text; Esc and its own key still close it. An offer waits for a word.
  const bool typing = ImGui::GetIO().WantTextInput || ctx.ui.palette_open || ctx.ui.file_open || ctx.offer != nullptr;
  for (const Action& action : kActions) {
    if (action.pressed == nullptr || !action.pressed()) continue;
    if (typing && action.id != "escape" && !(ctx.ui.palette_open && action.id == "commands")) continue;
    if (rests_under_cards(ctx.ui, action.id)) continue;
    return action.run(ctx);
  }
}

}  // namespace blockyard
