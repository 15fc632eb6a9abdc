#!/usr/bin/env bash
# A low screen (1280×720) at 150 and 200 %, in a real window under a window manager: every page of a lesson by one key,
# its questions whole and answered by digit, its menus within the screen, the palette; and what is typed into the prompt
# lab goes there and nowhere else.
#   window_small_test.sh BLOCKYARD X11_PROBE
source "$(dirname "$0")/window_lib.sh"
start_display 1280x720 openbox
# Opened, without its first card, paused.
begin() {
  start_app first-look
  stands "first-start/Got it" && xdotool key Escape
  until_true "the first card is away" gone "first-start/Got it"
  xdotool key space
  until_true "Space pauses" is playing 0
  rests "paused"
}
begin

# within NAME X Y W H: the part stands in that rectangle.
within() {
  local x y w h
  read -r x y w h <<< "$(anchor "$1")" || return 1
  [[ -n $h ]] && ((x >= $2 && y >= $3 && x + w <= $2 + $4 && y + h <= $3 + $5))
}
on_screen() {
  local wide high
  read -r wide high <<< "$(xdotool getwindowgeometry --shell "$window" | awk -F= '/WIDTH/{w=$2} /HEIGHT/{h=$2} END{print w, h}')"
  within "$1" 0 0 "$wide" "$high"
}
scale_to() {  # PERCENT
  key F10
  until_true "F10 opens the settings" has cards settings
  press_at "settings/scale/$1 %"
  until_true "$1 % is the scale" is scale "$(awk -v p="$1" 'BEGIN { print p / 100 }')"
  rests "at $1 %"
  key Escape
}
# The button that goes on, by the name it has on this page.
goes_on() {
  local name
  for name in More Question Next Finish; do stands "lesson/$name" && echo "lesson/$name" && return 0; done
  return 1
}
# One page of a lesson: the card on the screen; the choices of a question above its buttons, all of them if nothing more
# is below.
look_at_page() {
  on_screen lesson || fail "$1: the card is not on the screen: $(anchor lesson)"
  local on; on=$(goes_on) || fail "$1: nothing goes on"
  on_screen "$on" || fail "$1: the button that goes on is not on the screen: $(anchor "$on")"
  stands "lesson/choice 1" && ! has lesson-page more || return 0
  local x y w h last
  last=$(grep -c '^anchor .* lesson/choice [0-9]$' "$folder/state")
  read -r x y w h <<< "$(anchor "lesson/choice $last")"
  (($(anchor "$on" | cut -d' ' -f2) >= y + h)) || fail "$1: choice $last is under the buttons"
  ((++questions))
}
go_through() {  # LESSON PERCENT
  key l
  until_true "L lists the lessons" has cards lessons
  press_at "lessons/$1"
  until_true "$1 begins" is lesson 0
  rests "$1 begins"
  questions=0
  local pages=0 answered=0 tall before
  until stands "lesson/go on"; do
    look_at_page "$1 at $2 %, page $((++pages))"
    ((pages < 60)) || fail "$1 at $2 % never ends"
    if [[ $(fact lesson-page) == "1 paged" && $answered == 0 ]]; then
      before=$(fact lesson)
      key 2
      until_true "2 answers" eval '[[ $(fact answers) == *[0-9]* ]]'
      is lesson "$before" || fail "an answer leaves the step"
      answered=1
    fi
    before="$(fact lesson) $(fact lesson-page) $(anchor lesson/question) $(anchor lesson/handle)"
    xdotool key Next
    until_true "Page Down goes on from page $pages" eval \
      '[[ "$(fact lesson) $(fact lesson-page) $(anchor lesson/question) $(anchor lesson/handle)" != "$before" ]] || stands "lesson/go on"'
    rests "page $pages"
  done
  ((questions > 0 && answered == 1)) || fail "$1 at $2 %: $questions questions were whole, $answered answered"
  # What is asked at the end: each answer stands over the footer, by the wheel where the screen is too low for all.
  local name x y w h
  for name in "go on" keep "back to before"; do
    until clear_of_footer "lesson/$name"; do
      read -r x y w h <<< "$(anchor lesson)"
      point_xy $((x + w / 2)) $((y + h / 2))
      before=$(anchor "lesson/$name")
      act xdotool click 5
      [[ $(anchor "lesson/$name") != "$before" ]] || fail "$1 at $2 %: the wheel does not bring '$name' over the footer"
    done
  done
  press_at "lesson/back to before"
  until_true "the run before is back" is lesson -
  rests "after $1"
}
clear_of_footer() {
  local x y w h
  read -r x y w h <<< "$(anchor "$1")" || return 1
  ((y + h <= $(anchor lesson/Back | cut -d' ' -f2)))
}
for percent in 150 200; do
  scale_to $percent
  go_through 1-blocks-and-hashes $percent
done

# Menus, in the window as it is used in front of a class.
scale_to 150
press_at top/scenario
until_true "the menu of scenarios opens" stands top/scenario/burst
on_screen top/scenario/burst || fail "a scenario is off the screen: $(anchor top/scenario/burst)"
press_at top/scenario/burst
until_true "a scenario is chosen" has source burst
until_true "the menu closes" is popups 0
is playing 0 || key space
rests "burst"
stands controls/router.strategy || press_at pages/Controls
press_at controls/router.strategy
until_true "the menu of strategies opens" stands "controls/router.strategy/Round robin"
for choice in "Round robin" "Least loaded" "Cache aware"; do
  on_screen "controls/router.strategy/$choice" || fail "$choice is off the screen"
done
press_at "controls/router.strategy/Round robin"
until_true "a choice closes it" is popups 0
rests "a strategy"
key Escape
command_named "route by: least loaded"
rests "the palette's strategy"
xdotool key ctrl+s
until_true "Ctrl+S saves" test -s scenario.json
grep -q '"strategy": *"least_loaded"' scenario.json || fail "the palette chose nothing at 150 %"

# The prompt lab takes what is typed from the first letter on, and the run behind it stays as it is.
before="$(fact now) $(fact events) $(fact source)"
key p
until_true "P opens the prompt lab" has cards prompt
xdotool type --delay 20 'Could you compare. Please, explain xl [routers]?'
until_true "what is typed is in the prompt" eval '[[ $(fact prompt) == *"Please, explain xl [routers]?" ]]'
rests "typed"
is cards prompt || fail "a letter opened something over the lab: $(fact cards)"
[[ "$(fact now) $(fact events) $(fact source)" == "$before" ]] || fail "a letter moved the run: $before, now $(fact now)"
key Escape
until_true "Esc closes the lab" is cards -
# And under any other card.
key F10
until_true "F10 opens the settings" has cards settings
key period
key bracketright
xdotool key c
key r
[[ "$(fact now) $(fact events) $(fact source)" == "$before" ]] || fail "a key changed the run under the settings"
key Escape
close_app
echo "went through lessons at 150 and 200 %, chose from menus, typed into the lab"
