#!/usr/bin/env python3
"""The demo end to end: stand-ins, router and load in one process, compared at its end.  demo_test.py PROGRAM [NAME…]"""
import json
import os
import subprocess
import sys
import tempfile

from live_stage import CASES, PATIENCE, Watch, main, PROGRAM


def demo(*more, traced=False):
    w = Watch([], "--demo", *more)
    try:
        assert w.process.wait(PATIENCE) == 0, "".join(w.lines[-5:])
        with open(w.out, "rb") as f:
            written = f.read()
        assert written == w.replay(), "the replay differs"
        with open(w.recording) as f:
            recorded = [json.loads(line) for line in f]
        if traced:
            the_trace_is_the_requests(w, recorded)
        return json.loads(written), recorded, "".join(w.lines)
    finally:
        w.close()


def the_trace_is_the_requests(w, recorded):
    """Each request once, in order of arrival, with ids that are shared exactly where chains are; and the simulator runs it."""
    path = os.path.join(w.folder, "trace.jsonl")
    done = subprocess.run([PROGRAM, "live", "trace", w.recording, "--out", path], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with open(path) as f:
        lines = [json.loads(line) for line in f]
    chains = {r["request"]: (r["codes"], r["tokens"]) for r in reversed(recorded[1:]) if r["type"] == "route"}
    ended = sorted((r for r in recorded[1:] if r["type"] == "request"), key=lambda r: (r["arrival_us"], r["request"]))
    assert len(lines) == len(ended) == len(chains)
    names = {}
    for line, r in zip(lines, ended):
        codes, tokens = chains[r["request"]]
        assert (line["input_length"], line["output_length"]) == (tokens, r["output_tokens"]) and line["block_size"] == 16
        assert abs(line["timestamp"] * 1000 - r["arrival_us"]) < 1, (line, r)
        for k, block in enumerate(line["hash_ids"]):
            assert names.setdefault(tuple(codes[:k + 1]), block) == block
    assert len(set(names.values())) == len(names) and min(names.values()) == 0
    done = subprocess.run([PROGRAM, "run", "first-look", "--trace", path, "--set", "cache.capacity_blocks=256"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def what_it_shows_is_true():
    results, recorded, said = demo("3", "--for", "5", "--requests", os.devnull, traced=True)
    summary = results["summary"]
    assert summary["completed"] > 10 and summary["failed"] == summary["cancelled"] == 0, summary
    assert summary["hits_known"] == summary["completed"] and summary["hit_blocks"] > 0, summary
    assert summary["untokenized"] == summary["mistokenized"] == 0, summary
    assert len(results["workers"]) == 3 and sum(w["requests"] for w in results["workers"]) == summary["completed"]
    for w in results["workers"]:
        assert w["lost_batches"] == w["orphans"] == w["unknown_removals"] == 0 and w["state"] == "live", w
    hits = [r["finish_us"] for r in recorded[1:] if r["type"] == "request" and r.get("cached_tokens")]
    assert min(hits) < 5e6, min(hits)
    assert "0 failed" in said, said


def one_worker_that_evicts():
    """A cache that cannot hold what is asked: blocks come and go, and the stream tells of each."""
    scenario = {"name": "small", "cache": {"capacity_blocks": 60}, "fleet": {"engine": "continuous"},
                "workload": {"type": "demo", "requests": 200, "arrival": "closed", "users": 6, "think_s": 0.1, "answers": "model"}}
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "small.json")
        with open(path, "w") as f:
            json.dump(scenario, f)
        results, recorded, _ = demo("1", "--for", "5", "--scenario", path)
    removed = sum(e["op"] == "removed" for r in recorded[1:] if r["type"] == "kv" for e in r["events"])
    assert removed > 0 and results["summary"]["failed"] == 0, (removed, results["summary"])
    assert results["workers"][0]["resident_blocks"] < 60


def another_seed_is_another_load():
    def first(seed):
        """The chains that were asked for first, in whatever order they came."""
        _, recorded, _ = demo("1", "--for", "2", "--seed", seed)
        return {tuple(r["codes"]) for r in recorded[1:] if r["type"] == "route"}
    a, b, c = first("1"), first("1"), first("2")
    few, many = sorted((a, b), key=len)
    assert len(few & many) >= len(few) - 6, (len(few), len(many))  # each of six users may be one ahead of another
    assert a != c


def what_it_goes_without():
    for more in (["--worker", "http://127.0.0.1:1"], ["--replay", "x.jsonl"], ["--scenario", "no-such"], ["--scenario", "first-look"]):
        done = subprocess.run([PROGRAM, "live", "--demo", "1", "--headless", "--for", "1", *more], capture_output=True, text=True,
                              timeout=PATIENCE)
        assert done.returncode == 2 and not done.stdout, (more, done)


for function in (what_it_shows_is_true, one_worker_that_evicts, another_seed_is_another_load, what_it_goes_without):
    CASES[function.__name__] = function

if __name__ == "__main__":
    sys.exit(main())
