#!/usr/bin/env bash
# Installs what is missing, builds the program and starts it:  app/run.sh [anything that `blockyard` takes]
# Without a display and without arguments it draws the demo into build/demo/ instead: the window and the plots.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD

third_party/install.sh --gui >&2 || echo "run.sh: going on with what is installed" >&2
mkdir -p build
if ! cmake --preset release > build/configure.log 2>&1; then
  cat build/configure.log >&2
  exit 1
fi
cmake --build --preset release >&2
program=$root/build/release/bin/blockyard
cd "$OLDPWD"  # so that paths in the arguments mean what the caller meant

if (($#)); then exec "$program" "$@"; fi

if [[ -n ${DISPLAY:-}${WAYLAND_DISPLAY:-} ]]; then
  SECONDS=0
  status=0
  "$program" || status=$?
  if ((status == 0 || SECONDS > 5)); then exit "$status"; fi
  echo "The window could not be opened; drawing the demo instead." >&2
fi

out=$root/build/demo
mkdir -p "$out"
"$program" shot --at 10000 --out "$out/window.png"
"$program" run first-look --out "$out/results.json"
"$program" plot "$out/results.json" --out "$out"
echo
echo "There is no display here. The demo was drawn into $out:"
ls -1 "$out"
