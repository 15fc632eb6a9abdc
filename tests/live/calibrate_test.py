#!/usr/bin/env python3
"""Calibration and comparison end to end: a stand-in whose constants are known is measured, a recording of stand-ins is
emulated and reckoned from.  calibrate_test.py PROGRAM [NAME…]

Times are what is tested here, so they are long: where the machine is busy, what it adds is small beside them."""
import json
import os
import socket
import subprocess
import sys
import tempfile

from live_stage import CASES, PATIENCE, PROGRAM, Watch, main
from standin import StandIn

KNOWN = {"prefill_base_ms": 80, "prefill_per_block_ms": 8, "step_floor_ms": 40, "decode_per_seq_ms": 6}


def sets(latency):
    return [word for name, ms in latency.items() for word in ("--set", "latency.%s=%s" % (name, ms))]


def run(*words, timeout=280):
    return subprocess.run([PROGRAM, "live", *words], capture_output=True, text=True, timeout=timeout)


def constants(path):
    with open(path) as f:
        return json.load(f)["latency"]


def each_constant_of_a_stand_in_is_found():
    s = StandIn("--set", "fleet.engine=continuous", "--set", "fleet.max_batched_tokens=8192",
                "--set", "cache.capacity_blocks=4000", *sets(KNOWN))
    try:
        with tempfile.TemporaryDirectory() as folder:
            out, report = os.path.join(folder, "s.json"), os.path.join(folder, "c.json")
            done = run("calibrate", "--worker", s.spec(), "--out", out, "--report", report, "--max-tokens", "512",
                       "--concurrency", "8")
            assert done.returncode == 0, done.stderr
            with open(report) as f:
                told = json.load(f)
            off = {}
            for name, ms in dict(KNOWN, decode_per_token_ms=46).items():
                one = told["constants"][name]
                off[name] = abs(one["value"] - ms) / ms
                assert one["interval_95"][0] <= one["value"] <= one["interval_95"][1], (name, one)
            assert max(off.values()) < 0.05, (off, done.stdout)
            assert told["fits"]["prefill"]["quality"] == told["fits"]["step"]["quality"] == "good", told["fits"]
            ran = subprocess.run([PROGRAM, "run", out], capture_output=True, text=True)
            assert ran.returncode == 0, ran.stderr
    finally:
        s.close()


def a_dead_address_is_named_as_such():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # nobody listens there
        url = "http://127.0.0.1:%d" % held.getsockname()[1]
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "s.json")
            done = run("calibrate", "--worker", url, "--out", out)
            assert done.returncode == 1 and "nobody answers there" in done.stderr and url in done.stderr, done.stderr
            assert done.stderr.count("\n") == 1 and not os.path.exists(out), done.stderr


def a_recording_of_stand_ins_lies_on_the_diagonal():
    """The demo's stand-ins, emulated with the constants that they have; the same constants reckoned from the recording."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = os.path.join(folder, "slow.json")
        with open(scenario, "w") as f:
            json.dump({"name": "slow", "cache": {"capacity_blocks": 256}, "fleet": {"workers": 2, "engine": "continuous"},
                       "latency": KNOWN,
                       "workload": {"type": "demo", "requests": 600, "arrival": "closed", "users": 4, "think_s": 0.5,
                                    "answers": "model", "max_tokens": 16}}, f)
        w = Watch([], "--demo", "2", "--for", "25", "--scenario", scenario)
        try:
            assert w.process.wait(PATIENCE) == 0, "".join(w.lines[-5:])
            out = os.path.join(folder, "real")
            done = run("compare", w.recording, "--scenario", scenario, "--out", out)
            assert done.returncode == 0, done.stderr
            with open(os.path.join(out, "comparison.json")) as f:
                found = json.load(f)
            with open(os.path.join(out, "pairs.csv")) as f:
                assert len(f.readlines()) == found["n"] + 1
            assert os.path.getsize(os.path.join(out, "emulated_against_real.csv")) > 0
            assert found["n"] > 30 and found["rejected"] == 0, found
            assert found["e2e"]["median_off"] < 0.1 and found["ttft"]["median_off"] < 0.2, found
            assert found["e2e"]["spearman"] > 0.8, found
            hits = found["hits"]
            assert hits["equal"] > 0.8 * found["n"], hits
            again = run("compare", w.recording, "--scenario", scenario, "--out", out + "2")
            for name in ("comparison.json", "pairs.csv"):
                with open(os.path.join(out, name), "rb") as a, open(os.path.join(out + "2", name), "rb") as b:
                    assert a.read() == b.read(), name
            assert again.returncode == 0
            from_it = os.path.join(folder, "from.json")
            done = run("calibrate", "--from", w.recording, "--out", from_it)
            assert done.returncode == 0, done.stderr
            both = run("calibrate", "--from", w.recording, "--worker", "http://127.0.0.1:1", "--out", "-")
            assert both.returncode == 2 and "either" in both.stderr, both.stderr
        finally:
            w.close()


for function in (each_constant_of_a_stand_in_is_found, a_dead_address_is_named_as_such,
                 a_recording_of_stand_ins_lies_on_the_diagonal):
    CASES[function.__name__] = function

if __name__ == "__main__":
    sys.exit(main())
