#!/usr/bin/env bash
# The real program in a real window under Xvfb: it opens, plays, pauses, steps, drags a slider and the timeline, chooses
# a strategy, takes what is dropped on it, exports, refuses a broken trace, is resized, survives nonsense, looks like
# the headless picture, remembers, and quits when the window is closed.
#   window_test.sh BLOCKYARD X11_PROBE    Status 77: skipped, no Xvfb or xdotool.
#
# Every step waits for what it should bring about, as long as that may take on a slow machine; nothing counts seconds.
set -u
program=$1 probe=$2
for tool in Xvfb xdotool; do
  command -v "$tool" > /dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
folder=$(mktemp -d)
xvfb='' app=''
finish() {
  [[ -n $app ]] && kill "$app" 2> /dev/null
  [[ -n $xvfb ]] && kill "$xvfb" 2> /dev/null
  rm -rf "$folder"
}
trap finish EXIT
fail() { echo "FAILED: $*"; tail -n 20 "$folder/log"; ls "$folder"; exit 1; }
# until_true WHAT COMMAND…: runs the command until it succeeds, for a minute at most.
until_true() {
  local what=$1; shift
  for _ in {1..300}; do
    "$@" && return 0
    [[ -z $app ]] || kill -0 "$app" 2> /dev/null || fail "it ended while: $what"
    sleep 0.2
  done
  fail "$what"
}

exec 5> "$folder/display"
Xvfb -displayfd 5 -screen 0 1600x1000x24 -nolisten tcp -noreset > "$folder/xvfb.log" 2>&1 &
xvfb=$!
until_true "Xvfb starts" test -s "$folder/display"
export DISPLAY=:$(< "$folder/display") XDG_CONFIG_HOME=$folder/config LIBGL_ALWAYS_SOFTWARE=1
unset WAYLAND_DISPLAY

cd "$folder" || exit 1  # exports land here
"$program" > "$folder/log" 2>&1 &
app=$!
window=''
find_window() { window=$(xdotool search --onlyvisible --name '^Blockyard' 2> /dev/null | head -n 1); [[ -n $window ]]; }
until_true "the window appears" find_window
xdotool windowfocus "$window"

picture() { "$probe" picture "$window" | cut -d' ' -f1; }
colourful() { (($("$probe" picture "$window" | cut -d' ' -f2) > 30)); }
differs_from() { [[ $(picture) != "$1" ]]; }
# Still for more than a second: paused, nothing fades, no message is up.
is_still() { local before; before=$(picture); sleep 1.2; [[ $(picture) == "$before" ]]; }
settles() { until_true "it rests: $1" is_still; }
# Presses a key and waits until the picture is another one.
key_changes() { local before; before=$(picture); xdotool key "$1"; until_true "$2" differs_from "$before"; }

# Where things stand: the same code draws the headless picture.
shot() { "$program" shot "$@" || fail "shot $*"; }
shot first-look --at 0 --out "$folder/home.png" --anchors "$folder/anchors.csv"
anchors=$folder/anchors.csv
# at NAME X-SHARE: the point in the named part of $anchors, as "x y".
at() {
  awk -F'"' -v name="$1" -v share="$2" '$2 == name { split($3, r, ","); found = 1
    printf "%d %d", r[2] + r[4] * share, r[3] + r[5] / 2 } END { exit !found }' "$anchors"
}
point() {  # NAME X-SHARE
  local x y
  read -r x y <<< "$(at "$1" "$2")"
  [[ -n $y ]] || fail "nothing is called $1"
  xdotool mousemove --window "$window" "$x" "$y"; sleep 0.3
}
press_at() { point "$1" 0.5; xdotool click "$2"; }  # NAME BUTTON
drag() {  # NAME FROM TO
  point "$1" "$2"
  xdotool mousedown 1; sleep 0.3
  point "$1" "$3"
  xdotool mouseup 1
}
# Drags until the picture, with the pointer away again, is another one: a slow frame may miss a whole drag.
drag_changes() {  # NAME FROM TO WHAT
  local before; before=$(picture)
  for _ in {1..8}; do
    drag "$1" "$2" "$3"
    rest_pointer
    settles "$4"
    differs_from "$before" && return 0
  done
  fail "$4"
}
rest_pointer() { xdotool mousemove --window "$window" 800 4; }
# Through the palette: everything by name.
command_named() {
  local before; before=$(picture)
  xdotool key ctrl+k
  until_true "the palette opens" differs_from "$before"
  before=$(picture)
  xdotool type --delay 60 "$1"
  until_true "the palette takes text" differs_from "$before"
  xdotool key Return
}
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

until_true "something is drawn" colourful
key_changes Escape "the demo moves"  # and the card of keys is put away
rest_pointer
xdotool key space
settles "Space pauses"
key_changes shift+period "Shift+. steps a request"
settles "after a step"
key_changes shift+comma "Shift+, steps back"
settles "after a step back"
key_changes period ". steps an event"
settles "after an event"
key_changes comma ", steps back an event"
settles "after an event back"

# The window at the start is the headless picture of it.
xdotool key Home
settles "Home"
xdotool key F12
until_true "F12 takes a picture" test -s blockyard.png
off=$("$probe" differ blockyard.png home.png) || fail "the screenshot cannot be read"
((off <= 20)) || fail "$off of 1000 pixels differ from the headless picture"

# Settings: a slider in flight, a strategy, undone again.
save_scenario
rate=$(value rate) strategy=$(value strategy)
settles "after saving"
drag_changes controls/Rate 0.4 0.9 "the slider moves"
save_scenario
[[ $(value rate) != "$rate" ]] || fail "the slider leaves the rate at $rate"
command_named "route by: round robin"
settles "after the strategy"
save_scenario
[[ $(value strategy) == *round_robin* ]] || fail "the strategy is $(value strategy)"
shot first-look --at 0 --set router.strategy=round_robin --out "$folder/menu.png" --anchors "$folder/menu.csv" \
  --click controls/router.strategy
press_at controls/router.strategy 1
settles "the menu of strategies is open"
anchors=$folder/menu.csv
press_at "controls/router.strategy/Least loaded" 1
anchors=$folder/anchors.csv
rest_pointer
settles "a strategy is chosen from the menu"
save_scenario
[[ $(value strategy) == *least_loaded* ]] || fail "the menu's strategy is $(value strategy)"
xdotool key ctrl+z
xdotool key ctrl+z
xdotool key ctrl+z
settles "after undoing"
save_scenario
[[ $(value rate) == "$rate" && $(value strategy) == "$strategy" ]] || fail "undo leaves $(value rate), $(value strategy)"

# The timeline: forward and back, by hand.
settles "before the timeline"
drag_changes timeline/strip 0.1 0.6 "the timeline goes forward"
drag_changes timeline/strip 0.6 0.2 "the timeline goes back"

# A plot as a picture, by its own menu.
shot first-look --at 9000 --out "$folder/menu.png" --anchors "$folder/menu.csv" --click right:bottom/latency \
  --click "bottom/plot menu/Export PNG, light"
press_at bottom/latency 3
settles "the menu of the plot is open"
anchors=$folder/menu.csv
point "bottom/plot menu/Export PNG, light" 0.5
settles "the menu of sizes is open"
press_at "bottom/plot menu/2×" 1
anchors=$folder/anchors.csv
until_true "the plot's menu exports a picture" test -s time-to-first-token.png
rest_pointer
settles "after the plot"

# Files dropped on the window: a scenario opens, a broken trace is told and leaves the run, a sound one opens.
drop() { "$probe" drop "$window" "$@" || fail "the drop of $*"; }
title() { xdotool getwindowname "$window"; }
named() { [[ $(title) == *"$1"* ]]; }
scenario="own scenario é.json"
cp scenario.json "$scenario"
sed -i 's/"first-look"/"Dropped here"/' "$scenario"
drop "$folder/$scenario"
until_true "a scenario is dropped" named "Dropped here"
xdotool key space
settles "paused in the dropped scenario"
save_scenario
cmp "$scenario" "own scenario é.json" || fail "the dropped scenario is another one when saved"
settles "after saving the dropped scenario"
printf '{"timestamp": 1, "input_length": 700, "output_length": 9, "hash_ids": [1, 2]}\nno json\n' > broken.jsonl
before=$(picture)
drop "$folder/broken.jsonl"
until_true "a broken trace is told" differs_from "$before"
named "Dropped here" || fail "a broken trace took the run away: $(title)"
save_scenario
cmp "$scenario" "own scenario é.json" || fail "a broken trace changed the scenario"
for i in {1..40}; do
  printf '{"timestamp": %d, "input_length": 700, "output_length": 9, "hash_ids": [1, %d]}\n' $((i * 300)) $((100 + i))
done > sound.jsonl
drop "$folder/sound.jsonl"
until_true "a trace opens" named sound.jsonl
settles "the trace has run"
# The same two by name.
before=$(picture)
command_named "$folder/broken.jsonl"
until_true "a broken trace is told" differs_from "$before"
named sound.jsonl || fail "a broken trace took the run away: $(title)"
settles "after the broken trace"
cp sound.jsonl second.jsonl
command_named "$folder/second.jsonl"
until_true "a trace opens by its name" named second.jsonl

# Smaller, with everything in its place.
xdotool windowsize "$window" 1280 720
resized() { [[ $(xdotool getwindowgeometry --shell "$window" | grep -E 'WIDTH|HEIGHT' | cut -d= -f2 | xargs) == "1280 720" ]]; }
until_true "the window is resized" resized
xdotool key bracketright
until_true "] opens the next scenario" eval '! named second'
xdotool key space
settles "paused at 1280 × 720"
xdotool key ctrl+e
until_true "Ctrl+E exports" test -s blockyard-2.png
[[ $("$probe" size blockyard-2.png) == "1280 720" ]] || fail "the export is $("$probe" size blockyard-2.png)"

# Nonsense, into the window and into a field.
xdotool type --delay 15 'asdfgh 7891 ö{}()<>!,.;:#+*[[]]'
xdotool key ctrl+k
xdotool type --delay 15 'zzz <>&%$ \\ 99999999999 ../../etc'
xdotool key Return Escape Escape Escape
kill -0 "$app" 2> /dev/null || fail "nonsense ends it"

"$probe" close "$window" || fail "cannot ask the window to close"
ended() { ! kill -0 "$app" 2> /dev/null; }
for _ in {1..300}; do ended && break; sleep 0.2; done
ended || fail "it does not quit when its window is closed"
wait "$app"
status=$?
app=''
((status == 0)) || fail "exit status $status"
settings=$folder/config/blockyard/settings.json
grep -q '"first_start": false' "$settings" || fail "the card of keys is not remembered as seen"
grep -q 'sound.jsonl.*é.json' "$settings" || fail "what was dropped is not among the recent files"
grep -q '"width": 1280, "height": 720' "$settings" || fail "its size is not remembered: $(grep window "$settings")"
# Started again it is as large as it was, but no larger than the screen.
for size in 1280x720 9000x5000; do
  sed -i "s/\"width\": [0-9]*, \"height\": [0-9]*/\"width\": ${size%x*}, \"height\": ${size#*x}/" "$settings"
  "$program" > "$folder/log" 2>&1 &
  app=$! window=''
  until_true "the window appears again" find_window
  [[ $size == 1280x720 ]] || size=1600x1000
  until_true "it is $size again" eval '[[ $(xdotool getwindowgeometry "$window") == *"Geometry: $size"* ]]'
  "$probe" close "$window"
  wait "$app"
  app=''
done
echo "opened, played, paused, stepped, dragged, undone, exported, refused, resized, remembered, quit"
