"""A worker that posts heartbeats and all that it holds, as the original project's workers do: two connections that it keeps, a beat
`every` s after each reply, a sync every fifth time; it has no server and never looks at a status."""
import hashlib
import json
import random
import socket
import threading

from upstream import read_answer


def block_hash(tokens):
    return hashlib.sha256(("(" + ", ".join(map(str, tokens)) + ")").encode()).hexdigest()


def block_hashes(tokens):
    return [block_hash(tokens[i:i + 16]) for i in range(0, len(tokens) - 15, 16)]


class Poster:
    """One connection that is kept."""

    def __init__(self, port):
        self.port, self.socket = port, None

    def post(self, path, body):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        head = ("POST %s HTTP/1.1\r\nHost: localhost:8000\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\n"
                "User-Agent: Python/3.11 aiohttp/3.8.4\r\nContent-Length: %d\r\nContent-Type: application/json\r\n\r\n")
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.socket.sendall((head % (path, len(data))).encode() + data)
        status, _, text, _ = read_answer(self.socket)
        return status, json.loads(text)

    def close(self):
        if self.socket:
            self.socket.close()


class HeartbeatWorker:
    def __init__(self, port, name, every=0.05, url=None):
        self.port, self.name, self.every, self.url = port, name, every, url
        self.load, self.held, self.lost = 0.0, [], 0
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def beat(self):
        body = {"worker_id": self.name, "current_load": self.load}
        return dict(body, worker_url=self.url) if self.url else body

    def run(self):
        beats, syncs, turn = Poster(self.port), Poster(self.port), 0
        try:
            while not self.stopped.is_set():
                beats.post("/internal/heartbeat", self.beat())
                if turn % 5 == 0:
                    syncs.post("/internal/sync", {"worker_id": self.name, "active_hashes": list(self.held)})
                turn += 1
                self.stopped.wait(self.every)
        except (OSError, AssertionError):
            self.lost += 1  # the router has gone
        finally:
            beats.close()
            syncs.close()

    def stop(self):
        self.stopped.set()
        self.thread.join()


def ids(blocks, seed):
    rng = random.Random(seed)
    return [rng.randrange(50257) for _ in range(16 * blocks)]
