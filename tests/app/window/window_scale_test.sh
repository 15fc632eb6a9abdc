#!/usr/bin/env bash
# The size of everything, changed while it runs, in a real window under a window manager: F10, 150 %, 200 %, back; each
# time the whole window is drawn again, under the right scale, and the settings card stays in reach.
#   window_scale_test.sh BLOCKYARD X11_PROBE
source "$(dirname "$0")/window_lib.sh"
start_display 1760x1120 openbox
need import
start_app first-look
xdotool key Escape
until_true "Esc puts the first card away" gone "first-start/Got it"
xdotool key space
until_true "Space pauses" is playing 0
key F10
until_true "F10 opens the settings" has cards settings

full=$(colours)
((full > 100)) || fail "only $full colours at the start"
for percent in 150 200 75 100; do
  press_at "settings/scale/$percent %"
  until_true "$percent % is the scale" is scale "$(awk -v p=$percent 'BEGIN { print p / 100 }')"
  rests "at $percent %"
  # Drawn everywhere: bar, strip, fleet, tree or bottom, not the ground alone.
  now=$(colours)
  ((now > 60)) || fail "at $percent % the window has $now colours, $full before"
  for part in "top/settings" settings; do
    stands "$part" || fail "$part is gone at $percent %"
    (($(colours $(anchor "$part")) > 4)) || fail "$part is blank at $percent %"
  done
done
# And after a change of theme and of scale in one go.
key Escape
key ctrl+d
until_true "the light theme" is theme light
(($(colours) > 60)) || fail "the light theme is blank"
close_app
grep -q '"scale": 1,' "$folder/config/blockyard/settings.json" || fail "the scale is not remembered"
echo "changed size and theme, drawn each time"
