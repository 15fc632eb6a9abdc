#!/usr/bin/env bash
# Installs what is missing, builds, runs the tests, sums up:  tests/run.sh [lane]... [-- ctest options]
#   --check      everything, optimised, warnings are errors (the default)
#   --asan       address and undefined-behaviour sanitizers, laws checked after every event, no window
#   --asan-window  the same sanitizers over panels, frame and widgets, drawn without a display
#   --tsan       thread sanitizer over the tests that start threads
#   --debug      everything, not optimised at all, laws checked: what only inlining makes right fails here
#   --gui-off    without the window: no graphics package is looked for
#   --clang      as --check, by Clang
#   --fuzz       readers, settings and small simulations fed with nonsense for half a minute each, by libFuzzer (Clang)
#   --all        every one of these but --gui-off
# With CI=true and no lane named: check and asan, and one of the others in turn, by the number of commits; which it was
# is said. A lane builds into build/<preset>; its log lies there as lane.log. ccache is used where it is installed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

lanes=() ctest_options=()
in_turn=(tsan debug fuzz asan-window clang)
while (($#)); do
  case $1 in
    --check | --asan | --asan-window | --tsan | --debug | --clang | --fuzz) lanes+=("${1#--}") ;;
    --gui-off) lanes+=(headless) ;;
    --all) lanes+=(check asan "${in_turn[@]}") ;;
    --) shift; ctest_options=("$@"); break ;;
    -h | --help) sed -n '2,14s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "run.sh: unknown option '$1' (--check, --asan, --asan-window, --tsan, --debug, --gui-off, --clang, --fuzz, --all)" >&2; exit 2 ;;
  esac
  shift
done
if ((${#lanes[@]} == 0)); then
  lanes=(check)
  if [[ ${CI:-} == true ]]; then
    commits=$(git rev-list --count HEAD 2> /dev/null || date +%j)
    turn=${in_turn[10#$commits % ${#in_turn[@]}]}
    lanes+=(asan "$turn")
    echo "run.sh: lanes ${lanes[*]}; it is the turn of $turn out of ${in_turn[*]}"
  fi
fi

needs=(--tests)
if [[ " ${lanes[*]} " =~ \ (check|clang|debug|asan-window)\  ]]; then needs+=(--gui); fi
if [[ " ${lanes[*]} " =~ \ (clang|fuzz)\  ]]; then needs+=(--clang); fi
third_party/install.sh "${needs[@]}" || echo "run.sh: going on with what is installed" >&2

export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1} UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
jobs=$(nproc)
threaded='Thread|Parallel|Jobs|Pool|Sweep|Compare|figures|session'  # what the thread sanitizer is worth waiting for

count() { sed -n "1,12s/.*[[:space:]]$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1; }  # <junit file> <attribute>

# run_lane <preset>: configure, build, test; sets passed, failed, skipped, trouble.
run_lane() {
  local preset=$1 log=build/$1/lane.log junit=$PWD/build/$1/tests.xml filter=()
  passed=0 failed=0 skipped=0 trouble=""
  mkdir -p "build/$preset"
  rm -f "$junit"
  if [[ $preset == tsan ]]; then filter=(-R "$threaded"); fi
  if [[ $preset == fuzz ]]; then filter=(-R '^fuzz'); fi
  if [[ $preset == asan-window ]]; then filter=(-R '^(panels|frame|app)$'); fi
  if [[ $preset =~ clang|fuzz ]] && ! command -v clang++ > /dev/null; then
    echo "== $preset: left out, there is no Clang here"
    return
  fi
  echo "== $preset: configure, build, test"
  cmake --preset "$preset" > "$log" 2>&1 || { trouble="configure failed"; tail -n 40 "$log"; return; }
  cmake --build --preset "$preset" --parallel "$jobs" >> "$log" 2>&1 ||
    { trouble="build failed"; grep -E -A 12 'FAILED|error:' "$log" | head -n 80; return; }
  # GCC's thread sanitizer loses its way where addresses are drawn from too wide a range.
  local calm=()
  if [[ $preset == tsan ]] && setarch -R true 2> /dev/null; then calm=(setarch -R); fi
  "${calm[@]}" ctest --preset "$preset" --parallel "$jobs" --no-tests=error --output-junit "$junit" \
    "${filter[@]}" "${ctest_options[@]}" 2>&1 | tee -a "$log" | grep -v -E ' (Passed|Start) |^ *Start '
  local status=${PIPESTATUS[0]}
  [[ -s $junit ]] || { trouble="ctest did not run"; return; }
  failed=$(count "$junit" failures) skipped=$(($(count "$junit" skipped) + $(count "$junit" disabled)))
  passed=$(($(count "$junit" tests) - failed - skipped))
  if ((status && !failed)); then trouble="ctest found no tests, or stopped ($passed passed)"; fi
}

total_passed=0 total_failed=0 bad=0 summary=()
for lane in "${lanes[@]}"; do
  SECONDS=0
  run_lane "$lane"
  total_passed=$((total_passed + passed)) total_failed=$((total_failed + failed))
  if [[ -n $trouble ]] || ((failed)); then bad=$((bad + 1)); fi
  summary+=("$(printf '%-10s %s (%d s)' "$lane" "${trouble:-$passed passed, $failed failed, $skipped skipped}" "$SECONDS")")
done

echo
printf '%s\n' "${summary[@]}"
echo "$total_passed passed, $total_failed failed$( ((bad)) && echo " ($bad of ${#lanes[@]} lanes not clean)")"
((bad == 0))
