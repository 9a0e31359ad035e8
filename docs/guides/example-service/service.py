#!/usr/bin/env python3
"""Quill: a small trading service in Python's standard library, for docs/guides/example-service/README.md.

It keeps orders and fills in SQLite, says in a file whether trading is halted, walks the prices of six symbols, and answers
four questions in JSON of its own making:

    GET /status   is it up, since when, what does it offer
    GET /about    which release, which configuration, which account
    GET /caps     the limits that it enforces now
    GET /quotes   the prices that it trades on

Nothing in it knows of Holdpoint. Each question needs `Authorization: Bearer TOKEN` where QUILL_TOKEN is set.

    python3 service.py [--port 8094] [--data DIR] [--stale]

`--stale` stops the prices, as a feed does that hangs.
"""

import argparse
import hashlib
import hmac
import json
import os
import pathlib
import random
import sqlite3
import threading
import time
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HERE = pathlib.Path(__file__).resolve().parent
RELEASE = "1.4.2"
# Symbol, reference price, tick: in whole ticks, so that a price is never a floating point number.
MARKET = [
    ("BTC-USD", 6_500_000, 2),
    ("ETH-USD", 320_000, 2),
    ("SOL-USD", 12_900, 2),
    ("LINK-USD", 1_500, 2),
    ("XRP-USD", 6_000, 4),
    ("ADA-USD", 4_000, 4),
]


def decimal(units: int, digits: int) -> str:
    """A whole number of 10^-digits as a plain decimal."""
    sign, units = ("-" if units < 0 else ""), abs(units)
    return f"{sign}{units // 10**digits}.{units % 10**digits:0{digits}d}"


class Caps:
    """The limits of caps.json, with the line that each stands on."""

    def __init__(self, path: pathlib.Path):
        text = path.read_text(encoding="utf-8")
        self.digest = hashlib.sha256(text.encode()).hexdigest()
        self.rows = []
        for number, line in enumerate(text.splitlines(), start=1):
            line = line.strip().rstrip(",")
            if line.startswith('{"desk"'):
                self.rows.append({**json.loads(line), "from": f"{path.name}:{number}"})


class Prices(threading.Thread):
    """Walks each symbol's price a tick at a time, ten times a second."""

    def __init__(self, stale: bool):
        super().__init__(daemon=True)
        self._lock = threading.Lock()
        self._stale = stale
        self._random = random.Random(7)
        self._last = {name: reference for name, reference, _ in MARKET}
        self._count = dict.fromkeys(self._last, 1)
        self._at = dict.fromkeys(self._last, time.monotonic())

    def run(self) -> None:
        while not self._stale:
            time.sleep(0.1)
            with self._lock:
                for name, reference, _ in MARKET:
                    step = self._random.choice((-1, 0, 1))
                    if abs(self._last[name] + step - reference) * 100 <= reference:
                        self._last[name] += step
                    self._count[name] += 1
                    self._at[name] = time.monotonic()

    def rows(self) -> list:
        with self._lock:
            now = time.monotonic()
            return [
                {
                    "pair": name,
                    "fixing": decimal(reference, digits),
                    "traded": decimal(self._last[name], digits),
                    "buyers": decimal(self._last[name] - 1, digits),
                    "sellers": decimal(self._last[name] + 1, digits),
                    "step": decimal(1, digits),
                    "lot": "0.01",
                    "n": self._count[name],
                    "old_ms": int((now - self._at[name]) * 1000),
                }
                for name, reference, digits in MARKET
            ]


def migrate(path: pathlib.Path) -> None:
    """Brings the database to the newest revision of migrations/."""
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE IF NOT EXISTS schema_revision (revision TEXT PRIMARY KEY, applied_at TEXT NOT NULL)")
        done = {row[0] for row in database.execute("SELECT revision FROM schema_revision")}
        for file in sorted((HERE / "migrations").glob("*.sql")):
            revision = file.name.split("_")[0]
            if revision not in done:
                database.executescript(file.read_text(encoding="utf-8"))
                now = datetime.now(timezone.utc).isoformat()
                database.execute("INSERT INTO schema_revision VALUES (?, ?)", (revision, now))
    database.close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "quill"
    # Head and body in one piece: in two, the second waits for the first one's acknowledgement, some 40 ms.
    wbufsize = -1
    caps: Caps
    prices: Prices
    token: str
    started: str

    def do_GET(self) -> None:
        if self.token and not hmac.compare_digest(self.headers.get("Authorization", ""), f"Bearer {self.token}"):
            return self.answer(401, {"sorry": "who are you"})
        path = self.path.split("?")[0]
        if path == "/status":
            now = time.time_ns()
            self.answer(200, {
                "up": True, "trouble": None, "api": {"about": "2", "caps": "1", "quotes": "1"},
                "utc": datetime.fromtimestamp(now / 1e9, timezone.utc).isoformat().replace("+00:00", "Z"),
                "utc_ns": str(now),
            })
        elif path == "/about":
            self.answer(200, {
                "release": {"number": RELEASE, "commit": None}, "caps_digest": self.caps.digest,
                "stage": "staging", "broker": {"account": "PAPER-7"}, "machine": "quill-1",
                "since": self.started,
            })
        elif path == "/caps":
            self.answer(200, {"caps": self.caps.rows})
        elif path == "/quotes":
            self.answer(200, {"market": "paper-1", "rows": self.prices.rows()})
        else:
            self.answer(404, {"sorry": "no such page"})

    def answer(self, status: int, value: dict) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, text: str, *values: object) -> None:
        """Nothing: what it does is in its database."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Quill, the example service")
    parser.add_argument("--port", type=int, default=8094)
    parser.add_argument("--data", type=pathlib.Path, default=HERE / "data")
    parser.add_argument("--stale", action="store_true", help="stop the prices")
    options = parser.parse_args()
    options.data.mkdir(parents=True, exist_ok=True)
    migrate(options.data / "quill.db")
    halt = options.data / "halt.json"
    if not halt.exists():
        halt.write_text('{"halted": false, "since": null, "who": null}\n', encoding="utf-8")
    Handler.caps = Caps(HERE / "caps.json")
    Handler.prices = Prices(options.stale)
    Handler.token = os.environ.get("QUILL_TOKEN", "")
    Handler.started = datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")
    Handler.prices.start()
    server = ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
    print(f"quill serves http://127.0.0.1:{server.server_address[1]}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
