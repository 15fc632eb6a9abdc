#!/usr/bin/env python3
"""Stand-in workers end to end, on loopback: asked over HTTP, heard over ZeroMQ, watched by the program.
standin_test.py PROGRAM [NAME…]"""
import hashlib
import http.client
import json
import os
import struct
import subprocess
import sys
import threading

import zmq

from live_stage import CASES, PATIENCE, PROGRAM, Watch, main
from standin import QUICK, StandIn, words
from scripted_worker import UNIT, unit_digest


def case(*args, **more):
    def keep(function):
        def run():
            standin, opened = StandIn(*args, **more), []

            def watch(*specs, **settings):
                opened.append(Watch(*specs, **settings))
                return opened[-1]
            try:
                function(standin, watch)
                for w in opened:
                    if os.path.exists(w.out):
                        with open(w.out, "rb") as f:
                            assert f.read() == w.replay(), "the replay differs"
            finally:
                for w in opened:
                    w.close()
                standin.close()
        CASES[function.__name__] = run
        return function
    return keep


def events_of(text):
    """The events of a stream, and whether it ended as it should."""
    parts = text.decode().split("\n\n")
    assert parts.pop() == ""
    assert parts.pop() == "data: [DONE]"
    return [json.loads(p[len("data: "):]) for p in parts]


def digest_of(chains):
    units = set()
    for tokens in chains:
        for end in range(UNIT, len(tokens) + 1, UNIT):
            units.add(unit_digest(tokens[:end]))
    return hashlib.sha256(b"".join(sorted(units))).hexdigest(), len(units)


def held_by_slots(standin, prompts):
    return digest_of([standin.tokens(p) for p in prompts])


@case(*QUICK, "--set", "cache.capacity_blocks=4000")
def its_stream_is_what_it_was_asked(standin, watch):
    w = watch([standin.spec()])
    prompts = [words(30 + 20 * i, i // 2) for i in range(6)]
    for i, p in enumerate(prompts):
        answer = standin.good("/v1/completions", {"prompt": p, "max_tokens": 5})
        assert answer["usage"]["prompt_tokens"] == len(standin.tokens(p)), answer
        cached = answer["usage"]["prompt_tokens_details"]["cached_tokens"]
        assert cached % UNIT == 0 and (cached > 0) == (i % 2 == 1), (i, answer)
    digest, blocks = held_by_slots(standin, prompts)
    w.wait("w0 live %d/4000 blocks" % blocks)
    result, = w.end()
    assert result["resident_digest"] == digest and result["lost_batches"] == 0, result


@case("--time-scale", "0.05", "--set", "cache.capacity_blocks=4000")
def generated_blocks_are_announced(standin, watch):
    """Engine continuous keeps the blocks of its answers: a follow-up that quotes one finds them."""
    w = watch([standin.spec()])
    prompt = standin.tokens(words(40, 3))
    answer = standin.good("/v1/completions", {"prompt": prompt, "max_tokens": 60, "ignore_eos": True})
    assert answer["usage"]["completion_tokens"] == 60
    said = standin.tokens(answer["choices"][0]["text"])
    chain = prompt + said
    if len(said) == 60:  # its text is cut into the same tokens again
        follow = standin.good("/v1/completions", {"prompt": chain, "max_tokens": 1})
        cached = follow["usage"]["prompt_tokens_details"]["cached_tokens"]
        assert cached == (len(chain) - 1) // UNIT * UNIT, (cached, len(chain))
    w.wait("w0 live %d/3999 blocks" % (len(chain) // UNIT))  # one is never used


@case(*QUICK)
def streamed_and_whole_say_the_same(standin, _):
    for path, body in (("/v1/completions", {"prompt": words(40, 1), "max_tokens": 12}),
                       ("/v1/chat/completions", {"messages": [{"role": "user", "content": words(40, 1)}], "max_tokens": 12})):
        whole = standin.good(path, body)
        status, text = standin.ask("POST", path, dict(body, stream=True, stream_options={"include_usage": True}))
        assert status == 200
        events = events_of(text)
        assert events[-1]["choices"] == [] and events[-1]["usage"]["completion_tokens"] == whole["usage"]["completion_tokens"]
        said = "".join(c.get("text") or c.get("delta", {}).get("content") or "" for e in events for c in e["choices"])
        choice = whole["choices"][0]
        assert said == (choice["message"]["content"] if "message" in choice else choice["text"]), (said, choice)


@case(*QUICK, "--set", "cache.capacity_blocks=40", "--drop", "1,3", "--form", "array", "--topic", "kv")
def a_small_cache_with_gaps_amid_traffic(standin, watch):
    """Evictions, dropped batches that the replay has, array form: the truth ends as what a second look brings."""
    w = watch([standin.spec()])
    w.wait("w0")
    def traffic(user):
        for i in range(12):
            standin.good("/v1/completions", {"prompt": words(60, user * 3 + i % 5), "max_tokens": 3})
    users = [threading.Thread(target=traffic, args=(u,)) for u in range(4)]
    for u in users:
        u.start()
    for u in users:
        u.join()
    late = watch([standin.spec()], name="late.jsonl")  # by replay alone
    late.wait("w0 live")
    first, second = w.end()[0], late.end()[0]
    assert first["resident_digest"] == second["resident_digest"], (first, second)
    assert first["resident_blocks"] <= 40 and first["gaps"] >= 1 and first["lost_batches"] == 0, first
    assert first["unknown_removals"] == 0 and first["orphans"] == 0, first


@case("--buffer", "2", *QUICK, "--set", "cache.capacity_blocks=4000")
def a_short_memory_leaves_the_truth_partial(standin, watch):
    for i in range(6):
        standin.good("/v1/completions", {"prompt": words(40, i), "max_tokens": 1})
    w = watch([standin.spec()])
    w.wait("w0 partial")
    assert w.end()[0]["state"] == "partial"


@case("--time-scale", "0.2")
def a_client_that_leaves_frees_its_place(standin, _):
    c = http.client.HTTPConnection("127.0.0.1", standin.port, timeout=PATIENCE)
    c.request("POST", "/v1/completions", json.dumps({"prompt": "a b c", "max_tokens": 3000, "ignore_eos": True, "stream": True}))
    answer = c.getresponse()
    assert answer.read(20)
    assert b"vllm:num_requests_running{engine=\"0\",model_name=\"blockyard-standin\"} 1\n" in standin.ask("GET", "/metrics")[1]
    answer.close()
    c.close()
    for _ in range(1000):
        if b"running{engine=\"0\",model_name=\"blockyard-standin\"} 0\n" in standin.ask("GET", "/metrics")[1]:
            return
    raise AssertionError("it still runs")


@case(*QUICK, "--fail-every", "3", "--die-after", "2")
def it_fails_as_it_is_told(standin, _):
    body = {"prompt": "one two three", "max_tokens": 9, "ignore_eos": True, "stream": True}
    for n in range(1, 7):
        if n % 3 == 0:
            assert standin.ask("POST", "/v1/completions", body)[0] == 500
            continue
        try:
            standin.ask("POST", "/v1/completions", body)
            raise AssertionError("it did not die")
        except http.client.IncompleteRead as cut:
            assert cut.partial.count(b"data: ") == 2, cut.partial


@case(*QUICK, "--api-key-env", "STANDIN_KEY", env={"STANDIN_KEY": "open sesame"})
def what_is_refused(standin, _):
    assert standin.ask("POST", "/v1/completions", {"prompt": "a"})[0] == 401
    key = {"Authorization": "Bearer open sesame"}
    assert standin.ask("POST", "/v1/completions", {"prompt": "a"}, **key)[0] == 200
    assert standin.ask("GET", "/v1/models", **key)[0] == 200
    assert standin.ask("GET", "/health")[0] == 200
    assert standin.ask("POST", "/v1/completions", "{", **key)[0] == 400
    assert standin.ask("POST", "/v1/completions", {"prompt": "a", "model": "other"}, **key)[0] == 404
    assert standin.ask("GET", "/nowhere")[0] == 404 and standin.ask("GET", "/tokenize")[0] == 405
    status, text = standin.ask("POST", "/v1/completions", {"prompt": words(9000, 1)}, **key)
    assert status == 400 and b"blocks" in text, text


@case(*QUICK)
def a_reset_empties_the_cache(standin, watch):
    w = watch([standin.spec()])
    standin.good("/v1/completions", {"prompt": words(100, 1), "max_tokens": 1})
    blocks = held_by_slots(standin, [words(100, 1)])[1]
    w.wait("w0 live %d/256 blocks" % blocks)
    assert standin.ask("POST", "/reset_prefix_cache", "")[0] == 200
    w.wait("w0 live 0/256 blocks")


@case(*QUICK)
def its_replay_is_an_engines(standin, _):
    """Asked as vLLM's own subscriber does it: frames, numbers, the end."""
    standin.good("/v1/completions", {"prompt": words(40, 1), "max_tokens": 1})
    standin.good("/v1/completions", {"prompt": words(40, 2), "max_tokens": 1})
    context = zmq.Context()
    ask = context.socket(zmq.DEALER)
    ask.linger = 0
    ask.connect(standin.place["replay"])
    ask.send_multipart([b"", struct.pack(">Q", 1)])
    seen = []
    while True:
        assert ask.poll(PATIENCE * 1000)
        frames = ask.recv_multipart()
        assert len(frames) == 4 and frames[0] == b"" and frames[1] == b"", frames
        if frames[2] == b"\xff" * 8:
            break
        seen.append(struct.unpack(">Q", frames[2])[0])
    ask.close()
    context.term()
    assert seen == [1], seen


def the_same_seed_gives_the_same_answers():
    answers = []
    for seed in ("1", "1", "2"):
        standin = StandIn(*QUICK, "--seed", seed)
        answers.append(standin.good("/v1/completions", {"prompt": "The river", "max_tokens": 16})["choices"])
        standin.close()
    assert answers[0] == answers[1] != answers[2], answers


def what_it_cannot_be():
    for args, said in ((("--set", "cache.eviction=belady"), "belady"), (("--port", "x"), "port"), (("--drop", "a"), "--drop"),
                       (("--api-key-env", "NO_SUCH_VARIABLE"), "NO_SUCH_VARIABLE"), (("--time-scale", "0"), "time-scale")):
        done = subprocess.run([PROGRAM, "standin", *args], capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode == 2 and said in done.stderr and done.stderr.count("\n") == 1 and not done.stdout, (args, done)


CASES["the_same_seed_gives_the_same_answers"] = the_same_seed_gives_the_same_answers
CASES["what_it_cannot_be"] = what_it_cannot_be

if __name__ == "__main__":
    sys.exit(main())
