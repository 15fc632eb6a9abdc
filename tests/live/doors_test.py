#!/usr/bin/env python3
"""Who may ask a router for what: what is refused, keys, origins, the admin API, where it may listen.  doors_test.py PROGRAM [NAME…]"""
import json
import os
import socket
import sys
import time

from live_stage import CASES, PATIENCE, Watch, main
from router_stage import case, plain
from upstream import Upstream, ask, connect, get, read_answer


@case(lambda: Upstream(plain), fleet={"tokens": "none"})
def what_is_refused(router, worker):
    def code(raw, close=True):
        s = connect(router.port)
        s.sendall(raw)
        status, _, body, _ = read_answer(s)
        if close:
            s.settimeout(PATIENCE)
            while s.recv(4096):
                pass
        s.close()
        return status, json.loads(body)["error"]["code"] if body else None
    line, host = b"POST /v1/completions HTTP/1.1\r\n", b"Host: localhost\r\n"
    for bad in (line + host + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                line + host + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
                line + host + b"Content-Length: 2, 2\r\n\r\n{}",
                line + host + b"Content-Length: +2\r\n\r\n{}",
                line + host + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                line + host + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                line + host + b"Transfer-Encoding: chunked\r\n\r\n11112222333344445\r\n\r\n",
                line + host + b"Transfer-Encoding: chunked\r\n\r\n5\n{}\r\n0\r\n\r\n",
                line + host + b"X: a\r\n b\r\nContent-Length: 0\r\n\r\n", line + b"Content-Length: 0\r\n\r\n",
                line + host + host + b"\r\n", line + b"Host: localhost\n\n", line + host + b"X: \0\r\n\r\n", line + host + b"X: a\rb\r\n\r\n",
                b"POST http://localhost/v1/completions HTTP/1.1\r\n" + host + b"\r\n",
                b"POST /v1/completions HTTP/1.0\r\n" + host + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"):
        assert code(bad)[0] == 400, bad
    assert code(line + host + b"Content-Length: 67108865\r\n\r\n") == (413, "body_too_large")
    assert code(line + host + b"X: " + b"a" * 20000 + b"\r\n\r\n") == (431, "headers_too_large")
    assert code(b"GET /v1/models HTTP/1.1\r\nHost: evil.example\r\n\r\n") == (403, "origin_not_allowed")
    assert code(b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n\r\n") == (403, "origin_not_allowed")
    for path, status in (("/nowhere", 404), ("/v1/load_lora_adapter", 404), ("/v1/completions", 405), ("/%76%31/models", 404)):
        assert get(router.port, path)[0] == status, path
    for body in (b"", b"[]", b"{", b'{"prompt":"a","prompt":"b"}', b'{"prompt":"a","pro\\u006dpt":"b"}', b'{"prompt":' + b"[" * 200 + b"]" * 200 + b"}"):
        status, _, text, _ = ask(router.port, "/v1/completions", body)
        assert status == 400 and json.loads(text)["error"]["code"] == "bad_json", body
    status, _, text, _ = ask(router.port, "/v1/chat/completions", {"prompt": "a"})
    assert status == 400 and json.loads(text)["error"]["code"] == "missing_prompt"
    assert not worker.seen
    assert ask(router.port, "/v1/completions", {"prompt": "a"})[0] == 200


@case(lambda: Upstream(plain), fleet={"tokens": "none", "security": {"api_key_env": "ROUTER_KEY", "admin_key_env": "ADMIN_KEY",
                                                                    "origins": ["https://good.example"]}},
      env={"ROUTER_KEY": "open", "ADMIN_KEY": "more"})
def keys_and_origins(router, worker):
    for key in (None, "Bearer wrong", "open", "Bearer openx", "Bearer ope"):
        fields = ["Authorization: " + key] if key else []
        status, _, body, _ = ask(router.port, "/v1/completions", {"prompt": "a"}, *fields)
        assert status == 401 and json.loads(body)["error"]["code"] == "invalid_api_key" and b"open" not in body, key
    mine, admin = "Authorization: Bearer open", "Authorization: Bearer more"
    assert ask(router.port, "/v1/completions", {"prompt": "a"}, mine)[0] == 200
    assert b"uthorization" not in worker.seen[0][0]  # the router's own key goes no further
    assert get(router.port, "/health")[0] == 200 and get(router.port, "/metrics")[0] == 401
    assert get(router.port, "/blockyard/workers", mine)[0] == 401 and get(router.port, "/blockyard/workers", admin)[0] == 200
    status, fields, _, _ = get(router.port, "/v1/models", mine, "Origin: https://good.example")
    assert status == 200 and fields["access-control-allow-origin"] == "https://good.example"
    assert get(router.port, "/v1/completions", "Origin: https://good.example", method="OPTIONS")[0] == 204
    assert get(router.port, "/v1/completions", "Origin: https://evil.example", method="OPTIONS")[0] == 403


@case(lambda: Upstream(plain), lambda: Upstream(plain), fleet={"tokens": "none"})
def the_admin_api(router, a, b):
    key = "Authorization: Bearer " + router.admin_key()
    assert ask(router.port, "/blockyard/workers/w0/drain", b"")[0] == 401
    assert ask(router.port, "/blockyard/workers/w0/drain", b"", key)[0] == 200
    assert ask(router.port, "/blockyard/workers/nobody/drain", b"", key)[0] == 404
    for _ in range(4):
        assert ask(router.port, "/v1/completions", {"prompt": "a"})[1]["x-blockyard-worker"] == "w1"
    assert router.workers()["w0"]["state"] == "draining"
    assert ask(router.port, "/blockyard/workers/w0/resume", b"", key)[0] == 200
    def put(body):
        s = connect(router.port)
        s.sendall(("PUT /blockyard/router HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n%s\r\nContent-Length: %d\r\n\r\n%s"
                   % (key, len(body), body)).encode())
        status = read_answer(s)[0]
        s.close()
        return status
    assert put('{"strategy":"nothing"}') == 400 and put('{"sync_ms":1}') == 400 and put('{"strategy":"round_robin"}') == 200
    chosen = {ask(router.port, "/v1/completions", {"prompt": "a"})[1]["x-blockyard-worker"] for _ in range(2)}
    assert chosen == {"w0", "w1"}
    status, _, body, _ = get(router.port, "/blockyard/decisions?last=2")
    decisions = json.loads(body)["decisions"]
    assert [d["strategy"] for d in decisions] == ["round_robin"] * 2 and len(decisions[0]["candidates"]) == 2, decisions
    assert get(router.port, "/blockyard/decisions?last=0")[0] == 400
    assert get(router.port, "/blockyard/workers", "X-Forwarded-For: 10.0.0.1")[0] == 403
    assert b'blockyard_requests_total{worker="w1",status="200"}' in get(router.port, "/metrics")[2]
    assert [m["id"] for m in json.loads(get(router.port, "/v1/models")[2])["data"]] == ["m"]


@case(lambda: Upstream(plain), fleet={"tokens": "none"})
def a_client_that_says_nothing_is_closed(router, _):
    s = connect(router.port)
    s.sendall(b"POST /v1/completions HTTP/1.1\r\nHost: loc")
    began = time.time()
    assert s.recv(10) == b"" and 8 < time.time() - began < 20
    s.close()


def where_it_may_not_listen():
    for more, env, status in ((("--listen", "0.0.0.0:0"), {}, 2), (("--listen", "x"), {}, 2), (("--listen", "0", "--tokens", "/nowhere/tokenizer.json"), {}, 2),
                              (("--listen", "0", "--set", "router.sync_ms=5"), {}, 2),
                              (("--listen", "0.0.0.0:0", "--set", "security.allow_remote=true"), {}, 2),
                              (("--listen", "0", "--set", "security.api_key_env=NO_SUCH_VARIABLE"), {}, 2)):
        w = Watch(["http://127.0.0.1:1"], *more, env=env)
        assert w.process.wait(PATIENCE) == status, (more, w.lines)
        w.reader.join()
        assert len(w.lines) == 1 and not os.path.exists(w.recording), (more, w.lines)
        w.close()
    held = socket.create_server(("127.0.0.1", 0))
    w = Watch(["http://127.0.0.1:1"], "--listen", str(held.getsockname()[1]))
    assert w.process.wait(PATIENCE) == 1, w.lines
    w.close()
    held.close()


CASES["where_it_may_not_listen"] = where_it_may_not_listen

if __name__ == "__main__":
    sys.exit(main())
