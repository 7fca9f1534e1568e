"""demo/run as a newcomer uses it: start, look, Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import socket
import venv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from flask import Flask

from demo import launch
from demo.programs import ProgramProblem, choose_port
from tests.fixtures.waiting import wait_until

from .conftest import NOBODY
from .running import Demo

KEY = "FLASK_APP_INBOX_API_KEY"
OAUTH_ID = "FLASK_APP_INBOX_OAUTH_CLIENT_ID"
VENDORS = {"FLASK_APP_INBOX_WIDGET": "vendor"}
REAL = {KEY: "a-real-key", "FLASK_APP_INBOX_SCRIPT_ID": "5329D46FF7EB4D63"}
OAUTH = {
    OAUTH_ID: "shop",
    "FLASK_APP_INBOX_OAUTH_CLIENT_SECRET": "a-real-secret",
    "FLASK_APP_INBOX_OAUTH_REDIRECT_URI": "http://127.0.0.1:5000/app-inbox/oauth/callback",
    "FLASK_APP_INBOX_SCRIPT_ID": "5329D46FF7EB4D63",
}

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


def is_alive(process_id: int) -> bool:
    """Tell whether a process runs."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2]
    except OSError:
        return False
    return state.split()[0] != "Z"


@pytest.fixture
def taken_port() -> Iterator[int]:
    """Return a port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_it_starts_shows_the_accounts_and_ends_with_ctrl_c(
    start: Callable[..., Demo], tmp_path: Path
) -> None:
    demo = start(HOME="", SHOP_INSTANCE=str(tmp_path / "new"))
    shop, sandbox = demo.addresses()
    assert "Zavarka" in requests.get(shop, timeout=5).text
    foreign = requests.get(shop, headers={"Host": "evil.example"}, timeout=5)
    # Flask itself refuses hosts from 3.1 on.
    assert foreign.status_code == (
        400 if "TRUSTED_HOSTS" in Flask.default_config else 200
    )
    contacts = requests.get(f"{sandbox}/_sandbox/contacts", timeout=5).json()
    assert "olena@example.com" in {contact["email"] for contact in contacts}
    assert "olena@example.com    has four unread messages" in demo.output
    children = demo.children()
    assert len(children) == 2
    demo.process.send_signal(signal.SIGINT)
    assert demo.finish() == 0
    assert not any(map(is_alive, children))
    assert "Traceback" not in demo.output


def test_the_death_of_one_program_ends_the_other(start: Callable[..., Demo]) -> None:
    demo = start()
    demo.addresses()
    children = demo.children()
    os.kill(children[0], signal.SIGKILL)
    assert demo.finish() == 1
    assert not any(map(is_alive, children))
    assert "The sandbox has ended, so the demo stops." in demo.output


def test_even_a_killed_demo_leaves_no_program_behind(
    start: Callable[..., Demo],
) -> None:
    demo = start(**{KEY: "a-real-key"})
    assert len(demo.addresses()) == 1
    children = demo.children()
    assert children
    demo.process.kill()
    demo.finish()
    wait_until(lambda: not any(map(is_alive, children)))


def test_with_real_credentials_no_sandbox_is_started(
    start: Callable[..., Demo],
) -> None:
    demo = start(SHOP_SANDBOX_URL=NOBODY, **REAL)
    (shop,) = demo.addresses()
    assert "no sandbox is running" in demo.output
    assert "unread messages" not in demo.output
    assert len(demo.children()) == 1
    policy = requests.get(shop, timeout=5).headers["Content-Security-Policy"]
    assert "esputnik.com" in policy
    demo.process.terminate()
    assert demo.finish() == 0


def test_a_real_account_may_be_connected_by_oauth(start: Callable[..., Demo]) -> None:
    demo = start(**OAUTH)
    shop, _ = demo.addresses()
    assert "no sandbox is running" in demo.output
    assert f"{shop}/connect" in demo.output


def test_with_oauth_the_shop_has_no_key_and_says_where_to_connect(
    start: Callable[..., Demo],
) -> None:
    demo = start("--oauth")
    shop, sandbox, _ = demo.addresses()
    assert f"{shop}/connect" in demo.output
    (app,) = requests.get(f"{sandbox}/_sandbox/oauth/clients", timeout=5).json()
    assert app["redirect_uri"] == f"{shop}/app-inbox/oauth/callback"


def test_a_shop_that_cannot_start_says_why(
    start: Callable[..., Demo], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    demo = start(SHOP_INSTANCE=str(tmp_path / "file"), **REAL)
    assert demo.finish() == 1
    assert "FileExistsError" in demo.output
    assert "The shop did not start; see above." in demo.output


def test_a_python_that_lacks_something_is_told_what_to_install(
    start: Callable[..., Demo], tmp_path: Path
) -> None:
    venv.create(tmp_path, symlinks=True)
    demo = start("--python", str(tmp_path / "bin" / "python"))
    assert demo.finish() == 1
    said, _ = demo.output.splitlines()
    assert re.search(r"/bin/python has no \w+: .+ -m pip install .+\[demo\]", said)


# Inside this process, where nothing has to start.


@pytest.mark.parametrize(
    ("arguments", "environment", "says"),
    [
        (("--port", "65536"), {}, "--port 65536: a port is a number from 0"),
        (("--sandbox-port", "-1"), {}, "--sandbox-port -1: a port is a number from 0"),
        (("--oauth",), REAL, "--oauth uses the sandbox's consent page"),
        (("--oauth",), OAUTH, f"with {OAUTH_ID} and FLASK_APP_INBOX_SCRIPT_ID set"),
        (("--python", "/nonexistent"), {}, "/nonexistent cannot be run (No such file"),
        (("--python", "/"), {}, "/ cannot be run (Permission denied). Name a Python"),
        ((), {KEY: "x", **VENDORS}, "bell needs FLASK_APP_INBOX_SCRIPT_ID"),
        ((), {OAUTH_ID: "x", **VENDORS}, "bell needs FLASK_APP_INBOX_SCRIPT_ID"),
        ((), {"FLASK_APP_INBOX_SCRIPT_ID": "x"}, f"set {KEY}, or {OAUTH_ID}"),
    ],
)
def test_what_cannot_be_started_is_one_line_of_advice(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    environment: dict[str, str],
    says: str,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(launch, "_signals", list)
    assert launch.main(["--python", "python", *arguments]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert says in line


def test_the_usual_port_gives_way_and_a_wanted_one_does_not(taken_port: int) -> None:
    assert choose_port(None, taken_port, "--port") == 0
    with pytest.raises(ProgramProblem, match=f"Port {taken_port} is taken"):
        choose_port(taken_port, 5000, "--port")
    with socket.socket() as holder:  # bound, but without a listener
        holder.bind(("127.0.0.1", 0))
        assert choose_port(None, holder.getsockname()[1], "--port") == 0
