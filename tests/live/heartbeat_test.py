#!/usr/bin/env python3
"""Workers that post heartbeats, end to end: as the original project's did, and what the router makes of it.  heartbeat_test.py PROGRAM [NAME…]"""
import json
import os
import sys
import tempfile
import time

from heartbeat_worker import HeartbeatWorker, Poster, block_hashes, ids
from live_stage import CASES, main
from router_stage import Router, case, plain
from upstream import Upstream, ask, connect, get, read_answer, until

SHARED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "shared", "live", "original")
MISSING = {"loc": ["body", "current_load"], "msg": "field required", "type": "value_error.missing"}
FAST = {"heartbeats": {"detect_ms": 400}}


@case()
def the_api_as_it_was(router):
    p = Poster(router.port)
    assert get(router.port, "/ready")[0] == 503
    status, _, body, _ = ask(router.port, "/v1/completions", {"prompt": ids(2, 1)})
    assert status == 503 and json.loads(body)["error"]["code"] == "no_workers", body
    assert p.post("/internal/heartbeat", {"worker_id": "worker-4416", "current_load": 0.0}) == (200, {"status": "ok"})
    assert get(router.port, "/ready")[0] == 200
    assert p.post("/internal/heartbeat", {"worker_id": "worker-4416"}) == (422, {"detail": [MISSING]})
    for path, body in (("heartbeat", {"worker_id": "worker-4416", "current_load": 7, "more": 1}),
                       ("heartbeat", {"worker_id": "worker-4416", "current_load": "7"}),
                       ("sync", {"worker_id": "worker-4416", "active_hashes": []}), ("sync", {"worker_id": "worker-9476", "active_hashes": []}),
                       ("eviction", {"worker_id": "worker-4416", "evicted_hashes": ["0" * 64]}),
                       ("eviction", {"worker_id": "nobody", "evicted_hashes": ["0" * 64]})):
        assert p.post("/internal/" + path, body) == (200, {"status": "ok"}), (path, body)
    for path, body in (("heartbeat", b"{"), ("heartbeat", b'{"worker_id":"a b","current_load":1}'), ("sync", b'{"worker_id":"a"}'),
                       ("sync", b'{"worker_id":"a","active_hashes":["' + b"a" * 257 + b'"]}'), ("eviction", b"[]")):
        status, refused = p.post("/internal/" + path, body)
        assert status == 422 and refused["detail"][0]["loc"][0] == "body" and refused["detail"][0]["type"], (body, refused)
    assert get(router.port, "/internal/heartbeat")[0] == 405 and ask(router.port, "/internal/other", {})[0] == 404
    assert set(router.workers()) == {"worker-4416", "worker-9476"}
    # Whoever is assigned is told so; chat has nobody to go to.
    status, _, body, _ = ask(router.port, "/v1/completions", {"prompt": ids(2, 1), "max_tokens": 3})
    answer = json.loads(body)
    assert list(answer) == ["assigned_worker", "status", "block_hashes", "match_length", "cache_status"], answer
    assert answer["status"] == "forwarded" and answer["block_hashes"] == block_hashes(ids(2, 1)), answer
    assert (answer["match_length"], answer["cache_status"]) == (0, "MISS"), answer
    answer = json.loads(ask(router.port, "/v1/completions", {"prompt": ids(2, 1)})[2])
    assert (answer["match_length"], answer["cache_status"]) == (2, "HIT"), answer
    assert json.loads(ask(router.port, "/v1/completions", {"prompt": ids(1, 1)[:15]})[2])["block_hashes"] == []
    status, _, body, _ = ask(router.port, "/v1/chat/completions", {"messages": [{"role": "user", "content": "a"}]})
    assert status == 503 and json.loads(body)["error"]["code"] == "no_workers", body
    # An idle connection outlives the time between two syncs of theirs.
    time.sleep(5.5)
    assert p.post("/internal/heartbeat", {"worker_id": "worker-4416", "current_load": 1}) == (200, {"status": "ok"})
    p.close()


@case(fleet=dict(FAST, router={"strategy": "cache_aware"}))
def what_they_hold_decides(router):
    a, b = HeartbeatWorker(router.port, "a"), HeartbeatWorker(router.port, "b")
    a.held, b.held = block_hashes(ids(6, 1)), block_hashes(ids(6, 2)) + block_hashes(ids(3, 1))
    until(lambda: {w["resident_blocks"] for w in router.workers().values()} == {6, 9}, "both are synced")
    for seed, name, blocks in ((1, "a", 6), (2, "b", 6), (1, "a", 6)):
        answer = json.loads(ask(router.port, "/v1/completions", {"prompt": ids(blocks, seed)})[2])
        assert (answer["assigned_worker"], answer["match_length"], answer["cache_status"]) == (name, 6, "HIT"), answer
    p = Poster(router.port)
    a.held = a.held[:2]
    p.post("/internal/eviction", {"worker_id": "a", "evicted_hashes": block_hashes(ids(6, 1))[2:]})
    until(lambda: router.workers()["a"]["resident_blocks"] == 2, "evicted")
    # One that falls silent is down, and what it held is void; it comes back with what it syncs then.
    b.stop()
    until(lambda: not router.workers()["b"]["up"], "b is down")
    assert router.workers()["b"]["resident_blocks"] == 0
    assert json.loads(ask(router.port, "/v1/completions", {"prompt": ids(6, 2)})[2])["assigned_worker"] == "a"
    again = HeartbeatWorker(router.port, "b")
    again.held = block_hashes(ids(4, 5))
    until(lambda: router.workers()["b"]["state"] == "live" and router.workers()["b"]["resident_blocks"] == 4, "b is back")
    out = router.end()
    workers = {w["name"]: w for w in out["workers"]}
    assert len(out["workers"]) == 2 and set(workers) == {"a", "b"} and out["summary"]["completed"] == 4, out
    assert workers["a"]["heartbeats"] > 2 and workers["b"]["restarts"] == 1, workers
    kinds = [r.get("type") for r in router.recorded()]
    assert {"beat", "sync", "evict", "route", "request", "state"} <= set(kinds), set(kinds)
    p.close()
    for w in (a, again):
        w.stop()


@case(fleet=dict(FAST, router={"strategy": "least_loaded", "load_metric": "remaining_ms"}))
def their_load_decides(router):
    a, b = HeartbeatWorker(router.port, "a"), HeartbeatWorker(router.port, "b")
    for busy, idle in ((a, b), (b, a)):
        busy.load, idle.load = 900.5, 3.25
        until(lambda: router.workers().get(busy.name, {}).get("load_ms") == 900.5 and router.workers()[idle.name]["load_ms"] == 3.25, "told")
        assert json.loads(ask(router.port, "/v1/completions", {"prompt": "a"})[2])["assigned_worker"] == idle.name
    a.stop()
    b.stop()


def with_an_address():
    """Requests are proxied to a worker that names an address within url_hosts; not to this router itself."""
    upstream, router = Upstream(plain), Router([], fleet={"tokens": "none"})
    try:
        p = Poster(router.port)
        for name, url in (("loop", "http://localhost:%d" % router.port), ("far", "http://192.0.2.1:80"), ("odd", "http://u@localhost/x")):
            p.post("/internal/heartbeat", {"worker_id": name, "current_load": 0, "worker_url": url})
            router.said("worker %s: its (worker_url) is left out" % name)
        status, _, body, _ = ask(router.port, "/v1/chat/completions", {"messages": []})
        assert status == 503, body
        p.post("/internal/heartbeat", {"worker_id": "good", "current_load": 0, "worker_url": upstream.url})
        status, fields, body, _ = ask(router.port, "/v1/chat/completions", {"messages": []})
        assert status == 200 and fields["x-blockyard-worker"] == "good" and b'"hi"' in body, body
        until(lambda: b'"m"' in get(router.port, "/v1/models")[2], "its models are known")
        router.end()
        with open(router.watch.out, "rb") as f:
            assert f.read() == router.watch.replay(), "the replay differs"
        p.close()
    finally:
        router.watch.close()
        upstream.close()


@case(lambda: Upstream(plain), fleet={"tokens": "none", "heartbeats": {"max_workers": 1}, "security": {"api_key_env": "ROUTER_KEY"}},
      env={"ROUTER_KEY": "open"})
def names_keys_and_numbers(router, _):
    def beat(name, *fields):
        return ask(router.port, "/internal/heartbeat", {"worker_id": name, "current_load": 0}, *fields)[0]
    key = "Authorization: Bearer open"
    assert beat("a") == 401 and beat("a", key) == 200
    assert beat("w0", key) == 409 and beat("b", key) == 400
    s = connect(router.port)
    s.sendall(("POST /internal/heartbeat HTTP/1.1\r\nHost: localhost\r\n%s\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}" % key).encode())
    assert read_answer(s)[0] == 400
    s.close()


@case(lambda: Upstream(plain), fleet={"tokens": "none", "heartbeats": {"accept": False}})
def where_they_are_not_wanted(router, _):
    assert ask(router.port, "/internal/heartbeat", {"worker_id": "a", "current_load": 0})[0] == 404


@case()
def behind_a_proxy_nobody_is_local(router):
    assert ask(router.port, "/internal/heartbeat", {"worker_id": "a", "current_load": 0}, "X-Forwarded-For: 10.0.0.1")[0] == 403


def a_tokenizer_of_our_own():
    """Prompts are tokenised here: the ids, and so the hashes, are those of the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "tokenizer.json")
        text = "The quick brown fox jumps over the lazy dog. " * 12
        write_bytes_tokenizer(path)
        router = Router([], "--tokens", path)
        try:
            worker = HeartbeatWorker(router.port, "a")
            tokens = [b + 1 for b in text.encode()]
            worker.held = block_hashes(tokens)
            until(lambda: router.workers().get("a", {}).get("resident_blocks") == len(set(worker.held)), "synced")
            answer = json.loads(ask(router.port, "/v1/completions", {"prompt": text})[2])
            assert answer["block_hashes"] == block_hashes(tokens) and answer["cache_status"] == "HIT", answer
            assert answer["match_length"] == len(tokens) // 16, answer
            # More than is tokenised: no chain. (Its hashes would be many, and there are none.)
            status, _, body, _ = ask(router.port, "/v1/completions", {"prompt": "a" * (2 << 20) + "a"})
            assert status == 200 and json.loads(body)["block_hashes"] == [], body[:200]
            worker.stop()
            summary = router.end()["summary"]
            assert summary["untokenized"] == 1 and summary["completed"] == 2, summary
            with open(router.watch.out, "rb") as f:
                assert f.read() == router.watch.replay(), "the replay differs"
        finally:
            router.watch.close()


def write_bytes_tokenizer(path):
    """A byte-level vocabulary without merges: the id of a byte is its value and one."""
    visible = [b for b in range(256) if 33 <= b <= 126 or 161 <= b <= 172 or 174 <= b <= 255]
    letters, more = {}, 0
    for b in range(256):
        if b in visible:
            letters[b] = chr(b)
        else:
            letters[b], more = chr(256 + more), more + 1
    vocab = {letters[b]: b + 1 for b in range(256)}
    vocab["<none>"] = 0
    with open(path, "w") as f:
        json.dump({"version": "1.0", "added_tokens": [], "normalizer": None,
                   "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
                   "post_processor": None, "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
                   "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "", "end_of_word_suffix": "",
                             "fuse_unk": False, "vocab": vocab, "merges": []}}, f)


@case()
def the_captured_exchange(router):
    """What two of the original workers sent, byte for byte, each connection in its order."""
    path = os.path.join(SHARED, "capture_two_workers.jsonl")
    if not os.path.exists(path):
        return
    sent = {}
    with open(path) as f:
        for line in f:
            chunk = json.loads(line)
            if chunk["dir"] == ">":
                sent[chunk["conn"]] = sent.get(chunk["conn"], b"") + chunk["bytes"].encode("latin-1")
    posts = 0
    for data in sent.values():
        s = connect(router.port)
        s.sendall(data)
        for _ in range(data.count(b"POST /internal/") - (0 if data.endswith((b"}",)) else 1)):
            status, _, body, _ = read_answer_kept(s)
            assert status == 200 and body == b'{"status":"ok"}', (status, body)
            posts += 1
        s.close()
    assert posts > 20, posts
    workers = router.workers()
    assert {"worker-4416", "worker-9476"} <= set(workers) and any(w["resident_blocks"] > 0 for w in workers.values()), workers
    with open(os.path.join(SHARED, "block_hashes.json")) as f:
        for known in json.load(f):
            answer = json.loads(ask(router.port, "/v1/completions", {"prompt": known["tokens"]})[2])
            assert answer["block_hashes"] == known["block_hashes"], known


def read_answer_kept(s):
    """One of several answers that come on one connection: not a byte more than it is read."""
    data = b""
    while not data.endswith(b"\r\n\r\n"):
        data += s.recv(1)
    lines = data.decode().split("\r\n")
    length = next(int(l.split(":")[1]) for l in lines if l.lower().startswith("content-length"))
    body = b""
    while len(body) < length:
        body += s.recv(length - len(body))
    return int(lines[0].split()[1]), lines, body, True


CASES["with_an_address"] = with_an_address
CASES["a_tokenizer_of_our_own"] = a_tokenizer_of_our_own

if __name__ == "__main__":
    sys.exit(main())
