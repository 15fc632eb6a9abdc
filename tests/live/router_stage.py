"""What the cases of the router stand on: a running router before workers that do as they are told, and what they are told."""
import json
import os
import re

from live_stage import CASES, Watch
from upstream import STREAM_HEAD, answer, chunk, get, until


class Router:
    """A running router before these workers."""

    def __init__(self, urls, *more, fleet=None, env=None):
        quick = {"metrics": {"every_ms": 50}, "health": {"every_ms": 50, "successes": 1}}
        self.watch = Watch(urls, "--listen", "0", *more, fleet=dict(quick, **(fleet or {})), env=env)
        self.port = int(self.said("listening on http://[^ ]*:([0-9]+)\n"))

    def said(self, pattern):
        """What a line says, one that has come or is to come."""
        found = []
        def look():
            found[:] = [m.group(1) for m in map(re.compile(pattern).search, list(self.watch.lines)) if m]
            return found or self.watch.process.poll() is not None
        until(look, pattern)
        assert found, "".join(self.watch.lines)
        return found[0]

    def admin_key(self):
        return self.said("key for changes: ([0-9a-f]+)\n")

    def ready(self):
        until(lambda: get(self.port, "/ready")[0] == 200, "ready")

    def workers(self):
        return {w["name"]: w for w in json.loads(get(self.port, "/blockyard/workers")[2])["workers"]}

    def end(self):
        self.watch.end()
        with open(self.watch.out) as f:
            return json.load(f)

    def recorded(self):
        with open(self.watch.recording) as f:
            return [json.loads(line) for line in f]


def case(*upstreams, fleet=None, more=(), env=None):
    """A case is given the router and its workers, which are ready where there are any; each recording must replay to the same."""
    def keep(function):
        def run():
            workers = [u() for u in upstreams]
            router = Router(["%s,name=w%d" % (w.url, i) for i, w in enumerate(workers)], *more, fleet=fleet, env=env)
            try:
                if workers:
                    router.ready()
                function(router, *workers)
                w = router.watch
                if w.process.poll() is None:
                    router.end()
                with open(w.out, "rb") as f:
                    assert f.read() == w.replay(), "the replay differs"
            finally:
                router.watch.close()
                for worker in workers:
                    worker.close()
        CASES[function.__name__] = run
        return function
    return keep


def event(text):
    return b"data: " + json.dumps({"choices": [{"index": 0, "text": text}]}).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"
BODY = {"prompt": "hello", "stream": True}


def plain(s, head, body):
    s.sendall(answer(200, b'{"choices":[{"text":"hi"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}'))


def streamed(s, head, body):
    s.sendall(STREAM_HEAD + chunk(event("a")) + chunk(event("b") + DONE) + b"0\r\n\r\n")


ROUND = {"router": {"strategy": "round_robin"}, "tokens": "none"}
