#!/usr/bin/env python3
"""The router end to end, on loopback: clients, the program, workers that behave and workers that do not.
router_test.py PROGRAM [NAME…]"""
import concurrent.futures
import csv
import json
import os
import random
import signal
import sys
import time

from live_stage import CASES, PATIENCE, main
from router_stage import BODY, DONE, ROUND, Router, case, event, plain, streamed
from standin import QUICK, StandIn, words
from upstream import STREAM_HEAD, Upstream, answer, ask, chunk, connect, get, post, read_answer, until


def odd_stream(s, head, body):
    """Bytes that nobody would expect, in pieces that respect nothing, from the prompt alone."""
    rng = random.Random(json.loads(body)["prompt"])
    data = odd_bytes(rng)
    s.sendall(STREAM_HEAD)
    at = 0
    while at < len(data):
        n = rng.randrange(1, 400)
        s.sendall(chunk(data[at:at + n]))
        at += n
        if rng.random() < 0.2:
            time.sleep(0.002)
    s.sendall(b"0\r\n\r\n")


def odd_bytes(rng):
    parts = [event("\u00e4 \u20ac %d" % rng.randrange(10 ** 6)) for _ in range(rng.randrange(5, 40))]
    parts.insert(3, b": a comment\r\n\r\n")
    parts.append(rng.randbytes(500) + b"\n\n" + DONE)
    return b"".join(parts)


@case(lambda: Upstream(odd_stream), lambda: Upstream(odd_stream))
def two_hundred_streams_byte_for_byte(router, *_):
    def one(i):
        status, fields, body, whole = ask(router.port, "/v1/completions", {"prompt": str(i), "stream": True})
        rng = random.Random(str(i))
        assert status == 200 and whole and body == odd_bytes(rng), (i, status, len(body))
        assert fields["content-type"] == "text/event-stream" and fields["x-blockyard-worker"] in ("w0", "w1")
    with concurrent.futures.ThreadPoolExecutor(200) as pool:
        list(pool.map(one, range(200)))
    summary = router.end()["summary"]
    assert summary["completed"] == 200 and summary["failed"] == 0 and summary["ttft_ms"]["p50"] > 0, summary


@case(lambda: Upstream(plain))
def what_goes_on_and_what_does_not(router, worker):
    status, fields, body, whole = ask(router.port, "/v1/completions?x=1", {"prompt": "a"}, "X-Mine: 7", "Connection: x-hop, close",
                                      "X-Hop: 1", "X-data-parallel-rank: 3", "X-Blockyard-Worker: me", "Accept-Encoding: gzip",
                                      "Authorization: Bearer theirs", "X-Request-Id: my-id.1", "TE: trailers", "Keep-Alive: 5")
    assert status == 200 and whole and json.loads(body)["choices"], body
    assert fields["x-request-id"] == "my-id.1" and fields["x-blockyard-overlap"] == "0/0" and fields["connection"] == "close"
    head, sent = worker.seen[0]
    lines = head.decode().lower().split("\r\n")
    assert lines[0] == "post /v1/completions?x=1 http/1.1" and sent == b'{"prompt": "a"}', (lines, sent)
    for line in ("x-mine: 7", "authorization: bearer theirs", "x-request-id: my-id.1", "accept-encoding: identity",
                 "host: 127.0.0.1:%d" % worker.port):
        assert lines.count(line) == 1, (line, lines)
    for gone in ("x-hop", "x-data-parallel", "x-blockyard", "te:", "keep-alive", "connection", "expect"):
        assert not any(l.startswith(gone) for l in lines), (gone, lines)


@case(lambda: Upstream(streamed))
def chunked_bodies_and_expectations(router, worker):
    s = connect(router.port)
    s.sendall(b"POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n")
    assert s.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    s.sendall(b"5;x=y\r\n{\"pro\r\n" + b"a\r\nmpt\":\"a\"} \r\n0\r\nTrailer: 1\r\n\r\n")
    status, _, body, whole = read_answer(s)
    assert status == 200 and whole and body == event("a") + event("b") + DONE, body
    assert worker.seen[0][1] == b'{"prompt":"a"} '
    s.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")  # the connection goes on
    assert read_answer(s)[0] == 200
    s.close()


def endless(s, head, body):
    s.sendall(STREAM_HEAD)
    while True:
        s.sendall(chunk(event("a")))
        time.sleep(0.01)


def silent(s, head, body):
    while s.recv(100):
        pass
    raise OSError("it left")


@case(lambda: Upstream(endless), fleet={"tokens": "none"})
def a_client_that_leaves_amid_the_answer(router, worker):
    s = post(router.port, "/v1/completions", BODY)
    assert s.recv(10)
    s.close()
    assert worker.left.wait(PATIENCE)
    until(lambda: router.workers()["w0"]["active"] == 0, "no request is there")
    assert router.end()["summary"]["cancelled"] == 1


@case(lambda: Upstream(silent), fleet={"tokens": "none"})
def a_client_that_leaves_before_it(router, worker):
    s = post(router.port, "/v1/completions", BODY)
    until(lambda: worker.seen, "the request has arrived")
    s.close()
    assert worker.left.wait(PATIENCE)
    until(lambda: router.workers()["w0"]["active"] == 0, "no request is there")


def dies(s, head, body):
    s.shutdown(2)
    raise OSError


def dies_amid(s, head, body):
    s.sendall(STREAM_HEAD + chunk(event("a")))
    time.sleep(0.05)
    raise OSError


@case(lambda: Upstream(dies), lambda: Upstream(streamed), fleet=ROUND)
def a_worker_that_dies_before_the_answer(router, bad, good):
    for _ in range(4):
        status, fields, body, whole = ask(router.port, "/v1/completions", BODY)
        assert status == 200 and whole and fields["x-blockyard-worker"] == "w1" and body.endswith(DONE), body
    assert bad.seen
    summary = router.end()["summary"]
    assert summary["completed"] == 4 and summary["retries"] == len(bad.seen), summary


@case(lambda: Upstream(dies), lambda: Upstream(dies), lambda: Upstream(streamed), fleet=ROUND)
def a_request_that_kills_does_not_visit_them_all(router, a, b, good):
    status, _, body, _ = ask(router.port, "/v1/completions", BODY)
    assert status == 502 and json.loads(body)["error"]["code"] == "worker_unreachable", body
    assert len(a.seen) + len(b.seen) == 2 and not good.seen, (a.seen, b.seen, good.seen)


@case(lambda: Upstream(dies_amid), fleet={"tokens": "none"})
def a_worker_that_dies_amid_the_answer(router, _):
    status, _, body, whole = ask(router.port, "/v1/completions", BODY)
    assert status == 200 and whole and body.startswith(event("a")) and DONE not in body, body
    last = json.loads(body[len(event("a")):].decode()[len("data: "):])
    assert last["error"]["code"] == "worker_lost", body
    assert router.end()["summary"]["failed"] == 1


def half(s, head, body):
    s.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"a\":")
    time.sleep(0.05)
    raise OSError


@case(lambda: Upstream(half), fleet={"tokens": "none"})
def half_an_answer_is_not_taken_for_a_whole(router, _):
    status, _, body, whole = ask(router.port, "/v1/completions", {"prompt": "a"})
    assert status == 200 and body == b'{"a":' and not whole, body


def busy(s, head, body):
    s.sendall(answer(503, b'{"error":"busy"}', "application/json", "Retry-After: 1"))


@case(lambda: Upstream(busy), lambda: Upstream(streamed), fleet=ROUND)
def a_busy_worker_is_passed_over(router, a, good):
    for _ in range(4):
        assert ask(router.port, "/v1/completions", BODY)[0] == 200
    assert a.seen


@case(lambda: Upstream(busy), lambda: Upstream(busy), fleet=ROUND)
def where_all_are_busy_the_last_word_is_theirs(router, a, b):
    status, fields, body, whole = ask(router.port, "/v1/completions", BODY)
    assert status == 503 and whole and body == b'{"error":"busy"}' and fields["retry-after"] == "1", (status, body)
    assert len(a.seen) == len(b.seen) == 1


def wrong(s, head, body):
    s.sendall(answer(400, b'{"error":{"message":"too long"}}'))


@case(lambda: Upstream(wrong), lambda: Upstream(wrong), fleet=ROUND)
def a_wrong_request_is_the_clients(router, a, b):
    status, _, body, _ = ask(router.port, "/v1/completions", BODY)
    assert status == 400 and b"too long" in body and len(a.seen) + len(b.seen) == 1


def gateway(s, head, body):
    s.sendall(answer(502, b"{}"))


@case(lambda: Upstream(gateway), lambda: Upstream(streamed), fleet=dict(ROUND, proxy={"breaker_failures": 2, "breaker_ms": 600000}))
def a_breaker_opens(router, bad, good):
    for _ in range(10):
        assert ask(router.port, "/v1/completions", BODY)[0] == 200
    assert len(bad.seen) == 2, len(bad.seen)
    assert router.workers()["w0"]["state"] == "breaker open"


def never(s, head, body):
    time.sleep(5)


@case(lambda: Upstream(never), fleet={"tokens": "none", "proxy": {"first_byte_ms": 200}})
def an_answer_that_does_not_begin(router, _):
    status, _, body, _ = ask(router.port, "/v1/completions", BODY)
    assert status == 504 and json.loads(body)["error"]["code"] == "worker_timeout", body


def two_lengths(s, head, body):
    s.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}}")


@case(lambda: Upstream(two_lengths), fleet={"tokens": "none"})
def an_answer_of_two_lengths(router, _):
    assert ask(router.port, "/v1/completions", BODY)[0] == 502


@case(lambda: Upstream(plain), fleet={"tokens": "none"})
def all_workers_down(router, worker):
    worker.close()
    worker.healthy = False
    until(lambda: not router.workers()["w0"]["up"], "it is down")
    assert get(router.port, "/ready")[0] == 503
    status, fields, body, _ = ask(router.port, "/v1/completions", BODY)
    assert status == 503 and fields["retry-after"] == "1" and json.loads(body)["error"]["code"] == "no_workers", body


def slow_stream(s, head, body):
    s.sendall(STREAM_HEAD + chunk(event("a")))
    time.sleep(0.5)
    s.sendall(chunk(event("b") + DONE) + b"0\r\n\r\n")


@case(lambda: Upstream(slow_stream), fleet={"tokens": "none"})
def an_end_in_order(router, _):
    s = post(router.port, "/v1/completions", BODY)
    assert s.recv(10)
    router.watch.process.send_signal(signal.SIGINT)
    until(lambda: get(router.port, "/ready")[0] == 503, "it drains")
    status, _, body, _ = ask(router.port, "/v1/completions", BODY)
    assert status == 503 and json.loads(body)["error"]["code"] == "draining", body
    data = b""
    while not data.endswith(b"0\r\n\r\n"):
        piece = s.recv(4096)
        assert piece, data
        data += piece
    assert DONE in data
    assert router.watch.process.wait(PATIENCE) == 0
    with open(router.watch.out) as f:
        assert json.load(f)["summary"]["completed"] == 1


def hits_follow_the_chains():
    """Two stand-ins and their streams: what was sent to one is expected, then known there; and the figures agree with the engines'."""
    standins = [StandIn(*QUICK, "--set", "cache.capacity_blocks=2000") for _ in range(2)]
    router = None
    try:
        folder = os.path.join(os.path.dirname(standins[0].place["url"]) or ".")
        router = Router([s.spec().replace("name=w0", "name=w%d" % i) for i, s in enumerate(standins)], "--requests", "-",
                        fleet={"proxy": {"ask_usage": True}})
        router.ready()
        until(lambda: json.loads(get(router.port, "/v1/models")[2])["data"], "models are known")
        where = {}
        for turn in range(3):
            for i in range(6):
                body = {"prompt": words(60, i), "max_tokens": 4, "stream": turn != 1, "model": "blockyard-standin"}
                status, fields, text, whole = ask(router.port, "/v1/completions", body)
                assert status == 200 and whole and b'"usage":{' not in text.replace(b" ", b"") or turn == 1, text
                overlap, blocks = map(int, fields["x-blockyard-overlap"].split("/"))
                assert blocks > 3 and overlap == (blocks if turn else overlap), (turn, fields)
                assert where.setdefault(i, fields["x-blockyard-worker"]) == fields["x-blockyard-worker"]
        assert set(where.values()) == {"w0", "w1"}, where
        router.watch.process.send_signal(signal.SIGINT)
        rows = list(csv.DictReader(router.watch.process.stdout.read().splitlines()[:19]))
        assert router.watch.process.wait(PATIENCE) == 0
        with open(router.watch.out, "rb") as f:
            written = f.read()
        summary = json.loads(written)["summary"]
        assert summary["completed"] == summary["hits_known"] == 18 and summary["untokenized"] == summary["mistokenized"] == 0, summary
        assert summary["hit_blocks"] == summary["predicted_blocks"] > 0 and summary["false_hits"] == summary["missed_hits"] == 0, summary
        assert len(rows) == 18 and all(r["status"] == "completed" and r["predicted_blocks"] == r["hit_blocks"] for r in rows), rows
        assert written == router.watch.replay(), "the replay differs"
        with open(router.watch.recording) as f:
            text = f.read()
        assert "word" not in text.replace("word_", "") and '"type":"route"' in text
        del folder
    finally:
        if router:
            router.watch.close()
        for s in standins:
            s.close()


CASES["hits_follow_the_chains"] = hits_follow_the_chains

if __name__ == "__main__":
    sys.exit(main())
