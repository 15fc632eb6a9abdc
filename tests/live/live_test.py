#!/usr/bin/env python3
"""Live mode end to end, on loopback: the real program watches scripted workers.  live_test.py PROGRAM [NAME…]

What a worker holds by the program's results is compared with what the worker itself says, and every session with the replay
of its recording."""
import json
import os
import signal
import subprocess
import sys
import threading
import time

from live_stage import PROGRAM, case, held, main, prompt
from scripted_worker import UNIT


@case()
def from_the_beginning(worker, watch):
    s = worker.streams[0]
    w = watch([worker.spec()])
    s.await_subscriber()
    a, b = prompt(5, 1), prompt(3, 2)
    s.store(a)
    s.flush()
    s.store(a[:2 * UNIT] + b, 2)
    s.remove(a)
    s.flush()
    w.wait("w0 live 7/8 blocks")
    result, = w.end()
    held(result, s)
    assert (result["gaps"], result["lost_batches"], result["restarts"], result["bad_payloads"]) == (0, 0, 0, 0), result


@case()
def attached_late_to_an_idle_engine(worker, watch):
    s = worker.streams[0]
    for i in range(10):
        s.store(prompt(4, i))
        s.flush()
    s.remove(prompt(4, 3))
    s.flush()
    w = watch([worker.spec()])
    w.wait("w0 live 39/40 blocks")
    result, = w.end()
    held(result, s)
    assert result["replayed_batches"] == 11, result


@case(frames=3)
def attached_late_amid_traffic(worker, watch):
    s = worker.streams[0]
    stop = threading.Event()

    def traffic():
        for i in range(100000):
            if stop.is_set():
                return
            s.store(prompt(2, i))
            s.flush()
            time.sleep(0.001)
    t = threading.Thread(target=traffic)
    t.start()
    w = watch([worker.spec()])
    w.wait("w0 live")
    stop.set()
    t.join()
    total = s.digest()[1]
    w.wait("w0 live %d/" % total)
    result, = w.end()
    held(result, s)
    assert result["lost_batches"] == 0 and result["restarts"] == 0, result


@case()
def a_replay_that_begins_late(worker, watch):
    s = worker.streams[0]
    s.store(prompt(2, 1))
    s.flush(keep=False)
    s.held.clear()  # nobody can know of it
    s.store(prompt(3, 2))
    s.flush()
    w = watch([worker.spec()])
    w.wait("w0 partial 3/3 blocks")
    held(w.end()[0], s, "partial")


@case()
def a_gap_that_a_replay_fills(worker, watch):
    s = worker.streams[0]
    w = watch([worker.spec()])
    s.await_subscriber()
    for i in range(8):
        s.store(prompt(2, i))
        s.flush(drop=i in (3, 4))
        if i == 2:
            w.wait("w0 live 6/6 blocks")  # what is missing from here on, only a replay can bring
    w.wait("w0 live 16/16 blocks")
    result, = w.end()
    held(result, s)
    assert result["gaps"] == 1 and result["lost_batches"] == 0 and result["replayed_batches"] >= 2, result


@case()
def a_gap_that_is_lost(worker, watch):
    s = worker.streams[0]
    w = watch([worker.spec(replay=False)])
    s.await_subscriber()
    for i in range(6):
        if i != 2:
            s.store(prompt(2, i))
        s.flush(drop=i == 2)
    w.wait("w0 partial 10/10 blocks")
    result, = w.end()
    held(result, s, "partial")
    assert result["gaps"] == 1 and result["lost_batches"] == 1, result


@case(replay=False)
def a_replay_that_never_answers(worker, watch):
    s = worker.streams[0]
    w = watch([worker.spec()], fleet={"stream": {"replay_timeout_ms": 200}})
    s.await_subscriber()
    for i in range(4):
        if i != 1:
            s.store(prompt(2, i))
        s.flush(drop=i == 1)
    w.wait("w0 partial 6/6 blocks")
    result, = w.end()
    held(result, s, "partial")
    assert result["lost_batches"] == 1, result


@case()
def an_engine_that_restarts(worker, watch):
    s = worker.streams[0]
    w = watch([worker.spec()])
    s.await_subscriber()
    for i in range(4):
        s.store(prompt(2, i))
        s.flush()
    w.wait("w0 live 8/8 blocks")
    s.restart()
    s.await_subscriber()
    for i in range(2):
        s.store(prompt(3, 10 + i))
        s.flush()
    w.wait("w0 live 6/8 blocks")
    result, = w.end()
    held(result, s)
    assert result["restarts"] == 1, result


@case()
def an_encoding_that_changes(worker, watch):
    s = worker.streams[0]
    w = watch([worker.spec()])
    s.await_subscriber()
    for i in range(6):
        s.form = ("map", "array")[i % 2]
        s.store(prompt(2, i))
        s.flush()
    s.form = "array"
    s.remove(prompt(2, 0))
    s.flush()
    w.wait("w0 live 11/12 blocks")
    held(w.end()[0], s)


@case()
def blocks_of_other_sizes(worker, watch):
    s = worker.streams[0]
    s.block = 64
    w = watch([worker.spec()])
    s.await_subscriber()
    s.store(prompt(16, 1))
    s.flush()
    w.wait("w0 live 16/16 blocks")
    s.restart()
    s.await_subscriber()
    s.block = 1  # SGLang's pages
    a = prompt(3, 2)
    s.store(a)
    s.flush()
    w.wait("w0 live 3/16 blocks")
    s.remove(a)
    s.held = {tuple(a[:i]) for i in range(1, 2 * UNIT + 1)}  # the last unit block has lost a part
    s.flush()
    w.wait("w0 live 2/16 blocks")
    result, = w.end()
    assert result["resident_blocks"] == 2 and result["engine_blocks"] == 3 * UNIT - 1, result


@case()
def blocks_that_fit_none_of_ours(worker, watch):
    s = worker.streams[0]
    s.block = 24
    w = watch([worker.spec()])
    s.await_subscriber()
    s.store(prompt(3, 1))
    s.flush()
    w.wait("its blocks of 24 tokens and ours of 16 do not fit")
    assert w.end()[0]["state"] == "no stream"


@case(ranks=2, web=True)
def two_ranks(worker, watch):
    worker.web.running = 3
    w = watch([worker.spec(name="dp")], fleet={"metrics": {"every_ms": 50}})
    for i, s in enumerate(worker.streams):
        s.await_subscriber()
        s.store(prompt(2 + i, i))
        s.flush()
    w.wait("dp.0 live 2/100 blocks, 3 running", "dp.1 live 3/100 blocks, 13 running")
    results = w.end()
    for result, s in zip(results, worker.streams):
        held(result, s)


@case()
def messages_that_are_none(worker, watch):
    s = worker.streams[0]
    w = watch([worker.spec()])
    s.await_subscriber()
    s.store(prompt(2, 1))
    s.flush()
    s.pub.send_multipart([b"kv", b"short", b"x"])
    s.pub.send_multipart([b"kv"])
    s.raw(b"\xc1")
    s.raw(b"")
    s.say("BlockMigrated", [[1]], ("block_hashes",))
    s.store(prompt(2, 2))
    s.flush()
    w.wait("w0 partial 4/4 blocks")
    result, = w.end()
    held(result, s, "partial")
    assert result["bad_frames"] == 2 and result["bad_payloads"] == 2 and result["lost_batches"] == 2, result
    assert result["dropped"] == {"unknown_kind": 1}, result


@case(web=True)
def health_and_metrics(worker, watch):
    s, web = worker.streams[0], worker.web
    web.key = "a key of the worker"
    quick = {"metrics": {"every_ms": 50, "timeout_ms": 5000}, "health": {"every_ms": 50, "failures": 2, "successes": 2}}
    ports = s.ports
    fleet = dict(quick, workers=[{"name": "w0", "url": "http://127.0.0.1:%d" % web.port, "api_key_env": "TEST_WORKER_KEY",
                                  "events": "tcp://127.0.0.1:%d" % ports["events"], "replay": "tcp://127.0.0.1:%d" % ports["replay"]}])
    w = watch([], fleet=fleet, env={"TEST_WORKER_KEY": web.key})
    s.await_subscriber()
    s.store(prompt(2, 1))
    s.flush()
    web.running = 7
    w.wait("w0 live 2/100 blocks, 7 running")
    web.healthy = False
    w.wait("w0 down 2/100 blocks")  # it answers: what it holds is still known
    web.healthy = True
    w.wait("w0 live 2/100 blocks")
    web.close()
    w.wait("w0 down 0/100 blocks")  # nobody listens: void
    web.open()
    w.wait("w0 live 2/100 blocks")  # and the replay brings it back
    web.process_start += 1
    s.held.clear()
    s.kept, s.seq = [], 0
    w.wait("its process is another one")
    s.store(prompt(1, 5))
    s.flush()
    w.wait("w0 live 1/100 blocks")
    result, = w.end()
    held(result, s)
    with open(w.recording) as f:
        assert web.key not in f.read()


@case(web=True)
def an_unknown_page_and_no_stream(worker, watch):
    w = watch(["http://127.0.0.1:%d,name=only" % worker.web.port, "http://127.0.0.1:1,name=nobody"],
              fleet={"metrics": {"every_ms": 50}, "health": {"every_ms": 50}})
    w.wait("only live, 0 running", "nobody down")
    assert [r["state"] for r in w.end()] == ["live", "down"]


@case()
def killed_in_the_middle_of_recording(worker, watch):
    s = worker.streams[0]
    for packed in (False, True):
        w = watch([worker.spec()], name="rec.jsonl.gz" if packed else "rec.jsonl")
        blocks = s.digest()[1]
        s.store(prompt(9, 40 + packed))
        s.flush()
        w.wait("w0 live %d/" % (blocks + 9))
        before = len(w.lines)
        while len(w.lines) < before + 2:  # a second later it is handed over
            time.sleep(0.02)
        w.process.send_signal(signal.SIGKILL)
        w.process.wait()
        result = json.loads(w.replay())["workers"][0]
        held(result, s)


@case()
def a_recording_cut_anywhere(worker, watch):
    s = worker.streams[0]
    w = watch([worker.spec()])
    s.await_subscriber()
    for i in range(4):
        s.store(prompt(2, i))
        s.flush()
    w.wait("w0 live 8/8 blocks")
    w.end()
    with open(w.recording, "rb") as f:
        whole = f.read()
    lines = whole.split(b"\n")[:-1]
    cut = os.path.join(w.folder, "cut.jsonl")
    full = json.loads(w.replay())
    for n in range(1, len(lines) + 1):
        with open(cut, "wb") as f:
            f.write(b"\n".join(lines[:n]) + b"\n")
        clean = json.loads(w.replay(cut))
        assert clean["records"] == n - 1
        if n == len(lines):
            assert clean == full
            continue
        with open(cut, "ab") as f:  # and half of the next line
            f.write(lines[n][:len(lines[n]) // 2])
        assert json.loads(w.replay(cut)) == clean
    with open(cut, "wb") as f:
        f.write(b"\n".join([lines[0], b"{}", lines[1]]) + b"\n")
    assert "line 2: type must be a text" in w.replay(cut, status=2)
    with open(cut, "wb") as f:
        f.write(lines[0][:20])
    assert "the first line is cut off" in w.replay(cut, status=2)
    assert w.replay(None, "--speed", "1000") == w.replay()


@case()
def raw_and_packed(worker, watch):
    s = worker.streams[0]
    w = watch([worker.spec()], "--record-raw")
    s.await_subscriber()
    s.block = 4
    s.store(prompt(3, 1))
    s.flush()
    w.wait("w0 live 3/3 blocks")
    held(w.end()[0], s)
    again = subprocess.run([PROGRAM, "live", "--headless", "--worker", worker.spec(), "--record", w.recording], capture_output=True,
                           text=True)
    assert again.returncode == 2 and "there is a file of this name already" in again.stderr, again.stderr
    info = subprocess.run([PROGRAM, "live", "info", w.recording], capture_output=True, text=True)
    assert info.returncode == 0 and "kv_raw" in info.stdout and "ended in order" in info.stdout, info.stdout + info.stderr


if __name__ == "__main__":
    sys.exit(main())
