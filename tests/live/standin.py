"""A running `blockyard standin`, for the cases that ask one."""
import http.client
import json
import os
import signal
import subprocess

from live_stage import PATIENCE, PROGRAM

QUICK = ("--time-scale", "0.05", "--set", "fleet.engine=slots", "--set", "fleet.slots=4")


def words(n, seed):
    return " ".join("%s%d" % ("word" if i % 3 else "Other", (i * 7 + seed * 13) % 50) for i in range(n))


class StandIn:
    """A running `blockyard standin`."""

    def __init__(self, *more, env=None):
        self.process = subprocess.Popen([PROGRAM, "standin", *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=dict(os.environ, **(env or {})))
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read()
        self.place = json.loads(line)
        self.port = int(self.place["url"].rsplit(":", 1)[1])

    def spec(self, replay=True):
        out = "%s,name=w0,events=%s" % (self.place["url"], self.place["events"])
        return out + (",replay=" + self.place["replay"] if replay else "")

    def ask(self, method, path, body=None, **headers):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        c.request(method, path, body if body is None or isinstance(body, (str, bytes)) else json.dumps(body),
                  {k.replace("_", "-"): v for k, v in headers.items()})
        answer = c.getresponse()
        text = answer.read()
        c.close()
        return answer.status, text

    def good(self, path, body):
        status, text = self.ask("POST", path, body)
        assert status == 200, text
        return json.loads(text)

    def tokens(self, text):
        return self.good("/tokenize", {"prompt": text})["tokens"]

    def close(self):
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(PATIENCE)
        trouble = self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        assert status == 0 and not trouble, trouble
