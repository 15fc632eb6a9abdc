# What the tests of the real window share; sourced with PROGRAM and PROBE as $1 and $2. The program writes what it shows
# to a file after every frame (--state): every step acts, then waits for the state that it should bring about, however
# long that takes on a busy machine. Nothing counts seconds; until_true gives up after four minutes.
# Status 77: skipped, a tool is missing.
set -u
program=$1 probe=$2
folder=$(mktemp -d)
xvfb='' manager='' app='' window=''
finish() {
  local pid
  for pid in $app $manager $xvfb; do kill "$pid" 2> /dev/null; done
  rm -rf "$folder"
}
trap finish EXIT
need() {
  local tool
  for tool in "$@"; do command -v "$tool" > /dev/null || { echo "skipped: $tool is not installed"; exit 77; }; done
}
fail() {
  echo "FAILED: $*"
  tail -n 20 "$folder/log" 2> /dev/null
  grep -v '^anchor' "$folder/state" 2> /dev/null
  ls "$folder"
  exit 1
}
# until_true WHAT COMMAND…: runs the command until it succeeds.
until_true() {
  local what=$1 begun=$SECONDS; shift
  while ((SECONDS - begun < 240)); do
    "$@" && return 0
    [[ -z $app ]] || kill -0 "$app" 2> /dev/null || fail "it ended while: $what"
    sleep 0.05
  done
  fail "$what"
}

# start_display WIDTHxHEIGHT [MANAGER]
start_display() {
  need Xvfb xdotool ${2:-}
  exec 5> "$folder/display"
  Xvfb -displayfd 5 -screen 0 "$1x24" -nolisten tcp -noreset > "$folder/xvfb.log" 2>&1 &
  xvfb=$!
  until_true "Xvfb starts" test -s "$folder/display"
  export DISPLAY=:$(< "$folder/display") XDG_CONFIG_HOME=$folder/config LIBGL_ALWAYS_SOFTWARE=1
  unset WAYLAND_DISPLAY
  if [[ -n ${2:-} ]]; then
    "$2" > "$folder/manager.log" 2>&1 &
    manager=$!
    until_true "$2 manages the windows" eval 'xprop -root _NET_SUPPORTING_WM_CHECK 2> /dev/null | grep -q 0x'
  fi
  cd "$folder" || exit 1  # exports land here
}
# start_app ARGUMENT…: returns when its first frame is shown.
start_app() {
  rm -f "$folder/state"
  "$program" "$@" --state "$folder/state" > "$folder/log" 2>&1 &
  app=$!
  until_true "the window appears" find_window
  until_true "a frame is shown" eval '[[ -s $folder/state ]] && (($(fact frames) > 0))'
  xdotool windowfocus "$window"
}
find_window() { window=$(xdotool search --onlyvisible --name '^Blockyard' 2> /dev/null | head -n 1); [[ -n $window ]]; }
close_app() {
  "$probe" close "$window" || fail "cannot ask the window to close"
  until_ended
}
until_ended() {
  local begun=$SECONDS
  while kill -0 "$app" 2> /dev/null; do
    ((SECONDS - begun < 240)) || fail "it does not quit"
    sleep 0.05
  done
  wait "$app"
  local status=$?
  app=''
  ((status == 0)) || fail "exit status $status"
}

# --- What it shows
fact() { sed -n "s/^$1 //p;/^anchor/q" "$folder/state"; }
is() { [[ $(fact "$1") == "$2" ]]; }            # FACT VALUE
has() { [[ " $(fact "$1" | tr '\n' ' ') " == *"$2"* ]]; }  # FACT PART
at_rest() { is resting 1 && is loading 0; }
rests() { until_true "it rests: $1" at_rest; }
# anchor NAME: "x y w h".
anchor() {
  awk -v name="$1" '$1 == "anchor" { rest = $0; sub(/^anchor [-0-9]+ [-0-9]+ [-0-9]+ [-0-9]+ /, "", rest)
    if (rest == name) { print $2, $3, $4, $5; found = 1; exit } } END { exit !found }' "$folder/state"
}
stands() { anchor "$1" > /dev/null; }
gone() { ! stands "$1"; }
picture() { "$probe" picture "$window" "$@" | cut -d' ' -f1; }
colours() { "$probe" picture "$window" "$@" | cut -d' ' -f2; }
differs_from() { [[ $(picture) != "$1" ]]; }

# --- What a person does
# act COMMAND…: does it, and returns when the window has seen it and rests again.
act() {
  local before; before=$(fact inputs)
  "$@"
  until_true "it notices: $*" eval "((\$(fact inputs) > $before))"
  rests "after $*"
}
key() { act xdotool key "$@"; }
type_text() { act xdotool type --delay 20 "$1"; }
pointer_is() { [[ $(fact mouse) == "$1 $2 "* ]]; }
buttons_are() { [[ $(fact mouse) == *" $1" ]]; }
point_xy() {
  xdotool mousemove --window "$window" "$1" "$2"
  until_true "the pointer is at $1 $2" pointer_is "$1" "$2"
}
# What has just appeared may be laid out once more: it stands where it stood a frame before, or nothing moves any more.
stands_still() {
  local was frame
  was=$(anchor "$1") frame=$(fact frames)
  [[ -n $was && -n $frame ]] || return 1
  until_true "another frame or a rest" eval "is resting 1 || ((\$(fact frames) > $frame))"
  [[ $(anchor "$1") == "$was" ]]
}
# point NAME [X-SHARE [Y-SHARE]]
point() {
  until_true "$1 is there" stands_still "$1"
  local x y w h
  read -r x y w h <<< "$(anchor "$1")"
  point_xy "$(awk -v a="$x" -v b="$w" -v s="${2:-0.5}" 'BEGIN { printf "%d", a + b * s }')" \
    "$(awk -v a="$y" -v b="$h" -v s="${3:-0.5}" 'BEGIN { printf "%d", a + b * s }')"
}
hold() { xdotool mousedown "$1"; until_true "button $1 is down" buttons_are "$2"; }
let_go() { xdotool mouseup "$1"; until_true "button $1 is up" buttons_are 000; }
press() {  # BUTTON
  case $1 in 1) hold 1 100 ;; 3) hold 3 010 ;; esac
  let_go "$1"
}
press_at() { point "$1" "${3:-0.5}"; press "${2:-1}"; }  # NAME [BUTTON [X-SHARE]]
drag() {  # NAME FROM TO
  point "$1" "$2"
  hold 1 100
  point "$1" "$3"
  let_go 1
}
# Through the palette: everything by name.
command_named() {
  xdotool key ctrl+k
  until_true "the palette opens" has cards palette
  xdotool type --delay 20 "$1"
  until_true "the palette takes text" is palette "$1"
  xdotool key Return
  until_true "the palette closes" eval '! has cards palette'
}
