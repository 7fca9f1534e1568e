"""Measure what one process of a site says and hears: events and webhooks.

``python -m tests.bench.speaking [--seconds 5]``, or ``tests/bench/growth --speaking``.
The site is the real code under gunicorn, one worker of 16 threads; the vendor of
events is the sandbox. A row is what the process does in a second of processor time,
which other programs do not change. An account has a million contacts, and a campaign
sends 100,000 messages in ten minutes, each of which comes back by the webhook. What is
beyond one process is computed.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import itertools
import json
import math
import os
import random
import shutil
import socket
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Iterator

from flask_app_inbox.sandbox import SandboxServer
from tests.bench.programs import Site, site
from tests.bench.sites import KEY

CONTACTS = 1_000_000
CAMPAIGN = 100_000
MINUTES = 10
CLIENTS = 16
PASSWORD = "bench-webhook"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="tests/bench/growth --speaking")
    parser.add_argument("--seconds", type=float, default=5, help="for each row")
    options = parser.parse_args()
    rows = list(measured(options.seconds))
    wanted = CAMPAIGN / (60 * MINUTES)
    print(
        f"A campaign of {CAMPAIGN:,} messages in {MINUTES} minutes is {wanted:.0f} "
        f"webhooks a second; {CONTACTS:,} contacts.\n"
    )
    print("| what | /s of a process's processor | of that the campaign takes |")
    print("|---|---|---|")
    for name, rate in rows:
        print(f"| {name} | {rate:.0f} | {wanted / rate:.0%} |")
    print()
    # Half of a process's time stays free for its customers.
    carried = rows[1][1] / 2
    print("| messages in ten minutes | webhooks/s | processes | with one: done after |")
    print("|---|---|---|---|")
    for messages in (CAMPAIGN, 300_000, CONTACTS, 3 * CONTACTS):
        rate = messages / (60 * MINUTES)
        minutes = max(MINUTES, messages / carried / 60)
        print(
            f"| {messages:,} | {rate:.0f} | {math.ceil(rate / carried)} "
            f"| {minutes:.0f} min |"
        )


def measured(seconds: float) -> Iterator[tuple[str, float]]:
    """Yield each row's name and its number."""
    with redis() as url, SandboxServer(api_key=KEY) as vendor:
        hook = {"BENCH_WEBHOOK_PASSWORD": PASSWORD}
        for name, storage, many in (
            ("webhook, `memory://`", "memory://", 1),
            ("webhook, Redis", url, 1),
            ("messages in webhooks of 100 each, Redis", url, 100),
        ):
            with site("ours", BENCH_STORAGE_URL=storage, **hook) as one:
                done = load(one, "/app-inbox/webhook", seconds, many)
            yield name, done * many
        environment = {"BENCH_API_URL": f"{vendor.url}/api", "BENCH_SLOTS": "16"}
        with site("ours", **environment) as one:
            yield (
                "`send_event`, the sandbox as vendor",
                load(one, "/event", seconds, 0),
            )


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """Run a Redis of our own on a free port."""
    program = shutil.which("redis-server")
    if program is None:
        sys.exit("redis-server is not installed, and half of the table needs it.")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [program, "--port", str(port), "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait()


def load(one: Site, path: str, seconds: float, many: int) -> float:
    """Post for some seconds from several clients; return requests a processor second.

    :param many: messages in one request; 0: the request has no body.
    """
    numbers = itertools.count()
    done: list[int] = []
    end = time.monotonic() + seconds
    proof = b64encode(f"app-inbox:{PASSWORD}".encode()).decode()
    headers = {"Authorization": f"Basic {proof}", "Content-Type": "application/json"}

    def message() -> dict[str, object]:
        return {
            "externalCustomerId": str(random.randrange(CONTACTS)),
            "id": f"{os.getpid()}-{next(numbers)}",
            "createdDate": int(time.time() * 1000),
            "title": "Three days only",
            "content": "<b>A quarter off</b> all lamps",
            "link": "https://shop.example/lamps",
        }

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", one.port, timeout=60)
        count = 0
        while time.monotonic() < end:
            body = json.dumps([message() for _ in range(many)]) if many else ""
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            answer.read()
            # A site whose slots are all busy says so; that is no event.
            count += answer.status in (200, 204)
        done.append(count)
        connection.close()

    began = one.processor_seconds()
    threads = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not sum(done):
        sys.exit(f"{path} took nothing")
    return sum(done) / (one.processor_seconds() - began)


if __name__ == "__main__":
    main()
