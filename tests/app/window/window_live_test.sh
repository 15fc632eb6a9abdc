#!/usr/bin/env bash
# A live fleet in a real window: the demo's router and stand-ins, watched, paused, stepped, routed otherwise, recorded; the
# recording opened again, and its requests run in the simulator. A live window never rests: each step waits for what it
# should bring about.
#   window_live_test.sh BLOCKYARD_WINDOW X11_PROBE
source "$(dirname "$0")/window_lib.sh"
start_display 1600x1000 openbox
start_app --live --live-demo 3 --live-seed 7
is fleet router || fail "the demo is not this program's router: $(fact fleet)"
until_true "requests come" eval '(($(fact requests) > 3))'
until_true "a hit is on screen" eval '(($(fact hits) > 0))'
xdotool key Escape
until_true "Esc puts the first card away" gone "first-start/Got it"

# Pause: the fleet goes on, and so does what can be gone back over.
xdotool key space
until_true "Space pauses" is playing 0
stood=$(fact now)
until_true "the fleet goes on meanwhile" eval '(($(fact newest) > stood + 1000000))'
(($(fact now) == stood)) || fail "the cursor moved while paused"
ended=$(fact ended)
xdotool key comma
until_true "comma steps back" eval '(($(fact now) < stood))'
back=$(fact now)
xdotool key period
until_true "period steps on" eval '(($(fact now) > back))'
xdotool key shift+comma
until_true "Shift comma goes to a request before" eval '(($(fact now) < stood))'
press_at "timeline/strip" 1 0.3
until_true "a press on the strip goes there" eval '(($(fact ended) < ended && $(fact playing) == 0))'
xdotool key End
until_true "End follows the fleet again" eval 'is playing 1 && (($(fact now) == $(fact newest)))'

# Routing.
command_named "route by: round robin"
until_true "the strategy changes at once" is strategy round_robin
press_at controls/drain/w1
until_true "a worker is drained" is draining 1
press_at controls/drain/w1
until_true "and gets requests again" is draining 0
press_at "bottom/tabs/Why here?"
until_true "nothing is selected" stands "bottom/Take the latest"
press_at "bottom/Take the latest"
until_true "the latest routing is explained" stands bottom/why

# Recording.
xdotool key ctrl+shift+r
until_true "Ctrl+Shift+R records" eval '[[ $(fact recording) != - ]]'
file=$(fact recording)
from=$(fact newest)
until_true "it goes on for a while" eval '(($(fact newest) > from + 1500000))'
seen=$(fact ended)
xdotool key ctrl+shift+r
until_true "and ends" is recording -
head -c 20 "$file" | grep -q blockyard_live || fail "$file is no recording"
tail -n 1 "$file" | grep -q '"end"' || fail "the recording did not end in order"

# Opened again: all that was seen from the session's start on.
command_named "$file"
until_true "the recording opens" is fleet recorded
xdotool key End
until_true "End goes to its end" eval '(($(fact now) == $(fact newest)))'
(($(fact ended) >= seen)) || fail "the recording has $(fact ended) requests, and $seen had been seen"
is strategy round_robin || fail "the recording ends under $(fact strategy)"
xdotool key p
until_true "P says why there is no prompt lab" has toast "observed"
press_at "controls/what if"
until_true "its requests run in the simulator" has source "requests.jsonl"
until_true "under the strategy that it ended with" eval '! stands "controls/what if"'
press_at "bottom/tabs/Compare"
until_true "beside what really happened" stands "bottom/really"
close_app
