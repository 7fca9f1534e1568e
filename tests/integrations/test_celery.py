"""Events in a background task: the manual's recipe, with a real worker on Redis."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flask_app_inbox.sandbox import SandboxServer
from tests.fixtures.control import Control
from tests.fixtures.waiting import wait_until
from tests.manuals import blocks_of

pytest.importorskip("redis", "6.1", reason="Celery needs a newer redis-py")

ROOT = Path(__file__).parents[2]

#: The site around the manual's task; its broker is the test's own.
SITE = """
import os
from flask import Flask
from flask_app_inbox import AppInbox, Contact, VendorError

app = Flask("shop")
app.config.from_prefixed_env()
app.config["CELERY_BROKER_URL"] = os.environ["BROKER_URL"]
app_inbox = AppInbox(app)
"""

Place = Callable[[str], None]


def recipe() -> str:
    """Return the manual's own block."""
    blocks = blocks_of("flask_app_inbox/inbox/README.md", "python")
    [found] = [block for block in blocks if "def order_placed(" in block]
    return found


class Worker:
    """A worker in a program of its own, and what it has logged."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        (folder / "site_with_tasks.py").write_text(SITE + recipe(), "utf-8")
        self._folder = folder
        self._environment = environment
        self._log = folder / "worker.log"
        self._seen = 0
        quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
        command = ("-m", "celery", "-A", "site_with_tasks:celery", "worker")
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, *command, "-P", "solo", "-l", "INFO", *quiet],
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=environment,
            )
        wait_until(lambda: "ready." in self.log or self.process.poll() is not None)
        assert self.process.poll() is None, self.log

    @property
    def log(self) -> str:
        """What it has logged since it was told to forget."""
        return self._log.read_text("utf-8", "replace")[self._seen :]

    def forget(self) -> None:
        self._seen += len(self.log)

    def place(self, number: str) -> None:
        """Place an order as a web process does."""
        code = f"import site_with_tasks as s; s.order_placed.delay('a@b.c', {number!r})"
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=self._folder,
            env=self._environment,
            timeout=60,
            check=True,
        )

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="module")
def running_worker(
    tmp_path_factory: pytest.TempPathFactory,
    redis_url: str,
    running_sandbox: SandboxServer,
) -> Iterator[Worker]:
    pytest.importorskip("celery")
    folder = tmp_path_factory.mktemp("celery")
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}",
        "BROKER_URL": redis_url,
        "FLASK_APP_INBOX_API_URL": f"{running_sandbox.url}/api",
        "FLASK_APP_INBOX_API_KEY": "sandbox-key",
        "FLASK_SECRET_KEY": "shop",
    }
    worker = Worker(folder, environment)
    yield worker
    worker.stop()


@pytest.fixture
def worker(running_worker: Worker, sandbox: SandboxServer) -> Worker:
    """A worker whose log of other tests is forgotten."""
    running_worker.forget()
    return running_worker


def numbers(control: Control) -> list[Any]:
    return [one["params"]["number"] for one in control.call("GET", "events")]


def test_a_task_sends_an_event_and_waits_for_a_vendor_that_is_down(
    worker: Worker, sandbox: SandboxServer, control: Control
) -> None:
    worker.place("1")
    wait_until(lambda: numbers(control) == ["1"])
    sandbox.stop()
    worker.place("2")
    wait_until(lambda: "Retry in 5s" in worker.log)
    sandbox.start()
    wait_until(lambda: numbers(control) == ["1", "2"])


def test_a_task_does_not_repeat_what_may_have_arrived(
    worker: Worker, control: Control
) -> None:
    control.call("POST", "faults", route="event", kind="reset", when="headers")
    worker.place("1")
    wait_until(lambda: "raised unexpected" in worker.log)
    # The vendor has it, although its answer broke off.
    assert numbers(control) == ["1"]
    assert "Retry in" not in worker.log
