#!/usr/bin/env bash
# The real program in a real window under Xvfb: it opens, plays, pauses, steps forward and back, and quits when the window
# is closed.  window_test.sh BLOCKYARD X11_PROBE       Exit status 77: skipped, for want of Xvfb or xdotool.
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
fail() { echo "FAILED: $*"; tail -n 20 "$folder/log"; exit 1; }

exec 5> "$folder/display"
Xvfb -displayfd 5 -screen 0 1600x1000x24 -nolisten tcp -noreset > "$folder/xvfb.log" 2>&1 &
xvfb=$!
for _ in {1..100}; do [[ -s $folder/display ]] && break; sleep 0.1; done
[[ -s $folder/display ]] || fail "Xvfb did not start"
export DISPLAY=:$(< "$folder/display") XDG_CONFIG_HOME=$folder/config LIBGL_ALWAYS_SOFTWARE=1
unset WAYLAND_DISPLAY

"$program" > "$folder/log" 2>&1 &
app=$!
window=''
for _ in {1..300}; do
  window=$(xdotool search --onlyvisible --name '^Blockyard' 2> /dev/null | head -n 1)
  [[ -n $window ]] && break
  kill -0 "$app" 2> /dev/null || fail "it ended before it showed a window"
  sleep 0.1
done
[[ -n $window ]] || fail "no window within 30 seconds"
xdotool windowfocus "$window"

picture() { "$probe" picture "$window" | cut -d' ' -f1; }
# Waits until the picture differs from $1.
changes_from() {
  for _ in {1..100}; do
    [[ $(picture) != "$1" ]] && return 0
    sleep 0.1
  done
  return 1
}
# Waits until the picture stays as it is for more than a second.
settles() {
  for _ in {1..30}; do
    local before; before=$(picture)
    sleep 1.2
    [[ $(picture) == "$before" ]] && return 0
  done
  return 1
}

sleep 2
colours=$("$probe" picture "$window" | cut -d' ' -f2)
((colours > 30)) || fail "the window shows $colours colours: nothing was drawn"
changes_from "$(picture)" || fail "the demo does not move"
xdotool mousemove --window "$window" 800 6  # away from everything that reacts to the pointer
xdotool key --window "$window" Escape
xdotool key space
settles || fail "Space does not pause"
paused=$(picture)
xdotool key shift+period
changes_from "$paused" || fail "Shift+. does not step a request"
settles || fail "it does not rest after a step"
stepped=$(picture)
xdotool key shift+comma
changes_from "$stepped" || fail "Shift+, does not step back"
settles || fail "it does not rest after a step back"
xdotool key space
changes_from "$(picture)" || fail "Space does not play again"

"$probe" close "$window" || fail "cannot ask the window to close"
for _ in {1..100}; do
  kill -0 "$app" 2> /dev/null || break
  sleep 0.1
done
kill -0 "$app" 2> /dev/null && fail "it does not quit when its window is closed"
wait "$app"
status=$?
app=''
((status == 0)) || fail "exit status $status"
echo "opened, played, paused, stepped, stepped back, quit"
