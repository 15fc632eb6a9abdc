#!/usr/bin/env python3
"""Do the tests see it when the core is changed?

  tests/mutation/mutate.py                     make the changes of changes.tsv one at a time, and say which survive
  tests/mutation/mutate.py --only 3,17 --again the same for some of them, whatever was found before
  tests/mutation/mutate.py --draw --seed 2     draw another hundred into changes.tsv

All changes are compiled into one program at once, each beside what it changes, and an environment variable chooses the
one that is made: a hundred changes cost one build. What the tests say of each is kept in build/mutation/results.tsv, so
that a run that was stopped goes on where it stood. A change that no core or conformance test notices survives, and is
then read by a person: a test is written, or survivors.tsv says why the change changes no result. The status is 1 where
more than three survive without that reason."""
import argparse
import os
import re
import resource
import signal
import subprocess
import sys
import time

import places

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
HERE = os.path.join(ROOT, "tests", "mutation")
WORK = os.path.join(ROOT, "build", "mutation")
TREE, BUILD = os.path.join(WORK, "tree"), os.path.join(WORK, "build")
RESULTS = os.path.join(WORK, "results.tsv")
MOST_SURVIVORS = 3
MEMORY = 8 << 30
# What is likely to notice a change in a room soonest; after it everything is run.
NEAREST = {
    "cache": "BlockCache.*:RunCache.*:*CacheAgainstNaive*:*Holdings*:CachesByRuns.*:CachesBySpans.*",
    "engine": "Slots.*:Continuous.*:ContinuousLaws.*:Rejections.*:CachesBySpans.*",
    "experiment": "Sweep*:Compare.*:LossWaterfall.*:Experiments.*:Interval.*:Results.*",
    "metrics": "Summary.*:Figures.*:SeriesLaws.*:Rejections.*:Results.*",
    "model": "Presets.*:Slots.*",
    "prefix": "BlockSet.*:PrefixTree.*:RadixTree.*:Routing.*",
    "replay": "Player.*",
    "router": "Policies.*:Routing.*:RunViews.*",
    "sim": "Routing.*:Faults.*:FaultLaws.*:Quiet.*:Laws.*",
    "workload": "Trace*:Generate.*:ReaderLaws.*:WorkloadJson.*:Text.*",
}


def read_table(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return [line.split("\t") for line in file.read().split("\n") if line and not line.startswith("#")]


def read_changes():
    """number -> (path, kind, line, which of the equal lines, line changed)"""
    return {int(n): (path, kind, line, int(nth), after)
            for name in ("changes.tsv", "kinds.tsv")
            for n, path, kind, nth, line, after in read_table(os.path.join(HERE, name))}


def write_changes(changes):
    with open(os.path.join(HERE, "changes.tsv"), "w", encoding="utf-8") as file:
        file.write("# number, file, kind, which of the file's equal lines, the line, the line changed\n")
        for n, (path, kind, line, nth, after) in sorted(changes.items()):
            file.write(f"{n}\t{path}\t{kind}\t{nth}\t{line}\t{after}\n")


def say(text):
    print(text, flush=True)


def prepare(changes):
    """Writes the tree with all changes in it. Returns {(path, line number): number of the change}, and those whose line
    is no longer there."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard"], check=True,
                            capture_output=True, text=True).stdout.split("\n")
    placed, gone = {}, []
    for path in filter(None, listed):
        source, target = os.path.join(ROOT, path), os.path.join(TREE, path)
        if not os.path.isfile(source):
            continue
        with open(source, "rb") as file:
            content = file.read()
        here = {n: c for n, c in changes.items() if c[0] == path}
        if here:
            lines = content.decode().split("\n")
            for n, (_, _, line, nth, after) in here.items():
                at = [i for i, text in enumerate(lines) if text.strip() == line]
                if len(at) < nth:
                    gone.append(n)
                    continue
                number = at[nth - 1]
                indent = lines[number][:len(lines[number]) - len(lines[number].lstrip())]
                lines[number] = indent + places.both(line, after, f"blockyard_mutation::is({n})")
                placed[path, number + 1] = n
            content = "\n".join(lines).encode()
        if os.path.exists(target):
            with open(target, "rb") as file:
                if file.read() == content:
                    continue
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as file:
            file.write(content)
    gone += [n for n, c in changes.items() if n not in placed.values() and n not in gone]
    return placed, sorted(gone)


def build(jobs):
    """(whether it was built, what was said)"""
    traces = os.path.abspath(os.path.join(ROOT, "..", "shared", "traces"))
    configure = ["cmake", "-S", TREE, "-B", BUILD, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-DBLOCKYARD_GUI=OFF",
                 "-DCMAKE_CXX_FLAGS_RELEASE=-O1 -DNDEBUG", f"-DBLOCKYARD_TRACES={traces}",
                 f"-DCMAKE_CXX_FLAGS=-w -include {TREE}/tests/mutation/mutant.h"]
    done = subprocess.run(configure, capture_output=True, text=True)
    if done.returncode == 0:
        done = subprocess.run(["cmake", "--build", BUILD, "-j", str(jobs), "--target", "blockyard_core_tests",
                               "blockyard_conformance_tests", "--", "-k", "0"], capture_output=True, text=True)
    return done.returncode == 0, done.stdout + done.stderr


def build_changes(changes, jobs):
    """Builds all of them, leaving out what does not compile. Returns the numbers of those left out."""
    left_out = []
    while True:
        kept = {n: c for n, c in changes.items() if n not in left_out}
        placed, gone = prepare(kept)
        if gone:
            say("no longer in the sources, draw them anew: " + ", ".join(map(str, gone)))
            left_out += gone
        begun = time.time()
        good, said = build(jobs)
        if good:
            say(f"built {len(placed)} changes in {time.time() - begun:.0f} s")
            return left_out
        bad = set()
        for path, line in re.findall(r"tree/(core/[\w/.]+):(\d+):\d+: error:", said):
            bad.add(placed.get((path, int(line))))
        bad.discard(None)
        if not bad:
            say(said[-6000:])
            sys.exit("the tree does not build, and no change is to blame")
        say("do not compile: " + ", ".join(map(str, sorted(bad))))
        left_out += sorted(bad)


def run_tests(number, program, tests, limit):
    """None where all passed, or who noticed. `limit`: seconds of the processor, whatever else the machine does."""
    def limited():
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (int(limit), int(limit) + 1))

    command = [os.path.join(BUILD, "bin", program), "--gtest_brief=1", "--gtest_fail_fast", f"--gtest_filter={tests}"]
    done = subprocess.run(command, cwd=WORK, capture_output=True, text=True, errors="replace",
                          env={**os.environ, "BLOCKYARD_MUTANT": str(number)}, preexec_fn=limited)
    if done.returncode == 0:
        return None
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return f"{program}: does not end"
    failed = re.search(r"\[  FAILED  \] ([\w./]+)", done.stdout)
    return failed.group(1) if failed else f"{program}: a law or a crash ({done.returncode})"


def verdict(number, path, limits):
    for i, (program, tests) in enumerate((("blockyard_core_tests", NEAREST[path.split("/")[1]]),
                                          ("blockyard_core_tests", "*"), ("blockyard_conformance_tests", "*"))):
        noticed = run_tests(number, program, tests, limits[program])
        if noticed:
            return f"killed by {noticed}"
    return "survived"


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--draw", action="store_true", help="draw the changes anew, and write changes.tsv")
    options.add_argument("--count", type=int, default=100, help="changes that are drawn")
    options.add_argument("--seed", type=int, default=1, help="of the draw")
    options.add_argument("--only", default="", help="numbers of changes, with commas")
    options.add_argument("--again", action="store_true", help="ask the tests again about what they were asked before")
    options.add_argument("--built", action="store_true", help="ask the program that was built last")
    options.add_argument("--jobs", type=int, default=1, help="compilers at a time")
    args = options.parse_args()
    os.makedirs(WORK, exist_ok=True)
    if args.draw:
        drawn = dict(enumerate(places.draw(ROOT, args.count + args.count // 4, args.seed), 1))
        left_out = build_changes(drawn, args.jobs)
        kept = [(n, c) for n, c in sorted(drawn.items()) if n not in left_out]
        write_changes(dict(kept[:args.count]))
        return 0
    changes = read_changes()
    if not args.built and build_changes(changes, args.jobs):
        return 1
    limits = {}
    for program in ("blockyard_core_tests", "blockyard_conformance_tests"):
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        noticed = run_tests(0, program, "*", 3600)
        if noticed:
            sys.exit(f"the tree as it is fails: {noticed}")
        took = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
        limits[program] = 5 + 2 * took
        say(f"{program}: {took:.0f} s of the processor")
    known = {tuple(row[:2]): row[2] for row in read_table(RESULTS)}
    only = [int(n) for n in args.only.split(",") if n]
    for n, (path, kind, line, nth, after) in sorted(changes.items()):
        key = (f"{path}:{nth}:{line}", after)
        if (only and n not in only) or (key in known and not args.again):
            continue
        begun = time.time()
        known[key] = verdict(n, path, limits)
        with open(RESULTS, "a", encoding="utf-8") as file:
            file.write("\t".join((*key, known[key])) + "\n")
        say(f"{n}\t{path}\t{kind}\t{known[key]}\t{time.time() - begun:.0f} s")
    reasons = {int(row[0]): row[1:] for row in read_table(os.path.join(HERE, "survivors.tsv"))}
    survivors = [n for n, (path, _, line, nth, after) in sorted(changes.items())
                 if known.get((f"{path}:{nth}:{line}", after)) == "survived"]
    counted = [n for n in survivors if reasons.get(n, [""])[0] != "nothing"]
    for n in survivors:
        path, kind, line, _, after = changes[n]
        say(f"survived: {n}\t{path}\n  {line}\n  {after}\n  {' '.join(reasons.get(n, ['no reason is given']))}")
    say(f"{len(survivors)} of {len(changes)} survive, {len(counted)} of them count (at most {MOST_SURVIVORS} may)")
    return 1 if len(counted) > MOST_SURVIVORS else 0


if __name__ == "__main__":
    sys.exit(main())
