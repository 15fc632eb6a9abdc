#!/usr/bin/env python3
"""`blockyard live check` against scripted workers.  check_test.py PROGRAM [NAME…]"""
import subprocess
import sys

from live_stage import PROGRAM, case, main, prompt


def check(*specs, seconds="10"):
    command = [PROGRAM, "live", "check", "--for", seconds]
    for spec in specs:
        command += ["--worker", spec]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def said(text, *words):
    for word in words:
        assert word in text, (word, text)


@case(web=True, ranks=2)
def all_is_well(worker, _):
    for i, s in enumerate(worker.streams):
        s.store(prompt(2, i))
        s.flush()
    status, text = check(worker.spec())
    assert status == 0, text
    said(text, "1 batches", "yes")
    assert len(text.splitlines()) == 3, text  # no word of advice


@case(web=True)
def what_is_missing_is_named(worker, _):
    s, web = worker.streams[0], worker.web
    web.hits, web.tokenizes, s.block = False, ("prompt",), 1
    s.store(prompt(1, 1))
    s.flush()
    status, text = check(worker.spec(replay=True))
    assert status == 0, text
    said(text, "its metrics show 2 ranks, and here it has 1; say ranks=2", "--enable-prefix-caching",
         "/tokenize takes no messages", "--page-size 16")
    web.key = "a key"
    status, text = check("http://127.0.0.1:%d" % web.port)
    assert status == 1, text
    said(text, "it asks for a key", "--kv-events-config")


@case(web=True)
def who_does_not_answer(worker, _):
    worker.web.healthy = False
    status, text = check(worker.spec(), seconds="0.5")
    assert status == 1, text
    said(text, "it answered 503", "brought no batch")
    status, text = check("http://127.0.0.1:1,events=tcp://127.0.0.1:1", seconds="0.5")
    assert status == 1, text
    said(text, "tcp://127.0.0.1:1 is not reached", "no replay is named", "not reached")


if __name__ == "__main__":
    sys.exit(main())
