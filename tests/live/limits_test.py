#!/usr/bin/env python3
"""What a router takes no more of, and what it never tells, end to end.  limits_test.py PROGRAM [NAME…]"""
import json
import os
import sys
import time

from live_stage import CASES, PATIENCE, Watch, main
from router_stage import BODY, case, plain, streamed
from upstream import STREAM_HEAD, Upstream, answer, ask, chunk, get, post, until


def memory(process):
    with open("/proc/%d/status" % process.pid) as f:
        return int(next(line for line in f if line.startswith("VmRSS")).split()[1]) >> 10  # MiB


def waits(s, head, body):
    s.sendall(STREAM_HEAD + chunk(b"data: {}\n\n"))
    time.sleep(1)
    s.sendall(b"0\r\n\r\n")


@case(lambda: Upstream(waits), fleet={"tokens": "none", "proxy": {"max_in_flight": 1}})
def requests_in_flight(router, _):
    s = post(router.port, "/v1/completions", BODY)
    assert s.recv(10)
    status, _, body, _ = ask(router.port, "/v1/completions", BODY)
    assert status == 429 and json.loads(body)["error"]["code"] == "too_many_requests", body
    until(lambda: ask(router.port, "/v1/completions", BODY)[0] == 200, "the first is over")
    s.close()


def great_head(s, head, body):
    s.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"a" * (65 << 10) + b"\r\nContent-Length: 2\r\n\r\n{}")


def bare_lf(s, head, body):
    s.sendall(b"HTTP/1.1 200 OK\nContent-Length: 2\n\n{}")


def both_lengths(s, head, body):
    s.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")


def no_http(s, head, body):
    s.sendall(b"SSH-2.0-OpenSSH\r\n\r\n")


@case(lambda: Upstream(great_head), lambda: Upstream(bare_lf), lambda: Upstream(both_lengths), lambda: Upstream(no_http),
      fleet={"tokens": "none", "router": {"strategy": "round_robin"}, "proxy": {"retries": 0, "breaker_failures": 1000}})
def answers_that_are_none(router, *workers):
    for _ in range(8):
        status, _, body, _ = ask(router.port, "/v1/completions", {"prompt": "a"})
        assert status == 502 and json.loads(body)["error"]["type"] == "upstream_error", (status, body)
    assert all(len(w.seen) == 2 for w in workers)


def elsewhere(s, head, body):
    s.sendall(answer(302, b"", "text/plain", "Location: http://127.0.0.1:1/v1/completions"))


@case(lambda: Upstream(elsewhere), fleet={"tokens": "none"})
def redirects_are_the_clients(router, worker):
    status, fields, _, _ = ask(router.port, "/v1/completions", {"prompt": "a"})
    assert status == 302 and fields["location"].startswith("http://127.0.0.1:1/") and len(worker.seen) == 1


def floods(s, head, body):
    s.sendall(STREAM_HEAD)
    piece = chunk(b"data: " + b"a" * 65000 + b"\n\n")
    for _ in range(2000):
        s.sendall(piece)


# The address sanitizer keeps what has been freed for a while: here only little of it.
FRESH = {"ASAN_OPTIONS": ":".join(filter(None, (os.environ.get("ASAN_OPTIONS"), "quarantine_size_mb=4", "thread_local_quarantine_size_kb=64")))}


@case(lambda: Upstream(floods), fleet={"tokens": "none"}, env=FRESH)
def a_slow_client_holds_up_its_worker_alone(router, _):
    before = memory(router.watch.process)
    slow = [post(router.port, "/v1/completions", BODY) for _ in range(4)]  # that read nothing
    until(lambda: router.workers()["w0"]["active"] == 4, "all are there")
    time.sleep(1)
    assert memory(router.watch.process) < before + 64, (before, memory(router.watch.process))
    assert get(router.port, "/health")[0] == 200
    for s in slow:
        s.close()
    until(lambda: router.workers()["w0"]["active"] == 0, "all have left")


def slow_tokens(body):
    time.sleep(6)
    return list(range(64))


@case(lambda: Upstream(plain, tokens=slow_tokens))
def tokens_that_take_too_long(router, worker):
    began = time.time()
    status, fields, _, _ = ask(router.port, "/v1/completions", {"prompt": "a"})
    assert status == 200 and fields["x-blockyard-overlap"] == "0/0" and time.time() - began < 5, fields
    assert router.end()["summary"]["untokenized"] == 1


@case(lambda: Upstream(plain, tokens=lambda body: ["a"]), lambda: Upstream(plain, tokens=lambda body: [-1]))
def tokens_that_are_none(router, *_):
    for _ in range(4):
        status, fields, _, _ = ask(router.port, "/v1/completions", {"prompt": "a"})
        assert status == 200 and fields["x-blockyard-overlap"] == "0/0", fields
    assert router.end()["summary"]["untokenized"] == 4


@case(lambda: Upstream(streamed), fleet={"tokens": "none", "security": {"api_key_env": "ROUTER_KEY", "admin_key_env": "ADMIN_KEY"}},
      env={"ROUTER_KEY": "open-sesame-1", "ADMIN_KEY": "open-sesame-2"})
def nothing_of_it_is_told(router, worker):
    secrets = ("open-sesame", "their-own-key", "a-prompt-of-somebody", "salt-of-somebody", "session-of-somebody")
    body = {"prompt": "a-prompt-of-somebody", "stream": True, "cache_salt": "salt-of-somebody", "prompt_cache_key": "session-of-somebody"}
    key = "Authorization: Bearer open-sesame-1"
    assert ask(router.port, "/v1/completions", body, key)[0] == 200
    texts = [ask(router.port, "/v1/completions", body, "Authorization: Bearer their-own-key")[2]]
    for path in ("/blockyard/workers", "/blockyard/decisions"):
        status, _, text, _ = get(router.port, path, "Authorization: Bearer open-sesame-2")
        assert status == 200, text
        texts.append(text)
    texts.append(get(router.port, "/metrics", key)[2])
    router.end()
    for path in (router.watch.out, router.watch.recording):
        with open(path, "rb") as f:
            texts.append(f.read())
    texts.append("".join(router.watch.lines).encode())
    for text in texts:
        for secret in secrets:
            assert secret.encode() not in text, (secret, text)


class GreatPage(Upstream):
    """Its metrics are more than anybody reads."""

    def serve(self, s):
        data = b""
        while b"\r\n\r\n" not in data:
            piece = s.recv(4096)
            if not piece:
                return s.close()
            data += piece
        great = b"/metrics" in data.split(b"\r\n")[0]
        try:
            s.sendall(answer(200, b"vllm:num_requests_running 1\n" * (330_000 if great else 0), "text/plain"))
        except OSError:
            pass  # whoever asked has seen enough
        s.close()


@case(lambda: GreatPage(plain), fleet={"tokens": "none"})
def metrics_without_end(router, _):
    until(lambda: router.workers()["w0"]["state"] == "stale", "its metrics count as missed")
    assert router.workers()["w0"]["running"] is None


def more_workers_than_there_may_be():
    w = Watch(["http://127.0.0.1:%d" % (1000 + i) for i in range(257)], "--listen", "0")
    assert w.process.wait(PATIENCE) == 2, w.lines
    w.reader.join()
    assert len(w.lines) == 1 and "256" in w.lines[0] and not os.path.exists(w.recording), w.lines
    w.close()


CASES["more_workers_than_there_may_be"] = more_workers_than_there_may_be

if __name__ == "__main__":
    sys.exit(main())
