"""Kill processes while they take messages, and repeat what they did not answer.

``python -m tests.inbox.webhook_killer REDIS_URL DATABASE KILLS SEED`` plays the vendor:
each message goes to a child of its own, which is killed at a random moment; until one
answers 200, the message is sent again, to the next child. It prints what became of all.
A program of its own, because a fork copies whatever else a process does.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import sys
import time
from contextlib import closing
from typing import Any

from flask import Flask
from werkzeug.datastructures import Authorization

from flask_app_inbox import AppInbox
from flask_app_inbox.inbox import webhook
from flask_app_inbox.signals import message_received

PROOF = Authorization("basic", {"username": "app-inbox", "password": "secret"})

#: Nobody waits here for what the dead have claimed for as long as a site would.
webhook.CLAIM = 0.05


def make_site(redis_url: str, database: str) -> Flask:
    """Return a site that keeps each message which it hears of."""
    app = Flask("site")
    app.config.update(
        SECRET_KEY="site",
        APP_INBOX_API_KEY="key",
        APP_INBOX_STORAGE_URL=redis_url,
        APP_INBOX_STORAGE_TIMEOUT=10,
        APP_INBOX_WEBHOOK_PASSWORD="secret",
    )
    AppInbox(app)

    def keep(_: Flask, message: Any, **__: object) -> None:
        with closing(sqlite3.connect(database, timeout=30)) as connection, connection:
            connection.execute("INSERT INTO heard VALUES (?)", (message.id,))

    message_received.connect(keep, app, weak=False)
    return app


def take(app: Flask, message: dict[str, str], answer: int) -> None:
    """Take a message in this process, which ends then."""
    status = 500
    try:
        response = app.test_client().post(
            "/app-inbox/webhook", json=message, auth=PROOF
        )
        status = response.status_code
        os.write(answer, str(status).encode())
    finally:
        os._exit(status != 200)


def deliver(app: Flask, message: dict[str, str], kill_after: float | None) -> str:
    """Send a message to a new process; return its answer, "" if it was killed before.

    :param kill_after: seconds; None: it may finish.
    """
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        take(app, message, write)
    os.close(write)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(read) as answer:
        return answer.read()


def main(redis_url: str, database: str, kills: int, seed: int) -> None:
    dice = random.Random(seed)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE heard (id TEXT)")
    app = make_site(redis_url, database)
    spans = []
    for number in range(5):
        began = time.perf_counter()
        deliver(app, {"externalCustomerId": "7", "id": f"calm {number}"}, None)
        spans.append(time.perf_counter() - began)
    # Over the whole time that a message takes, and a little more.
    length = sorted(spans)[len(spans) // 2] * 1.1
    killed = number = 0
    while killed < kills:
        number += 1
        message = {"externalCustomerId": "7", "id": f"message {number}"}
        kill_after: float | None = dice.uniform(0, length)
        while deliver(app, message, kill_after) != "200":
            # The vendor repeats it: to a process that dies, too, or to one that lives.
            killed += kill_after is not None
            kill_after = dice.choice((None, dice.uniform(0, length)))
            time.sleep(0.01)
    with closing(sqlite3.connect(database)) as connection:
        heard = dict(connection.execute("SELECT id, count(*) FROM heard GROUP BY id"))
    lost = [one for one in range(1, number + 1) if f"message {one}" not in heard]
    twice = sum(count > 1 for one, count in heard.items() if one.startswith("message"))
    counts = {"messages": number, "killed": killed, "lost": lost, "twice": twice}
    sys.stdout.write(json.dumps(counts))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
