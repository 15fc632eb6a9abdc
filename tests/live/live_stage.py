"""What the cases of live mode stand on: a running program whose lines can be waited for, and a runner of several cases at a
time. Each case waits for states, never for seconds, uses ports of the system's choice and cleans up behind itself."""
import concurrent.futures
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback

from scripted_worker import UNIT, Worker

PROGRAM = os.path.abspath(sys.argv[1])
PATIENCE = 60  # s, until a case is given up


def prompt(blocks, seed):
    rng = random.Random(seed)
    return [rng.randrange(50000) for _ in range(blocks * UNIT)]


class Watch:
    """A running `blockyard live --headless`, whose lines can be waited for."""

    def __init__(self, specs, *more, fleet=None, env=None, name="rec.jsonl"):
        self.folder = tempfile.mkdtemp(prefix="blockyard-live-")
        self.out = os.path.join(self.folder, "out.json")
        self.recording = os.path.join(self.folder, name)
        command = [PROGRAM, "live"]
        if fleet is not None:
            with open(os.path.join(self.folder, "fleet.json"), "w") as f:
                json.dump(fleet, f)
            command.append(os.path.join(self.folder, "fleet.json"))
        for spec in specs:
            command += ["--worker", spec]
        command += ["--headless", "--out", self.out, "--record", self.recording, *more]
        self.lines, self.process = [], subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                                        env=dict(os.environ, **(env or {})))
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stderr:
            self.lines.append(line)

    def wait(self, *wanted):
        """Until one line, of those to come as well, holds all of these."""
        end = time.time() + PATIENCE
        seen = max(0, len(self.lines) - 1)
        while time.time() < end:
            for line in self.lines[seen:]:
                if all(w in line for w in wanted):
                    return line
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError("no line with %s; the last: %s" % (wanted, "".join(self.lines[-5:])))

    def end(self, status=0):
        """Ctrl C, then the results of each worker."""
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(PATIENCE) == status, "".join(self.lines[-5:])
        with open(self.out) as f:
            return json.load(f)["workers"]

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stderr.close()
        self.process.stdout.close()
        shutil.rmtree(self.folder)

    def replay(self, recording=None, *more, status=0):
        out = os.path.join(self.folder, "replayed.json")
        done = subprocess.run([PROGRAM, "live", "--headless", "--replay", recording or self.recording, "--out", out, *more],
                              capture_output=True, text=True)
        assert done.returncode == status, done.stderr
        if status:
            return done.stderr
        with open(out, "rb") as f:
            return f.read()


def held(result, stream, state="live"):
    """The program's idea of a worker is the worker's own."""
    digest, blocks = stream.digest()
    assert result["state"] == state, result
    assert result["resident_blocks"] == blocks, (result, blocks)
    assert result["resident_digest"] == digest, result


CASES = {}


def case(**settings):
    """A case is given a worker and what opens a watch; both are closed behind it. What it recorded must replay to the same."""
    def keep(function):
        def run():
            worker = Worker(**settings)
            opened = []

            def watch(*args, **more):
                opened.append(Watch(*args, **more))
                return opened[-1]
            try:
                function(worker, watch)
                for w in opened:
                    if os.path.exists(w.out) and os.path.exists(w.recording):
                        with open(w.out, "rb") as f:
                            assert f.read() == w.replay(), "the replay differs"
            finally:
                for w in opened:
                    w.close()
                worker.close()
        CASES[function.__name__] = run
        return function
    return keep


def main():
    """Runs the cases that are named, or all; 1 where one fails."""
    names = sys.argv[2:] or list(CASES)
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        running = {name: pool.submit(CASES[name]) for name in names}
        for name, future in running.items():
            try:
                future.result()
                print("ok      ", name, flush=True)
            except Exception:
                bad += 1
                print("FAILED  ", name, flush=True)
                traceback.print_exc()
    return 1 if bad else 0
