#!/usr/bin/env python3
"""A validator for Holdpoint in Python, standard library only. See docs/guides/external-validators.md.

Two checks: one that measures and leaves evidence, and one that changes something and takes it back.
"""
import hashlib
import json
import os
import queue
import socket
import sys
import tempfile
import threading
import time

CHECKS = [
    {"id": "example.loopback.connect", "question": "Does a connection over loopback take less than 50 ms?",
     "severity": "low", "effects": "read", "hard_limit_ms": 10000},
    {"id": "example.scratch.written", "question": "Can the scratch file be written, and is it taken back?",
     "severity": "low", "effects": "write_paper", "hard_limit_ms": 10000},
]

# A thread reads, so that `cancel` is seen while a check is at work.
inbox = queue.Queue()
cancelled = threading.Event()


def listen():
    for line in sys.stdin:
        message = json.loads(line)
        if message["kind"] in ("cancel", "shutdown"):
            cancelled.set()
        inbox.put(message)
    cancelled.set()
    inbox.put({"kind": "shutdown"})


def say(kind, **fields):
    print(json.dumps({"v": 1, "kind": kind, **fields}), flush=True)


def keep(check, folder, name, content):
    """Writes evidence and announces it. Its id is what the result names."""
    data = json.dumps(content, indent=1).encode()
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)
    say("evidence", id=check, evidence_id=name, media_type="application/json", path=name,
        sha256=hashlib.sha256(data).hexdigest(), provenance="live")
    return name


def acknowledged(check, effect):
    """Waits for the engine's `ack`: only then is the undo on its disk, and only then may the change be made."""
    while True:
        message = inbox.get()
        if message["kind"] == "ack" and message["effect_id"] == effect:
            return message["registered"]
        if message["kind"] in ("cancel", "shutdown"):
            return False


def connect(check, run, folder):
    samples = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        for count in range(100):
            if cancelled.is_set():
                return say("result", id=check, outcome="unverified", reason="too_few_samples")
            started = time.perf_counter()
            with socket.create_connection(server.getsockname(), timeout=2):
                samples.append((time.perf_counter() - started) * 1000)
            server.accept()[0].close()
            say("progress", id=check, done=count + 1, total=100, unit="connections")
    samples.sort()
    p95 = samples[94]
    evidence = keep(check, folder, "samples.json", {"milliseconds": samples})
    say("measurement", id=check, name="connect", unit="ms", aggregation="p95", value=f"{p95:.6f}", n=len(samples))
    if p95 < 50:
        say("result", id=check, outcome="pass", grade="E3", evidence=[evidence])
    else:
        say("finding", id=check, severity="medium", fingerprint="connect/slow",
            message=f"95 of 100 connections took up to {p95:.1f} ms, limit 50 ms",
            remediation={"summary": "See what else the host does."})
        say("result", id=check, outcome="fail", reason="criterion", grade="E3", evidence=[evidence])


def scratch(check, run, folder):
    path = os.path.join(tempfile.gettempdir(), f"holdpoint-example-{os.getpid()}")
    say("effect", id=check, effect_id="scratch", **{"class": "write_paper"}, description=f"the file {path}",
        undo={"command": ["rm", "-f", path]})
    if not acknowledged(check, "scratch"):
        return say("result", id=check, outcome="unverified", reason="not_permitted")
    with open(path, "w") as file:
        file.write(str(run["seed"]))
    with open(path) as file:
        seen = file.read()
    evidence = keep(check, folder, "scratch.json", {"path": path, "written": str(run["seed"]), "read": seen})
    outcome = "pass" if seen == str(run["seed"]) else "fail"
    say("result", id=check, outcome=outcome, grade="E3", evidence=[evidence])


def main():
    threading.Thread(target=listen, daemon=True).start()
    hello = inbox.get()
    if hello["kind"] != "hello":
        return
    say("describe", name="example", version="1.0", checks=CHECKS)
    work = {"example.loopback.connect": connect, "example.scratch.written": scratch}
    while True:
        message = inbox.get()
        if message["kind"] == "run":
            work[message["id"]](message["id"], message, hello["evidence_dir"])
        elif message["kind"] == "shutdown":
            return


main()
