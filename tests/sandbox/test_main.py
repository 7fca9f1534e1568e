"""The sandbox as a program."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
import requests

from flask_app_inbox.sandbox import SandboxServer
from flask_app_inbox.sandbox.__main__ import main, run

Program = Callable[..., tuple["subprocess.Popen[str]", str]]


@pytest.fixture
def program() -> Iterator[Program]:
    """Start the program with a free port; return it and its address."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> tuple[subprocess.Popen[str], str]:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "flask_app_inbox.sandbox",
                "--port",
                "0",
                *arguments,
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("Sandbox: http://127.0.0.1:"), line
        return process, line.removeprefix("Sandbox: ").strip()

    yield start
    for process in started:
        process.kill()
        process.communicate()


def fetch(url: str, key: str = "sandbox-key") -> int:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, auth=("", key), timeout=10).status_code


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_in_order(program: Program, number: signal.Signals) -> None:
    process, url = program()
    assert fetch(f"{url}/v1/version") == 200
    process.send_signal(number)
    output, errors = process.communicate(timeout=10)
    assert (process.returncode, output, errors) == (0, "", "")


def test_the_key_is_an_argument(program: Program) -> None:
    _, url = program("--api-key", "mine")
    assert fetch(f"{url}/v1/version", "mine") == 200
    assert fetch(f"{url}/v1/version") == 401


def test_it_writes_lines_about_requests_when_verbose(program: Program) -> None:
    process, url = program("--verbose")
    fetch(f"{url}/v1/version")
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=10)
    assert "GET /v1/version" in errors


def test_a_port_that_is_taken_is_told_with_a_way_out() -> None:
    before = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    with SandboxServer() as server, pytest.raises(SystemExit, match="--port 0"):
        main(["--port", str(server.port)])
    after = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    assert after == before


def test_run_returns_after_a_signal_and_restores_the_handlers(
    capsys: pytest.CaptureFixture[str],
    eventually: Callable[[Callable[[], object]], None],
) -> None:
    before = signal.getsignal(signal.SIGTERM)

    def end_it() -> None:
        eventually(lambda: "Sandbox: http://127.0.0.1:" in capsys.readouterr().out)
        os.kill(os.getpid(), signal.SIGTERM)

    ending = threading.Thread(target=end_it)
    ending.start()
    run(port=0)
    ending.join()
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_must_be_one(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([f"--port={port}"])
    assert caught.value.code == 2
    assert "--port" in capsys.readouterr().err
