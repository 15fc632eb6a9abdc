#!/usr/bin/env python3
"""Do the tests see it when the core is changed?  tests/mutation/mutate.py [--count 100] [--seed 1] [--first 1] [--last N]

Makes single changes to core, one at a time (a comparison turned, a bound shifted by one, a statement left out, …), each
in a copy of the tree, builds the core and conformance tests there and runs them. A change that no test notices survives.
The sites are drawn from the sources in a fixed order by a seed, so that the same tree and seed give the same list.
What comes out goes to tests/mutation/results.tsv, one line a change; survivors are then read by a person and explained
in tests/mutation/README.md: a test is written, or it is said why the change changes nothing.

It takes about a minute a change on two cores and is meant for the night; ccache spares it most of the building."""
import argparse
import os
import random
import re
import subprocess
import sys
import time

ROOMS = ["cache", "engine", "metrics", "model", "prefix", "router", "sim", "workload", "fleet"]
# (what it is called, what is looked for, what takes its place). One site is one match.
CHANGES = [
    ("< to <=", r" < ", " <= "),
    ("<= to <", r" <= ", " < "),
    ("> to >=", r" > ", " >= "),
    (">= to >", r" >= ", " > "),
    ("== to !=", r" == ", " != "),
    ("!= to ==", r" != ", " == "),
    ("&& to ||", r" && ", " || "),
    ("|| to &&", r" \|\| ", " && "),
    ("+ to -", r"(?<=[\w)\]]) \+ (?=[\w(])", " - "),
    ("- to +", r"(?<=[\w)\]]) - (?=[\w(])", " + "),
    ("+ 1 left out", r" \+ 1(?=[;,) \]])", ""),
    ("- 1 left out", r" - 1(?=[;,) \]])", ""),
    ("min to max", r"std::min(?=[(<])", "std::max"),
    ("max to min", r"std::max(?=[(<])", "std::min"),
    ("true to false", r"= true;", "= false;"),
    ("false to true", r"= false;", "= true;"),
    ("! left out", r"(?<=[( ])!(?=[\w(])", ""),
    ("0 to 1", r"(?<=[=(,] )0(?=[;,)])", "1"),
    ("statement left out", r"^\s+[\w.\->\[\]]+(?:\.|->)?\w*(?: [-+|&]?= [^;{}]+|\([^;{}]*\)|)(?<!\breturn);$", ";"),
    ("++ left out", r"^\s+\+\+[\w.\->\[\]]+;$", ";"),
]
# What no test needs to notice: checks of laws, declarations, templates, what is printed.
SKIPPED = re.compile(r"BY_CHECK|template|#include|static_assert|constexpr|using |operator|//|reserve\(|\.help|\.label|"
                     r"fmt::format|Error\{|std::hash|namespace|say\(|why->|why\.|add_to\(|h\.add\(|hash\.add\(|assert|return \"")


def sites(root):
    out = []
    for room in ROOMS:
        for folder, _, files in sorted(os.walk(os.path.join(root, "core", room))):
            for name in sorted(files):
                if not name.endswith((".cpp", ".h")):
                    continue
                path = os.path.relpath(os.path.join(folder, name), root)
                with open(os.path.join(root, path), encoding="utf-8") as file:
                    for number, line in enumerate(file.read().split("\n"), 1):
                        if SKIPPED.search(line) or not line.startswith(" "):
                            continue
                        for kind, pattern, instead in CHANGES:
                            for match in re.finditer(pattern, line):
                                out.append((path, number, kind, match.span(), instead))
    return out


def draw(root, count, seed):
    """So many sites: of every kind and every file some, none twice in a line."""
    by_kind = {}
    for site in sites(root):
        by_kind.setdefault(site[2], []).append(site)
    rng = random.Random(seed)
    for kind in sorted(by_kind):
        rng.shuffle(by_kind[kind])
    chosen, lines, kinds = [], set(), sorted(by_kind)
    while len(chosen) < count and kinds:
        for kind in list(kinds):
            while by_kind[kind]:
                site = by_kind[kind].pop()
                if (site[0], site[1]) not in lines:
                    lines.add((site[0], site[1]))
                    chosen.append(site)
                    break
            if not by_kind[kind]:
                kinds.remove(kind)
    return chosen[:count]


def changed(line, span, instead):
    return line[:span[0]] + instead + line[span[1]:]


class Tree:
    """A copy of the committed tree, with a build of its own."""

    def __init__(self, root, jobs):
        self.path = os.path.join(root, "build", "mutation", "tree")
        self.jobs = str(jobs)
        subprocess.run(["git", "-C", root, "worktree", "prune"], check=True)
        if not os.path.isdir(self.path):
            subprocess.run(["git", "-C", root, "worktree", "add", "--detach", "-q", self.path], check=True)
        head = subprocess.run(["git", "-C", root, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout
        subprocess.run(["git", "-C", self.path, "checkout", "-q", "--force", "--detach", head.strip()], check=True)
        traces = os.path.join(root, "..", "shared", "traces")
        self.run(["cmake", "--preset", "headless", f"-DBLOCKYARD_TRACES={os.path.abspath(traces)}",
                  "-DBLOCKYARD_WERROR=OFF"])

    def run(self, command, limit=3600):
        try:
            done = subprocess.run(command, cwd=self.path, capture_output=True, text=True, timeout=limit)
            return done.returncode, done.stdout + done.stderr
        except subprocess.TimeoutExpired:
            return -1, ""

    def build(self):
        return self.run(["cmake", "--build", "--preset", "headless", "-j", self.jobs, "--target", "blockyard_core_tests",
                         "blockyard_conformance_tests"])[0] == 0

    def verdict(self, limit):
        """What the tests say of the tree as it is."""
        if not self.build():
            return "does not compile"
        for tests in ("blockyard_core_tests", "blockyard_conformance_tests"):
            status, said = self.run([f"build/headless/bin/{tests}", "--gtest_brief=1", "--gtest_fail_fast"], limit)
            if status == -1:
                return f"killed: {tests} did not end"
            if status != 0:
                failed = re.search(r"\[  FAILED  \] ([\w./]+)", said)
                return f"killed: {failed.group(1) if failed else 'a law or a crash'}"
        return "SURVIVED"


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=100, help="changes in the list")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--first", type=int, default=1, help="number of the first change that is made, from 1")
    options.add_argument("--last", type=int, default=0, help="number of the last one (default: all)")
    options.add_argument("--jobs", type=int, default=os.cpu_count())
    options.add_argument("--list", action="store_true", help="print the list and make none")
    args = options.parse_args()
    root = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
    chosen = draw(root, args.count, args.seed)
    described = []
    for path, number, kind, span, instead in chosen:
        with open(os.path.join(root, path), encoding="utf-8") as file:
            line = file.read().split("\n")[number - 1]
        described.append((path, number, kind, span, instead, line.strip(), changed(line, span, instead).strip()))
    if args.list:
        for i, (path, number, kind, _, _, before, after) in enumerate(described, 1):
            print(f"{i}\t{path}:{number}\t{kind}\t{before}\t→\t{after}")
        return 0
    tree = Tree(root, args.jobs)
    begun = time.time()
    verdict = tree.verdict(3600)
    if verdict != "SURVIVED":
        print(f"the tree as it is fails: {verdict}")
        return 1
    limit = 60 + 6 * (time.time() - begun)
    results = os.path.join(root, "tests", "mutation", "results.tsv")
    for i, (path, number, kind, span, instead, before, after) in enumerate(described, 1):
        if i < args.first or (args.last and i > args.last):
            continue
        target = os.path.join(tree.path, path)
        with open(target, encoding="utf-8") as file:
            original = file.read()
        lines = original.split("\n")
        lines[number - 1] = changed(lines[number - 1], span, instead)
        with open(target, "w", encoding="utf-8") as file:
            file.write("\n".join(lines))
        try:
            verdict = tree.verdict(limit)
        finally:
            with open(target, "w", encoding="utf-8") as file:
                file.write(original)
        with open(results, "a", encoding="utf-8") as file:
            file.write(f"{i}\t{path}:{number}\t{kind}\t{before}\t{after}\t{verdict}\n")
        print(f"{i}\t{path}:{number}\t{kind}\t{verdict}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
