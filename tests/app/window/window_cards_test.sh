#!/usr/bin/env bash
# The cards over the window, in a real window under a window manager: text is typed, selected and pasted in the palette,
# menus open within the card of experiments and its picture is exported, files are opened by the card of files.
#   window_cards_test.sh BLOCKYARD X11_PROBE
source "$(dirname "$0")/window_lib.sh"
need xclip
start_display 1760x1120 openbox
start_app first-look
xdotool key Escape
until_true "Esc puts the first card away" gone "first-start/Got it"
xdotool key space
until_true "Space pauses" is playing 0
copied() { printf '%s' "$1" | xclip -selection clipboard -i; }

# The palette: a text field like any other.
xdotool key ctrl+k
until_true "the palette opens" has cards palette
xdotool type --delay 20 'all wrong'
until_true "it takes text at once" is palette 'all wrong'
key ctrl+a
xdotool type --delay 20 'route by'
until_true "what is selected is replaced" is palette 'route by'
copied ': round robin'
key ctrl+v
until_true "Ctrl+V pastes at the caret" is palette 'route by: round robin'
key shift+Home
key ctrl+x
until_true "Ctrl+X cuts" is palette ''
key ctrl+v
until_true "and it can be pasted again" is palette 'route by: round robin'
xdotool key Return
until_true "Enter closes it" eval '! has cards palette'
rests "after the strategy"
xdotool key ctrl+s
until_true "Ctrl+S saves" test -s scenario.json
grep -q '"strategy": *"round_robin"' scenario.json || fail "the palette did not choose round robin"

# Experiments: a menu within the card opens and stays until something is chosen.
key x
until_true "X opens the experiments" has cards experiment
until_true "the waterfall is there" stands experiment/experiment-figure
press_at "experiment/kind/Sweep settings"
until_true "its sweep is shown" stands experiment/second/path
press_at experiment/second/path
until_true "the menu of settings opens" is popups 1
rests "the menu stays open"
is popups 1 || fail "the menu of settings closes by itself"
press_at "experiment/second/path/Nothing else"
until_true "a choice closes the menu" is popups 0
press_at experiment/first/steps
key ctrl+a
xdotool type --delay 20 'two'
press_at experiment/Sweep
until_true "a wrong number is told and runs nothing" gone experiment/experiment-figure
press_at experiment/first/steps
key ctrl+a
xdotool type --delay 20 '2'
press_at experiment/Sweep
until_true "a sweep runs" stands experiment/experiment-figure
press_at "experiment/kind/Where the hit rate went"
until_true "the waterfall is still there, with its numbers" stands experiment/numbers
press_at experiment/experiment-figure 3
until_true "the right button opens the picture's menu" is popups 1
point "experiment/plot menu/Export PNG, dark"
until_true "the menu of sizes opens" stands "experiment/plot menu/2×"
press_at "experiment/plot menu/2×"
until_true "the picture is exported" eval 'ls "$folder" | grep -q "\.png$"'
key Escape
until_true "Esc closes the card" eval '! has cards experiment'

# Files.
mkdir -p "$folder/own files"
for i in {1..40}; do
  printf '{"timestamp": %d, "input_length": 700, "output_length": 9, "hash_ids": [1, %d]}\n' $((i * 300)) $((100 + i))
done > "$folder/own files/day 2.jsonl"
cp scenario.json "$folder/own files/mine.json"
sed -i 's/"first-look"/"Opened here"/' "$folder/own files/mine.json"
echo nothing > "$folder/own files/readme.md"
copied "$folder/own files/"
key ctrl+o
until_true "Ctrl+O opens the card of files" has cards file
key ctrl+v
until_true "a pasted folder is listed" stands "file/entry/mine.json"
stands "file/entry/readme.md" && fail "a file that is neither a scenario nor a trace is listed"
press_at "file/All files"
until_true "all files are listed" stands "file/entry/readme.md"
type_text mine
until_true "what is typed narrows the list" gone "file/entry/day 2.jsonl"
xdotool key Return
until_true "Enter opens it" is scenario "Opened here"
xdotool key ctrl+o
until_true "the card opens again" has cards file
until_true "in the same folder" stands "file/entry/day 2.jsonl"
stands "file/recent/mine.json" || fail "what was opened is not among the recent files"
press_at "file/entry/day 2.jsonl"
press_at file/Open
until_true "the card closes" eval '! has cards file'
until_true "the trace is offered before it runs" has cards trace
is scenario "Opened here" || fail "the trace took the run's place before anybody said so"
press_at "trace/Open with the fleet as set"
until_true "the trace opens" has source "day 2.jsonl"
until_true "its card closes" eval '! has cards trace'
copied "\"$folder/own files/nowhere.json\""
xdotool key ctrl+o
until_true "the card opens a third time" has cards file
key ctrl+v
key Return
has cards file || fail "a file that is not there closes the card"
key Escape
until_true "Esc closes it" eval '! has cards file'
close_app

# Named on the command line, with settings.
start_app "$folder/own files/day 2.jsonl"
until_true "a trace on the command line is offered" has cards trace
key Return
until_true "Enter opens it with the fleet that fits" eval '! has cards trace'
until_true "and it is there" has source "day 2.jsonl"
has source "day 2.jsonl" || fail "a trace on the command line is not opened: $(fact source)"
close_app
start_app first-look --set router.strategy=least_loaded --trace "$folder/own files/day 2.jsonl"
has source "day 2.jsonl" || fail "--trace is not opened: $(fact source)"
xdotool key ctrl+s
until_true "Ctrl+S saves" test -s scenario-2.json
grep -q '"strategy": *"least_loaded"' scenario-2.json || fail "--set does nothing"
close_app
"$program" --set router.strategy > "$folder/refused" 2>&1
(($? == 2)) || fail "--set without a value is not refused"
echo "typed, pasted, chosen from menus, exported, opened files"
