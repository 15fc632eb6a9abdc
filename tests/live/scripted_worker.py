"""A worker for tests that does what the test tells it, and no more: KV events over ZeroMQ with replay, /metrics and /health.

It is written from the engines' wire format, not from the program's code: with its own MessagePack, its own hashes and its own
idea of what it holds (Worker.digest()). Loopback only, ports of the system's choice."""
import hashlib
import http.server
import json
import struct
import threading
import time

import zmq

UNIT = 16
STORED = ("block_hashes", "parent_block_hash", "token_ids", "block_size", "lora_id", "medium", "lora_name")


def pack(o):
    """MessagePack in its shortest form."""
    if o is None:
        return b"\xc0"
    if isinstance(o, int):
        if 0 <= o < 128:
            return bytes([o])
        return b"\xcf" + struct.pack(">Q", o) if o >= 0 else b"\xd3" + struct.pack(">q", o)
    if isinstance(o, float):
        return b"\xcb" + struct.pack(">d", o)
    if isinstance(o, str):
        b = o.encode()
        return (bytes([0xA0 | len(b)]) if len(b) < 32 else b"\xd9" + bytes([len(b)])) + b
    if isinstance(o, (bytes, bytearray)):
        return b"\xc4" + bytes([len(o)]) + bytes(o)
    if isinstance(o, (list, tuple)):
        return b"\xdc" + struct.pack(">H", len(o)) + b"".join(map(pack, o))
    return b"\xde" + struct.pack(">H", len(o)) + b"".join(pack(k) + pack(v) for k, v in o.items())


def engine_hash(tokens):
    """What this engine calls the block at the end of these tokens."""
    return int.from_bytes(hashlib.sha256(repr(tokens).encode()).digest()[:8], "big")


def unit_digest(tokens):
    """digest(k) of the program's contract for the unit block at the end of these tokens."""
    out = b"\0" * 32
    for i in range(0, len(tokens), UNIT):
        code = hashlib.sha256(b"".join(struct.pack("<I", t) for t in tokens[i:i + UNIT])).digest()[:16]
        out = hashlib.sha256(out + code).digest()
    return out


class Stream:
    """One rank's publisher: batches numbered from 0, kept for replay."""

    def __init__(self, context, replay, frames):
        self.context, self.frames, self.block = context, frames, UNIT
        self.form, self.with_replay = "map", replay
        self.ports = None
        self.open()

    def open(self):
        self.seq, self.kept, self.events, self.held = 0, [], [], set()
        self.lock = threading.Lock()
        self.pub = self.context.socket(zmq.XPUB)
        self.pub.linger = 0
        self.rep = self.context.socket(zmq.ROUTER)
        self.rep.linger = 0
        for name, socket in (("events", self.pub), ("replay", self.rep)):
            if self.ports is None or name not in self.ports:
                port = socket.bind_to_random_port("tcp://127.0.0.1")
                self.ports = dict(self.ports or {}, **{name: port})
                continue
            while True:  # the system lets go of a port in its own time
                try:
                    socket.bind("tcp://127.0.0.1:%d" % self.ports[name])
                    break
                except zmq.ZMQError:
                    time.sleep(0.01)
        self.running, self.asked = True, []
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while self.running:
            if not self.rep.poll(20):
                continue
            who, _, number = self.rep.recv_multipart()
            start = struct.unpack(">Q", number)[0]
            self.asked.append(start)
            topic = [b"kv"] if self.frames == 4 else []
            with self.lock:
                kept = list(self.kept)
            for seq, payload in kept:
                if seq >= start and self.with_replay:
                    self.rep.send_multipart([who, b""] + topic + [struct.pack(">Q", seq), payload])
            if self.with_replay:
                self.rep.send_multipart([who, b""] + ([b""] if topic else []) + [b"\xff" * 8, b""])

    def close(self):
        self.running = False
        self.thread.join()
        self.pub.close()
        self.rep.close()

    def restart(self):
        self.close()
        self.open()

    def await_subscriber(self):
        if not self.pub.poll(20000) or self.pub.recv()[:1] != b"\x01":
            raise AssertionError("nobody subscribed")

    # What happens in the engine.
    def store(self, tokens, first=0):
        """Blocks [first, …) of this prompt are stored."""
        n = len(tokens) // self.block
        hashes = [engine_hash(tokens[:(i + 1) * self.block]) for i in range(n)]
        fields = dict(block_hashes=hashes[first:], parent_block_hash=hashes[first - 1] if first else None,
                      token_ids=tokens[first * self.block:n * self.block], block_size=self.block, lora_id=None, medium="GPU",
                      lora_name=None)
        self.say("BlockStored", [fields[k] for k in STORED], STORED)
        for i in range(first, n):
            self.held.add(tuple(tokens[:(i + 1) * self.block]))

    def remove(self, tokens):
        """The last block of this prompt is evicted."""
        self.say("BlockRemoved", [[engine_hash(tokens)], "GPU"], ("block_hashes", "medium"))
        self.held.discard(tuple(tokens))

    def clear(self):
        self.say("AllBlocksCleared", [], ())
        self.held.clear()

    def say(self, kind, values, names):
        self.events.append([kind] + values if self.form == "array" else dict(zip(("type",) + names, [kind] + values)))

    def flush(self, drop=False, keep=True):
        payload = pack([time.time(), self.events, 0] if self.form == "array" else
                       {"ts": time.time(), "events": self.events, "data_parallel_rank": 0})
        self.events = []
        self.raw(payload, drop, keep)

    def raw(self, payload, drop=False, keep=True):
        with self.lock:
            if keep:
                self.kept.append((self.seq, payload))
            if not drop:
                self.pub.send_multipart([b"kv", struct.pack(">Q", self.seq), payload])
            self.seq += 1

    def digest(self):
        """Of what it holds, in unit blocks, as the program's results have it."""
        units = set()
        for tokens in self.held:
            for end in range(len(tokens) - len(tokens) % UNIT, max(0, len(tokens) - self.block), -UNIT):
                units.add(unit_digest(tokens[:end]))
        return hashlib.sha256(b"".join(sorted(units))).hexdigest(), len(units)


class Web:
    """/metrics and /health, with the figures that the test sets."""

    def __init__(self):
        web = self
        self.tokenizes = ("prompt", "messages")
        self.hits = True
        self.running, self.healthy, self.process_start, self.key = 0, True, 1000.0, None

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                status, text = 404, ""
                if web.key and self.headers.get("Authorization") != "Bearer " + web.key:
                    status = 401
                elif self.path == "/health":
                    status = 200 if web.healthy else 503
                elif self.path == "/metrics":
                    status, text = 200, web.page()
                body = text.encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    self.wfile.write(body)
                except ConnectionError:
                    pass  # whoever asked is gone

            def do_POST(self):
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                known = self.path == "/tokenize" and any(k in asked for k in web.tokenizes)
                body = b'{"count":3,"tokens":[1,2,3]}' if known else b"{}"
                self.send_response(200 if known else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.handler, self.port = Handler, 0
        self.open()

    def open(self):
        http.server.ThreadingHTTPServer.allow_reuse_address = True
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), self.handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def page(self):
        lines = ["# TYPE vllm:num_requests_running gauge"]
        for engine in ("0", "1"):
            lines.append('vllm:num_requests_running{engine="%s"} %.1f' % (engine, self.running + 10 * int(engine)))
        if self.hits:
            lines.append('vllm:prefix_cache_hits_total{engine="0"} 5')
        lines.append('vllm:cache_config_info{block_size="16",num_gpu_blocks="101"} 1.0')
        lines.append("process_start_time_seconds %r" % self.process_start)
        return "\n".join(lines) + "\n"


class Worker:
    def __init__(self, ranks=1, replay=True, frames=4, web=False):
        self.context = zmq.Context()
        self.streams = [Stream(self.context, replay, frames)]
        self.web = Web() if web else None
        for _ in range(1, ranks):  # rank r listens at the ports of rank 0 and r
            base = self.streams[0].ports
            stream = Stream.__new__(Stream)
            stream.context, stream.frames, stream.block, stream.form, stream.with_replay = self.context, frames, UNIT, "map", replay
            stream.ports = {k: v + len(self.streams) for k, v in base.items()}
            stream.open()
            self.streams.append(stream)
        self.ranks = ranks

    def spec(self, replay=True, name="w0"):
        ports = self.streams[0].ports
        url = "http://127.0.0.1:%d" % self.web.port if self.web else ""
        out = "%s,name=%s,events=tcp://127.0.0.1:%d" % (url, name, ports["events"])
        if replay:
            out += ",replay=tcp://127.0.0.1:%d" % ports["replay"]
        return out + (",ranks=%d" % self.ranks if self.ranks > 1 else "")

    def close(self):
        for stream in self.streams:
            stream.close()
        if self.web:
            self.web.close()
        self.context.term()
