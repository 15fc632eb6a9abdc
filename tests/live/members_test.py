#!/usr/bin/env python3
"""Workers that come and go while it runs: by the admin API, by name, by connecting their streams here.  members_test.py PROGRAM [NAME…]"""
import json
import socket
import struct
import sys
import time

import zmq

from live_stage import CASES, PATIENCE, Watch, held, main, prompt
from router_stage import BODY, Router, case, plain, streamed
from scripted_worker import Worker, pack
from upstream import STREAM_HEAD, Upstream, ask, chunk, get, post, until


def delete(port, name, *fields):
    return get(port, "/blockyard/workers/" + name, *fields, method="DELETE")[0]


def slow(s, head, body):
    s.sendall(STREAM_HEAD + chunk(b"data: {}\n\n"))
    time.sleep(1)
    s.sendall(b"0\r\n\r\n")


@case(lambda: Upstream(slow), fleet={"tokens": "none", "router": {"strategy": "round_robin"}, "metrics": {"every_ms": 20}})
def one_is_added_and_one_leaves(router, first):
    key = "Authorization: Bearer " + router.admin_key()
    second, stream = Upstream(plain, models=("m2",)), Worker()
    ports = stream.streams[0].ports
    added = {"name": "two", "url": second.url, "events": "tcp://127.0.0.1:%d" % ports["events"], "replay": "tcp://127.0.0.1:%d" % ports["replay"]}
    assert ask(router.port, "/blockyard/workers", added)[0] == 401
    for bad, status in (({"name": "two"}, 400), (dict(added, url="https://x"), 400), (dict(added, nome=1), 400), ([], 400),
                        (dict(added, api_key_env="PATH"), 400), (dict(added, name="w0"), 409)):
        assert ask(router.port, "/blockyard/workers", bad, key)[0] == status, bad
    status, _, body, _ = ask(router.port, "/blockyard/workers", added, key)
    assert status == 201 and json.loads(body) == {"workers": ["two"]}, body
    stream.streams[0].store(prompt(5, 1))
    stream.streams[0].flush()
    until(lambda: router.workers()["two"]["resident_blocks"] == 5, "its stream is followed")
    until(lambda: b'"m2"' in get(router.port, "/v1/models")[2], "its models are known")
    assert {ask(router.port, "/v1/completions", {"prompt": "a", "model": "m2"})[1]["x-blockyard-worker"] for _ in range(3)} == {"two"}
    # The other is taken out: what runs there goes on to its end, and nothing new goes there.
    running = post(router.port, "/v1/completions", dict(BODY, model="m"))
    assert running.recv(10)
    assert delete(router.port, "w0") == 401 and delete(router.port, "w0", key) == 202 and delete(router.port, "nobody", key) == 404
    assert router.workers()["w0"]["state"] == "draining"
    assert ask(router.port, "/blockyard/workers/w0/resume", b"", key)[0] == 409
    assert ask(router.port, "/v1/completions", {"prompt": "a"})[1]["x-blockyard-worker"] == "two"
    data = b""
    while not data.endswith(b"0\r\n\r\n"):
        piece = running.recv(4096)
        assert piece, data
        data += piece
    until(lambda: router.workers()["w0"]["state"] == "removed", "it has left")
    seen = len(first.seen)
    assert get(router.port, "/v1/models")[2].count(b'"m"') == 0
    # The name is free again; the index is not.
    assert ask(router.port, "/blockyard/workers", {"name": "w0", "url": first.url}, key)[0] == 201
    until(lambda: ask(router.port, "/v1/completions", {"prompt": "a"})[1]["x-blockyard-worker"] == "w0", "it is back")
    assert len(first.seen) > seen
    series = [l.rsplit(b" ", 1)[0] for l in get(router.port, "/metrics")[2].splitlines() if not l.startswith(b"#")]
    assert len(set(series)) == len(series) > 10, series
    out = router.end()["workers"]
    assert [(w["name"], w["state"]) for w in out] == [("w0", "removed"), ("two", "live"), ("w0", "live")], out
    held(out[1], stream.streams[0])
    with open(router.watch.recording) as f:
        head = json.loads(f.readline())
    assert [w["name"] for w in head["fleet"]["workers"]] == ["w0"]
    second.close()
    stream.close()


def found_by_name():
    """localhost has an address or two; each is a worker."""
    upstream = Upstream(streamed)
    router = Router([], fleet={"tokens": "none", "discover": {"dns": "localhost", "port": upstream.port, "every_ms": 50},
                               "health": {"every_ms": 50, "successes": 1}})
    try:
        until(lambda: router.workers().get("127.0.0.1", {}).get("state") == "live", "found")
        assert ask(router.port, "/v1/completions", BODY)[1]["x-blockyard-worker"] == "127.0.0.1"
        indices = len(router.workers())
        time.sleep(0.5)
        assert len(router.workers()) == indices  # and found once
        router.end()
        with open(router.watch.out, "rb") as f:
            assert f.read() == router.watch.replay(), "the replay differs"
    finally:
        router.watch.close()
        upstream.close()


def free_ports():
    """Two ports that follow one another."""
    while True:
        a = socket.socket()
        a.bind(("127.0.0.1", 0))
        port, b = a.getsockname()[1], socket.socket()
        try:
            b.bind(("127.0.0.1", port + 1))
            return port
        except OSError:
            pass
        finally:
            a.close()
            b.close()


def streams_that_connect_here():
    """Engines whose endpoint is an address to connect to: told apart by their topic, a socket for each rank."""
    port, context, upstream = free_ports(), zmq.Context(), Upstream(plain)
    router = Router([upstream.url + ",name=a,ranks=2", "http://127.0.0.1:1,name=b"], fleet={"tokens": "none", "events_bind": "tcp://127.0.0.1:%d" % port})
    pubs = []
    try:
        def publisher(rank):
            pub = context.socket(zmq.PUB)
            pub.linger = 0
            pub.connect("tcp://127.0.0.1:%d" % (port + rank))
            pubs.append(pub)
            return pub

        def batch(blocks, seed):
            tokens = prompt(blocks, seed)
            return pack([time.time(), [["BlockStored", [seed * 1000 + i for i in range(blocks)], None, tokens, 16, None, "GPU", None]], 0])
        p0, p1 = publisher(0), publisher(1)
        place = "127.0.0.1:%d" % upstream.port
        numbers = {}

        def send(pub, topic, blocks, seed):
            n = numbers[pub, topic] = numbers.get((pub, topic), -1) + 1
            pub.send_multipart([topic.encode(), struct.pack(">Q", n), batch(blocks, seed)])
        until(lambda: [send(p0, "kv@a@model", 3, 1), time.sleep(0.02)] and router.workers()["a.0"]["resident_blocks"] == 3, "by name")
        until(lambda: [send(p1, "kv@%s@model" % place, 4, 2), time.sleep(0.02)] and router.workers()["a.1"]["resident_blocks"] == 4, "by place")
        send(p0, "kv@nobody@model", 2, 4)
        send(p0, "no-topic", 2, 4)
        # Nobody is at its address: what was told before that was found out has been emptied.
        until(lambda: [send(p0, "kv@b@model", 2, 3), time.sleep(0.02)] and router.workers()["b"]["resident_blocks"] == 2, "another")
        until(lambda: b"blockyard_unclaimed_messages_total 2\n" in get(router.port, "/metrics")[2], "others are counted")
        router.end()
        with open(router.watch.out, "rb") as f:
            assert f.read() == router.watch.replay(), "the replay differs"
    finally:
        router.watch.close()
        upstream.close()
        for pub in pubs:
            pub.close()
        context.term()


def where_streams_may_not_connect():
    for fleet in ({"events_bind": "tcp://0.0.0.0:5557"}, {"events_bind": "5557"}, {"discover": {"dns": "a b"}}):
        w = Watch(["http://127.0.0.1:1"], fleet=fleet)
        assert w.process.wait(PATIENCE) == 2, w.lines
        w.reader.join()
        assert len(w.lines) == 1, w.lines
        w.close()


for _case in (found_by_name, streams_that_connect_here, where_streams_may_not_connect):
    CASES[_case.__name__] = _case

if __name__ == "__main__":
    sys.exit(main())
