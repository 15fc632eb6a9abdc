"""A worker for tests of the router that answers as the test tells it, byte by byte, over plain sockets; and clients as plain."""
import json
import socket
import threading
import time


def read_head(s, before=b""):
    data = before
    while b"\r\n\r\n" not in data:
        piece = s.recv(65536)
        if not piece:
            return None, b""
        data += piece
    head, _, rest = data.partition(b"\r\n\r\n")
    return head, rest


def read_request(s, before=b""):
    """Head, body, and what has come behind it; None where the client closed."""
    head, rest = read_head(s, before)
    if head is None:
        return None
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(rest) < length:
        piece = s.recv(65536)
        if not piece:
            return None
        rest += piece
    return head, rest[:length], rest[length:]


def answer(status, body, kind="application/json", *fields):
    lines = ["HTTP/1.1 %d X" % status, "Content-Type: " + kind, "Content-Length: %d" % len(body), *fields]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunk(piece):
    return b"%x\r\n%s\r\n" % (len(piece), piece)


STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


class Upstream:
    """`generate(socket, head, body)` answers POSTs under /v1/; the rest is as a healthy engine has it."""

    def __init__(self, generate, tokens=None, models=("m",)):
        self.generate, self.tokens, self.models = generate, tokens, models
        self.healthy, self.seen, self.left = True, [], threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        self.url = "http://127.0.0.1:%d" % self.port
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                s, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(s,), daemon=True).start()

    def serve(self, s):
        before = b""
        try:
            while True:
                got = read_request(s, before)
                if got is None:
                    return
                head, body, before = got
                path = head.split(b" ")[1]
                if path == b"/health":
                    s.sendall(answer(200 if self.healthy else 503, b""))
                elif path == b"/metrics":
                    s.sendall(answer(200, b"vllm:num_requests_running 0\nvllm:num_requests_waiting 0\n", "text/plain"))
                elif path == b"/v1/models":
                    data = [{"id": m, "object": "model"} for m in self.models]
                    s.sendall(answer(200, json.dumps({"object": "list", "data": data}).encode()))
                elif path == b"/tokenize":
                    known = self.tokens is not None
                    text = json.dumps({"tokens": self.tokens(json.loads(body)) if known else None}).encode()
                    s.sendall(answer(200 if known else 404, text))
                else:
                    self.seen.append((head, body))
                    self.generate(s, head, body)
        except OSError:
            self.left.set()
        finally:
            s.close()

    def close(self):
        self.listener.close()


def connect(port, timeout=60):
    s = socket.create_connection(("127.0.0.1", port), timeout=timeout)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def post(port, path, body, *fields):
    """Opens a connection and sends the request: its socket."""
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    s = connect(port)
    lines = ["POST %s HTTP/1.1" % path, "Host: 127.0.0.1", "Content-Type: application/json", "Content-Length: %d" % len(body)]
    s.sendall("\r\n".join(lines + list(fields)).encode() + b"\r\n\r\n" + body)
    return s


def read_answer(s):
    """Status, fields (lower case), body; the body's end checked by its framing. `whole` tells whether it was reached."""
    head, rest = read_head(s)
    assert head is not None, "no answer"
    lines = head.decode("latin-1").split("\r\n")
    fields = {k.lower(): v.strip() for k, _, v in (l.partition(":") for l in lines[1:])}
    status, body, whole = int(lines[0].split()[1]), b"", False
    if fields.get("transfer-encoding") == "chunked":
        while True:
            while b"\r\n" not in rest:
                piece = s.recv(65536)
                if not piece:
                    return status, fields, body, False
                rest += piece
            size, _, rest = rest.partition(b"\r\n")
            n = int(size, 16)
            while len(rest) < n + 2:
                piece = s.recv(65536)
                if not piece:
                    return status, fields, body + rest[:n], False
                rest += piece
            body += rest[:n]
            rest = rest[n + 2:]
            if n == 0:
                return status, fields, body, True
    length = int(fields.get("content-length", 0))
    while len(rest) < length:
        piece = s.recv(65536)
        if not piece:
            break
        rest += piece
    whole = len(rest) >= length
    return status, fields, rest[:length], whole


def ask(port, path, body, *fields):
    s = post(port, path, body, *fields)
    try:
        return read_answer(s)
    finally:
        s.close()


def get(port, path, *fields, method="GET"):
    s = connect(port)
    s.sendall("\r\n".join(["%s %s HTTP/1.1" % (method, path), "Host: 127.0.0.1", *fields]).encode() + b"\r\n\r\n")
    try:
        return read_answer(s)
    finally:
        s.close()


def until(condition, what, patience=60):
    end = time.time() + patience
    while time.time() < end:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("not within %d s: %s" % (patience, what))
