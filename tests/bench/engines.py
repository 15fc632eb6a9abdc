#!/usr/bin/env python3
"""What engine continuous costs beside engine slots: CPU of the whole process, runs of all of them in turn.

    tests/bench/engines.py build/headless/bin/blockyard [TRACE...] [--runs N] [--assets DIR]

For each trace, and for generated conversations with prompts as long as those of the public conversation trace, it runs
16 workers of 20,000 blocks under engine slots, continuous with all switches off, continuous as it is by default, and
continuous with every block in its slot (reports make it so), N times in turn, and prints medians and their ratio to
slots: the machine may be shared, so only ratios mean something.
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile

CHAT = {"type": "chat", "requests": 12000, "rate": 3.4, "turns": 3, "system_tokens": 512, "assistants": 1000,
        "prompt_tokens": 6000, "output_tokens": 340, "think_s": 30}
OFF = {"reserve_full_prompt": False, "block_copies": False, "async_scheduling": False, "null_block": False}
MODES = [("slots", {"engine": "slots"}, {}),
         ("continuous, switches off", {"engine": "continuous", **OFF}, {}),
         ("continuous, default", {"engine": "continuous"}, {}),
         ("continuous, in slots", {"engine": "continuous"}, {"reports": "all"})]


def cpu(command):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"failed: {' '.join(command)}")
    return 1000 * (used.ru_utime + used.ru_stime), used.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("traces", nargs="*")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--assets", default=os.path.join(os.path.dirname(__file__), "../../assets"))
    args = parser.parse_args()
    inputs = [("conversations", CHAT)]
    inputs += [(os.path.basename(t), {"type": "trace", "path": os.path.abspath(t)}) for t in args.traces]
    with tempfile.TemporaryDirectory() as folder:
        print("| input | engine | CPU ms | ratio | MB |\n| --- | --- | --- | --- | --- |")
        for name, workload in inputs:
            scenarios = []
            for i, (_, fleet, router) in enumerate(MODES):
                scenarios.append(os.path.join(folder, f"{i}.json"))
                with open(scenarios[-1], "w", encoding="utf-8") as out:
                    json.dump({"cache": {"capacity_blocks": 20000}, "fleet": {"workers": 16, **fleet},
                               "router": router, "workload": workload}, out)
            taken = [[] for _ in MODES]
            for _ in range(args.runs):
                for i, scenario in enumerate(scenarios):
                    taken[i].append(cpu([args.program, "--assets", args.assets, "run", scenario]))
            base = statistics.median(ms for ms, _ in taken[0])
            for (mode, _, _), runs in zip(MODES, taken):
                ms = statistics.median(ms for ms, _ in runs)
                print(f"| {name} | {mode} | {ms:.0f} | {ms / base:.2f} | {max(mb for _, mb in runs):.0f} |")


if __name__ == "__main__":
    main()
