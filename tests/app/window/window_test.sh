#!/usr/bin/env bash
# The real program in a real window under Xvfb: it opens, plays, pauses, steps, drags a slider and the timeline, chooses
# a strategy, takes what is dropped on it, exports, refuses a broken trace, is resized, survives nonsense, looks like
# the headless picture, remembers, and quits when the window is closed.
#   window_test.sh BLOCKYARD X11_PROBE
source "$(dirname "$0")/window_lib.sh"
start_display 1600x1000
start_app
until_true "it plays of itself" eval '(($(fact now) > 0))'
stands "first-start/Got it" || fail "a first start shows no card"
xdotool key Escape
until_true "Esc puts the first card away" gone "first-start/Got it"
xdotool key space
until_true "Space pauses" is playing 0
rests "paused"

# Steps, forward and back.
rest_pointer() { point_xy 800 4; }
rest_pointer
now=$(fact now) events=$(fact events)
key shift+period
(($(fact now) > now)) || fail "Shift+. does not step to the next request"
key shift+comma
key period
stepped=$(fact events)
key comma
(($(fact events) < stepped)) || fail ", does not step back"

# The window at the start is the headless picture of it.
key Home
is now 0 || fail "Home does not go to the start"
xdotool key F12
until_true "F12 takes a picture and says so" has toast blockyard.png  # for some seconds: first
until_true "and there it is" test -s blockyard.png
"$program" shot first-look --at 0 --out home.png || fail "shot"
off=$("$probe" differ blockyard.png home.png) || fail "the screenshot cannot be read"
((off <= 20)) || fail "$off of 1000 pixels differ from the headless picture"

saved=0
# Saves the scenario as it is now; its file is in $scenario.
save_scenario() {
  scenario=scenario.json
  ((saved > 0)) && scenario=scenario-$((saved + 1)).json
  ((++saved))
  xdotool key ctrl+s
  until_true "Ctrl+S saves $scenario" test -s "$scenario"
}
value() { grep -o "\"$1\": *[^,}]*" "$scenario" | head -n 1; }

# Settings: a slider in flight, a strategy, undone again.
save_scenario
rate=$(value rate) strategy=$(value strategy)
drag controls/Rate 0.4 0.9
rests "the slider was moved"
save_scenario
[[ $(value rate) != "$rate" ]] || fail "the slider leaves the rate at $rate"
command_named "route by: round robin"
rests "after the strategy"
save_scenario
[[ $(value strategy) == *round_robin* ]] || fail "the strategy is $(value strategy)"
press_at controls/router.strategy
until_true "the menu of strategies opens" stands "controls/router.strategy/Least loaded"
press_at "controls/router.strategy/Least loaded"
until_true "a choice closes it" is popups 0
rests "a strategy was chosen from the menu"
save_scenario
[[ $(value strategy) == *least_loaded* ]] || fail "the menu's strategy is $(value strategy)"
for _ in 1 2 3; do key ctrl+z; done
save_scenario
[[ $(value rate) == "$rate" && $(value strategy) == "$strategy" ]] || fail "undo leaves $(value rate), $(value strategy)"

# The timeline: forward and back, by hand.
drag timeline/strip 0.1 0.6
rests "dragged forward"
far=$(fact now)
((far > 0)) || fail "the timeline does not go forward"
drag timeline/strip 0.6 0.2
rests "dragged back"
(($(fact now) < far)) || fail "the timeline does not go back"

# A plot as a picture, by its own menu: of the right button, and of the sign in its corner.
press_at bottom/latency 3
until_true "the right button opens the menu of the plot" stands "bottom/plot menu/Export PNG, light"
point "bottom/plot menu/Export PNG, light"
until_true "the menu of sizes opens" stands "bottom/plot menu/2×"
press_at "bottom/plot menu/2×"
until_true "it exports a picture" test -s time-to-first-token.png
until_true "and closes" is popups 0
press_at bottom/latency/files
until_true "the sign opens it, too" stands "bottom/plot menu/Export CSV"
press_at "bottom/plot menu/Export CSV"
until_true "it exports the numbers" test -s time-to-first-token.csv
until_true "and closes again" is popups 0
rest_pointer

# Files dropped on the window: a scenario opens, a broken trace is told and leaves the run, a sound one opens.
drop() { "$probe" drop "$window" "$@" || fail "the drop of $*"; }
named() { is scenario "$1"; }
scenario="own scenario é.json"
cp scenario.json "$scenario"
sed -i 's/"first-look"/"Dropped here"/' "$scenario"
drop "$folder/$scenario"
until_true "a scenario is dropped" named "Dropped here"
until_true "its name is the window's" eval '[[ $(xdotool getwindowname "$window") == *"Dropped here"* ]]'
is playing 0 || key space
rests "the dropped scenario"
save_scenario
cmp "$scenario" "own scenario é.json" || fail "the dropped scenario is another one when saved"
printf '{"timestamp": 1, "input_length": 700, "output_length": 9, "hash_ids": [1, 2]}\nno json\n' > broken.jsonl
drop "$folder/broken.jsonl"
until_true "a broken trace is told" has trouble broken.jsonl
named "Dropped here" || fail "a broken trace took the run away: $(fact scenario)"
save_scenario
cmp "$scenario" "own scenario é.json" || fail "a broken trace changed the scenario"
for i in {1..40}; do
  printf '{"timestamp": %d, "input_length": 700, "output_length": 9, "hash_ids": [1, %d]}\n' $((i * 300)) $((100 + i))
done > sound.jsonl
drop "$folder/sound.jsonl"
until_true "a trace is offered" has cards trace
key Escape
until_true "Esc leaves it" eval '! has cards trace'
named "Dropped here" || fail "an offer that was left took the run away: $(fact scenario)"
drop "$folder/sound.jsonl"
until_true "it is offered again" has cards trace
key Return
until_true "a trace opens" named sound.jsonl
rests "the trace"
# The same two by name.
sed -i 's/no json/nor here/' broken.jsonl
mv broken.jsonl wrong.jsonl
command_named "$folder/wrong.jsonl"
until_true "a broken trace is told" has trouble wrong.jsonl
named sound.jsonl || fail "a broken trace took the run away: $(fact scenario)"
cp sound.jsonl second.jsonl
command_named "$folder/second.jsonl"
until_true "a trace is offered by its name" has cards trace
press_at "trace/Open with the fleet as set"
until_true "a trace opens by its name" named second.jsonl
rests "the second trace"

# Smaller, with everything in its place.
xdotool windowsize "$window" 1280 720
resized() { [[ $(xdotool getwindowgeometry "$window") == *"Geometry: 1280x720"* ]]; }
until_true "the window is resized" resized
xdotool key bracketright
until_true "] opens the next scenario" eval '! named second.jsonl && is loading 0'
is playing 0 || xdotool key space
until_true "paused at 1280 × 720" is playing 0
xdotool key ctrl+e
until_true "Ctrl+E exports" test -s blockyard-2.png
[[ $("$probe" size blockyard-2.png) == "1280 720" ]] || fail "the export is $("$probe" size blockyard-2.png)"

# Nonsense, into the window and into a field.
xdotool type --delay 15 'asdfgh 7891 ö{}()<>!,.;:#+*[[]]'
xdotool key ctrl+k
xdotool type --delay 15 'zzz <>&%$ \\ 99999999999 ../../etc'
xdotool key Return Escape Escape Escape
kill -0 "$app" 2> /dev/null || fail "nonsense ends it"
close_app

settings=$folder/config/blockyard/settings.json
grep -q '"first_start": false' "$settings" || fail "the card of keys is not remembered as seen"
grep -q 'sound.jsonl.*é.json' "$settings" || fail "what was dropped is not among the recent files"
grep -q '"width": 1280, "height": 720' "$settings" || fail "its size is not remembered: $(grep window "$settings")"
# Started again it is as large as it was, but no larger than the screen.
for size in 1280x720 9000x5000; do
  sed -i "s/\"width\": [0-9]*, \"height\": [0-9]*/\"width\": ${size%x*}, \"height\": ${size#*x}/" "$settings"
  start_app
  [[ $size == 1280x720 ]] || size=1600x1000
  until_true "it is $size again" eval '[[ $(xdotool getwindowgeometry "$window") == *"Geometry: $size"* ]]'
  close_app
done
echo "opened, played, paused, stepped, dragged, undone, exported, refused, resized, remembered, quit"
